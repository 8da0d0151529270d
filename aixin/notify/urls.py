from django.urls import path

from aixin.notify import channel_views, feedback, outbox_pages, views

app_name = "notify"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("channels/", channel_views.mine, name="channels"),
    path("feedback/", feedback.feedback, name="feedback"),
    path("feedback/<int:pk>/handled/", feedback.handled, name="handled"),
    path("outbox/", outbox_pages.outbox, name="outbox"),
    path("<int:pk>/open/", views.open_notice, name="open"),
]
