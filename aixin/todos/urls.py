from django.urls import path

from aixin.todos import views

app_name = "todos"
urlpatterns = [
    path("", views.TodoList.as_view(), name="list"),
    path("<int:pk>/<slug:key>/", views.decide_one, name="decide"),
    path("ticked/<slug:kind>/<slug:key>/", views.decide_ticked, name="decide_ticked"),
]
