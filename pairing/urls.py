from django.urls import path

from pairing import imports, views

app_name = "pairings"
urlpatterns = [
    path("", views.PairingList.as_view(), name="list"),
    path("new/<int:child>/", views.candidates, name="candidates"),
    path("new/<int:child>/<int:volunteer>/", views.create, name="create"),
    path("import/", imports.start, name="import"),
    path("export/", imports.export, name="export"),
    path("<int:pk>/", views.PairingDetail.as_view(), name="detail"),
    path("<int:pk>/edit/", views.PairingUpdate.as_view(), name="edit"),
    path("<int:pk>/end/", views.finish, name="end"),
    path("<int:pk>/main/", views.set_main, name="main"),
]
