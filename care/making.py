"""Makes what is due, county by county, in the database; catches up after an outage; a second run makes nothing."""

import datetime
import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from aixin.access.regions import contains, county_of, upper_bound
from aixin.access.scope import EVERYTHING, opened
from care import statements
from care.calendar import Celebration, celebrations, festivals_between, terms_around
from care.choices import DATED, MADE, SATISFIED_BY, DutyKind
from care.models import CountyRun, GoLive
from care.policy import Rules, rules_of
from care.programmes import making as programmes
from children.choices import Schooling
from children.models import Child

_log = logging.getLogger(__name__)
# How far ahead days are made, so that a calendar shows them; how long after its last day one of them is still worth doing.
AHEAD = datetime.timedelta(days=30)
GRACE_DAYS = 30
SCHOOLED = [
    Schooling.PRIMARY, Schooling.MIDDLE, Schooling.HIGH, Schooling.VOCATIONAL, Schooling.SPECIAL,
]  # fmt: skip
_WAYS = [(kind.value, way.value) for kind, ways in SATISFIED_BY.items() for way in ways]


@dataclass(frozen=True)
class County:
    """A county that reminds: since when, and by which rules."""

    code: str
    since: datetime.date
    rules: Rules


@dataclass
class Change:
    """What bringing duties up to date did: how many were made, and which are not open any more."""

    made: int
    closed: list[int]


def running_counties(codes: Iterable[str] | None = None) -> list[County]:
    """Return the counties that remind, among some or all of them; two queries."""
    live = GoLive.objects.running().order_by("region_id")
    rows = list(live if codes is None else live.filter(region__in=set(codes)))
    rules = rules_of(row.region_id for row in rows)
    return [County(row.region_id, row.started_on, rules[row.region_id]) for row in rows]


def make_all(today: datetime.date, within: str = "") -> list[str]:
    """Bring every county up to date, or those of a region; return those that failed.

    Each in a transaction of its own: one that fails never stops the rest (LESSONS).
    """
    failed = []
    with opened(EVERYTHING):
        _keys(
            statements.DROP_WHERE_NOBODY_BEGAN, {"made": [kind.value for kind in (*MADE, DutyKind.PROGRAMME)]}
        )
        for statement in (statements.FORGET_RUNS, statements.FORGET_TOUCHES):
            _keys(statement)
        counties = running_counties()
    for county in counties:
        if not contains(within, county.code):
            continue
        try:
            with opened(EVERYTHING):
                _catch_up(county, today)
        except Exception as error:  # noqa: BLE001 - whatever stops one county, the others are due all the same
            # The kind of error only: the database's own words may repeat a row.
            _log.error("The duties of %s failed: %s", county.code, type(error).__name__)
            failed.append(county.code)
    return failed


def _catch_up(county: County, today: datetime.date) -> None:
    """Bring a county up to date, unless it was on this day, by these rules, and nothing was written there since."""
    given = {"lo": county.code, "hi": upper_bound(county.code), "mark": mark_of(county, today)}
    touched = _keys(statements.TAKE_TOUCHES, given)
    if touched or not CountyRun.objects.filter(region=county.code, mark=given["mark"]).exists():
        bring_up_to_date(county, today)
        _keys(statements.NOTE_RUN, given)


def mark_of(county: County, today: datetime.date) -> str:
    """Return what stands for all that a county's duties follow from besides rows: day, rules, calendar, statements."""
    by = (
        parameters(county, today), statements.make(some=False), statements.fulfil(some=False),
        programmes.grounds_of(county.code, county.since, today),
    )  # fmt: skip
    return digest_of(by)


def digest_of(by: object) -> str:
    """Return a short text that is another one as soon as anything differs in what is printed of the given."""
    return hashlib.sha256(repr(by).encode()).hexdigest()


@transaction.atomic
def bring_up_to_date(county: County, today: datetime.date, children: list[int] | None = None) -> Change:
    """Close what visits have done, make what is due, take back what has no ground any more; return what changed.

    The transaction must see the county.
    """
    given = parameters(county, today, children)
    some = children is not None
    closed = _keys(statements.fulfil(some=some), given)
    if not some:
        closed += _keys(statements.TAKE_BACK_OF_GONE, given) + _keys(statements.LAPSE, given)
    change = _made(given, closed, some=some)
    more, gone = programmes.bring_up_to_date(county.code, county.since, today, children)
    return Change(change.made + more, [*change.closed, *gone])


@transaction.atomic
def follow_new_visit(county: County, today: datetime.date, children: list[int], way: str) -> Change:
    """Bring duties up to date where nothing changed but that these children have a visit more; return what changed.

    What programmes ask for does not follow from visits, only what of it is done; and where nothing is open that has
    begun and is done in this way, nothing is closed.
    """
    given = parameters(county, today, children)
    done_by_way = [kind for kind, done in _WAYS if done == way]
    of_programmes = set(_keys(statements.BEGUN, given | {"way": way, "done_by_way": done_by_way}))
    closed = _keys(statements.fulfil(some=True), given) if False in of_programmes else []
    change = _made(given, closed, some=True)
    if True in of_programmes:
        change.closed += programmes.close_done(county.code, today, children)
    return change


def _made(given: dict[str, Any], closed: list[int], *, some: bool) -> Change:
    with connection.cursor() as cursor:
        cursor.execute(statements.make(some=some), given)
        made, taken = cursor.fetchone()
    if made:
        # A birthday or a term may have been seen to before its duty was made.
        closed += _keys(statements.fulfil(some=some), given)
    return Change(made, [*closed, *taken])


def of_children(
    children: list[int],
    today: datetime.date,
    bring: Callable[[County, datetime.date, list[int]], Change] = bring_up_to_date,
) -> Change:
    """Bring some children's duties up to date, wherever they live and remind."""
    places = dict(Child.objects.filter(pk__in=children).values_list("pk", "region_id"))
    change = Change(0, [])
    for county in running_counties(county_of(place) for place in places.values()):
        theirs = [pk for pk, place in places.items() if county_of(place) == county.code]
        done = bring(county, today, theirs)
        change = Change(change.made + done.made, [*change.closed, *done.closed])
    return change


def parameters(county: County, today: datetime.date, children: list[int] | None = None) -> dict[str, Any]:
    """Return what the statements need of a county, its rules and the calendar."""
    rules = county.rules
    window = datetime.timedelta(days=rules.window_days)
    first, last = today - window, today + AHEAD
    born = _celebrated(first, last, children) if rules.birthday else []
    feasts = festivals_between(rules.festivals, first, last)
    terms = [term for term in _terms(today) if rules.school]
    return {
        "lo": county.code,
        "hi": upper_bound(county.code),
        "children": children,
        "since": county.since,
        "today": today,
        "grace": GRACE_DAYS,
        "window": rules.window_days,
        "schooled": [kind.value for kind in SCHOOLED],
        "made": [kind.value for kind in MADE],
        "dated": [kind.value for kind in DATED],
        "cadence": list(rules.cadence),
        "days": list(rules.cadence.values()),
        "way_kinds": [kind for kind, _ in _WAYS],
        "ways": [way for _, way in _WAYS],
        "b_lunar": [one.is_lunar for one in born],
        "b_birth": [one.birth for one in born],
        "b_day": [one.day for one in born],
        "f_name": [f"{name}-{day.year}" for name, day in feasts],
        "f_day": [day for _, day in feasts],
        "t_key": [term.key for term in terms],
        "t_first": [term.first for term in terms],
        "t_last": [term.last for term in terms],
    }


def _celebrated(first: datetime.date, last: datetime.date, children: list[int] | None) -> list[Celebration]:
    """Return the birthdays between two days; of a few children only theirs, because a long list costs each visit."""
    everybodys = celebrations(first, last)
    if children is None:
        return list(everybodys)
    births = set(Child.objects.filter(pk__in=children).values_list("birth", flat=True))
    return [one for one in everybodys if one.birth in births]


def _terms(today: datetime.date) -> Iterator[Any]:
    return (term for term in terms_around(today.year) if term.last >= today and term.first <= today + AHEAD)


def _keys(statement: str, given: dict[str, Any] | None = None) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return [pk for (pk,) in cursor.fetchall()]


def preview(
    code: str, rules: Rules, today: datetime.date, since: datetime.date
) -> dict[str, tuple[int, int]]:
    """Return by kind how many duties rules would make overdue at once, and due within thirty days, in a county."""
    given = parameters(County(code, since, rules), today) | {"until": today + AHEAD}
    with connection.cursor() as cursor:
        cursor.execute(statements.preview(), given)
        return {kind: (late, soon) for kind, late, soon in cursor.fetchall()}
