"""Forms put to use; returns handed in, accepted and sent back: atomic, audited, the people told."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from aixin.access.models import Post, Region, Role, User
from aixin.access.querysets import within
from aixin.access.regions import Level
from aixin.access.signals import message_due, message_settled
from aixin.audit.models import Action
from aixin.audit.trail import record
from reports.models import HandValue, ReportForm, Return, ReturnVersion
from reports.naming import without_names
from reports.periods import Period
from reports.returns.choices import FormState, ReturnState
from reports.returns.drafting import Draft, draft_of
from reports.returns.moving import NO_MOVES, Moves, move_typed
from reports.returns.rights import collector_of
from reports.returns.sheets import differences, digest_of

LONGEST_REMARK = 200
CHANGED_ABOVE = "打开以后上级改过这张报表，没有保存。请按现在的栏目重新填写。"


class ReturnError(Exception):
    """It cannot be done as things stand; the message is for the user."""


@transaction.atomic
def save_form(actor: Any, form: ReportForm, moves: Moves = NO_MOVES, seen: str = "") -> ReportForm:
    """Store a form with its definition and return it; raise ReturnError once somebody has handed in on it.

    What places have typed goes along with its row and its column; what stood in one that is gone, goes. `seen` is the
    form's `state_mark` when it was opened: raise ReturnError where somebody has changed it since.
    """
    if form.pk:
        held = ReportForm.objects.select_for_update().get(pk=form.pk)
        # Whoever is handing in holds its return, and has read the form by then.
        list(Return.objects.select_for_update().filter(form=held).order_by("pk"))
        if ReturnVersion.objects.filter(of__form=held).exists():
            raise ReturnError("已有单位报送，栏目不能再改。可以复制一份，改好后启用新表。")
        if seen != held.state_mark:
            raise ReturnError("打开以后有人改过这张报表，没有保存。请重新打开，看过再改。")
        move_typed(HandValue.objects.filter(of__form=held), held.defined, form.defined, moves)
    created = form.pk is None
    form.save()
    record(actor, Action.CREATE if created else Action.UPDATE, form)
    return form


@transaction.atomic
def set_in_use(actor: Any, form: ReportForm, *, in_use: bool, since: Period | None = None) -> bool:
    """Put a form to use from a period on, and tell the places below, or stop it; return False when it was so already.

    Without a period it is the one that runs: a new form must not be overdue on its first day.
    """
    held: ReportForm = ReportForm.objects.select_for_update().get(pk=form.pk)
    if held.is_open == in_use:
        return False
    held.state = FormState.OPEN if in_use else FormState.STOPPED
    if in_use:
        today = timezone.localdate()
        held.opened_on = held.opened_on or today
        held.applies_from = (since or Period.containing(today, held.kind)).first
    held.save()
    record(actor, Action.UPDATE, held, reason="启用报表" if in_use else "停用报表")
    if in_use:
        body = f"从{held.first_period}起报，每期结束后 {held.due_days} 天内报送。"
        _tell(_offices_below(held), held, "opened", f"新报表：{held.title}", body)
    return True


def _offices_below(form: ReportForm) -> list[User]:
    """Return the staff of the regions below a form's office, down to the counties."""
    below = Post.objects.current().filter(
        within(form.region_id), role=Role.STAFF, region__level__lte=Level.COUNTY, user__is_active=True
    )
    codes = below.exclude(region=form.region_id)
    return list(User.objects.filter(pk__in=codes.values("user_id")).order_by("pk"))


def staff_of(codes: Iterable[str]) -> list[User]:
    """Return the active staff of some offices."""
    posts = Post.objects.current().filter(role=Role.STAFF, region__in=list(codes), user__is_active=True)
    return list(User.objects.filter(pk__in=posts.values("user_id")).order_by("pk"))


def _tell(to: list[User], form: ReportForm, occasion: str, title: str, body: str, link: str = "") -> None:
    message_due.send(
        ReportForm,
        to=to,
        code=form.region_id,
        kind="report_form",
        key=f"report_form:{form.pk}:{occasion}",
        title=title,
        body=body,
        link=link or reverse("reports:returns"),
    )


def sheet_url(form: ReportForm, period: str, code: str) -> str:
    """Return where a region's return for a period is."""
    return reverse("reports:return", args=[form.pk, period, code])


@dataclass(frozen=True)
class Typed:
    """A value typed for a cell, None to take it away, and where it came from."""

    row: str
    column: int
    value: Decimal | None
    source: str
    # Only the source was changed: the value stays what it is by now.
    is_untouched: bool = False


@transaction.atomic
def type_in(actor: Any, form: ReportForm, region: Region, period: Period, typed: Iterable[Typed]) -> int:
    """Store what was typed, with source and author, and return how many cells changed.

    What was handed in stays as it is: after that it is a correction, handed in as a further version. Raise ReturnError
    when the form was changed since it was read.
    """
    found = _held(form, region, period)
    if found.form.state_mark != form.state_mark:
        raise ReturnError(CHANGED_ABOVE)
    known = {(value.row, value.column): value for value in found.hand_values.all()}
    changed = sum(_kept(actor, found, cell, known.get((cell.row, cell.column))) for cell in typed)
    if changed:
        record(actor, Action.UPDATE, found, reason="手工填写报表", cells=changed)
    return changed


def _kept(actor: Any, found: Return, cell: Typed, before: HandValue | None) -> bool:
    """Store one cell; return whether it says something else now."""
    value = cell.value if not cell.is_untouched else before.value if before else None
    if value is None:
        return bool(before and before.delete()[0])
    if before and (before.value, before.source) == (value, cell.source):
        return False
    values = {"value": value, "source": cell.source, "typed_by": actor}
    HandValue.objects.update_or_create(of=found, row=cell.row, column=cell.column, defaults=values)
    return True


def _held(form: ReportForm, region: Region, period: Period) -> Return:
    """Return a region's return for a period, made at its first use, locked until the transaction ends.

    Its form is read after that: `save_form` waits for the lock, or has stored what is read.
    """
    made, _ = Return.objects.get_or_create(form=form, region=region, period=period.key)
    held: Return = Return.objects.select_for_update().get(pk=made.pk)
    held.form = ReportForm.objects.get(pk=form.pk)
    return held


@dataclass(frozen=True)
class Seen:
    """What the clerk had before her: how many versions there were, and the digest of the values."""

    versions: int
    digest: str


@transaction.atomic
def submit(actor: Any, form: ReportForm, region: Region, period: Period, seen: Seen) -> ReturnVersion:
    """Freeze what a region hands in as its next version and return it; pressed twice it is one version.

    Raise ReturnError when somebody else was first, when the values are no longer those that were seen, when a check
    fails or a place below is missing (LESSONS: nothing is handed in twice, nothing that nobody has seen).
    """
    found = _held(form, region, period)
    form, newest = found.form, found.versions.first()
    if newest and found.state != ReturnState.RETURNED and _is_same_press(newest, actor, seen):
        return newest
    _refuse_stale(form, newest, seen)
    _refuse_early(period)
    draft = draft_of(form, region, period)
    _refuse_unready(draft, seen)
    changes = differences(draft.definition, newest.sheet(), draft.now) if newest else []
    if newest and not changes and found.state != ReturnState.RETURNED:
        raise ReturnError("和已经报送的一样，不用再报。")
    version = ReturnVersion.objects.create(
        of=found,
        number=newest.number + 1 if newest else 1,
        definition=draft.definition.as_json(),
        values={which: sheet.as_json() for which, sheet in draft.sheets.items()},
        differences=[change.as_json() for change in changes],
        made_of=list(draft.made_of),
        as_of=draft.as_of,
        submitted_by=actor,
    )
    _mark_submitted(found)
    record(actor, Action.CREATE, found, reason="报送", version=version.number)
    _tell_collector(found, version)
    message_settled.send(ReportForm, key=f"report_form:{form.pk}:{found.pk}:back")
    return version


def _is_same_press(newest: ReturnVersion, actor: Any, seen: Seen) -> bool:
    """Return whether the last version is what this person handed in from this very page: a double click."""
    before = (newest.number - 1, actor.pk, seen.digest)
    return before == (seen.versions, newest.submitted_by_id, digest_of(newest.sheet()))


def _refuse_stale(form: ReportForm, newest: ReturnVersion | None, seen: Seen) -> None:
    if not form.is_open:
        raise ReturnError("这张报表已经停用，不能再报送。")
    if (newest.number if newest else 0) != seen.versions:
        raise ReturnError("刚才已经报送过了，请先看一看再决定。")


def _refuse_early(period: Period) -> None:
    if not is_over(period):
        raise ReturnError(f"{period}还没有结束，{period.last:%m月%d日}起才能报送。")


def is_over(period: Period) -> bool:
    """Return whether a period may be handed in: from its last day on."""
    return timezone.localdate() >= period.last


def _refuse_unready(draft: Draft, seen: Seen) -> None:
    if draft.missing:
        raise ReturnError(f"还有没报送的：{'、'.join(draft.missing)}。报齐后才能汇总报送。")
    if draft.broken:
        raise ReturnError(f"有 {len(draft.broken)} 处勾稽关系不对或没有填，改好后才能报送。")
    if draft.digest != seen.digest:
        raise ReturnError("页面打开以后数据有变化，已按最新的重新列出，请核对后再报送。")


def _mark_submitted(found: Return) -> None:
    found.state, found.remark = ReturnState.SUBMITTED, ""
    found.decided_by = found.decided_at = None
    found.save()


def _tell_collector(found: Return, version: ReturnVersion) -> None:
    """Tell the level above of a correction; a first version it sees on its list."""
    above = collector_of(found.form, found.region_id)
    if above and version.number > 1:
        title = f"{found.region.name}更正了{found.of_period}{found.form.title}（第{version.number}版）"
        link = sheet_url(found.form, found.period, found.region_id)
        occasion = f"{found.pk}:version:{version.number}"
        _tell(staff_of([above]), found.form, occasion, title, "差异逐格列在报表里。", link)


@transaction.atomic
def decide(actor: Any, found: Return, number: int, *, accepted: bool, remark: str = "") -> None:
    """Accept a version, or send it back with a remark; raise ReturnError when another one has come since."""
    held: Return = Return.objects.select_for_update().get(pk=found.pk)
    newest = held.versions.first()
    if newest is None or newest.number != number:
        raise ReturnError("刚刚报来了新的一版，请先看一看再决定。")
    waiting = held.state == ReturnState.SUBMITTED
    if not waiting and (accepted or held.state != ReturnState.ACCEPTED):
        raise ReturnError("已经办过了，不用再办。")
    # Officials read it too.
    remark = without_names(remark, held.region_id)[:LONGEST_REMARK]
    held.state = ReturnState.ACCEPTED if accepted else ReturnState.RETURNED
    held.remark, held.decided_by, held.decided_at = remark, actor, timezone.now()
    if not accepted:
        held.sent_back = [
            *held.sent_back,
            {"number": number, "remark": remark, "on": f"{timezone.localdate()}"},
        ]
    held.save()
    record(actor, Action.UPDATE, held, reason="接收报表" if accepted else "退回报表", version=number)
    if not accepted:
        title = f"{held.of_period}{held.form.title}被退回，请改正后再报"
        link = sheet_url(held.form, held.period, held.region_id)
        _tell(staff_of([held.region_id]), held.form, f"{held.pk}:back:{number}", title, remark, link)


@dataclass(frozen=True)
class Reminded:
    """How many offices were told, and how many people in them."""

    places: int
    people: int


@transaction.atomic
def remind(actor: Any, form: ReportForm, period: Period, codes: Iterable[str]) -> Reminded:
    """Remind the offices of places that have not handed in, once a day; return who is told."""
    wanted = list(codes)
    people = staff_of(wanted)
    title = f"请报送{period}{form.title}"
    _tell(people, form, f"{period.key}:{timezone.localdate()}", title, "上级还没有收到。")
    record(actor, Action.UPDATE, form, reason="催报", period=period.key)
    posts = Post.objects.current().filter(role=Role.STAFF, region__in=wanted, user__in=people)
    return Reminded(posts.values("region").distinct().count(), len(people))
