"""Pairing by hand: who is offered, what is refused, who is main, how it ends, and two clerks at once."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from aixin.audit.models import Action, Entry
from children.choices import Category, Consent, LeavingReason
from children.models import Child
from children.services import leave_roster, return_to_roster
from pairing.choices import EndReason, State
from pairing.models import Pairing
from pairing.services import PairingError, Terms, confirm, end, make_main
from tests.cast import FENGCHENG, XIJIE, XINGXIAN_VILLAGE, Cast, make_cast
from tests.conftest import Session
from tests.factories import ChildFactory, PairingFactory, VolunteerFactory, make_idno
from volunteers.choices import Clearance
from volunteers.choices import State as VolunteerState
from volunteers.models import Volunteer
from volunteers.services import save_volunteer

TODAY = Terms(started_on=datetime.date(2026, 11, 1))
COUNTY = "141121"


@pytest.fixture
def volunteer(cast: Cast) -> Volunteer:
    return VolunteerFactory(name="新来的", region_id=FENGCHENG)


def pair(cast: Cast, child: Child, volunteer: Volunteer, who: str = "wenshui", **form: Any) -> Any:
    stated = {"started_on": "2026-11-01"} | form
    return Session(cast.users[who]).post(f"/pairings/new/{child.pk}/{volunteer.pk}/", stated)


def main_of(child: Child) -> list[str]:
    return list(
        Pairing.objects.active().filter(child=child, is_main=True).values_list("volunteer__name", flat=True)
    )


def offered(cast: Cast, child: Child, who: str = "wenshui", **post: str) -> list[Volunteer]:
    session = Session(cast.users[who])
    answer = (
        session.post(f"/pairings/new/{child.pk}/", post)
        if post
        else session.get(f"/pairings/new/{child.pk}/")
    )
    return list(answer.context["page"])


@pytest.mark.django_db
class TestCandidates:
    def test_the_same_village_comes_first_then_the_township_then_the_county(self, cast: Cast) -> None:
        near = VolunteerFactory(name="同村", region_id=XIJIE)
        next_village = VolunteerFactory(name="邻村", region_id="141121100200")
        town = VolunteerFactory(name="同镇", region_id=FENGCHENG)
        other = VolunteerFactory(name="外镇", region_id="141121101200")
        office = VolunteerFactory(name="县里", region_id=COUNTY)
        names = [one.name for one in offered(cast, cast.unpaired)]
        assert names[0] == near.name
        assert set(names[1:4]) == {next_village.name, town.name, cast.volunteer.name}
        assert set(names[4:]) == {other.name, office.name, cast.second_volunteer.name}

    def test_among_equally_near_the_least_loaded_comes_first(self, cast: Cast, volunteer: Volunteer) -> None:
        names = [one.name for one in offered(cast, cast.unpaired)]
        assert names.index("新来的") < names.index("王爱心")

    def test_load_and_capacity_are_shown_and_a_full_one_is_marked(self, cast: Cast) -> None:
        Volunteer.objects.filter(pk=cast.volunteer.pk).update(capacity=1)
        page = Session(cast.wenshui).get(f"/pairings/new/{cast.unpaired.pk}/").content.decode()
        assert "1 / 1" in page
        assert "已满" in page
        assert {one.name: (one.load, one.capacity) for one in offered(cast, cast.unpaired)}["王爱心"] == (
            1,
            1,
        )

    def test_ended_pairings_are_no_load(self, cast: Cast, volunteer: Volunteer) -> None:
        end(cast.wenshui, cast.pairing, EndReason.ADJUSTED, timezone.localdate())
        loads = {one.name: one.load for one in offered(cast, cast.unpaired)}
        assert loads["王爱心"] == 0

    def test_her_own_volunteer_is_not_offered_again_before_the_end(self, cast: Cast) -> None:
        assert "王爱心" not in [one.name for one in offered(cast, cast.child)]
        end(cast.wenshui, cast.pairing, EndReason.ADJUSTED, timezone.localdate())
        assert "王爱心" in [one.name for one in offered(cast, cast.child)]

    @pytest.mark.parametrize("state", ["APPLIED", "SUSPENDED", "LEFT"])
    def test_only_qualified_ones_are_offered(self, cast: Cast, volunteer: Volunteer, state: str) -> None:
        Volunteer.objects.filter(pk=volunteer.pk).update(state=state)
        assert "新来的" not in [one.name for one in offered(cast, cast.unpaired)]

    def test_no_volunteer_of_another_county_is_offered(self, cast: Cast) -> None:
        assert "吴远山" not in [one.name for one in offered(cast, cast.unpaired)]

    def test_a_township_is_offered_those_next_door(self, cast: Cast) -> None:
        assert "赵有爱" in [one.name for one in offered(cast, cast.unpaired, "fengcheng")]

    def test_an_uncleared_one_is_offered_her_clearance_first(self, cast: Cast) -> None:
        VolunteerFactory(name="未查的", clearance=Clearance.UNCHECKED, cleared_on=None)
        page = Session(cast.wenshui).get(f"/pairings/new/{cast.unpaired.pk}/").content.decode()
        assert "先登记准入" in page

    @pytest.mark.parametrize("text", ["新来的", "xld", "xinlaide"])
    def test_they_are_searched_by_name_and_pinyin(self, cast: Cast, volunteer: Volunteer, text: str) -> None:
        assert [one.name for one in offered(cast, cast.unpaired, q=text)] == ["新来的"]

    def test_they_are_searched_by_phone(self, cast: Cast, volunteer: Volunteer) -> None:
        assert [one.name for one in offered(cast, cast.unpaired, q=volunteer.phone)] == ["新来的"]


@pytest.mark.django_db
class TestConfirming:
    def test_it_makes_an_active_pairing_with_everything_stated(
        self, cast: Cast, volunteer: Volunteer
    ) -> None:
        answer = pair(
            cast, cast.unpaired, volunteer, is_main="on", liaison="高玉梅", liaison_phone="13900003333",
            agreement_signed="on", notes="周末去",
        )  # fmt: skip
        pairing = Pairing.objects.get(child=cast.unpaired)
        assert answer.url == f"/pairings/{pairing.pk}/"
        assert (pairing.state, pairing.is_main, pairing.to_verify) == (State.ACTIVE, True, False)
        assert pairing.started_on == datetime.date(2026, 11, 1)
        assert (pairing.liaison, pairing.liaison_phone, pairing.notes) == ("高玉梅", "13900003333", "周末去")
        assert pairing.agreement_signed
        assert pairing.region_id == cast.unpaired.region_id
        assert Entry.objects.filter(action=Action.PAIR, object_id=pairing.pk, user=cast.wenshui).count() == 1

    @pytest.mark.parametrize("day", ["2999-01-01", "", "昨天"])
    def test_the_start_is_a_day_not_to_come(self, cast: Cast, volunteer: Volunteer, day: str) -> None:
        answer = pair(cast, cast.unpaired, volunteer, started_on=day)
        assert "started_on" in answer.context["form"].errors
        assert not Pairing.objects.filter(child=cast.unpaired).exists()

    def assert_refused(self, cast: Cast, child: Child, volunteer: Volunteer, sentence: str) -> None:
        before = Pairing.objects.count()
        answer = pair(cast, child, volunteer)
        assert answer.status_code == 200
        assert sentence in answer.content.decode()
        with pytest.raises(PairingError, match=sentence):
            confirm(cast.wenshui, child, volunteer, TODAY)
        assert Pairing.objects.count() == before

    @pytest.mark.parametrize(
        ("clearance", "day"),
        [
            ("UNCHECKED", None),
            ("IN_PROGRESS", "2026-11-01"),
            ("FAILED", "2026-11-01"),
            ("PASSED", "2024-01-01"),
            ("PASSED", None),
        ],
    )
    def test_an_uncleared_volunteer_is_refused(
        self, cast: Cast, volunteer: Volunteer, clearance: str, day: str | None
    ) -> None:
        Volunteer.objects.filter(pk=volunteer.pk).update(clearance=clearance, cleared_on=day)
        self.assert_refused(cast, cast.unpaired, Volunteer.objects.get(pk=volunteer.pk), "准入查询")

    @pytest.mark.parametrize("state", ["APPLIED", "SUSPENDED", "LEFT"])
    def test_an_unqualified_volunteer_is_refused(self, cast: Cast, volunteer: Volunteer, state: str) -> None:
        Volunteer.objects.filter(pk=volunteer.pk).update(state=state)
        self.assert_refused(cast, cast.unpaired, Volunteer.objects.get(pk=volunteer.pk), "不可结对")

    def test_a_child_whose_guardian_refused_is_refused(self, cast: Cast, volunteer: Volunteer) -> None:
        child = ChildFactory(consent=Consent.REFUSED)
        self.assert_refused(cast, child, volunteer, "监护人不同意")

    def test_a_child_in_an_institution_is_refused(self, cast: Cast, volunteer: Volunteer) -> None:
        child = ChildFactory(category=Category.ORPHAN_INSTITUTION)
        self.assert_refused(cast, child, volunteer, "集中养育")

    def test_a_child_that_left_is_refused(self, cast: Cast, volunteer: Volunteer) -> None:
        leave_roster(cast.wenshui, cast.unpaired, LeavingReason.OVER_AGE, timezone.localdate())
        self.assert_refused(cast, cast.unpaired, volunteer, "已出列")

    def test_a_stale_volunteer_is_judged_by_what_the_database_says(
        self, cast: Cast, volunteer: Volunteer
    ) -> None:
        """She failed her check after the clerk's page was read."""
        Volunteer.objects.filter(pk=volunteer.pk).update(clearance=Clearance.FAILED)
        with pytest.raises(PairingError):
            confirm(cast.wenshui, cast.unpaired, volunteer, TODAY)

    def test_a_second_open_pairing_of_the_same_two_is_refused(self, cast: Cast) -> None:
        self.assert_refused(cast, cast.child, cast.volunteer, "已经结对")

    @pytest.mark.parametrize("state", [State.ACTIVE, State.PAUSED, State.PROPOSED, State.CONSENT])
    def test_the_database_itself_refuses_it(self, cast: Cast, state: State) -> None:
        with pytest.raises(IntegrityError, match="one_open_pairing_of_two"), transaction.atomic():
            PairingFactory(child=cast.child, volunteer=cast.volunteer, state=state, is_main=False)

    @pytest.mark.parametrize(
        ("name", "fields"),
        [
            ("one_main_volunteer_a_child", {"is_main": True}),
            ("active_has_start", {"started_on": None, "is_main": False}),
            ("ended_has_date_and_reason", {"state": State.ENDED, "is_main": False}),
            (
                "ends_after_start",
                {"state": State.ENDED, "is_main": False, "ended_on": "2020-01-01", "end_reason": "ADJUSTED"},
            ),
        ],
    )
    def test_the_database_refuses_what_cannot_be(
        self, cast: Cast, volunteer: Volunteer, name: str, fields: dict[str, Any]
    ) -> None:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            PairingFactory(child=cast.child, volunteer=volunteer, **fields)

    def test_the_region_is_the_childs_whatever_is_written(self, cast: Cast, volunteer: Volunteer) -> None:
        Pairing.objects.filter(pk=cast.pairing.pk).update(region_id=XINGXIAN_VILLAGE)
        cast.pairing.refresh_from_db()
        assert cast.pairing.region_id == XIJIE

    @pytest.mark.parametrize(
        ("who", "status"), [("city", 403), ("mama", 403), ("xingxian", 404), ("outsider", 404)]
    )
    def test_others_may_not(self, cast: Cast, volunteer: Volunteer, who: str, status: int) -> None:
        assert pair(cast, cast.unpaired, volunteer, who).status_code == status
        assert not Pairing.objects.filter(child=cast.unpaired).exists()

    def test_a_volunteer_of_another_county_cannot_be_chosen(self, cast: Cast) -> None:
        assert pair(cast, cast.unpaired, cast.far_volunteer).status_code == 404

    def test_over_capacity_is_allowed(self, cast: Cast) -> None:
        Volunteer.objects.filter(pk=cast.volunteer.pk).update(capacity=1)
        assert pair(cast, cast.unpaired, cast.volunteer).status_code == 302


@pytest.mark.django_db
class TestManyToMany:
    def test_one_volunteer_may_have_several_children(self, cast: Cast) -> None:
        for child in (cast.unpaired, ChildFactory(), ChildFactory()):
            confirm(cast.wenshui, child, cast.volunteer, TODAY)
            assert main_of(child) == ["王爱心"]
        assert Pairing.objects.active().filter(volunteer=cast.volunteer).count() == 4

    def test_one_child_may_have_several_volunteers_and_one_main(
        self, cast: Cast, volunteer: Volunteer
    ) -> None:
        confirm(cast.wenshui, cast.child, volunteer, TODAY)
        confirm(cast.wenshui, cast.child, cast.second_volunteer, TODAY)
        assert Pairing.objects.active().filter(child=cast.child).count() == 3
        assert main_of(cast.child) == ["王爱心"]

    def test_the_first_is_main_whether_stated_or_not(self, cast: Cast, volunteer: Volunteer) -> None:
        confirm(cast.wenshui, cast.unpaired, volunteer, TODAY)
        assert main_of(cast.unpaired) == ["新来的"]

    def test_a_new_main_takes_over(self, cast: Cast, volunteer: Volunteer) -> None:
        confirm(cast.wenshui, cast.child, volunteer, Terms(TODAY.started_on, is_main=True))
        assert main_of(cast.child) == ["新来的"]

    def test_main_is_handed_over_by_hand(self, cast: Cast, volunteer: Volunteer) -> None:
        pairing = confirm(cast.wenshui, cast.child, volunteer, TODAY)
        Session(cast.wenshui).post(f"/pairings/{pairing.pk}/main/")
        assert main_of(cast.child) == ["新来的"]

    def test_an_ended_pairing_cannot_become_main(self, cast: Cast, volunteer: Volunteer) -> None:
        pairing = confirm(cast.wenshui, cast.child, volunteer, TODAY)
        end(cast.wenshui, pairing, EndReason.ADJUSTED, timezone.localdate())
        assert Session(cast.wenshui).post(f"/pairings/{pairing.pk}/main/").status_code == 404
        with pytest.raises(PairingError):
            make_main(cast.wenshui, pairing)
        assert main_of(cast.child) == ["王爱心"]

    def test_the_end_of_the_main_one_passes_main_to_the_longest_standing(
        self, cast: Cast, volunteer: Volunteer
    ) -> None:
        confirm(cast.wenshui, cast.child, volunteer, Terms(datetime.date(2026, 10, 20)))
        confirm(cast.wenshui, cast.child, cast.second_volunteer, Terms(datetime.date(2026, 10, 15)))
        end(cast.wenshui, cast.pairing, EndReason.RESIGNED, timezone.localdate())
        assert main_of(cast.child) == ["赵有爱"]


def finish(cast: Cast, pairing: Pairing, who: str = "wenshui", **form: str) -> Any:
    stated = {"reason": "TERM_OVER", "day": timezone.localdate().isoformat(), "handover": "喜欢画画"} | form
    return Session(cast.users[who]).post(f"/pairings/{pairing.pk}/end/", stated)


@pytest.mark.django_db
class TestEnding:
    def test_it_keeps_reason_date_and_hand_over(self, cast: Cast) -> None:
        finish(cast, cast.pairing, day="2026-11-15")
        cast.pairing.refresh_from_db()
        assert (cast.pairing.state, cast.pairing.end_reason) == (State.ENDED, EndReason.TERM_OVER)
        assert cast.pairing.ended_on == datetime.date(2026, 11, 15)
        assert cast.pairing.handovers.get().text == "喜欢画画"
        assert Entry.objects.get(action=Action.UNPAIR).reason == "任期满"

    def test_the_child_waits_at_once_and_candidates_come_next(self, cast: Cast) -> None:
        assert finish(cast, cast.pairing).url == f"/pairings/new/{cast.child.pk}/"
        assert "张小明" in Session(cast.wenshui).get("/children/?figure=unpaired").content.decode()

    @pytest.mark.parametrize(
        ("field", "form"),
        [
            ("day", {"day": "2999-01-01"}),
            ("day", {"day": "2020-01-01"}),
            ("day", {"day": ""}),
            ("reason", {"reason": ""}),
            ("reason", {"reason": "BECAUSE"}),
        ],
    )
    def test_a_wrong_form_ends_nothing(self, cast: Cast, field: str, form: dict[str, str]) -> None:
        answer = finish(cast, cast.pairing, **form)
        assert field in answer.context["form"].errors
        cast.pairing.refresh_from_db()
        assert cast.pairing.is_active

    def test_a_second_end_is_refused_and_changes_nothing(self, cast: Cast) -> None:
        finish(cast, cast.pairing)
        answer = finish(cast, cast.pairing, reason="MISCONDUCT")
        assert "已经解除" in answer.content.decode()
        cast.pairing.refresh_from_db()
        assert cast.pairing.end_reason == EndReason.TERM_OVER

    def test_the_two_may_be_paired_again_as_a_new_row(self, cast: Cast) -> None:
        finish(cast, cast.pairing)
        assert pair(cast, cast.child, cast.volunteer).status_code == 302
        assert Pairing.objects.filter(child=cast.child, volunteer=cast.volunteer).count() == 2
        assert main_of(cast.child) == ["王爱心"]
        cast.pairing.refresh_from_db()
        assert cast.pairing.state == State.ENDED

    @pytest.mark.parametrize(
        ("who", "status"), [("city", 403), ("mama", 403), ("xingxian", 404), ("outsider", 404)]
    )
    def test_others_may_not(self, cast: Cast, who: str, status: int) -> None:
        assert finish(cast, cast.pairing, who).status_code == status
        cast.pairing.refresh_from_db()
        assert cast.pairing.is_active

    def test_the_steps_are_in_the_history_of_the_pairing(self, cast: Cast) -> None:
        finish(cast, cast.pairing)
        page = Session(cast.wenshui).get(f"/pairings/{cast.pairing.pk}/").content.decode()
        for shown in ("已解除", "任期满", "喜欢画画", "wenshui姓名"):
            assert shown in page


@pytest.mark.django_db
class TestLeaving:
    def test_a_child_leaving_and_returning_starts_unpaired(self, cast: Cast) -> None:
        leave_roster(cast.wenshui, cast.child, LeavingReason.PARENT_BACK, timezone.localdate())
        assert not Pairing.objects.open().filter(child=cast.child).exists()
        return_to_roster(cast.wenshui, Child.objects.get(pk=cast.child.pk))
        assert not Pairing.objects.open().filter(child=cast.child).exists()
        confirm(cast.wenshui, cast.child, cast.volunteer, TODAY)

    def test_a_volunteer_leaving_ends_all_of_hers_in_any_county(self, cast: Cast) -> None:
        far = PairingFactory(child=cast.far, volunteer=cast.volunteer)
        form = {
            "name": "王爱心",
            "region": FENGCHENG,
            "capacity": "3",
            "kind": "OTHER",
            "state": "LEFT",
            "leaves": "on",
        }
        answer = Session(cast.wenshui).post(f"/volunteers/{cast.volunteer.pk}/edit/", form)
        assert answer.status_code == 302, answer.context["form"].errors
        far.refresh_from_db()
        cast.pairing.refresh_from_db()
        assert (far.state, cast.pairing.state) == (State.ENDED, State.ENDED)

    def test_a_pairing_that_starts_tomorrow_ends_without_a_crash(self, cast: Cast) -> None:
        tomorrow = timezone.localdate() + datetime.timedelta(days=1)
        Pairing.objects.filter(pk=cast.pairing.pk).update(started_on=tomorrow)
        leave_roster(cast.wenshui, cast.child, LeavingReason.OVER_AGE, timezone.localdate())
        cast.pairing.refresh_from_db()
        assert (cast.pairing.state, cast.pairing.ended_on) == (State.ENDED, tomorrow)


@pytest.mark.django_db
def test_papers_complete_end_to_verify(cast: Cast) -> None:
    Pairing.objects.filter(pk=cast.pairing.pk).update(to_verify=True, liaison_phone="")
    session = Session(cast.wenshui)
    session.post(f"/pairings/{cast.pairing.pk}/edit/", {"liaison": "高玉梅", "liaison_phone": "13900003333"})
    cast.pairing.refresh_from_db()
    assert (cast.pairing.to_verify, cast.pairing.liaison_phone) == (True, "13900003333")
    session.post(f"/pairings/{cast.pairing.pk}/edit/", {"liaison": "高玉梅", "agreement_signed": "on"})
    cast.pairing.refresh_from_db()
    assert (cast.pairing.to_verify, cast.pairing.liaison_phone) == (False, "13900003333")


def at_once(*acts: Any) -> list[Any]:
    """Run the acts in threads that start together; return what each returned, or the error it raised."""
    barrier = Barrier(len(acts))

    def run(act: Any) -> Any:
        barrier.wait(timeout=10)
        try:
            return act()
        except (PairingError, IntegrityError) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result(timeout=30) for done in [pool.submit(run, act) for act in acts]]


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_confirmations_of_the_same_two_make_one_pairing(self) -> None:
        cast = make_cast()
        one = VolunteerFactory(idno=make_idno(400, datetime.date(1990, 1, 1)))
        results = at_once(*[lambda: confirm(cast.wenshui, cast.unpaired, one, TODAY)] * 4)
        assert sum(isinstance(result, Pairing) for result in results) == 1
        assert sum(isinstance(result, PairingError) for result in results) == 3
        assert Pairing.objects.filter(child=cast.unpaired).count() == 1

    def test_two_first_volunteers_of_a_child_leave_one_main(self) -> None:
        cast = make_cast()
        acts = [
            lambda: confirm(cast.wenshui, cast.unpaired, cast.volunteer, TODAY),
            lambda: confirm(cast.wenshui, cast.unpaired, cast.second_volunteer, TODAY),
        ]
        assert all(isinstance(result, Pairing) for result in at_once(*acts))
        assert len(main_of(cast.unpaired)) == 1

    def test_ending_both_at_once_leaves_no_main_and_no_error(self) -> None:
        cast = make_cast()
        other = confirm(cast.wenshui, cast.child, cast.second_volunteer, TODAY)
        day = timezone.localdate()
        acts = [
            lambda: end(cast.wenshui, cast.pairing, EndReason.RESIGNED, day),
            lambda: end(cast.wenshui, other, EndReason.RESIGNED, day),
        ]
        assert all(isinstance(result, Pairing) for result in at_once(*acts))
        assert not Pairing.objects.filter(child=cast.child, is_main=True).exists()

    def test_leaving_while_being_paired_leaves_no_open_pairing(self) -> None:
        cast = make_cast()
        acts = [
            lambda: confirm(cast.wenshui, cast.unpaired, cast.volunteer, TODAY),
            lambda: leave_roster(cast.wenshui, cast.unpaired, LeavingReason.OVER_AGE, timezone.localdate()),
        ]
        at_once(*acts)
        assert not Pairing.objects.open().filter(child=cast.unpaired).exists()

    def test_a_volunteer_leaving_while_being_paired_keeps_no_open_pairing(self) -> None:
        cast = make_cast()

        def leave() -> Volunteer:
            volunteer = Volunteer.objects.get(pk=cast.volunteer.pk)
            volunteer.state = VolunteerState.LEFT
            return save_volunteer(cast.wenshui, volunteer)

        for child in (cast.unpaired, cast.neighbour, cast.far):
            Volunteer.objects.filter(pk=cast.volunteer.pk).update(state=VolunteerState.QUALIFIED)
            at_once(
                leave,
                lambda child=child: confirm(
                    cast.wenshui, child, Volunteer.objects.get(pk=cast.volunteer.pk), TODAY
                ),
            )
            assert not Pairing.objects.open().filter(volunteer=cast.volunteer).exists()
