from django.urls import path

from aixin.access.auditing import report_views, views

app_name = "audit"
urlpatterns = [
    path("<int:pk>/", views.entry, name="entry"),
    path("trail/", views.person, name="person"),
    path("account/<int:pk>/", views.account, name="account"),
    path("verify/", views.verify, name="verify"),
    path("report/", report_views.page, name="report"),
    path("report/file/", report_views.document, name="report_file"),
]
