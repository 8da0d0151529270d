from django.urls import path

from aixin.exchange import views

app_name = "imports"
urlpatterns = [
    path("", views.home, name="home"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/mapping/", views.remap, name="mapping"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/abandon/", views.abandon, name="abandon"),
    path("<int:pk>/rejected.xlsx", views.rejected, name="rejected"),
]
