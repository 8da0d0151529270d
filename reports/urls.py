from django.urls import include, path

from reports import screen_views, views
from reports.returns.urls import urlpatterns as returns

app_name = "reports"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("screen/", screen_views.screen, name="screen"),
    path("coverage.json", views.coverage_json, name="coverage"),
    path("returns/", include(returns)),
]
