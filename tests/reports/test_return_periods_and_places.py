"""Returns of periods that were missed or still run, and of places of which little is known."""

import pytest
from django.utils import timezone

from aixin.access.models import Role
from aixin.access.scope import acting
from reports.figures import figures_of
from reports.periods import Period
from reports.returns.definition import Column
from reports.returns.due import collected_by, open_tasks
from reports.returns.samples import samples
from tests.cast import CITY, PLACES, WENSHUI, XIJIE, XINGXIAN, Cast, make_regions, make_user
from tests.factories import ChildFactory, VisitFactory
from tests.reports.test_returns import (
    COLUMNS,
    draft_by,
    hand_in,
    make_form,
    period_now,
    region,
    type_all,
)

pytestmark = pytest.mark.django_db


def test_what_was_missed_stays_to_be_done_for_both_sides(cast: Cast) -> None:
    """Last month is due, and the one before was never handed in."""
    form = make_form(cast.city, since=period_now().previous)
    wanted = [period_now().previous, period_now()]
    assert [task.period for task in open_tasks(cast.wenshui)] == wanted
    assert [one.period for one in collected_by(cast.city)] == wanted
    type_all(cast.wenshui, form, WENSHUI)
    hand_in(cast.wenshui, form, WENSHUI)
    assert [task.period for task in open_tasks(cast.wenshui)] == wanted[:1]


def test_a_county_without_known_places_hands_in_its_own_children(cast: Cast) -> None:
    make_regions({**PLACES, "141171": "开发区"})
    for _ in range(7):
        ChildFactory(region_id="141171", registered_on=period_now().first)
    zone = make_user("zone", Role.STAFF, "141171", is_head=True)
    form = make_form(cast.city, columns=COLUMNS[:1], checks=())
    for user, code in ((zone, "141171"), (cast.wenshui, WENSHUI), (cast.xingxian, XINGXIAN)):
        hand_in(user, form, code)
    total = draft_by(cast.city, form, CITY).now.total
    with acting(cast.city):
        assert total
        assert total.values[0] == figures_of(region(CITY), period_now()).totals["registered"]


def test_the_form_that_comes_along_asks_nothing_that_does_not_hold(cast: Cast) -> None:
    """One visit to children of two townships is counted where it was, the children where they live."""
    definition = next(iter(samples().values())).definition
    form = make_form(cast.city, columns=definition.columns, checks=definition.checks)
    VisitFactory(
        region_id=XIJIE,
        date=period_now().last,
        way="HOME",
        recorded_by=cast.mama,
        children=[cast.child, cast.neighbour],
        volunteers=[cast.volunteer],
    )
    assert [one.sentence for one in draft_by(cast.wenshui, form, WENSHUI).broken if one.gap is not None] == []


def test_beside_a_running_month_a_part_is_counted_over_the_same_days_as_its_whole(cast: Cast) -> None:
    run = Period.containing(timezone.localdate())
    VisitFactory(
        region_id=XIJIE,
        date=run.previous.last,
        way="PHONE",
        recorded_by=cast.mama,
        children=[cast.child],
        volunteers=[cast.volunteer],
    )
    columns = (
        Column("走访", "metric", metric="visits"),
        Column("电话", "metric", metric="visits", dimension="way", value="PHONE"),
    )
    form = make_form(cast.city, columns=columns, checks=())
    before = draft_by(cast.wenshui, form, WENSHUI, run).sheets["before"].total
    assert before
    assert before.values[0] == before.values[1]
