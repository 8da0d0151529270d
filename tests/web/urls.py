"""Names that the kit's frames link to, without the apps behind them."""

from django.http import HttpResponse
from django.urls import path


def nothing(_request: object) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("accounts/login/", nothing, name="account_login"),
    path("accounts/logout/", nothing, name="account_logout"),
    path("accounts/password/change/", nothing, name="account_change_password"),
    path("accounts/reauthenticate/", nothing, name="account_reauthenticate"),
    path("account/", nothing, name="account"),
    path("account/post/", nothing, name="switch_post"),
]
