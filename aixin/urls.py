"""All addresses of the platform (DESIGN section 5)."""

from allauth.account.views import LoginView, LogoutView, PasswordChangeView, ReauthenticateView
from django.urls import include, path

from aixin.access.home import home
from aixin.access.search import search
from aixin.rights.views import notice as privacy_notice

urlpatterns = [
    path("", home, name="home"),
    path("search/", search, name="search"),
    path("accounts/login/", LoginView.as_view(), name="account_login"),
    path("accounts/logout/", LogoutView.as_view(), name="account_logout"),
    path("accounts/password/change/", PasswordChangeView.as_view(), name="account_change_password"),
    path("accounts/reauthenticate/", ReauthenticateView.as_view(), name="account_reauthenticate"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("children/", include("children.urls")),
    path("volunteers/", include("volunteers.urls")),
    path("pairings/", include("pairing.urls")),
    path("visits/", include("visits.urls")),
    path("reports/", include("reports.urls")),
    path("rights/", include("aixin.rights.urls")),
    path("privacy/", privacy_notice, name="privacy"),
    path("imports/", include("aixin.exchange.urls")),
    path("inbox/", include("aixin.notify.urls")),
    path("", include("aixin.access.urls")),
]
