from django.urls import path

from volunteers import imports, invitations, views

app_name = "volunteers"
urlpatterns = [
    path("", views.VolunteerList.as_view(), name="list"),
    path("new/", views.VolunteerCreate.as_view(), name="create"),
    path("clearance/", views.clearance, name="clearance"),
    path("clearance/import/", imports.clearances, name="import_clearances"),
    path("invite/", invitations.InvitableList.as_view(), name="invitable"),
    path("invite/sheet/", invitations.sheet, name="invite_sheet"),
    path("import/", imports.start, name="import"),
    path("export/", imports.export, name="export"),
    path("<int:pk>/", views.VolunteerDetail.as_view(), name="detail"),
    path("<int:pk>/invite/", invitations.invite_one, name="invite"),
    path("<int:pk>/edit/", views.VolunteerUpdate.as_view(), name="edit"),
]
