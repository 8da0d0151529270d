"""报表: defining a form, copying one, looking at it with this period's figures, putting it to use."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aixin.access.models import Post
from aixin.access.permissions import STAFF, allow
from aixin.access.scoped import acting_user, is_id
from reports.models import HandValue, ReportForm, Return, ReturnVersion
from reports.periods import Period
from reports.returns.choices import FormState
from reports.returns.definition import ROWS_LABELS, RowsKind, sentence_of
from reports.returns.drafting import counted_now
from reports.returns.due import first_periods, task_of
from reports.returns.forms import DefinitionForms
from reports.returns.rights import office_of, sums_up
from reports.returns.samples import samples
from reports.returns.services import ReturnError, save_form, set_in_use
from reports.returns.sheets import broken_checks
from reports.returns.showing import faults_in_words, shown_sheet

HISTORY = 6
COPY_MARK = "（复制）"
LONGEST_TITLE = 60


@allow(STAFF)
def create(request: HttpRequest) -> HttpResponse:
    """Choose what to begin with (GET); a page filled from it (GET with `from`); store it (POST)."""
    user = acting_user(request)
    post = office_of(user)
    if request.method != "POST" and "from" not in request.GET:
        forms = ReportForm.objects.visible_to(user).for_list()
        return render(request, "reports/returns/choose.html", {"samples": samples().values(), "forms": forms})
    blank = _begun(request, user)
    blank.region, blank.made_by = _region(post), user
    return _define(request, blank)


def _region(post: Post) -> Any:
    assert post.region is not None
    return post.region


def _begun(request: HttpRequest, user: Any) -> ReportForm:
    """Return a new form that begins as a shipped one, as a copy of another, or empty."""
    source = request.GET.get("from", "")
    if sample := samples().get(source):
        return ReportForm(
            title=sample.title, period_kind=sample.period_kind, definition=sample.definition.as_json()
        )
    if not source or source == "blank":
        return ReportForm()
    if not is_id(source):
        raise Http404
    other = get_object_or_404(ReportForm.objects.visible_to(user), pk=int(source))
    title = other.title[: LONGEST_TITLE - len(COPY_MARK)] + COPY_MARK
    return ReportForm(
        title=title, period_kind=other.period_kind, due_days=other.due_days, definition=other.definition
    )


def _define(request: HttpRequest, form: ReportForm) -> HttpResponse:
    parts = DefinitionForms(form, request.POST if request.method == "POST" else None)
    if request.method == "POST" and parts.is_valid():
        try:
            stored = save_form(request.user, parts.draft(), parts.moves(), request.POST.get("seen", ""))
        except ReturnError as fault:
            messages.error(request, str(fault))
        else:
            messages.success(request, "已保存。下面是按现在的数字填好的样子。")
            return redirect("reports:form", stored.pk)
    seen = request.POST.get("seen", "") if request.method == "POST" else form.state_mark
    typed = HandValue.objects.filter(of__form=form.pk).count() if form.pk else 0
    context = {"parts": parts, "form_row": form, "rows_own": str(RowsKind.OWN), "typed": typed, "seen": seen}
    return render(
        request, "reports/returns/define.html", context, status=422 if request.method == "POST" else 200
    )


def _own_form(request: HttpRequest, pk: int) -> ReportForm:
    """Return a form of the user's own office; 403 for one from above, 404 for others."""
    user = acting_user(request)
    post = office_of(user)
    form: ReportForm = get_object_or_404(ReportForm.objects.visible_to(user).for_list(), pk=pk)
    if form.region_id != post.region_id:
        raise PermissionDenied
    return form


@allow(STAFF)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a form on which nobody has handed in yet."""
    form = _own_form(request, pk)
    if ReturnVersion.objects.filter(of__form=form).exists():
        messages.error(request, "已有单位报送，栏目不能再改。可以复制一份，改好后启用新表。")
        return redirect("reports:form", pk)
    return _define(request, form)


@allow(STAFF)
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A form with its columns, its checks, the office's last periods, and how it looks with the figures of now."""
    user = acting_user(request)
    post = office_of(user)
    form = get_object_or_404(ReportForm.objects.visible_to(user).for_list(), pk=pk)
    region = _region(post)
    definition = form.defined
    period, *_ = first_periods(form, timezone.localdate())
    preview = counted_now(form, region, period)
    context = {
        "form_row": form,
        "definition": definition,
        "rows_label": ROWS_LABELS[RowsKind(definition.rows)],
        "sentences": [sentence_of(check, definition) for check in definition.checks],
        "table": shown_sheet(definition, preview),
        "wrong": faults_in_words(broken_checks(definition, preview)).wrong,
        "period": period,
        "history": _history(form, region.code, period),
        "is_own": form.region_id == region.code,
        "is_draft": form.state == FormState.DRAFT,
        "first_periods": first_periods(form, timezone.localdate()),
        "sums_up": sums_up(region.code),
        "is_fixed": ReturnVersion.objects.filter(of__form=form).exists(),
    }
    return render(request, "reports/returns/form.html", context)


def _history(form: ReportForm, code: str, period: Period) -> list[Any]:
    """Return the office's own returns of the last periods, the present one first, none that nobody asked for."""
    if form.state == FormState.DRAFT:
        return []
    periods = [period]
    while len(periods) < HISTORY:
        periods.append(periods[-1].previous)
    keys = [known.key for known in periods]
    found = {row.period: row for row in Return.objects.filter(form=form, region=code, period__in=keys)}
    return [
        task_of(form, known, code, found.get(known.key))
        for known in periods
        if form.asks_for(known) or known.key in found
    ]


@allow(STAFF)
@require_POST
def use(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a form to use from a period on, or stop it."""
    form = _own_form(request, pk)
    act = request.POST.get("act")
    periods = {period.key: period for period in first_periods(form, timezone.localdate())}
    since = periods.get(request.POST.get("since") or next(iter(periods)))
    if act == "open" and since:
        changed = set_in_use(request.user, form, in_use=True, since=since)
        _say(request, f"已启用，从{since}起报，已通知下级填报单位。", changed=changed)
    elif act == "stop":
        changed = set_in_use(request.user, form, in_use=False)
        _say(request, "已停用，不再要求报送。", changed=changed)
    else:
        messages.error(request, "没有说明要启用还是停用、从哪一期起报，请再选一次。")
    return redirect("reports:form", pk)


def _say(request: HttpRequest, done: str, *, changed: bool) -> None:
    messages.success(request, done) if changed else messages.info(request, "没有变化。")
