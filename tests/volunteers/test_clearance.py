"""准入查询: result, date and officer are kept, valid one year, recorded for several at once."""

import datetime
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from aixin.audit.models import Action, Entry
from tests.cast import Cast
from tests.conftest import Session
from tests.factories import VolunteerFactory
from tests.pages import rows_on
from volunteers.choices import Clearance
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 21)


def record(cast: Cast, *volunteers: Volunteer, who: str = "wenshui", **form: Any) -> Any:
    stated = {"result": "PASSED", "day": timezone.localdate().isoformat(), "officer": "李主任"} | form
    return Session(cast.users[who]).post(
        "/volunteers/clearance/", {"ids": [volunteer.pk for volunteer in volunteers], **stated}
    )


def unchecked(**fields: Any) -> Volunteer:
    return VolunteerFactory(clearance=Clearance.UNCHECKED, cleared_on=None, **fields)


def test_the_result_is_kept_with_date_and_officer(cast: Cast) -> None:
    volunteer = unchecked()
    assert record(cast, volunteer, day="2026-11-20").url == f"/volunteers/{volunteer.pk}/"
    volunteer.refresh_from_db()
    assert (volunteer.clearance, volunteer.cleared_on, volunteer.cleared_by) == (
        Clearance.PASSED, datetime.date(2026, 11, 20), "李主任",
    )  # fmt: skip
    assert volunteer.is_cleared


def test_several_are_recorded_at_once_each_in_the_trail(cast: Cast) -> None:
    chosen = [unchecked() for _ in range(3)]
    record(cast, *chosen)
    assert all(Volunteer.objects.get(pk=one.pk).is_cleared for one in chosen)
    entries = Entry.objects.filter(action=Action.UPDATE, reason="准入查询：通过")
    assert {entry.object_id for entry in entries} == {str(one.pk) for one in chosen}


def test_ticking_first_asks_for_the_result(cast: Cast) -> None:
    volunteer = unchecked()
    answer = Session(cast.wenshui).post("/volunteers/clearance/", {"ids": [volunteer.pk]})
    assert answer.status_code == 200
    assert volunteer.name in answer.content.decode()
    volunteer.refresh_from_db()
    assert volunteer.clearance == Clearance.UNCHECKED


@pytest.mark.parametrize("result", ["FAILED", "IN_PROGRESS"])
def test_anything_but_passed_is_not_cleared(cast: Cast, result: str) -> None:
    record(cast, cast.volunteer, result=result)
    cast.volunteer.refresh_from_db()
    assert cast.volunteer.clearance == result
    assert not cast.volunteer.is_cleared


@pytest.mark.parametrize(
    ("field", "form"),
    [
        ("day", {"day": "2999-01-01"}),
        ("day", {"day": ""}),
        ("result", {"result": "UNCHECKED"}),
        ("result", {"result": "MAYBE"}),
        ("officer", {"officer": ""}),
    ],
)
def test_a_wrong_form_stores_nothing(cast: Cast, field: str, form: dict[str, str]) -> None:
    volunteer = unchecked()
    answer = record(cast, volunteer, **form)
    assert field in answer.context["form"].errors
    volunteer.refresh_from_db()
    assert volunteer.clearance == Clearance.UNCHECKED


@pytest.mark.parametrize(("days", "valid"), [(0, True), (364, True), (365, True), (366, False), (800, False)])
def test_it_is_valid_for_a_year(cast: Cast, days: int, valid: bool) -> None:
    with time_machine.travel(datetime.datetime(2026, 11, 21, 4, tzinfo=datetime.UTC), tick=False):
        volunteer = VolunteerFactory(cleared_on=TODAY - datetime.timedelta(days=days))
        assert volunteer.is_cleared is valid
        assert Volunteer.objects.cleared().filter(pk=volunteer.pk).exists() is valid
        listed = Session(cast.wenshui).get("/volunteers/?figure=uncleared").content.decode()
        assert (volunteer.name in listed) is not valid
        assert volunteer.clearance_text.startswith("通过" if valid else "已过期")


def test_the_list_of_those_to_check_counts_the_qualified_only(cast: Cast) -> None:
    unchecked()
    unchecked(state="LEFT")
    assert rows_on(Session(cast.wenshui).get("/volunteers/?figure=uncleared")) == 1


def test_another_countys_volunteer_cannot_be_cleared(cast: Cast) -> None:
    Volunteer.objects.filter(pk=cast.far_volunteer.pk).update(clearance=Clearance.UNCHECKED, cleared_on=None)
    answer = record(cast, cast.far_volunteer)
    assert answer.status_code in {302, 404}
    cast.far_volunteer.refresh_from_db()
    assert cast.far_volunteer.clearance == Clearance.UNCHECKED


@pytest.mark.parametrize("who", ["city", "mama", "official", "sysadmin"])
def test_others_may_not(cast: Cast, who: str) -> None:
    volunteer = unchecked()
    assert record(cast, volunteer, who=who).status_code == 403
    volunteer.refresh_from_db()
    assert volunteer.clearance == Clearance.UNCHECKED


def test_an_expired_clearance_pauses_nothing_by_itself(cast: Cast) -> None:
    Volunteer.objects.filter(pk=cast.volunteer.pk).update(cleared_on=datetime.date(2020, 1, 1))
    cast.pairing.refresh_from_db()
    assert cast.pairing.is_active


def test_the_way_back_leads_to_the_child_being_paired(cast: Cast) -> None:
    answer = record(cast, unchecked(), next=str(cast.unpaired.pk))
    assert answer.url == f"/pairings/new/{cast.unpaired.pk}/"


def test_the_way_back_leads_nowhere_else(cast: Cast) -> None:
    assert record(cast, unchecked(), next="https://evil.example/").url.startswith("/volunteers/")
