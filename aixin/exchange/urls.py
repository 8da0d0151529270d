from django.urls import path

from aixin.exchange import audit_export, views

app_name = "imports"
urlpatterns = [
    path("", views.home, name="home"),
    path("audit.xlsx", audit_export.export_trail, name="audit"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/mapping/", views.remap, name="mapping"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/abandon/", views.abandon, name="abandon"),
    path("<int:pk>/rejected.xlsx", views.rejected, name="rejected"),
]
