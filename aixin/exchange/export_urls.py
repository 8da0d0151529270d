from django.urls import path

from aixin.exchange import export_views

app_name = "exports"
urlpatterns = [
    path("", export_views.export_list, name="list"),
    path("<int:pk>/", export_views.detail, name="detail"),
    path("<int:pk>/progress/", export_views.progress, name="progress"),
    path("<int:pk>/decision/", export_views.decision, name="decision"),
    path("<int:pk>/download/", export_views.download, name="download"),
    path("standing/<int:pk>/revoke/", export_views.revoke_standing, name="revoke"),
]
