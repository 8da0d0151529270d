from django.urls import path

from volunteers import imports, views

app_name = "volunteers"
urlpatterns = [
    path("", views.VolunteerList.as_view(), name="list"),
    path("new/", views.VolunteerCreate.as_view(), name="create"),
    path("clearance/", views.clearance, name="clearance"),
    path("import/", imports.start, name="import"),
    path("export/", imports.export, name="export"),
    path("<int:pk>/", views.VolunteerDetail.as_view(), name="detail"),
    path("<int:pk>/edit/", views.VolunteerUpdate.as_view(), name="edit"),
]
