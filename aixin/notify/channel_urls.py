from django.urls import path

from aixin.notify import channel_views

app_name = "channels"
urlpatterns = [
    path("", channel_views.home, name="home"),
    path("again/", channel_views.again, name="again"),
]
