"""A figure of a day that is past stays what it was, whatever is decided about a duty later."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from aixin.access.models import Region
from aixin.access.scope import acting
from care.choices import DutyKind, State
from care.making import make_all
from care.models import Duty, GoLive
from care.services import excuse, move
from children.choices import LeavingReason
from children.services import leave_roster
from reports.figures import figures_of
from reports.metrics import rate
from reports.periods import Kind, Period
from tests.cast import WENSHUI, Cast

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def owed(cast: Cast, days: int, kind: str = DutyKind.BIRTHDAY) -> Duty:
    due = timezone.localdate() - days * DAY
    duty: Duty = Duty.objects.create(
        child=cast.child,
        region_id=cast.child.region_id,
        kind=kind,
        occasion="x",
        opens_on=due,
        meant_on=due,
        due_on=due,
    )
    return duty


def on(cast: Cast, day: datetime.date) -> dict[str, Any]:
    """What the county's figures of the day say, read today; of the year before too, as January begins with its duties."""
    year, county = Period.containing(day, Kind.YEAR), Region.objects.get(pk=WENSHUI)
    with acting(cast.wenshui):
        now, before = (figures_of(county, one, today=day).totals for one in (year, year.previous))
    done, due = (now[key] + before[key] for key in ("duties_done", "duties_due"))  # type: ignore[operator]
    return {"duties_due": due, "duties_overdue": now["duties_overdue"], "on_time_rate": rate(done, due)}


def test_what_is_excused_today_was_overdue_yesterday(cast: Cast) -> None:
    today = timezone.localdate()
    duty = owed(cast, 3)
    before = on(cast, today - DAY)
    assert before == {"duties_due": 1, "duties_overdue": 1, "on_time_rate": 0}
    excuse(cast.wenshui, duty, "住校")
    assert on(cast, today - DAY) == before
    assert on(cast, today) == {"duties_due": 1, "duties_overdue": 0, "on_time_rate": 0}


def test_what_was_excused_in_time_was_never_due(cast: Cast) -> None:
    excuse(cast.wenshui, owed(cast, 0), "住校")
    assert on(cast, timezone.localdate()) == {"duties_due": 0, "duties_overdue": 0, "on_time_rate": None}


def test_what_lapses_tonight_was_overdue_until_then(cast: Cast) -> None:
    GoLive.objects.create(region_id=WENSHUI, started_on=timezone.localdate())
    today = timezone.localdate()
    duty = owed(cast, 31)
    before = on(cast, today - DAY)
    assert before["duties_overdue"] == 1
    assert make_all(today) == []
    duty.refresh_from_db()
    assert (duty.state, duty.closed_on) == (State.LAPSED, today)
    assert on(cast, today - DAY) == before
    assert on(cast, today)["duties_overdue"] == 0


def test_what_is_moved_today_was_overdue_yesterday_and_missed_its_day(cast: Cast) -> None:
    today = timezone.localdate()
    duty = owed(cast, 3)
    before = on(cast, today - DAY)
    move(cast.wenshui, duty, today + 5 * DAY, "住校")
    assert on(cast, today - DAY) == before
    assert on(cast, today) == {"duties_due": 1, "duties_overdue": 0, "on_time_rate": 0}
    Duty.objects.update(state=State.DONE, done_on=today)
    assert on(cast, today) == {"duties_due": 1, "duties_overdue": 0, "on_time_rate": 0}


def test_a_visit_entered_late_had_done_what_was_moved_since(cast: Cast) -> None:
    """It was made before the first last day: the duty was on time, and never late."""
    today = timezone.localdate()
    moved = move(cast.wenshui, owed(cast, 3), today + 5 * DAY, "住校")
    Duty.objects.update(state=State.DONE, done_on=moved.missed[0] - DAY)
    assert on(cast, today - DAY) == {"duties_due": 1, "duties_overdue": 0, "on_time_rate": 100}


def test_what_was_moved_in_time_is_due_on_the_other_day(cast: Cast) -> None:
    today = timezone.localdate()
    move(cast.wenshui, owed(cast, 0), today + 5 * DAY, "住校")
    assert Duty.objects.get().missed is None
    assert on(cast, today)["duties_due"] == 0


def test_what_was_overdue_for_a_child_that_left_was_overdue_yesterday(cast: Cast) -> None:
    today = timezone.localdate()
    GoLive.objects.create(region_id=WENSHUI, started_on=today)
    owed(cast, 3)
    before = on(cast, today - DAY)
    leave_roster(cast.wenshui, cast.child, LeavingReason.ADOPTED, today)
    assert make_all(today) == []
    assert (on(cast, today - DAY), on(cast, today)["duties_overdue"]) == (before, 0)
