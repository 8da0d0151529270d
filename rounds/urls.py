from django.urls import path

from rounds import views

app_name = "rounds"
urlpatterns = [
    path("", views.rounds, name="list"),
    path("new/", views.create, name="create"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/village/", views.village, name="village"),
    path("<int:pk>/village/<int:child_pk>/", views.answer_child, name="answer"),
    path("<int:pk>/remind/", views.remind, name="remind"),
    path("<int:pk>/close/", views.close, name="close"),
]
