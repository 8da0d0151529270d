"""What offices decide about programmes (DOMAIN section 5): begun, joined, left, ended; children chosen or left out."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.notify.services import settle
from care.choices import State
from care.making import of_children
from care.models import Duty
from care.programmes.choices import How, ProgrammeState, Standing
from care.programmes.models import Enrolment, Joining, Programme
from care.programmes.shipped import programme_from
from care.services import settle_closed
from care.tasks import make_duties_in
from children.models import Child

_SAID = {Standing.IN: "选定参加关爱项目", Standing.OUT: "不参加关爱项目", "": "按规则参加关爱项目"}


class ProgrammeError(Exception):
    """The programme cannot be changed so; the message is for the user."""


def _follow(code: str) -> None:
    """Bring the duties of a region's counties up to date once the decision is stored."""
    transaction.on_commit(lambda: make_duties_in.delay(code), robust=True)


def _held(programme: Programme) -> Programme:
    held: Programme = Programme.objects.select_for_update().get(pk=programme.pk)
    return held


@transaction.atomic
def adopt(actor: Any, region: str, key: str) -> Programme:
    """Make an example a region's draft and return it; the draft it has of the same name is returned again.

    Raises KeyError for an unknown example.
    """
    new = programme_from(key, region, timezone.localdate())
    same = Programme.objects.filter(region=region, name=new.name, state=ProgrammeState.DRAFT).exclude(
        pk=new.pk
    )
    known: Programme | None = same.first()
    if known is not None:
        new.delete()
        return known
    record(actor, Action.CREATE, new, reason="采用示例")
    return new


@transaction.atomic
def save_programme(actor: Any, form: Any, items: Any) -> Programme:
    """Store a programme and its items from valid forms and return it; duties follow where it is in progress.

    Of a programme that has begun an item is dropped, not deleted: what was done under it stays.
    """
    programme: Programme = form.save(commit=False)
    is_new = programme.pk is None
    programme.updated_by = actor
    programme.save()
    items.instance = programme
    _save_items(programme, items)
    record(actor, Action.CREATE if is_new else Action.UPDATE, programme)
    if programme.is_running:
        _follow(programme.region_id)
    return programme


def _save_items(programme: Programme, items: Any) -> None:
    kept = items.save(commit=False)
    for item in items.deleted_objects:
        if programme.is_draft:
            item.delete()
        else:
            item.dropped_on = timezone.localdate()
            item.save(update_fields=["dropped_on"])
    for item in kept:
        item.position = item.position or programme.items.count() + 1
        item.save()


@transaction.atomic
def start(actor: Any, programme: Programme, townships: Iterable[str] | None) -> Programme:
    """Begin a draft and return it; with `townships` its own county takes part at once.

    Pressed twice it begins once. Raises ProgrammeError for one without items, and for one whose last day is over.
    """
    held = _held(programme)
    if not held.is_draft:
        return held
    if not held.items.standing().exists():
        raise ProgrammeError("项目还没有内容，先写要做哪些事。")
    if held.last_on < timezone.localdate():
        raise ProgrammeError("结束日期已经过了，先改日期。")
    held.state, held.updated_by = ProgrammeState.RUNNING, actor
    held.save()
    record(actor, Action.UPDATE, held, reason="项目开始")
    if townships is not None:
        join(actor, held, held.region_id, townships)
    return held


@transaction.atomic
def end(actor: Any, programme: Programme) -> Programme:
    """End a programme and return it; what is open of it is taken back, what was done or missed stays."""
    held = _held(programme)
    if held.is_running:
        held.state, held.updated_by = ProgrammeState.ENDED, actor
        held.save()
        record(actor, Action.UPDATE, held, reason="项目结束")
        _take_back(Duty.objects.open().filter(item__programme=held))
        _follow(held.region_id)
    return held


@transaction.atomic
def join(actor: Any, programme: Programme, county: str, townships: Iterable[str]) -> Joining:
    """Let a county take part from today, or change its townships, and return its part.

    Raises ProgrammeError for a programme that is not in progress.
    """
    if not _held(programme).is_running:
        raise ProgrammeError("这个项目没有在进行，不能参加。")
    chosen = sorted(townships)
    joining, is_new = Joining.objects.get_or_create(
        programme=programme,
        region_id=county,
        defaults={"joined_on": timezone.localdate(), "joined_by": actor, "townships": chosen},
    )
    if not is_new and joining.townships != chosen:
        joining.townships, joining.joined_by = chosen, actor
        joining.save()
    record(actor, Action.UPDATE, programme, reason="参加项目" if is_new else "参加的乡镇")
    _follow(county)
    return joining


@transaction.atomic
def leave(actor: Any, programme: Programme, county: str) -> None:
    """End a county's part; what is open of it there is taken back, what was done or missed stays."""
    removed, _ = Joining.objects.filter(programme=programme, region=county).delete()
    if removed:
        record(actor, Action.UPDATE, programme, reason="退出项目")
        _take_back(Duty.objects.within_region(county).open().filter(item__programme=programme))


def _take_back(duties: Any) -> None:
    settle_closed(list(duties.values_list("pk", flat=True)))
    duties.take_back(timezone.localdate())


@transaction.atomic
def enrol(actor: Any, programme: Programme, child: Child, standing: str, reason: str = "") -> None:
    """Choose a child, leave it out for a reason, or let the rule decide again (no standing); its duties follow."""
    own = Enrolment.objects.filter(programme=programme, child=child)
    if not standing:
        own.delete()
    else:
        Enrolment.objects.update_or_create(
            programme=programme,
            child=child,
            defaults={
                "region_id": child.region_id,
                "standing": Standing(standing),
                "reason": reason,
                "decided_on": timezone.localdate(),
                "decided_by": actor,
            },
        )
    record(actor, Action.UPDATE, child, reason=_SAID[standing])
    settle_closed(of_children([child.pk], timezone.localdate()).closed)


@transaction.atomic
def enrol_many(actor: Any, programme: Programme, children: Sequence[Child], standing: Standing) -> None:
    """Decide the same about several children at once, whatever was decided before; their duties follow."""
    Enrolment.objects.bulk_create(
        [
            Enrolment(
                programme=programme,
                child=child,
                region_id=child.region_id,
                standing=standing,
                decided_by=actor,
            )
            for child in children
        ],
        update_conflicts=True,
        unique_fields=["programme", "child"],
        update_fields=["standing", "reason", "decided_on", "decided_by"],
    )
    for child in children:
        record(actor, Action.UPDATE, child, reason=_SAID[standing])
    settle_closed(of_children([child.pk for child in children], timezone.localdate()).closed)


def is_ticked(duty: Duty) -> bool:
    """Return whether a tick closes the duty, and not a visit."""
    return duty.item is not None and duty.item.how == How.MARK


@transaction.atomic
def mark_done(actor: Any, duty: Duty, day: datetime.date, visit: int | None = None) -> bool:
    """Close a duty that a tick closes, done on a day, and return whether it was open."""
    held: Duty = Duty.objects.select_for_update(of=("self",)).select_related("item", "child").get(pk=duty.pk)
    if not held.is_open or not is_ticked(held):
        return False
    held.state, held.done_on, held.visit_id, held.decided_by = State.DONE, day, visit, actor
    held.save(update_fields=["state", "done_on", "visit", "decided_by"])
    record(actor, Action.UPDATE, held, reason="做了")
    settle([held.subject])
    return True
