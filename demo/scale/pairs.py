"""Pairings of a county as rows for COPY: most of its children have somebody, some had somebody else before."""

import datetime
from collections.abc import Generator, Iterator
from typing import Any

from aixin.access.numbers import Kind
from demo.scale.people import County, MadeChild
from pairing.choices import EndReason, State

# Out of a hundred children who are to have one: without anybody; thought of; paused; with a second, with a former one.
WAITING, THOUGHT_OF, PAUSED, SECOND, FORMER, SIGNED = 3, 1, 1, 5, 6, 95
ENDS = (EndReason.TERM_OVER, EndReason.RESIGNED, EndReason.OUT_OF_CONTACT, EndReason.ADJUSTED)
LIAISON = "村妇联主席"
COLUMNS = (
    "id", "no", "child_id", "volunteer_id", "region_code", "state", "is_main", "started_on", "ended_on", "end_reason",
    "liaison", "agreement_signed",
)  # fmt: skip


def pairings_of(county: County) -> Iterator[tuple[Any, ...]]:
    """Give the rows of a county's pairings; each child's volunteers are different ones."""
    helpers = county.helpers
    if len(helpers) < 3:
        return
    for position, child in enumerate(county.made):
        three = [helpers[(position + further) % len(helpers)] for further in range(3)]
        if child.eligible:
            yield from _of_child(county, child, three)


def _of_child(county: County, child: MadeChild, helpers: list[int]) -> Iterator[tuple[Any, ...]]:
    main, second, former = helpers
    if child.until:
        started = _soon_after(county, child.since, child.until)
        yield _row(county, child, main, State.ENDED, started, child.until, EndReason.CHILD_LEFT)
        return
    fate = county.random.randrange(100)
    if fate < WAITING:
        return
    if fate < WAITING + THOUGHT_OF:
        yield _row(county, child, main, State.PROPOSED)
        return
    started = _soon_after(county, child.since, county.today)
    if county.random.randrange(100) < FORMER:
        started = yield from _after_a_former_one(county, child, former, started)
    paused = fate < WAITING + THOUGHT_OF + PAUSED
    yield _row(county, child, main, State.PAUSED if paused else State.ACTIVE, started, is_main=not paused)
    if not paused and county.random.randrange(100) < SECOND:
        yield _row(county, child, second, State.ACTIVE, started)


def _after_a_former_one(
    county: County, child: MadeChild, helper: int, began: datetime.date
) -> Generator[tuple[Any, ...], None, datetime.date]:
    """Give a pairing that has ended; return the day on which the present one begins."""
    days = (county.today - began).days
    ended = began + datetime.timedelta(days=county.random.randint(0, days))
    yield _row(county, child, helper, State.ENDED, began, ended, county.random.choice(ENDS))
    return _soon_after(county, ended, county.today)


def _soon_after(county: County, day: datetime.date, latest: datetime.date) -> datetime.date:
    return day + datetime.timedelta(days=county.random.randint(0, min(60, (latest - day).days)))


def _row(
    county: County, child: MadeChild, helper: int, state: State, started: datetime.date | None = None,
    ended: datetime.date | None = None, reason: str = "", *, is_main: bool = False,
) -> tuple[Any, ...]:  # fmt: skip
    signed = started is not None and county.random.randrange(100) < SIGNED
    return (
        next(county.numbers.pairings), county.numbers.public(Kind.PAIRING), child.key, helper, child.region, state,
        is_main, started, ended, reason, LIAISON, signed,
    )  # fmt: skip
