from django.urls import path

from concerns import export_views, policy_views, report_views, views

app_name = "concerns"
urlpatterns = [
    path("", views.ConcernList.as_view(), name="list"),
    path("export/", export_views.export, name="export"),
    path("mine/", views.mine, name="mine"),
    path("new/<int:pk>/", views.new, name="new"),
    path("alarm/<int:pk>/", report_views.alarm, name="alarm"),
    path("policy/", policy_views.policy, name="policy"),
    path("reports/", report_views.reports, name="reports"),
    path("reports/<int:pk>/", report_views.report_page, name="report"),
    path("<int:pk>/", views.ConcernDetail.as_view(), name="detail"),
    path("<int:pk>/step/", views.step, name="step"),
]
