"""/check/<code>/: what a guardian sees who scans a card at the door. Public, and silent about what it does not open."""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from aixin.access.permissions import PUBLIC, allow
from aixin.accounts.limits import is_blocked, note_wrong_link
from pairing.cards import CardVoid, Shown, look_at_card, picture_on_card, report_by_card
from pairing.choices import ReportKind
from pairing.forms import DoorReportForm

REPORTS = 10
WITHIN_SECONDS = 60 * 60


def _unindexed(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _void(request: HttpRequest) -> HttpResponse:
    note_wrong_link(request)
    return _unindexed(render(request, "pairings/check_void.html", _contact(), status=404))


def _contact() -> dict[str, str]:
    return {"phone": settings.PRIVACY_CONTACT_PHONE}


@allow(PUBLIC)
@never_cache
def check(request: HttpRequest, token: str) -> HttpResponse:
    """Who the volunteer is and whether she may come. An unknown code and one taken back: one page, 404."""
    if is_blocked(request):
        return render(request, "429.html", status=429)
    try:
        shown = look_at_card(token)
    except CardVoid:
        return _void(request)
    return _unindexed(render(request, "pairings/check.html", {"shown": shown, "token": token, **_contact()}))


@allow(PUBLIC)
@never_cache
def picture(request: HttpRequest, token: str) -> HttpResponse:
    """The volunteer's picture, while the card is valid and she agrees."""
    if is_blocked(request):
        return render(request, "429.html", status=429)
    try:
        found = picture_on_card(token)
    except CardVoid:
        return _void(request)
    if found is None:
        raise Http404
    response = HttpResponse(found, content_type="image/jpeg")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return _unindexed(response)


@allow(PUBLIC)
@never_cache
@sensitive_post_parameters()
def report(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    """投诉, or the wish to withdraw consent: the county is told and calls back; nothing is withdrawn by this."""
    if is_blocked(request) or _reports_too_often(request):
        return render(request, "429.html", status=429)
    try:
        return _report(request, token, ReportKind(kind.upper()))
    except (CardVoid, ValueError):
        return _void(request)


def _report(request: HttpRequest, token: str, said: ReportKind) -> HttpResponse:
    shown = look_at_card(token)
    form = DoorReportForm(request.POST or None, kind=said)
    # A withdrawal may say nothing more; its form is sent all the same.
    form.is_bound = request.method == "POST"
    if form.is_bound and form.is_valid():
        _note_report(request)
        report_by_card(token, said, form.cleaned_data["text"], form.cleaned_data["phone"])
        return _unindexed(redirect("check_thanks"))
    return _unindexed(_report_page(request, token, shown, said, form))


def _report_page(
    request: HttpRequest, token: str, shown: Shown, said: ReportKind, form: DoorReportForm
) -> HttpResponse:
    context = {"shown": shown, "token": token, "kind": said, "form": form, **_contact()}
    return render(request, "pairings/check_report.html", context)


@allow(PUBLIC)
@never_cache
def thanks(request: HttpRequest) -> HttpResponse:
    """What happens next with a report; says nothing of whom it was about."""
    return _unindexed(render(request, "pairings/check_thanks.html", _contact()))


def _key(request: HttpRequest) -> str:
    return f"door_reports:{get_adapter().get_client_ip(request)}"


def _reports_too_often(request: HttpRequest) -> bool:
    return bool(request.method == "POST" and cache.get(_key(request), 0) >= REPORTS)


def _note_report(request: HttpRequest) -> None:
    cache.add(_key(request), 0, WITHIN_SECONDS)
    cache.incr(_key(request))
