"""A county that was brought up to date today is passed over, unless anything was written that its duties follow from."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from aixin.access.models import Role, User
from aixin.access.scope import acting
from aixin.notify.models import Notice
from care.making import make_all, running_counties
from care.models import CarePolicy, CountyRun, CountyTouch, Duty, GoLive
from care.programmes.choices import How, Period, ProgrammeState, Reach, Standing
from care.programmes.models import Enrolment, Joining, Programme, ProgrammeItem
from care.reminders import remind
from care.services import pause
from care.telling import tell
from children.models import Child
from pairing.choices import State
from pairing.models import Pairing
from tests.care.conftest import DAY, TODAY, contact, days_ago, only
from tests.cast import CITY, WENSHUI, XIJIE, Cast, make_user
from tests.factories import ChildFactory, PairingFactory, VolunteerFactory
from visits.models import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(live: Pairing) -> Pairing:
    """The county's run of the day is over."""
    only(call_days=31)
    assert make_all(TODAY) == []
    return live


def runs_again(day: datetime.date = TODAY) -> bool:
    """Run, and return whether the county was computed anew: then a duty that somebody lost is there again."""
    Duty.objects.filter(region__gte=WENSHUI).delete()
    assert make_all(day) == []
    return Duty.objects.exists()


def test_nothing_is_computed_twice_for_nothing(done: Pairing) -> None:
    assert not runs_again()


def test_the_next_day_is_another(done: Pairing) -> None:
    assert runs_again(TODAY + DAY)


WRITES: dict[str, Callable[[Pairing], Any]] = {
    "a visit": lambda pairing: contact(pairing, days_ago(50)),
    "a new child": lambda _: PairingFactory(
        child=ChildFactory(region_id=XIJIE), volunteer=VolunteerFactory()
    ),
    "a birthday corrected": lambda pairing: Child.objects.filter(pk=pairing.child_id).update(
        birth="2015-02-03"
    ),
    "another start": lambda pairing: Pairing.objects.filter(pk=pairing.pk).update(started_on=days_ago(20)),
    "the policy": lambda _: CarePolicy.objects.update(call_days=30),
    "the first day of reminding": lambda _: GoLive.objects.update(started_on=days_ago(3)),
    "a chair's post": lambda _: make_user("chair", Role.STAFF, XIJIE),
}


def test_what_duties_follow_from_is_seen_the_same_day(done: Pairing) -> None:
    for name, write in WRITES.items():
        write(done)
        assert runs_again(), name
    assert not runs_again()


def test_a_visit_that_counts_no_more_is_seen_the_same_day(done: Pairing, cast: Cast) -> None:
    visit = contact(done, days_ago(5))
    assert runs_again()
    Visit.objects.filter(pk=visit.pk).update(withdrawn_at=timezone.now())
    assert runs_again(), "withdrawn"
    visit.volunteers.set([cast.second_volunteer])
    assert runs_again(), "given to another"
    visit.delete()
    assert runs_again(), "deleted"


def test_a_volunteer_who_corrects_her_visit_notes_the_county(done: Pairing, cast: Cast) -> None:
    visit = contact(done, days_ago(50))
    make_all(TODAY)
    assert not CountyTouch.objects.exists()
    with acting(cast.mama):
        Visit.objects.filter(pk=visit.pk).update(seen="都好")
    assert CountyTouch.objects.filter(region_code=WENSHUI).exists()


def test_other_counties_are_not_touched(done: Pairing) -> None:
    contact(done, days_ago(50))
    assert set(CountyTouch.objects.values_list("region_code", flat=True)) == {WENSHUI}


def test_a_paused_county_is_computed_when_it_goes_on_the_same_day(done: Pairing, cast: Cast) -> None:
    pause(cast.wenshui, WENSHUI, paused=True)
    make_all(TODAY)
    assert not CountyRun.objects.exists()
    contact(done, days_ago(50))
    make_all(TODAY)
    assert not CountyTouch.objects.exists(), "what nobody reads would pile up"
    pause(cast.wenshui, WENSHUI, paused=False)
    assert runs_again()


def test_a_run_that_fails_leaves_what_was_written_for_the_next(done: Pairing, monkeypatch: Any) -> None:
    contact(done, days_ago(50))
    with monkeypatch.context() as broken:
        broken.setattr("care.making.bring_up_to_date", lambda *_: 1 / 0)
        assert make_all(TODAY) == [WENSHUI]
    assert runs_again()


def test_the_database_knows_by_key_what_was_told_at_each_stage(live: Pairing) -> None:
    only(call_days=31, chair_days=80, township_days=85, county_days=90)
    (county,) = running_counties()
    for late in (-7, 0, 1, 31, 61):
        day = days_ago(1) + late * DAY
        make_all(day)
        assert tell(county, day) == (1, {live.volunteer.addressee}), late
        assert tell(county, day) == (0, set()), late


def test_told_again_when_another_is_main_or_the_notice_was_settled(live: Pairing, cast: Cast) -> None:
    only(call_days=31, chair_days=80, township_days=85, county_days=90)
    remind(TODAY)
    (county,) = running_counties()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE notify_notice SET resolved_at = now()")
    assert tell(county, TODAY) == (0, set()), "the same notice, opened again"
    assert Notice.objects.open().count() == 1
    Pairing.objects.filter(pk=live.pk).update(state=State.ENDED, ended_on=TODAY, end_reason="ADJUSTED")
    PairingFactory(child=live.child, volunteer=cast.second_volunteer, started_on=days_ago(40))
    assert tell(county, TODAY) == (1, {cast.second_volunteer.addressee})


def tells_again(day: datetime.date = TODAY) -> bool:
    """Run, and return whether the county's reminders were looked at anew: then one that somebody lost is there again."""
    Notice.objects.all().delete()
    remind(day)
    return Notice.objects.exists()


def test_nobody_is_looked_for_twice_for_nothing(live: Pairing) -> None:
    only(call_days=31)
    remind(TODAY)
    assert not tells_again()
    assert tells_again(TODAY + DAY)


TELLING: dict[str, Callable[[Pairing], Any]] = {
    "a day moved": lambda _: Duty.objects.update(due_on=days_ago(2)),
    "another to do it": lambda _: Duty.objects.update(volunteer=None),
    "the policy's days": lambda _: CarePolicy.objects.update(chair_days=2),
    "a post": lambda _: make_user("chair", Role.STAFF, XIJIE),
    "an account closed": lambda _: User.objects.filter(username="chair").update(is_active=False),
    "a visit that is gone again": lambda pairing: contact(pairing, days_ago(1)).delete(),
}


def test_what_reminders_follow_from_is_seen_the_same_day(live: Pairing) -> None:
    only(call_days=31)
    remind(TODAY)
    for name, write in TELLING.items():
        write(live)
        assert tells_again(), name
    assert not tells_again()


def test_programmes_decided_above_are_seen_the_same_day(done: Pairing, cast: Cast) -> None:
    programme = Programme.objects.create(
        name="亲子阅读", state=ProgrammeState.RUNNING, region_id=CITY, reach=Reach.ALL,
        first_on=days_ago(10), last_on=TODAY + 100 * DAY,
    )  # fmt: skip
    Joining.objects.create(programme=programme, region_id=WENSHUI, joined_on=days_ago(10))
    assert runs_again(), "joined"
    ProgrammeItem.objects.create(programme=programme, name="读书", how=How.MARK, period=Period.MONTH)
    assert runs_again(), "an item"
    ProgrammeItem.objects.update(name="一起读书")
    assert runs_again(), "its name"
    Enrolment.objects.create(programme=programme, region_id=XIJIE, child=done.child, standing=Standing.OUT)
    assert runs_again(), "a child left out"
    Programme.objects.update(state=ProgrammeState.ENDED)
    assert runs_again(), "ended"
    assert not runs_again()
