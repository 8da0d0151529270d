from django.urls import path

from recruitment import views

app_name = "recruitment"
urlpatterns = [
    path("", views.ApplicationList.as_view(), name="list"),
    path("<int:pk>/", views.ApplicationDetail.as_view(), name="detail"),
    path("<int:pk>/decide/", views.decide, name="decide"),
    path("page/", views.edit_page, name="page"),
    path("poster/", views.poster, name="poster"),
]
