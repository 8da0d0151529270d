from django.urls import path

from aixin.exchange import template_views as views

app_name = "templates"
urlpatterns = [
    path("", views.home, name="list"),
    path("<slug:key>/", views.edit, name="edit"),
    path("<slug:key>/standard/", views.reset, name="reset"),
    path("<slug:key>/file.docx", views.current, name="file"),
]
