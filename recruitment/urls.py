from django.urls import path

from recruitment import certificates, mine, views

app_name = "recruitment"
urlpatterns = [
    path("", views.ApplicationList.as_view(), name="list"),
    path("<int:pk>/", views.ApplicationDetail.as_view(), name="detail"),
    path("<int:pk>/decide/", views.decide, name="decide"),
    path("page/", views.edit_page, name="page"),
    path("mine/", mine.wishes, name="wishes"),
    path("certificates/add/<int:pk>/", certificates.add, name="add_certificate"),
    path("certificates/<int:pk>/remove/", certificates.drop, name="drop_certificate"),
    path("poster/", views.poster, name="poster"),
]
