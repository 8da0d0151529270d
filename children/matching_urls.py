from django.urls import path

from children import matching_views

app_name = "matching"
urlpatterns = [
    path("", matching_views.match, name="home"),
    path("ours/", matching_views.OursOnly.as_view(), name="ours"),
    path("ours/export/", matching_views.export, name="export"),
    path("take/", matching_views.take_row, name="take"),
    path("end/", matching_views.end, name="end"),
]
