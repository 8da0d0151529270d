from django.urls import path

from duplicates import views

app_name = "duplicates"
urlpatterns = [
    path("", views.pairs, name="list"),
    path("<int:pk>/", views.pair, name="pair"),
    path("<int:pk>/not-same/", views.not_same, name="not_same"),
    path("<int:pk>/undo/", views.undo, name="undo"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
]
