from django.urls import path

from aixin.notify import feedback, outbox_pages, views

app_name = "notify"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("feedback/", feedback.feedback, name="feedback"),
    path("feedback/<int:pk>/handled/", feedback.handled, name="handled"),
    path("outbox/", outbox_pages.outbox, name="outbox"),
    path("<int:pk>/open/", views.open_notice, name="open"),
]
