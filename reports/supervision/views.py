"""督导: what was found in the counties and what became of it; which leader looks after which county."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aixin.access.extension import Figure, extensions_of
from aixin.access.lists import PAGE_SIZE, LazyPages
from aixin.access.models import Role, User, acting_role
from aixin.access.permissions import STAFF, VIEWERS_OF_FIGURES, allow
from aixin.access.scoped import acting_user, typed_text
from reports.board import text_of
from reports.drilling import Drill, address
from reports.figures import figures_by_month
from reports.metrics import METRICS, Kind
from reports.models.supervision import Finding, Leader
from reports.naming import texts_for, warn_of_names
from reports.periods import Period
from reports.supervision.choices import State
from reports.supervision.forms import CloseForm, FindingForm, LeaderForm, ReplyForm, ReturnForm
from reports.supervision.rights import (
    counties_for,
    keeps,
    leader_of,
    may_judge,
    may_reply,
    may_write,
    reads,
)
from reports.supervision.services import (
    FindingError,
    close,
    raise_finding,
    reply,
    save_leader,
    send_back,
)

TONES = {State.OPEN: "warn", State.REPLIED: "info", State.CLOSED: "ok"}
CLIPPED = 40


@dataclass(frozen=True)
class Box:
    """One of the list's tabs: its key in the address, its label, its rows."""

    key: str
    label: str
    number: int
    active: bool


def _rows_of(key: str | None, rows: Any) -> Any:
    boxes = {"": rows.open(), "late": rows.overdue(), "judge": rows.to_judge(), "closed": rows.closed()}
    return boxes.get(key or "", boxes[""])


LABELS = {"": "未办结", "late": "已超期", "judge": "待审核", "closed": "已办结"}


@allow(VIEWERS_OF_FIGURES)
@require_safe
def supervision(request: HttpRequest) -> HttpResponse:
    """The findings of the user's region, what is open first, or those that a figure counts; an official sees her own."""
    user = acting_user(request)
    if not reads(user):
        raise PermissionDenied
    found = Finding.objects.visible_to(user)
    figure = _figure_asked(request)
    chosen = _state_asked(request) if figure is None else None
    listed = _rows_of(chosen, found) if figure is None else figure.rows(found)
    page = LazyPages(listed.for_list(), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    texts = texts_for(user, [row.text for row in rows])
    context = {
        "boxes": [
            Box(key, label, _rows_of(key, found).count(), key == chosen) for key, label in LABELS.items()
        ],
        "figure": figure,
        "page_obj": page,
        "lines": [_line(row, text) for row, text in zip(rows, texts, strict=True)],
        "keeps": keeps(user),
        "may_write": may_write(user),
        "is_leader": acting_role(user) == Role.OFFICIAL,
    }
    return render(request, "reports/supervision/list.html", context)


def _figure_asked(request: HttpRequest) -> Figure | None:
    """Return the figure whose rows are asked for, None for none; 404 for one that counts no findings."""
    key = request.GET.get("figure", "")
    figure = extensions_of(Finding._meta.label_lower).figure(key) if key else None
    if key and figure is None:
        raise Http404
    return figure


def _state_asked(request: HttpRequest) -> str:
    chosen = request.GET.get("state", "")
    return chosen if chosen in LABELS else ""


def _line(row: Finding, text: str) -> dict[str, Any]:
    clipped = text if len(text) <= CLIPPED else text[: CLIPPED - 1] + "…"
    return {"finding": row, "text": clipped, "tone": "danger" if row.is_late else TONES[State(row.state)]}


@allow(VIEWERS_OF_FIGURES)
def finding_new(request: HttpRequest) -> HttpResponse:
    """Write down a finding: the city's office, or a leader about a county that she looks after."""
    user = acting_user(request)
    counties = counties_for(user)
    if not counties.exists():
        raise PermissionDenied
    is_leader = acting_role(user) == Role.OFFICIAL
    leaders = None if is_leader else Leader.objects.visible_to(user)
    form = FindingForm(request.POST or None, counties=counties, leaders=leaders)
    if request.method == "POST" and form.is_valid():
        finding = form.save(commit=False)
        finding.client_uuid = form.cleaned_data["client_uuid"]
        if is_leader:
            finding.leader = leader_of(user, finding.region_id)
        if raise_finding(user, finding):
            messages.success(request, f"已下发，{finding.region.name}会收到通知。")
            warn_of_names(request, finding.region_id, form.cleaned_data["text"], form.cleaned_data["place"])
        else:
            messages.info(request, "这件督办已经下发过，没有重复。")
        return redirect("reports:supervision")
    return render(request, "reports/supervision/new.html", {"form": form}, status=422 if form.errors else 200)


def _found(request: HttpRequest, pk: int) -> Finding:
    user = acting_user(request)
    if not reads(user):
        raise PermissionDenied
    found: Finding = get_object_or_404(Finding.objects.visible_to(user).for_list(), pk=pk)
    return found


@allow(VIEWERS_OF_FIGURES)
@require_safe
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding, what was done about it, and the next step for whoever takes it."""
    return _page(request, _found(request, pk))


def _page(request: HttpRequest, found: Finding, status: int = 200, **forms: Any) -> HttpResponse:
    user = acting_user(request)
    steps = list(found.steps.select_related("by"))
    said = texts_for(user, [found.text, found.place, *(step.text for step in steps)])
    judges = may_judge(user, found) and found.state == State.REPLIED
    replies = may_reply(user, found) and found.state == State.OPEN
    context = {
        "finding": found,
        "tone": "danger" if found.is_late else TONES[State(found.state)],
        "text": said[0],
        "place": said[1],
        "number": _number_of(user, found),
        "steps": list(zip(steps, said[2:], strict=True)),
        "reply_form": forms.get("reply_form") or (ReplyForm() if replies else None),
        "close_form": forms.get("close_form") or (CloseForm(prefix="close") if judges else None),
        "return_form": forms.get("return_form") or (ReturnForm(prefix="return") if judges else None),
    }
    return render(request, "reports/supervision/detail.html", context, status=status)


def _number_of(user: User, found: Finding) -> dict[str, Any] | None:
    """Return how the figure that a finding is about stands in its county now and at the end of last month."""
    metric = METRICS.get(found.metric)
    if metric is None:
        return None
    today = timezone.localdate()
    period = Period.containing(today)
    keys = (*(metric.parts or ()), metric.key)
    before, now = figures_by_month(found.region, period, 2, keys, today=today)
    opens = user.acting_post is not None and user.acting_post.role == Role.STAFF
    url = address(Drill(metric, found.region_id, period, now.as_of), today) if opens else ""
    return {
        "metric": metric,
        "now": text_of(metric, now.totals[metric.key]),
        "before": text_of(metric, before.totals[metric.key]),
        "earlier": "上月底" if metric.kind == Kind.STOCK else "上月",
        "url": url or f"{reverse('reports:dashboard')}?region={found.region_id}",
    }


@allow(VIEWERS_OF_FIGURES)
@require_POST
def finding_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """The county says what it did."""
    found = _found(request, pk)
    if not may_reply(acting_user(request), found):
        raise PermissionDenied
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _page(request, found, 422, reply_form=form)
    text = form.cleaned_data["text"]
    warn_of_names(request, found.region_id, text)
    return _take(request, pk, "已回复，等市妇联审核。", lambda: reply(request.user, found, text))


@allow(VIEWERS_OF_FIGURES)
@require_POST
def finding_judge(request: HttpRequest, pk: int) -> HttpResponse:
    """The city closes a finding, or sends the reply back."""
    found = _found(request, pk)
    if not may_judge(acting_user(request), found):
        raise PermissionDenied
    act = typed_text(request, "close-act") or typed_text(request, "return-act")
    if act == "close":
        return _close(request, found)
    if act == "return":
        return _send_back(request, found)
    raise Http404


def _close(request: HttpRequest, found: Finding) -> HttpResponse:
    form = CloseForm(request.POST, prefix="close")
    if not form.is_valid():
        return _page(request, found, 422, close_form=form)
    text = form.cleaned_data["text"]
    warn_of_names(request, found.region_id, text)
    return _take(request, found.pk, "已办结。", lambda: close(request.user, found, text))


def _send_back(request: HttpRequest, found: Finding) -> HttpResponse:
    form = ReturnForm(request.POST, prefix="return")
    if not form.is_valid():
        return _page(request, found, 422, return_form=form)
    said = form.cleaned_data
    warn_of_names(request, found.region_id, said["text"])
    return _take(
        request, found.pk, "已退回，县里会收到通知。",
        lambda: send_back(request.user, found, said["text"], said["due_on"]),
    )  # fmt: skip


def _take(request: HttpRequest, pk: int, done: str, step: Any) -> HttpResponse:
    try:
        step()
        messages.success(request, done)
    except FindingError as error:
        messages.info(request, str(error))
    return redirect("reports:finding", pk)


@allow(STAFF)
@require_safe
def leaders(request: HttpRequest) -> HttpResponse:
    """包联领导 and the counties that each looks after, now and before."""
    user = acting_user(request)
    if not keeps(user):
        raise PermissionDenied
    rows = Leader.objects.visible_to(user).select_related("user").prefetch_related("counties__region")
    lines = [(row, [held for held in row.counties.all() if held.is_current]) for row in rows]
    covered = {held.region_id for _, current in lines for held in current}
    without = [county for county in counties_for(user) if county.pk not in covered]
    return render(request, "reports/supervision/leaders.html", {"lines": lines, "without": without})


@allow(STAFF)
def leader_new(request: HttpRequest) -> HttpResponse:
    """Add a leader."""
    user = acting_user(request)
    if not keeps(user):
        raise PermissionDenied
    return _leader_form(request, Leader(region=user.acting_post.region))  # type: ignore[union-attr]


@allow(STAFF)
def leader(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a leader or the counties that she looks after."""
    user = acting_user(request)
    if not keeps(user):
        raise PermissionDenied
    return _leader_form(request, get_object_or_404(Leader.objects.visible_to(user), pk=pk))


def _leader_form(request: HttpRequest, row: Leader) -> HttpResponse:
    user = acting_user(request)
    form = LeaderForm(request.POST or None, instance=row, city=row.region_id, counties=counties_for(user))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        save_leader(user, form.save(commit=False), list(said["counties"]), said["since"], said["until"])
        messages.success(request, "已保存。")
        return redirect("reports:leaders")
    former = [held for held in row.counties.select_related("region") if not held.is_current] if row.pk else []
    context = {"form": form, "leader": row, "former": former}
    return render(request, "reports/supervision/leader.html", context, status=422 if form.errors else 200)
