"""What is open to whoever holds a card."""

from django.urls import path

from pairing import checking

urlpatterns = [
    path("thanks/", checking.thanks, name="check_thanks"),
    path("<str:token>/", checking.check, name="check"),
    path("<str:token>/picture/", checking.picture, name="check_picture"),
    path("<str:token>/<slug:kind>/", checking.report, name="check_report"),
]
