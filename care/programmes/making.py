"""Makes what programmes ask for, county by county, in the database; a second run makes nothing."""

import datetime
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connection

from aixin.access.regions import upper_bound
from care.choices import State
from care.models import Duty
from care.programmes import statements
from care.programmes.choices import ProgrammeState
from care.programmes.models import Joining, Programme, ProgrammeItem
from care.programmes.periods import ONE_DAY, Slot, slots, spans

# How many days before a span its duties are made; how long after its day one is still worth doing.
AHEAD_DAYS, GRACE_DAYS = 7, 30
Slots = Callable[[ProgrammeItem, datetime.date], Iterator[Slot]]


def bring_up_to_date(
    county: str, since: datetime.date, today: datetime.date, children: list[int] | None = None
) -> tuple[int, list[int]]:
    """Close what visits have done of a county's programmes, make what is due, take back what has no ground any more.

    Returns how many duties were made, and the keys of those that are not open any more. `since` is the county's
    go-live. The transaction must see the county.
    """
    joinings = list(Joining.objects.filter(region=county, programme__state=ProgrammeState.RUNNING))
    if not joinings and not _has_duties(county):
        return 0, []
    given = _parameters(county, since, today, joinings) | {"children": children}
    some = children is not None
    closed = _keys(statements.fulfil(some=some), given)
    if not some:
        closed += _keys(statements.LAPSE, given)
    made, taken = _one(statements.make(some=some), given)
    if made:
        closed += _keys(statements.fulfil(some=some), given)
    return made, [*closed, *taken]


def close_done(county: str, today: datetime.date, children: list[int]) -> list[int]:
    """Close what visits of some children have done of a county's programmes; return the keys."""
    given = {
        "lo": county, "hi": upper_bound(county), "today": today, "grace": GRACE_DAYS, "children": children,
    }  # fmt: skip
    return _keys(statements.fulfil(some=True), given)


def grounds_of(county: str, since: datetime.date, today: datetime.date) -> Any:
    """Return what a county's duties of programmes follow from besides children, pairings, visits and enrolments.

    Offices above decide it too. Equal values, printed, are equal texts.
    """
    joinings = list(Joining.objects.filter(region=county, programme__state=ProgrammeState.RUNNING))
    if not joinings:
        return ()
    items = ProgrammeItem.objects.standing().filter(programme__in=[one.programme_id for one in joinings])
    rules = list(
        items.order_by("pk").values(
            "programme__reach", *(f.name for f in ProgrammeItem._meta.concrete_fields)
        )
    )
    sql = (statements.make(some=False), statements.fulfil(some=False), statements.LAPSE)
    return _parameters(county, since, today, joinings), rules, sql


def reopen(visits: list[int], children: list[int]) -> None:
    """Open again what visits had done, before it is looked at anew."""
    with connection.cursor() as cursor:
        cursor.execute(statements.REOPEN, {"children": children, "visits": visits})


def preview(
    programme: Programme,
    county: str,
    since: datetime.date,
    today: datetime.date,
    townships: Iterable[str] = (),
) -> tuple[int, int]:
    """Return how many children of a county a programme would reach if it began today, and how many duties follow.

    Counted are the duties of each item's first span from then on.
    """
    begins = max(today, programme.first_on)
    joining = Joining(programme=programme, region_id=county, joined_on=begins, townships=list(townships))
    given = _parameters(county, min(since, begins), begins, [joining], _first_slots)
    children, duties = _one(statements.preview(), given)
    return children, duties


def slots_due(item: ProgrammeItem, today: datetime.date) -> Iterator[Slot]:
    """Yield the slots of an item that are due, will be within days, or were little ago."""
    programme = item.programme
    for span in spans(item.period, programme.first_on, programme.last_on):
        if span.first <= today + AHEAD_DAYS * ONE_DAY and span.last >= today - GRACE_DAYS * ONE_DAY:
            for slot in slots(span, item.times):
                if slot.due >= today - GRACE_DAYS * ONE_DAY:
                    yield slot


def _first_slots(item: ProgrammeItem, begins: datetime.date) -> Iterator[Slot]:
    """Yield the slots of the first span that ends after a programme has begun."""
    programme = item.programme
    first = (one for one in spans(item.period, programme.first_on, programme.last_on) if one.last >= begins)
    for span in islice(first, 1):
        yield from slots(span, item.times)


def _has_duties(county: str) -> bool:
    return Duty.objects.within_region(county).filter(item__isnull=False, state=State.OPEN).exists()


def _parameters(
    county: str,
    since: datetime.date,
    today: datetime.date,
    joinings: list[Joining],
    slots_of: Slots = slots_due,
) -> dict[str, Any]:
    items = list(
        ProgrammeItem.objects.standing()
        .filter(programme__in=[joining.programme_id for joining in joinings])
        .select_related("programme")
    )
    due = [(item.pk, slot) for item in items for slot in slots_of(item, today)]
    return {
        "lo": county,
        "hi": upper_bound(county),
        "since": since,
        "today": today,
        "grace": GRACE_DAYS,
        "children": None,
        "standing": [item.pk for item in items],
        "s_item": [item for item, _ in due],
        "s_occasion": [f"{item}:{slot.key}:{slot.number}" for item, slot in due],
        "s_first": [slot.first for _, slot in due],
        "s_due": [slot.due for _, slot in due],
        "s_latest": [slot.latest for _, slot in due],
        "j_programme": [joining.programme_id for joining in joinings],
        "j_on": [joining.joined_on for joining in joinings],
        "j_townships": [",".join(joining.townships) for joining in joinings],
    }


def _keys(statement: str, given: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return [pk for (pk,) in cursor.fetchall()]


def _one(statement: str, given: dict[str, Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchone()
