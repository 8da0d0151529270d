"""邀请: what has been sent and not been accepted yet; printed anew, or taken back."""

from typing import Any

import django_tables2
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from aixin.access.lists import LazyPages
from aixin.access.permissions import allow
from aixin.access.scoped import editors_only, typed_ids
from aixin.accounts.guards import managers_only
from aixin.accounts.invitations import reissue, revoke
from aixin.accounts.models import Account, Invitation
from aixin.accounts.resources import ChairResource
from aixin.accounts.rights import MANAGERS
from aixin.accounts.sheets import SHEET_LIMIT, Slip, sheet_page
from aixin.accounts.tables import InvitationTable
from aixin.exchange.views import upload_page


@allow(MANAGERS)
@managers_only
def invitations(request: HttpRequest) -> HttpResponse:
    """The open invitations of accounts, the newest first."""
    rows = Invitation.objects.visible_to(request.user).open().filter(user__isnull=False)
    table = InvitationTable(rows.select_related("user", "region"))
    django_tables2.RequestConfig(
        request, paginate={"per_page": SHEET_LIMIT, "paginator_class": LazyPages}
    ).configure(table)
    return render(request, "accounts/invitations.html", {"table": table})


@allow(MANAGERS)
@managers_only
@require_POST
def sheet(request: HttpRequest) -> HttpResponse:
    """Print the ticked invitations: each gets a new link, for the old one is not kept."""
    ids = typed_ids(request.POST.getlist("ids"))[:SHEET_LIMIT]
    rows = Invitation.objects.visible_to(request.user).open().filter(pk__in=ids)
    visible = Account.objects.visible_to(request.user)
    issued = reissue(
        request.user, rows.filter(user__in=visible.values("pk")).values_list("user_id", flat=True)
    )
    if not issued:
        messages.error(request, "请先勾选要打印的邀请。")
        return redirect("accounts:invitations")
    slips = _slips(issued)
    return sheet_page(request, slips, f"{len(slips)} 份邀请单", reverse("accounts:invitations"))


def _slips(issued: Any) -> list[Slip]:
    """Return the slips by place, their accounts read at once."""
    by_id = {one.invitation.user_id: one for one in issued}
    accounts = Account.objects.for_list().filter(pk__in=by_id)
    return [Slip(account.get_full_name(), account.post_labels, by_id[account.pk]) for account in accounts]


@allow(MANAGERS)
@managers_only
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an invitation; its link stops working."""
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user), pk=pk)
    revoke(request.user, invitation)
    messages.success(request, "邀请已撤销，链接不能再用。")
    following = request.POST.get("next", "")
    # Only a path: `redirect` would take any other word for the name of a view.
    local = following.startswith("/") and url_has_allowed_host_and_scheme(following, allowed_hosts=None)
    return redirect(following if local else "accounts:invitations")


@allow(MANAGERS)
@managers_only
@editors_only
def import_chairs(request: HttpRequest) -> HttpResponse:
    """Upload the roster of village women's chairs."""
    return upload_page(request, ChairResource.roster_kind)
