"""/claim/<token>/: where a liaison person claims children for her organisation. Public, opened by the link alone."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from aixin.access.permissions import PUBLIC, allow
from aixin.access.scoped import is_id
from aixin.accounts.limits import is_blocked, note_wrong_link
from aixin.privacy.masks import mask_numbers
from organisations import liaison
from organisations.liaison import Desk, LinkVoid, TooLate

SHOWN_CLAIMS = 50


@allow(PUBLIC)
@never_cache
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def desk(request: HttpRequest, token: str) -> HttpResponse:
    """What may be claimed and what was, for whoever holds the link. Unknown, expired and stopped ones: 404."""
    if is_blocked(request):
        return render(request, "429.html", status=429)
    try:
        with liaison.opened_by(token) as opened:
            answer = _answer(request, opened, token)
    except LinkVoid:
        note_wrong_link(request)
        raise Http404 from None
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


def _answer(request: HttpRequest, opened: Desk, token: str) -> HttpResponse:
    if request.method == "POST":
        _act(request, opened)
        return redirect("liaison", token)
    claims = list(liaison.claims_of(opened)[:SHOWN_CLAIMS])
    names = liaison.members_of(opened)
    for claim in claims:
        claim.named = names.get(claim.volunteer_id, "") if claim.volunteer_id else ""
        claim.said = mask_numbers(claim.reason)
    context = {
        "organisation": opened.organisation,
        "link": opened.link,
        "offerings": list(liaison.free_offerings()),
        "claims": claims,
        "names": names,
        "join_url": f"{reverse('apply:page', args=[opened.county])}?organisation={opened.organisation.name}",
        "privacy_phone": settings.PRIVACY_CONTACT_PHONE,
    }
    return render(request, "organisations/desk.html", context)


def _act(request: HttpRequest, opened: Desk) -> None:
    acts: dict[str, Any] = {"claim": _claim, "name": _name, "withdraw": _withdraw}
    act = acts.get(request.POST.get("act", ""))
    row = request.POST.get("row", "")
    if act is None or not is_id(row):
        return
    try:
        act(request, opened, int(row))
    except TooLate as error:
        messages.error(request, str(error))


def _volunteer(request: HttpRequest) -> int | None:
    chosen = request.POST.get("volunteer", "")
    return int(chosen) if is_id(chosen) else None


def _claim(request: HttpRequest, opened: Desk, row: int) -> None:
    liaison.claim(opened, row, _volunteer(request))
    messages.success(request, "已认领，县妇联会在14天内确认。")


def _name(request: HttpRequest, opened: Desk, row: int) -> None:
    volunteer = _volunteer(request)
    if volunteer is None:
        messages.error(request, "请选一位爱心妈妈。")
    elif liaison.name_volunteer(opened, row, volunteer):
        messages.success(request, "已登记由她结对，等县妇联确认。")


def _withdraw(request: HttpRequest, opened: Desk, row: int) -> None:
    if liaison.withdraw(opened, row):
        messages.success(request, "已撤回认领。")
