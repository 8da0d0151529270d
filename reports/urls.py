from django.urls import include, path

from reports import views
from reports.returns.urls import urlpatterns as returns

app_name = "reports"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("coverage.json", views.coverage_json, name="coverage"),
    path("returns/", include(returns)),
]
