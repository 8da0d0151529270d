"""What is due for a child, since when, and what a contact does about it (DOMAIN section 5, LESSONS)."""

import datetime
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from aixin.access.models import Role
from care.choices import DutyKind, State
from care.making import make_all
from care.models import CarePolicy, Duty, GoLive
from care.services import DutyError, agree_follow_up, excuse, go_live, move, pause, report_change
from children.choices import LeavingReason, Schooling
from children.models import Child
from children.services import leave_roster
from pairing.choices import EndReason
from pairing.choices import State as PairingState
from pairing.lifecycle import pause as pause_pairing
from pairing.lifecycle import resume
from pairing.models import Pairing
from pairing.services import end
from tests.care.conftest import DAY, TODAY, contact, days_ago, duties, only
from tests.cast import WENSHUI, XIJIE, XINGXIAN, Cast, make_user
from tests.factories import PairingFactory, VisitFactory
from visits.choices import Way
from visits.models import Visit, VisitedChild
from visits.querysets import overdue
from visits.services import log_visit, withdraw_visit

pytestmark = pytest.mark.django_db


def log(actor: Any, pairing: Pairing, day: datetime.date, way: Way) -> Visit:
    visit, _ = log_visit(actor, Visit(date=day, way=way), [pairing.child], [pairing.volunteer])
    return visit


class TestWhenItIsDue:
    def test_it_counts_from_the_pairing_so_the_never_visited_become_overdue(self, live: Pairing) -> None:
        """oscar joined visits, casa needed a logged failure: whoever was never visited was never overdue."""
        only(call_days=31)
        (duty,) = duties(live)
        assert (duty.kind, duty.due_on, duty.state) == (DutyKind.CALL, days_ago(1), State.OPEN)
        assert duty.volunteer_id == live.volunteer_id
        assert duty.region_id == XIJIE

    def test_it_counts_from_the_last_contact_after_that(self, live: Pairing) -> None:
        only(call_days=31)
        contact(live, days_ago(20))
        contact(live, days_ago(5))
        (duty,) = duties(live)
        assert duty.due_on == days_ago(5) + 31 * DAY

    def test_it_counts_from_the_countys_go_live_where_that_is_later(self, live: Pairing) -> None:
        """An import does not make a whole county late overnight."""
        only(call_days=31)
        GoLive.objects.update(started_on=TODAY)
        (duty,) = duties(live)
        assert duty.due_on == TODAY + 31 * DAY

    def test_nothing_is_due_in_a_county_that_has_not_begun_or_is_paused(
        self, live: Pairing, cast: Cast
    ) -> None:
        pause(cast.wenshui, WENSHUI, paused=True)
        assert duties(live) == []
        GoLive.objects.all().delete()
        assert duties(live) == []

    def test_any_of_its_volunteers_and_its_village_count_and_nobody_else(
        self, live: Pairing, cast: Cast
    ) -> None:
        only(call_days=31)
        chair = make_user("chair", Role.STAFF, XIJIE)
        VisitFactory(date=days_ago(9), children=[live.child], recorded_by=cast.wenshui)
        assert [duty.due_on for duty in duties(live)] == [days_ago(1)]
        PairingFactory(child=live.child, volunteer=cast.second_volunteer, is_main=False)
        VisitFactory(
            date=days_ago(8), children=[live.child], volunteers=[cast.second_volunteer], recorded_by=chair
        )
        assert [duty.due_on for duty in duties(live, state=State.OPEN)] == [days_ago(8) + 31 * DAY]
        VisitFactory(date=days_ago(7), children=[live.child], recorded_by=chair)
        assert [duty.due_on for duty in duties(live, state=State.OPEN)] == [days_ago(7) + 31 * DAY]

    def test_a_child_with_two_volunteers_has_each_duty_once(self, live: Pairing, cast: Cast) -> None:
        PairingFactory(child=live.child, volunteer=cast.second_volunteer, is_main=False)
        assert len(duties(live, kind__in=["CALL", "MEETING", "HOME"])) == 3

    def test_a_pause_takes_back_what_is_open_and_going_on_counts_anew(
        self, live: Pairing, cast: Cast
    ) -> None:
        only(call_days=31)
        pause_pairing(cast.wenshui, live, "住院")
        assert duties(live) == []
        live.refresh_from_db()
        resume(cast.wenshui, live)
        (duty,) = duties(live, today=timezone.localdate())
        assert duty.due_on == timezone.localdate() + 31 * DAY

    def test_a_child_that_left_the_roster_has_nothing_open(self, live: Pairing, cast: Cast) -> None:
        report_change(live.child, TODAY)
        assert len(duties(live)) > 2
        leave_roster(cast.wenshui, live.child, LeavingReason.OVER_AGE, TODAY)
        assert duties(live, state=State.OPEN) == []


class TestNeverDoubled:
    def test_a_second_run_makes_nothing_and_changes_nothing(self, live: Pairing) -> None:
        before = {duty.pk: duty.due_on for duty in duties(live)}
        assert {duty.pk: duty.due_on for duty in duties(live)} == before
        assert len(before) >= 3

    @pytest.mark.parametrize("outage", [1, 3, 20, 100])
    def test_days_of_outage_are_caught_up(self, live: Pairing, outage: int) -> None:
        """commcare compared with ==: a day without a worker was a reminder lost."""
        only(call_days=31)
        (duty,) = duties(live, today=TODAY + outage * DAY)
        assert duty.due_on == days_ago(1)

    def test_every_night_of_a_year_makes_each_birthday_and_festival_once(self, live: Pairing) -> None:
        only()
        CarePolicy.objects.update(birthday=None, festivals=None)
        Child.objects.filter(pk=live.child_id).update(birth=datetime.date(2014, 2, 12))
        for night in range(0, 440, 20):
            make_all(TODAY + night * DAY)
        found = [(duty.kind, duty.meant_on.isoformat()) for duty in duties(live, today=TODAY + 440 * DAY)]
        # The county keeps 春节, 六一 and 中秋; the second New Year comes before the second birthday.
        assert found == [
            ("FESTIVAL", "2027-02-06"),
            ("BIRTHDAY", "2027-02-12"),
            ("FESTIVAL", "2027-06-01"),
            ("FESTIVAL", "2027-09-15"),
            ("FESTIVAL", "2028-01-26"),
            ("BIRTHDAY", "2028-02-12"),
        ]


class TestDays:
    def test_a_lunar_birthday_in_a_leap_month_falls_on_the_plain_month(self, live: Pairing) -> None:
        only()
        CarePolicy.objects.update(birthday=True)
        Child.objects.filter(pk=live.child_id).update(
            birth=datetime.date(2017, 7, 24), birthday_is_lunar=True
        )
        (duty,) = duties(live, today=datetime.date(2027, 7, 1))
        assert duty.meant_on == datetime.date(2027, 7, 5)
        assert (duty.opens_on, duty.due_on) == (duty.meant_on - 7 * DAY, duty.meant_on + 7 * DAY)

    def test_a_birthday_corrected_is_made_anew_and_not_doubled(self, live: Pairing) -> None:
        only()
        CarePolicy.objects.update(birthday=True)
        Child.objects.filter(pk=live.child_id).update(birth=datetime.date(2014, 12, 1))
        assert [duty.meant_on.day for duty in duties(live)] == [1]
        Child.objects.filter(pk=live.child_id).update(birth=datetime.date(2014, 12, 5))
        assert [duty.meant_on.day for duty in duties(live)] == [5]

    def test_the_school_is_due_once_a_term_for_who_goes_to_one(self, live: Pairing) -> None:
        only()
        CarePolicy.objects.update(school=True)
        assert duties(live) == []
        Child.objects.filter(pk=live.child_id).update(schooling=Schooling.PRIMARY)
        assert [(duty.occasion, duty.due_on) for duty in duties(live)] == [
            ("2026-1", datetime.date(2027, 1, 15))
        ]
        assert len(duties(live, today=datetime.date(2027, 3, 2))) == 2

    def test_a_day_long_past_lapses_a_cadence_does_not(self, live: Pairing) -> None:
        only(call_days=31)
        CarePolicy.objects.update(birthday=True)
        Child.objects.filter(pk=live.child_id).update(birth=datetime.date(2014, 12, 1))
        duties(live)
        later = datetime.date(2027, 2, 1)
        assert {duty.kind: duty.state for duty in duties(live, today=later)} == {
            "BIRTHDAY": State.LAPSED,
            "CALL": State.OPEN,
        }


class TestOneContactClearsAllItSatisfies:
    @pytest.mark.parametrize(
        ("way", "done"),
        [
            (Way.PHONE, {"CALL"}),
            (Way.VIDEO, {"CALL"}),
            (Way.LETTER, {"CALL"}),
            (Way.MEETING, {"CALL", "MEETING", "CHANGE"}),
            (Way.ACTIVITY, {"CALL", "MEETING", "CHANGE"}),
            (Way.HOME, {"CALL", "MEETING", "HOME", "CHANGE"}),
        ],
    )
    def test_each_way(self, live: Pairing, cast: Cast, way: Way, done: set[str]) -> None:
        only(call_days=31, meeting_days=92, home_days=183)
        day = timezone.localdate()
        make_all(day)
        report_change(live.child, day)
        visit = log(cast.mama, live, day, way)
        closed = Duty.objects.filter(child=live.child, state=State.DONE)
        assert {duty.kind for duty in closed} == done
        assert {(duty.visit_id, duty.done_on) for duty in closed} == {(visit.pk, day)}
        nexts = Duty.objects.open().filter(child=live.child, opens_on=day + DAY)
        assert {duty.kind for duty in nexts} == done - {"CHANGE"}

    def test_a_withdrawn_visit_opens_them_again_and_takes_back_the_next(
        self, live: Pairing, cast: Cast
    ) -> None:
        only(call_days=31, home_days=183)
        day = timezone.localdate()
        before = {(duty.pk, duty.kind) for duty in duties(live, today=day)}
        visit = log(cast.mama, live, day, Way.HOME)
        withdraw_visit(cast.mama, visit, "记错了")
        assert {(duty.pk, duty.kind) for duty in duties(live, today=day)} == before
        assert not Duty.objects.exclude(state=State.OPEN).exists()

    def test_an_old_paper_record_does_not_clear_what_it_did_not_reach(
        self, live: Pairing, cast: Cast
    ) -> None:
        only(call_days=31)
        day = timezone.localdate()
        contact(live, day - 5 * DAY)
        duties(live, today=day)
        log(cast.mama, live, day - 20 * DAY, Way.PHONE)
        (duty,) = Duty.objects.open().filter(child=live.child)
        assert duty.due_on == day + 26 * DAY

    def test_a_visit_before_the_birthdays_duty_was_made_has_done_it(self, live: Pairing) -> None:
        only()
        CarePolicy.objects.update(birthday=True)
        Child.objects.filter(pk=live.child_id).update(birth=datetime.date(2014, 11, 22))
        contact(live, days_ago(2), way=Way.HOME)
        assert [duty.state for duty in duties(live)] == [State.DONE]


class TestDecisions:
    def test_moved_to_another_day(self, live: Pairing, cast: Cast) -> None:
        only(call_days=31)
        (duty,) = duties(live)
        day = timezone.localdate() + 9 * DAY
        move(cast.wenshui, duty, day, "孩子在外地")
        (moved,) = duties(live)
        assert (moved.due_on, moved.moved_from, moved.reason) == (day, days_ago(1), "孩子在外地")

    def test_not_to_a_day_that_is_past(self, live: Pairing, cast: Cast) -> None:
        only(call_days=31)
        (duty,) = duties(live)
        with pytest.raises(DutyError, match="早于今天"):
            move(cast.wenshui, duty, timezone.localdate() - DAY, "x")

    def test_excused_this_time_the_next_counts_from_its_last_day(self, live: Pairing, cast: Cast) -> None:
        only(call_days=31)
        (duty,) = duties(live)
        excuse(cast.wenshui, duty, "住校，老师每周联系")
        with pytest.raises(DutyError, match="免办"):
            excuse(cast.wenshui, duty, "again")
        first, second = duties(live)
        assert (first.state, second.state) == (State.EXCUSED, State.OPEN)
        assert second.due_on == first.due_on + 31 * DAY

    def test_a_reported_change_is_due_within_72_hours_and_once(self, live: Pairing, cast: Cast) -> None:
        duty = report_change(live.child, TODAY, actor=cast.wenshui, note="奶奶住院")
        assert duty is not None
        assert (duty.due_on, duty.volunteer_id) == (TODAY + 3 * DAY, live.volunteer_id)
        again = report_change(live.child, TODAY)
        assert again is not None
        assert again.pk == duty.pk

    def test_a_child_without_a_volunteer_has_its_change_visited_too(self, live: Pairing, cast: Cast) -> None:
        duty = report_change(cast.unpaired, TODAY)
        assert duty is not None
        assert duty.volunteer_id is None
        make_all(TODAY)
        assert Duty.objects.open().filter(pk=duty.pk).exists()

    def test_what_a_visit_agreed_is_due_on_its_day_and_follows_a_correction(
        self, live: Pairing, cast: Cast
    ) -> None:
        visit = contact(live, days_ago(1))
        agree_follow_up(visit, [live.child_id], TODAY + 3 * DAY)
        agree_follow_up(visit, [live.child_id], TODAY + 5 * DAY)
        (duty,) = duties(live, kind=DutyKind.FOLLOW_UP)
        assert (duty.opens_on, duty.due_on) == (TODAY, TODAY + 5 * DAY)
        contact(live, TODAY)
        assert [duty.state for duty in duties(live, kind=DutyKind.FOLLOW_UP)] == [State.DONE]
        agree_follow_up(visit, [live.child_id], None)
        assert len(duties(live, kind=DutyKind.FOLLOW_UP)) == 1


class TestWhoseItIs:
    def test_it_goes_to_the_next_main_volunteer(self, live: Pairing, cast: Cast) -> None:
        PairingFactory(child=live.child, volunteer=cast.second_volunteer, is_main=False)
        duties(live)
        end(cast.wenshui, live, EndReason.ADJUSTED, timezone.localdate())
        assert set(Duty.objects.open().values_list("volunteer_id", flat=True)) == {cast.second_volunteer.pk}

    def test_without_a_pairing_nothing_of_it_stays(self, live: Pairing, cast: Cast) -> None:
        duties(live)
        end(cast.wenshui, live, EndReason.ADJUSTED, timezone.localdate())
        assert not Duty.objects.open().filter(child=live.child).exists()

    def test_it_follows_the_child_to_another_place(self, live: Pairing) -> None:
        duties(live)
        Child.objects.filter(pk=live.child_id).update(region_id="141123100200")
        assert set(Duty.objects.values_list("region_id", flat=True)) == {"141123100200"}

    def test_a_county_that_has_not_begun_takes_over_nothing_open(self, live: Pairing) -> None:
        duties(live)
        Child.objects.filter(pk=live.child_id).update(region_id="141123100200")
        assert duties(live) == []


class TestPolicy:
    def test_a_field_left_empty_inherits_from_above(self, live: Pairing) -> None:
        only(call_days=20)
        CarePolicy.objects.create(region_id=WENSHUI, meeting_days=60)
        assert {duty.kind: duty.due_on for duty in duties(live)} == {
            "CALL": days_ago(12),
            "MEETING": days_ago(-28),
        }

    def test_a_change_moves_what_is_open_and_takes_back_what_is_off(self, live: Pairing) -> None:
        only(call_days=20, home_days=183)
        (first, _) = duties(live)
        CarePolicy.objects.update(call_days=40, home_days=0)
        (duty,) = duties(live)
        assert (duty.pk, duty.due_on) == (first.pk, days_ago(-8))

    def test_the_neighbours_policy_is_not_ones_own(self, live: Pairing) -> None:
        only(call_days=20)
        CarePolicy.objects.create(region_id=XINGXIAN, call_days=5)
        assert [duty.due_on for duty in duties(live)] == [days_ago(12)]


@pytest.mark.parametrize(("city", "county", "late"), [(31, None, 1), (40, None, 0), (40, 20, 1), (20, 0, 0)])
def test_the_list_of_overdue_pairings_goes_by_the_same_decision(
    live: Pairing, city: int, county: int | None, late: int
) -> None:
    """Whoever stands in the list is whom the figure counts: by the county's days, else the city's."""
    only(call_days=city)
    CarePolicy.objects.create(region_id=WENSHUI, call_days=county)
    assert overdue(Pairing.objects.all(), VisitedChild.objects.all()).count() == late


def test_a_county_that_goes_live_has_its_duties_at_once(live: Pairing, cast: Cast) -> None:
    GoLive.objects.all().delete()
    day = timezone.localdate()
    assert go_live(cast.wenshui, WENSHUI, day).started_on == day
    assert go_live(cast.wenshui, WENSHUI, day + 5 * DAY).started_on == day
    assert Duty.objects.open().filter(child=live.child).count() >= 3
    assert not Duty.objects.overdue().exists()


def test_one_county_that_fails_never_stops_the_rest(live: Pairing, cast: Cast, monkeypatch: Any) -> None:
    GoLive.objects.create(region_id="140105", started_on=days_ago(10))
    CarePolicy.objects.create(region_id="1401", festivals=["NO_SUCH_DAY"])
    assert make_all(TODAY) == ["140105"]
    assert Duty.objects.filter(child=live.child).exists()


class TestWhatWasLateWhenItsGroundWent:
    """It stays as lapsed, because the figures of days past count it; what was not late yet just goes."""

    @pytest.fixture
    def late(self, live: Pairing) -> Duty:
        only(call_days=31)
        (duty,) = duties(live)
        return duty

    def test_the_pairing_ended(self, cast: Cast, live: Pairing, late: Duty) -> None:
        end(cast.wenshui, live, EndReason.UNSUITED, TODAY)
        (duty,) = duties(live)
        assert (duty.pk, duty.state, duty.closed_on) == (late.pk, State.LAPSED, TODAY)

    def test_the_pairing_ended_before_it_was_late(self, cast: Cast, live: Pairing) -> None:
        only(call_days=40)
        assert duties(live)
        end(cast.wenshui, live, EndReason.UNSUITED, TODAY)
        assert duties(live) == []

    def test_a_visit_after_that_does_not_do_it(self, cast: Cast, live: Pairing, late: Duty) -> None:
        end(cast.wenshui, live, EndReason.UNSUITED, days_ago(0))
        contact(live, TODAY + DAY)
        (duty,) = duties(live, today=TODAY + DAY)
        assert (duty.state, duty.closed_on) == (State.LAPSED, TODAY)

    def test_somebody_else_took_over(self, cast: Cast, live: Pairing, late: Duty) -> None:
        end(cast.wenshui, live, EndReason.UNSUITED, TODAY)
        PairingFactory(child=live.child, started_on=TODAY, is_main=True)
        before, now = duties(live)
        assert (before.pk, before.state) == (late.pk, State.LAPSED)
        assert (now.state, now.due_on) == (State.OPEN, TODAY + 31 * DAY)

    def test_a_pairing_that_stands_again_has_it_open_again(self, live: Pairing, late: Duty) -> None:
        Pairing.objects.filter(pk=live.pk).update(state=PairingState.PAUSED)
        assert duties(live)[0].state == State.LAPSED
        Pairing.objects.filter(pk=live.pk).update(state=PairingState.ACTIVE)
        (duty,) = duties(live)
        assert (duty.pk, duty.state, duty.closed_on) == (late.pk, State.OPEN, None)

    def test_a_child_entered_by_mistake_owes_nothing(self, cast: Cast, live: Pairing, late: Duty) -> None:
        leave_roster(cast.wenshui, live.child, LeavingReason.MISTAKE, TODAY)
        assert duties(live) == []

    def test_a_visit_corrected_away_leaves_nothing_behind(self, live: Pairing) -> None:
        """What only followed from a wrong entry was never rightly due."""
        only(call_days=31)
        visit = contact(live, days_ago(31))
        PairingFactory(child=live.child, started_on=days_ago(32), is_main=False)
        (duty,) = duties(live)
        Visit.objects.filter(pk=visit.pk).update(date=days_ago(2))
        assert [one.due_on for one in duties(live, state=State.OPEN)] == [days_ago(2) + 31 * DAY]
        assert not Duty.objects.filter(pk=duty.pk, state=State.LAPSED).exists()

    def test_a_day_missed_twice_is_remembered_twice(self, cast: Cast, live: Pairing, late: Duty) -> None:
        moved = move(cast.wenshui, late, TODAY + DAY, "住校")
        with time_machine.travel(datetime.datetime(2026, 11, 25, 1, tzinfo=datetime.UTC)):
            move(cast.wenshui, moved, TODAY + 9 * DAY, "住校")
        late.refresh_from_db()
        assert late.missed == [days_ago(1), TODAY, TODAY + DAY, TODAY + 5 * DAY]
