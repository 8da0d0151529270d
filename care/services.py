"""What people decide about duties: reported, moved, excused; and when a county begins to remind (DOMAIN section 5)."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from aixin.access.regions import county_of
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.notify.services import settle
from care.choices import CADENCE, MADE, DutyKind, Source, State
from care.making import County, bring_up_to_date, of_children
from care.models import Duty, GoLive, subject_of
from care.policy import rules_for
from care.reminders import remind_of
from children.models import Child
from pairing.choices import State as PairingState
from pairing.models import Pairing
from visits.models import Visit

# Before the key of the visit that agreed on a next step.
FOLLOWS = "visit:"
ONE_DAY = datetime.timedelta(days=1)


class DutyError(Exception):
    """The duty cannot be changed so; the message is for the user."""


@transaction.atomic
def report_change(
    child: Child,
    on: datetime.date,
    source: str = Source.STAFF,
    *,
    actor: Any = None,
    note: str = "",
) -> Duty | None:
    """Make a visit due because a change or hardship was reported, and return it; None where the policy asks for none.

    Due within the policy's hours (72); who is to go is told at once, where the county reminds. The same report twice
    in a day is one duty. The transaction must be allowed to
    write where the child lives.
    """
    days = rules_for(county_of(child.region_id)).change_days
    if not days or not child.is_on_roster:
        return None
    due = on + days * ONE_DAY
    duty = Duty(
        child=child,
        region_id=child.region_id,
        kind=DutyKind.CHANGE,
        occasion=f"{on}",
        opens_on=on,
        meant_on=due,
        due_on=due,
        volunteer_id=_main_volunteer(child.pk),
        source=source,
        note=note,
        decided_by=actor,
    )
    Duty.objects.bulk_create([duty], ignore_conflicts=True)
    stored: Duty = Duty.objects.get(child=child, kind=DutyKind.CHANGE, occasion=f"{on}")
    if actor is not None:
        record(actor, Action.CREATE, stored)
    remind_of(stored, timezone.localdate())
    return stored


def _main_volunteer(child: int) -> int | None:
    main = Pairing.objects.filter(child=child, state=PairingState.ACTIVE, is_main=True)
    return main.values_list("volunteer_id", flat=True).first()


@transaction.atomic
def visits_that_agree(visits: Iterable[int]) -> Any:
    """Return the visits that agreed on a day, and those whose former agreement stands as a duty; the others matter not."""
    found = list(visits)
    known = Duty.objects.filter(kind=DutyKind.FOLLOW_UP, occasion__in=[_follow_up(pk) for pk in found])
    standing = [int(one.removeprefix(FOLLOWS)) for one in known.values_list("occasion", flat=True).distinct()]
    return Visit.objects.filter(Q(next_on__isnull=False) | Q(pk__in=standing), pk__in=found)


def agree_follow_up(visit: Any, children: Iterable[int], on: datetime.date | None) -> list[int]:
    """Make due what a visit agreed for a day, for each child it reached; without a day take back what is open.

    Returns the keys of what was taken back. A visit corrected to another day moves it.
    """
    former = Duty.objects.filter(kind=DutyKind.FOLLOW_UP, occasion=_follow_up(visit.pk))
    kept = set(children) if on is not None and visit.withdrawn_at is None else set()
    gone = list(former.open().exclude(child__in=kept).values_list("pk", flat=True))
    Duty.objects.filter(pk__in=gone).delete()
    if on is None or not kept:
        return gone
    opens = max(visit.date + ONE_DAY, on - 7 * ONE_DAY)
    former.open().filter(moved_from=None).update(opens_on=opens, meant_on=on, due_on=on)
    Duty.objects.bulk_create(
        [
            Duty(
                child=child,
                region_id=child.region_id,
                kind=DutyKind.FOLLOW_UP,
                occasion=_follow_up(visit.pk),
                opens_on=opens,
                meant_on=on,
                due_on=on,
                volunteer_id=_main_volunteer(child.pk),
            )
            for child in Child.objects.registered().filter(pk__in=kept)
        ],
        ignore_conflicts=True,
    )
    return gone


def _follow_up(visit: int) -> str:
    return f"{FOLLOWS}{visit}"


def _held(duty: Duty) -> Duty:
    held: Duty = Duty.objects.select_for_update(of=("self",)).select_related("child").get(pk=duty.pk)
    if not held.is_open:
        raise DutyError(f"这件事已经{held.get_state_display()}，没有改动。")
    return held


@transaction.atomic
def move(actor: Any, duty: Duty, day: datetime.date, reason: str) -> Duty:
    """Give an open duty another last day and return it; raise DutyError for a closed one and for a day that is past."""
    held = _held(duty)
    today = timezone.localdate()
    if day < today:
        raise DutyError("新的日期不能早于今天。")
    if held.due_on < today:
        held.missed = [*(held.missed or ()), held.due_on, today]
    held.moved_from = held.moved_from or held.due_on
    held.meant_on = held.due_on = day
    held.reason, held.decided_by = reason, actor
    held.escalated_to = held.escalated_on = None
    held.save()
    record(actor, Action.UPDATE, held, reason="改期")
    settle([held.subject])
    return held


@transaction.atomic
def excuse(actor: Any, duty: Duty, reason: str) -> Duty:
    """Close an open duty as not needed this time, and return it; the next of its kind counts from its last day.

    Raises DutyError for a closed one.
    """
    held = _held(duty)
    held.state, held.closed_on = State.EXCUSED, timezone.localdate()
    held.reason, held.decided_by = reason, actor
    held.save()
    record(actor, Action.UPDATE, held, reason="免办")
    settle([held.subject])
    if held.kind in CADENCE:
        settle_closed(of_children([held.child_id], timezone.localdate()).closed)
    return held


@transaction.atomic
def excuse_many(actor: Any, duties: Iterable[Duty], reason: str) -> int:
    """Excuse those that are still open and return how many there were."""
    done = 0
    for duty in duties:
        try:
            excuse(actor, duty, reason)
            done += 1
        except DutyError:
            continue
    return done


def settle_closed(duties: Iterable[int]) -> int:
    """Settle the notices about duties that are not open any more; return how many there were."""
    subjects = [subject_of(pk) for pk in duties]
    return settle(subjects) if subjects else 0


@transaction.atomic
def go_live(actor: Any, code: str, day: datetime.date) -> GoLive:
    """Let a county remind from a day on and return it; one that reminds or is paused already goes on as it was."""
    live, is_new = GoLive.objects.get_or_create(
        region_id=code, defaults={"started_on": day, "pressed_by": actor}
    )
    if is_new:
        record(actor, Action.UPDATE, live, reason="开始提醒")
        bring_up_to_date(County(code, live.started_on, rules_for(code)), day)
    return live


@transaction.atomic
def pause(actor: Any, code: str, *, paused: bool) -> GoLive:
    """Pause a county's reminding, or let it go on, and return it; raise DutyError where it has not begun."""
    live: GoLive | None = GoLive.objects.select_for_update().filter(region=code).first()
    if live is None:
        raise DutyError("还没有开始提醒。")
    if live.is_running == paused:
        live.paused_on, live.pressed_by = (timezone.localdate() if paused else None), actor
        live.save()
        record(actor, Action.UPDATE, live, reason="暂停提醒" if paused else "恢复提醒")
    return live


@transaction.atomic
def take_over(double: int, kept: int) -> None:
    """Let the record that stays of two have the duties of both, each occasion once.

    What was open of the double is made anew for the one that stays; a merge taken back leaves them there.
    """
    theirs = Duty.objects.filter(child=double)
    open_ones = theirs.open().filter(kind__in=(*MADE, DutyKind.PROGRAMME))
    settle_closed(open_ones.values_list("pk", flat=True))
    open_ones.delete()
    known = Duty.objects.filter(child=kept, kind=OuterRef("kind"), occasion=OuterRef("occasion"))
    place = Child.objects.filter(pk=kept).values("region_id")
    theirs.filter(~Exists(known)).update(child=kept, region=Subquery(place))
