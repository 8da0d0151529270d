"""Invitations on paper: each with name, link and QR code, shown once, when they are issued."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from aixin.accounts.choices import InvitationKind
from aixin.accounts.invitations import Issued
from aixin.accounts.models import Account

# So many on one sheet: who has more prints another.
SHEET_LIMIT = 100
PURPOSES = {
    InvitationKind.JOIN: "开通账号",
    InvitationKind.RESET: "重设密码",
    InvitationKind.ROSTER: "开通账号",
}


@dataclass(frozen=True)
class Slip:
    """One invitation as it is handed over: for whom, for which post, and its link."""

    name: str
    post: str
    issued: Issued

    @classmethod
    def of_account(cls, issued: Issued) -> Self:
        """Return the slip of an account's invitation."""
        account = Account.objects.for_list().get(pk=issued.invitation.user_id)
        return cls(account.get_full_name(), account.post_labels, issued)

    @property
    def purpose(self) -> str:
        return PURPOSES[InvitationKind(self.issued.invitation.kind)]


def slip_page(request: HttpRequest, slip: Slip, title: str) -> HttpResponse:
    """Return the page that shows one new invitation."""
    back = reverse("accounts:detail", args=[slip.issued.invitation.user_id])
    return sheet_page(request, [slip], title, back)


def sheet_page(request: HttpRequest, slips: Sequence[Slip], title: str, back: str) -> HttpResponse:
    """Return the printable page of new invitations; it is never cached, for it cannot be shown again."""
    shown = [(slip, request.build_absolute_uri(reverse("join", args=[slip.issued.token]))) for slip in slips]
    context = {"slips": shown, "title": title, "back": back, "single": len(shown) == 1}
    response = render(request, "accounts/sheet.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response
