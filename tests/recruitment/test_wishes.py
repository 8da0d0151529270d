"""Willingness is kept by herself, certificates by the office; what runs out is counted."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from aixin.audit.models import Action, Entry
from aixin.rights.services import erase
from recruitment.models import Certificate
from tests.cast import Cast
from tests.conftest import Session
from tests.pages import rows_on
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
MINE = "/recruitment/mine/"


def keep(cast: Cast, **changes: Any) -> Any:
    body = {
        "skills": ["STUDY", "MIND"],
        "capacity": "2",
        "reach": "VILLAGE",
        "wished_age_from": "6",
    } | changes
    return Session(cast.mama).post(MINE, body)


def test_she_keeps_her_own_wishes_and_nothing_else(cast: Cast) -> None:
    answer = keep(cast, clearance="FAILED", state="LEFT", name="改名", region="141121101", user="")
    assert answer.status_code == 302
    mine = Volunteer.objects.get(pk=cast.volunteer.pk)
    assert (mine.skills, mine.capacity, mine.reach, mine.wished_age_from) == (
        ["STUDY", "MIND"],
        2,
        "VILLAGE",
        6,
    )
    assert (mine.clearance, mine.state, mine.name, mine.region_id) == (
        cast.volunteer.clearance, cast.volunteer.state, cast.volunteer.name, cast.volunteer.region_id,
    )  # fmt: skip
    entry = Entry.objects.filter(action=Action.UPDATE, user=cast.mama).get()
    assert entry.subjects == [mine.no]


def test_nobody_elses_record_moves(cast: Cast) -> None:
    before = list(Volunteer.objects.exclude(pk=cast.volunteer.pk).order_by("pk").values())
    keep(cast)
    assert list(Volunteer.objects.exclude(pk=cast.volunteer.pk).order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("capacity", {"capacity": "11"}),
        ("capacity", {"capacity": "-1"}),
        ("wished_age_to", {"wished_age_from": "12", "wished_age_to": "6"}),
        ("skills", {"skills": ["ALL"]}),
        ("reach", {"reach": "MOON"}),
    ],
)
def test_a_wrong_wish_is_told(cast: Cast, field: str, changes: dict[str, Any]) -> None:
    assert field in keep(cast, **changes).context["form"].errors


def test_who_has_left_wishes_no_more(cast: Cast) -> None:
    Volunteer.objects.filter(pk=cast.volunteer.pk).update(state="LEFT")
    assert Session(cast.mama).get(MINE).status_code == 404


def test_the_page_is_reached_from_her_account(cast: Cast) -> None:
    assert MINE in Session(cast.mama).get("/account/").content.decode()
    assert MINE not in Session(cast.wenshui).get("/account/").content.decode()


def certified(cast: Cast, **changes: Any) -> Any:
    body = {"name": "心理咨询师", "number": "1406000012345678", "issuer": "人社局"} | changes
    return Session(cast.wenshui).post(f"/recruitment/certificates/add/{cast.volunteer.pk}/", body)


def test_a_certificate_is_kept_once_with_its_number_masked(cast: Cast) -> None:
    until = (timezone.localdate() + datetime.timedelta(days=30)).isoformat()
    certified(cast, valid_until=until)
    certified(cast, valid_until=until)
    assert Certificate.objects.count() == 1
    page = Session(cast.wenshui).get(f"/volunteers/{cast.volunteer.pk}/?tab=certificates").content.decode()
    assert "心理咨询师" in page
    assert "1406000012345678" not in page
    assert "心理咨询师" in Session(cast.mama).get(MINE).content.decode()


def test_what_runs_out_is_counted(cast: Cast) -> None:
    today = timezone.localdate()
    for days, volunteer in ((-5, cast.volunteer), (89, cast.volunteer), (91, cast.second_volunteer)):
        Certificate.objects.create(
            volunteer=volunteer, name="证", valid_until=today + datetime.timedelta(days=days)
        )
    session = Session(cast.wenshui)
    assert rows_on(session.get("/volunteers/?figure=certificate_runs_out")) == 1
    assert rows_on(session.get("/volunteers/?figure=certified")) == 2


def test_a_certificate_is_removed_by_its_county_alone(cast: Cast) -> None:
    certified(cast)
    address = f"/recruitment/certificates/{Certificate.objects.get().pk}/remove/"
    assert Session(cast.xingxian).post(address).status_code == 404
    assert Session(cast.mama).post(address).status_code == 403
    assert Session(cast.wenshui).post(address).status_code == 302
    assert not Certificate.objects.exists()


def test_certificates_go_with_the_erased(cast: Cast) -> None:
    certified(cast)
    assert erase(cast.wenshui, "volunteers.volunteer", cast.volunteer.pk).removed["证书"] == 1
    assert not Certificate.objects.exists()
