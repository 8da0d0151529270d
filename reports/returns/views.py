"""报送: what is to be handed in, a return with its checks and versions, and the decision of the level above on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aixin.access.models import Post, Region, Role
from aixin.access.permissions import STAFF, VIEWERS_OF_FIGURES, allow
from aixin.access.regions import is_code
from aixin.access.scoped import acting_user
from reports.models import FormWorkbook, ReportForm, Return, ReturnVersion
from reports.naming import warn_of_names
from reports.periods import Period
from reports.returns.decision_form import DecisionForm
from reports.returns.drafting import WHICH, Draft, counted_now, draft_of
from reports.returns.due import collected_by, due_on, tasks_of
from reports.returns.hand_form import HandForm
from reports.returns.hiding import Cell, Dashboard, hidden_in
from reports.returns.rights import collector_of, files, office_of, reader_of, sums_up
from reports.returns.services import (
    CHANGED_ABOVE,
    ReturnError,
    Seen,
    decide,
    is_over,
    sheet_url,
    submit,
    type_in,
)
from reports.returns.sheets import Sheet, differences
from reports.returns.showing import (
    ShownLine,
    against,
    compared_lines,
    faults_in_words,
    line_of,
    shown_sheet,
    written,
)


@allow(VIEWERS_OF_FIGURES)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the office is to hand in and to collect, its forms, and the workbooks from above."""
    user = acting_user(request)
    post = reader_of(user)
    forms = list(ReportForm.objects.visible_to(user).for_list())
    is_staff = post.role == Role.STAFF
    context = {
        "tasks": tasks_of(user) if is_staff else [],
        "collected": collected_by(user),
        "own_forms": [form for form in forms if form.region_id == post.region_id] if is_staff else [],
        "handed_in": _handed_in(user) if not is_staff else [],
        "workbooks": FormWorkbook.objects.visible_to(user).defer("content"),
        "is_staff": is_staff,
        "region": post.region,
    }
    return render(request, "reports/returns/list.html", context)


RECENT = 60


def _handed_in(user: Any) -> list[dict[str, Any]]:
    """Return for an official the returns of her region and below, the newest first."""
    found = (
        Return.objects.visible_to(user).select_related("form", "region").order_by("-period", "region", "form")
    )
    return [
        {"found": row, "url": sheet_url(row.form, row.period, row.region_id), "period": row.of_period}
        for row in found[:RECENT]
    ]


@dataclass(frozen=True)
class Spot:
    """Which return of whom is asked for, and by whom."""

    user: Any
    post: Post
    form: ReportForm
    period: Period
    region: Region
    found: Return | None

    @property
    def is_own(self) -> bool:
        return self.post.role == Role.STAFF and self.post.region_id == self.region.code

    @property
    def collects(self) -> bool:
        """Whether the user's office accepts it or sends it back."""
        collector = collector_of(self.form, self.region.code)
        return self.post.role == Role.STAFF and self.post.region_id == collector

    @property
    def url(self) -> str:
        return sheet_url(self.form, self.period.key, self.region.code)

    def newest(self) -> ReturnVersion | None:
        return self.found.versions.first() if self.found else None


def spot_of(request: HttpRequest, pk: int, period: str, code: str) -> Spot:
    """Return what an address names; 403 for who reads no forms, 404 for what is not there or not in scope."""
    user = acting_user(request)
    post = reader_of(user)
    form = get_object_or_404(ReportForm.objects.visible_to(user).for_list(), pk=pk)
    region = Region.objects.filter(code=code).first() if is_code(code) else None
    if region is None or not post.covers(code) or not files(form, code):
        raise Http404
    found = Return.objects.filter(region=region).of(form, period).first()
    return Spot(user, post, form, period_of(form.kind, period), region, found)


def period_of(kind: Any, key: str) -> Period:
    """Return a period of a kind that has begun; 404 for any other."""
    try:
        period = Period.parse(key)
    except ValueError as wrong:
        raise Http404 from wrong
    if period.kind != kind or period.first > timezone.localdate():
        raise Http404
    return period


@allow(VIEWERS_OF_FIGURES)
@require_safe
def sheet(request: HttpRequest, pk: int, period: str, code: str) -> HttpResponse:
    """A return: what would be handed in, or what was, with everything that is said about it."""
    spot = spot_of(request, pk, period, code)
    version = chosen_version(request, spot)
    draft = draft_of(spot.form, spot.region, spot.period) if spot.post.role == Role.STAFF else None
    return render(request, "reports/returns/return.html", page_of(request, spot, version, draft))


def chosen_version(request: HttpRequest, spot: Spot) -> ReturnVersion | None:
    """Return the version asked for, or the last one; officials read nothing that was not handed in."""
    newest = spot.newest()
    if newest is None and spot.post.role != Role.STAFF:
        raise Http404
    wanted = request.GET.get("version", "")
    if not wanted or newest is None:
        return newest
    if not is_code(wanted):
        raise Http404
    return get_object_or_404(newest.of.versions, number=int(wanted))


def page_of(
    request: HttpRequest, spot: Spot, version: ReturnVersion | None, draft: Draft | None, form: Any = None
) -> dict[str, Any]:
    """Return what the page shows: a version where one stands, else what would be handed in now."""
    newest, found = spot.newest(), spot.found
    frozen = version if version and not _is_open(request, spot) else None
    sheets = _sheets_of(frozen, draft)
    definition = (frozen or spot.form).defined
    changes = differences(definition, newest.sheet(), draft.now) if newest and draft else []
    context = {
        "spot": spot,
        "found": found,
        "version": frozen,
        "newest": newest,
        "versions": list(_versions(found)) if found else [],
        "definition": definition,
        "as_of": frozen.as_of if frozen else draft and draft.as_of,
        "due_on": due_on(spot.form, spot.period),
        "is_asked": spot.form.asks_for(spot.period),
        "earlier": spot.period.previous.key,
        "later": spot.period.next.key if spot.period.next.first <= timezone.localdate() else "",
        "sums_up": sums_up(spot.region.code),
        "is_early": spot.is_own and not is_over(spot.period),
        "may_submit": spot.is_own
        and spot.form.is_open
        and is_over(spot.period)
        and (newest is None or bool(changes) or _is_back(found)),
        "changes": [_worded(vars(change)) for change in changes] if spot.is_own else [],
        "version_changes": [_worded(change) for change in frozen.differences] if frozen else [],
        "faults": faults_in_words(draft.broken) if draft and not frozen else None,
        "draft": draft,
        "decision": (form or DecisionForm()) if spot.collects and _awaits(found) else None,
        "may_type": spot.is_own and not sums_up(spot.region.code) and bool(definition.hand_columns),
    }
    return {**context, **_shown(request, spot, definition, sheets, frozen, draft)}


def _versions(found: Return) -> Iterator[dict[str, Any]]:
    """Yield the versions of a return, the last first, each with why it was sent back."""
    back = {one["number"]: one for one in found.sent_back}
    for version in found.versions.select_related("submitted_by"):
        yield {"version": version, "back": back.get(version.number)}


def _is_open(request: HttpRequest, spot: Spot) -> bool:
    """Return whether an office is shown its values of now though it has handed in: sent back, or asked for.

    The level above reads what was handed in, and nothing else once something was.
    """
    if not spot.is_own or "version" in request.GET:
        return False
    return _is_back(spot.found) or "now" in request.GET


def _is_back(found: Return | None) -> bool:
    return found is not None and found.state == "RETURNED"


def _awaits(found: Return | None) -> bool:
    return found is not None and found.state in {"SUBMITTED", "ACCEPTED"}


def _sheets_of(frozen: ReturnVersion | None, draft: Draft | None) -> dict[str, Sheet]:
    if frozen:
        return {which: frozen.sheet(which) for which in WHICH}
    assert draft is not None
    return draft.sheets


TABS = {"": "本期", "before": "比上期", "year_ago": "比去年同期"}


def _shown(
    request: HttpRequest,
    spot: Spot,
    definition: Any,
    sheets: dict[str, Sheet],
    frozen: ReturnVersion | None,
    draft: Draft | None,
) -> dict[str, Any]:
    """Return the table of the chosen tab, with the lines that stand beside the total."""
    which = request.GET.get("against", "")
    if which in ("before", "year_ago") and spot.post.role == Role.STAFF:
        return {"table": against(definition, sheets["now"], sheets[which]), "tab": which, "tabs": TABS}
    hidden = hidden_sheets(spot, frozen)
    beside = compared_lines(definition, sheets, hidden)
    if draft and sums_up(spot.region.code) and spot.post.role == Role.STAFF:
        beside = [*_counted_beside(spot), *beside]
    table = shown_sheet(definition, sheets["now"], hidden["now"])
    tabs = TABS if spot.post.role == Role.STAFF else {}
    return {"table": table, "beside": beside, "tab": "", "tabs": tabs, "has_hidden": bool(hidden["now"])}


def hidden_sheets(spot: Spot, version: ReturnVersion | None) -> dict[str, set[Cell]]:
    """Return the cells of each sheet of a version that the user is not shown; drafts are read by staff alone."""
    if version is None:
        return {which: set() for which in WHICH}
    beside = Dashboard.of(spot.user, spot.region, spot.period)
    return {which: hidden_in(version, which, spot.user, beside) for which in WHICH}


def _counted_beside(spot: Spot) -> list[ShownLine]:
    """Return what the system counts now for a region whose return is a sum."""
    total = counted_now(spot.form, spot.region, spot.period).total
    return [line_of(spot.form.defined, total, title="系统现在统计", is_aside=True)] if total else []


def _worded(change: dict[str, Any]) -> dict[str, str]:
    """Return a difference with its numbers as offices write them."""
    return {**change, "before": written(change["before"]), "after": written(change["after"])}


@allow(STAFF)
def type_values(request: HttpRequest, pk: int, period: str, code: str) -> HttpResponse:
    """The values that no system knows, typed by the county with their source."""
    spot = _own(request, pk, period, code)
    if sums_up(code):
        raise PermissionDenied
    draft = draft_of(spot.form, spot.region, spot.period)
    known = list(spot.found.hand_values.select_related("typed_by")) if spot.found else []
    form = HandForm(request.POST or None, draft.definition, draft.now, known)
    if request.POST.get("seen", spot.form.state_mark) != spot.form.state_mark:
        messages.error(request, CHANGED_ABOVE)
        return redirect("reports:return_values", pk, period, code)
    if request.method == "POST" and form.is_valid():
        try:
            number = type_in(spot.user, spot.form, spot.region, spot.period, form.typed())
        except ReturnError as fault:
            messages.error(request, str(fault))
            return redirect("reports:return_values", pk, period, code)
        messages.success(request, f"已保存，改了 {number} 格。" if number else "没有变化。")
        return redirect(spot.url)
    context = {"spot": spot, "form": form, "known": known}
    return render(request, "reports/returns/type.html", context, status=422 if form.errors else 200)


def _own(request: HttpRequest, pk: int, period: str, code: str) -> Spot:
    """Return a return of the user's own office; 403 for others in scope."""
    office_of(acting_user(request))
    spot = spot_of(request, pk, period, code)
    if not spot.is_own:
        raise PermissionDenied
    return spot


@allow(STAFF)
@require_POST
def hand_in(request: HttpRequest, pk: int, period: str, code: str) -> HttpResponse:
    """Hand in what the page showed."""
    spot = _own(request, pk, period, code)
    versions = request.POST.get("versions", "")
    seen = Seen(int(versions) if is_code(versions) else -1, request.POST.get("digest", ""))
    try:
        version = submit(spot.user, spot.form, spot.region, spot.period, seen)
        messages.success(request, f"已报送（第{version.number}版），数字已固定。")
    except ReturnError as fault:
        messages.error(request, str(fault))
    return redirect(spot.url)


@allow(STAFF)
@require_POST
def judge(request: HttpRequest, pk: int, period: str, code: str) -> HttpResponse:
    """Accept a version or send it back with a remark."""
    office_of(acting_user(request))
    spot = spot_of(request, pk, period, code)
    if not spot.collects or spot.found is None:
        raise PermissionDenied
    form = DecisionForm(request.POST)
    if not form.is_valid():
        draft = draft_of(spot.form, spot.region, spot.period)
        context = page_of(request, spot, spot.newest(), draft, form)
        return render(request, "reports/returns/return.html", context, status=422)
    accepted = form.cleaned_data["act"] == "accept"
    try:
        decide(
            spot.user,
            spot.found,
            form.cleaned_data["number"],
            accepted=accepted,
            remark=form.cleaned_data["remark"],
        )
        messages.success(request, "已接收。" if accepted else "已退回，已通知填报单位。")
        warn_of_names(request, spot.region.code, form.cleaned_data["remark"])
    except ReturnError as fault:
        messages.error(request, str(fault))
    return redirect(spot.url)
