from django.urls import path

from concerns import question_views

app_name = "questions"
urlpatterns = [
    path("", question_views.questions, name="list"),
    path("<int:pk>/", question_views.question, name="detail"),
    path("specialists/", question_views.specialists, name="specialists"),
    path("specialists/<int:pk>/end/", question_views.end_specialist, name="end_specialist"),
]
