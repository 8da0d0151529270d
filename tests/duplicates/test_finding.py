"""Which pairs come onto the list of doubtful ones, when, and for whom (DOMAIN section 2)."""

import datetime
from typing import Any

import pytest
from django.urls import reverse

from aixin.access.scope import acting
from aixin.exchange.jobs import import_file
from aixin.exchange.models import ImportJob
from aixin.exchange.undo import outlook, undo_job
from children.choices import LeavingReason, NoIdReason
from children.models import Child
from children.services import leave_roster, return_to_roster
from duplicates.choices import Reason, State
from duplicates.models import Duplicate
from duplicates.nearness import Facts, near_children
from duplicates.of_children import CHILDREN
from duplicates.services import doubt_again, look_at, look_at_everyone, tell_apart
from tests.cast import FENGCHENG, KAISHAN_VILLAGE, WENSHUI, XIJIE, XINGXIAN_VILLAGE, Cast
from tests.factories import ChildFactory

BORN = datetime.date(2014, 5, 6)


def facts(name: str = "童小雨", pinyin: str = "tongxiaoyu", **other: Any) -> Facts:
    return Facts(**{"name": name, "pinyin": pinyin, "birth": BORN, "region": XIJIE, "idno": "", **other})


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (facts(), facts(idno="991121201405060024"), Reason.SAME_NAME),
        (facts(), facts(name="佟晓宇"), Reason.SAME_SOUND),
        (facts(), facts(name="佟晓宇", region=KAISHAN_VILLAGE), None),
        (facts(), facts(birth=datetime.date(2014, 6, 5)), Reason.NEAR_BIRTH),
        (facts(), facts(birth=datetime.date(2014, 5, 16)), Reason.NEAR_BIRTH),
        (facts(), facts(birth=datetime.date(2014, 7, 19)), None),
        (facts(), facts(birth=None), None),
        (facts(idno="991121201405060024"), facts(idno="991121201405060083"), Reason.NEAR_ID),
        (facts(idno="991121201405060024"), facts(idno="991121201405060202"), Reason.NEAR_ID),
        (facts(idno="991121201405060024"), facts("童小雪", "tongxiaoxue", idno="991121201405060083"), None),
        (facts(idno="991121201405060024"), facts("童雨", "tongyu", idno="991121201405060202"), Reason.NEAR_ID),
        (facts(idno="991121201405060024"), facts(idno="991121201405069998"), None),
    ],
)  # fmt: skip
def test_what_is_near(one: Facts, other: Facts, reason: Reason | None) -> None:
    assert near_children(one, other) == reason
    assert near_children(other, one) == reason


def nameless_id(**values: Any) -> Child:
    made: Child = ChildFactory(
        **{"name": "童小雨", "birth": BORN, "idno": "", "idno_reason": NoIdReason.NOT_PROVIDED, **values}
    )
    return made


@pytest.fixture
def double(cast: Cast) -> Duplicate:
    """Two records of one child in two townships of 文水县."""
    first, second = nameless_id(), nameless_id(region_id=KAISHAN_VILLAGE)
    look_at(CHILDREN, [first.pk])
    return Duplicate.objects.get(first=first, second=second)


def test_a_pair_is_kept_once_and_belongs_to_the_place_that_holds_both(double: Duplicate) -> None:
    assert (double.state, double.reason, double.region_id) == (State.OPEN, Reason.SAME_NAME, WENSHUI)
    assert look_at(CHILDREN, [double.second_id]) == 0
    assert Duplicate.objects.count() == 1


def test_children_of_two_counties_are_no_pair(cast: Cast) -> None:
    near = [nameless_id(), nameless_id(region_id=XINGXIAN_VILLAGE)]
    assert look_at(CHILDREN, [child.pk for child in near]) == 0


def test_ids_of_one_county_with_swapped_digits_are_found_in_the_database(cast: Cast) -> None:
    one = ChildFactory(name="童大雨", birth=BORN, idno="991121201405060024")
    ChildFactory(name="童雨", birth=BORN, idno="991121201405060202")
    assert look_at(CHILDREN, [one.pk]) == 1
    assert Duplicate.objects.get().reason == Reason.NEAR_ID


def test_told_apart_stays_so_until_the_facts_change(double: Duplicate, cast: Cast) -> None:
    tell_apart(cast.wenshui, double)
    assert look_at(CHILDREN, [double.first_id, double.second_id]) == 0
    double.refresh_from_db()
    assert double.state == State.NOT_SAME
    Child.objects.filter(pk__in=[double.first_id, double.second_id]).update(birth=datetime.date(2015, 1, 2))
    look_at(CHILDREN, [double.first_id])
    double.refresh_from_db()
    assert double.state == State.OPEN


def test_not_the_same_can_be_taken_back(double: Duplicate, cast: Cast) -> None:
    tell_apart(cast.wenshui, double)
    assert doubt_again(cast.wenshui, double).state == State.OPEN


def test_a_corrected_or_left_record_leaves_the_list_and_comes_back_with_the_child(
    double: Duplicate, cast: Cast
) -> None:
    leave_roster(cast.wenshui, double.first, LeavingReason.MISTAKE, datetime.date(2026, 6, 1))
    double.refresh_from_db()
    assert double.state == State.GONE
    return_to_roster(cast.wenshui, double.first)
    double.refresh_from_db()
    assert double.state == State.OPEN


def test_every_night_the_whole_county_is_compared(cast: Cast) -> None:
    with acting(cast.fengcheng):
        look_at(CHILDREN, [nameless_id().pk])
    nameless_id(region_id=KAISHAN_VILLAGE)
    assert not Duplicate.objects.exists()
    assert look_at_everyone() == 1
    assert look_at_everyone() == 0


def imported(cast: Cast) -> ImportJob:
    nameless_id(name="罗小红")
    rows = "姓名,性别,出生日期,乡镇,村,类别,监护人\n罗小红,女,2014-05-06,凤城镇,西街社区,留守儿童,别人\n"
    with acting(cast.fengcheng):
        _, outcome = import_file(cast.fengcheng, "children", rows.encode(), "册.csv", commit=True)
    assert outcome.counts["created"] == 1
    return ImportJob.objects.latest("pk")


def test_an_import_puts_its_near_rows_onto_the_list(cast: Cast) -> None:
    imported(cast)
    found = Duplicate.objects.get()
    assert (found.state, found.region_id) == (State.OPEN, XIJIE)


def test_a_doubt_does_not_stop_an_import_from_being_taken_back(cast: Cast) -> None:
    job = imported(cast)
    with acting(cast.fengcheng):
        assert outlook(cast.fengcheng, job).is_clear
        undo_job(cast.fengcheng, job)
    assert not Duplicate.objects.exists()


def test_the_list_shows_what_the_office_may_decide(double: Duplicate, cast: Cast, as_user: Any) -> None:
    page = as_user(cast.wenshui).get(reverse("duplicates:list")).content.decode()
    assert page.count("童小雨") == 2
    assert "童小雨" not in as_user(cast.fengcheng).get(reverse("duplicates:list")).content.decode()
    assert (
        as_user(cast.fengcheng).get(reverse("duplicates:pair", args=["children", double.pk])).status_code
        == 404
    )
    assert as_user(cast.city).get(reverse("duplicates:list")).status_code == 403
    assert "疑似重复 1" in as_user(cast.wenshui).get(reverse("children:list")).content.decode()


def test_a_clerk_tells_apart_and_takes_it_back(double: Duplicate, cast: Cast, as_user: Any) -> None:
    session = as_user(cast.wenshui)
    session.post(reverse("duplicates:not_same", args=["children", double.pk]))
    assert "童小雨" in session.get(reverse("duplicates:list") + "?state=not_same").content.decode()
    session.post(reverse("duplicates:reopen", args=["children", double.pk]))
    double.refresh_from_db()
    assert double.state == State.OPEN


def test_a_typed_record_is_compared_at_once(cast: Cast, as_user: Any) -> None:
    nameless_id(region_id=FENGCHENG)
    data = {
        "name": "童小雨", "birth": "2014-05-06", "idno_reason": "NOT_PROVIDED", "region": XIJIE, "category": "LEFT_BEHIND",
        "guardian_name": "童奶奶", "boarding": "", "sex": "F",
    }  # fmt: skip
    answer = as_user(cast.fengcheng).post(reverse("children:create"), data)
    assert answer.status_code == 302
    assert Duplicate.objects.get().region_id == FENGCHENG
