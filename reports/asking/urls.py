from django.urls import path

from reports.asking import views

app_name = "asking"
urlpatterns = [
    path("", views.home, name="home"),
    path("export/", views.export, name="export"),
    path("counts/", views.counts, name="counts"),
    path("save/", views.save, name="save"),
    path("<int:pk>/", views.edit, name="edit"),
    path("<int:pk>/delete/", views.delete, name="delete"),
]
