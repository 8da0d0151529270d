"""All addresses of the platform (DESIGN section 5)."""

from allauth.account.views import LogoutView, PasswordChangeView, ReauthenticateView
from django.urls import include, path

from aixin.access.home import home
from aixin.access.search import search
from aixin.accounts.join import join
from aixin.exchange.document_views import document
from aixin.notify.outbox_pages import local_outbox
from aixin.rights.views import notice as privacy_notice
from organisations.liaison_views import desk

urlpatterns = [
    path("", home, name="home"),
    path("search/", search, name="search"),
    path("accounts/logout/", LogoutView.as_view(), name="account_logout"),
    path("accounts/password/change/", PasswordChangeView.as_view(), name="account_change_password"),
    path("accounts/reauthenticate/", ReauthenticateView.as_view(), name="account_reauthenticate"),
    path("accounts/wechat/", include("aixin.access.wechat_urls")),
    path("accounts/outbox/", local_outbox, name="local_outbox"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("children/", include("children.urls")),
    path("volunteers/", include("volunteers.urls")),
    path("pairings/match/", include("pairing.proposal_urls")),
    path("pairings/", include("pairing.urls")),
    path("check/", include("pairing.check_urls")),
    path("visits/", include("visits.urls")),
    path("rounds/", include("rounds.urls")),
    path("concerns/", include("concerns.urls")),
    path("questions/", include("concerns.question_urls")),
    path("care/", include("care.urls")),
    path("programmes/", include("care.programmes.urls")),
    path("duplicates/", include("duplicates.urls")),
    path("transfers/", include("transfers.urls")),
    path("todos/", include("aixin.todos.urls")),
    path("reports/ask/", include("reports.asking.urls")),
    path("reports/", include("reports.urls")),
    path("exports/", include("aixin.exchange.export_urls")),
    path("documents/templates/", include("aixin.exchange.template_urls")),
    path("documents/<slug:key>/<int:pk>/", document, name="document"),
    path("users/", include("aixin.accounts.urls")),
    path("teams/", include("organisations.team_urls")),
    path("organisations/", include("organisations.organisation_urls")),
    path("postings/", include("organisations.posting_urls")),
    path("claim/<str:token>/", desk, name="liaison"),
    path("recruitment/", include("recruitment.urls")),
    path("join/", include("recruitment.public_urls")),
    path("join/<str:token>/", join, name="join"),
    path("rights/", include("aixin.rights.urls")),
    path("privacy/", privacy_notice, name="privacy"),
    path("imports/match/", include("children.matching_urls")),
    path("imports/", include("aixin.exchange.urls")),
    path("audit/", include("aixin.access.auditing.urls")),
    path("inbox/", include("aixin.notify.urls")),
    path("messages/channels/", include("aixin.notify.channel_urls")),
    path("", include("visits.offline_urls")),
    path("", include("aixin.access.urls")),
]
