from django.urls import path

from reports import screen_views, views

app_name = "reports"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("screen/", screen_views.screen, name="screen"),
    path("coverage.json", views.coverage_json, name="coverage"),
]
