from django.urls import path

from organisations import posting_views

app_name = "postings"
urlpatterns = [
    path("", posting_views.postings, name="list"),
    path("new/", posting_views.register, name="create"),
    path("volunteers/<int:pk>/edit/", posting_views.correct, name="edit"),
    path("volunteers/<int:pk>/", posting_views.post, name="post"),
    path("volunteers/<int:pk>/clearance/", posting_views.clear, name="clear"),
    path("<int:pk>/end/", posting_views.end, name="end"),
]
