from django.urls import path

from aixin.exchange import audit_export, decision_views, job_views, views

app_name = "imports"
urlpatterns = [
    path("", views.home, name="home"),
    path("audit.xlsx", audit_export.export_trail, name="audit"),
    path("template/<slug:kind>.xlsx", views.template, name="template"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/mapping/", views.remap, name="mapping"),
    path("<int:pk>/sheet/", job_views.sheet, name="sheet"),
    path("<int:pk>/policy/", decision_views.policy, name="policy"),
    path("<int:pk>/rows/<int:place>/", decision_views.row_page, name="row"),
    path("<int:pk>/absent/", decision_views.absent, name="absent"),
    path("<int:pk>/confirm/", views.confirm_page, name="confirm"),
    path("<int:pk>/abandon/", views.abandon_page, name="abandon"),
    path("<int:pk>/rejected.xlsx", views.rejected, name="rejected"),
    path("<int:pk>/progress/", job_views.progress, name="progress"),
    path("<int:pk>/retry/", job_views.retry, name="retry"),
    path("<int:pk>/undo/", job_views.undo_page, name="undo"),
]
