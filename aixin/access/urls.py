from django.urls import path

from aixin.access import views
from aixin.access.reveal import reveal

urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/post/", views.switch_post, name="switch_post"),
    path("reveal/<str:label>/<int:pk>/<str:field>/", reveal, name="reveal"),
    path("healthz/", views.health, name="health"),
]
