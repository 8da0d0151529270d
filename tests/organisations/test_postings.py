"""外派: the city's own volunteers serve a county for a time, which may pair them; the record stays the city's."""

import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from aixin.access.scope import acting
from organisations.models import Posting
from organisations.posting import end_posting, guests, post_to
from organisations.services import GroupError
from pairing.models import Pairing, Proposal
from pairing.proposing import propose_pairs
from reports.coverage import counted
from tests.cast import CITY, WENSHUI, XINGXIAN, Cast
from tests.conftest import Session
from tests.factories import VolunteerFactory, make_idno
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def posted(cast: Cast, county: str = WENSHUI, since: int = 0, until: int | None = None) -> Posting:
    """Return the posting of a new city volunteer, its days counted from today."""
    office = VolunteerFactory(name="岳市直", region_id=CITY)
    day = TODAY() + datetime.timedelta(days=since)
    last = None if until is None else TODAY() + datetime.timedelta(days=until)
    return Posting.objects.create(volunteer=office, region_id=county, since=day, until=last)


def pair(cast: Cast, who: str, child: Any, volunteer: Any) -> Any:
    body = {"started_on": str(TODAY()), "is_main": "on"}
    address = reverse("pairings:create", args=[child.pk, volunteer.pk])
    return Session(getattr(cast, who)).post(address, body)


def test_the_city_registers_clears_and_posts_her(cast: Cast) -> None:
    client = Session(cast.city)
    idno = make_idno(77, datetime.date(1985, 1, 1), sex="F")
    person = {"name": "岳市直", "idno": idno, "phone": "19980000001", "kind": "OFFICE"}
    made = client.post(
        reverse("postings:create"), {**person, "capacity": "2", "state": "QUALIFIED", "region": WENSHUI}
    )
    office = Volunteer.objects.get(name="岳市直")
    assert office.region_id == CITY
    assert made.headers["Location"] == reverse("postings:post", args=[office.pk])
    result = {"result": "PASSED", "day": str(TODAY()), "officer": "市妇联"}
    client.post(reverse("postings:clear", args=[office.pk]), result)
    client.post(reverse("postings:post", args=[office.pk]), {"county": WENSHUI, "since": str(TODAY())})
    assert Posting.objects.get().region_id == WENSHUI
    assert Volunteer.objects.get(pk=office.pk).is_cleared
    assert "岳市直" in client.get(reverse("postings:list")).content.decode()
    assert "岳市直" in Session(cast.wenshui).get(reverse("postings:list")).content.decode()
    assert "岳" not in Session(cast.xingxian).get(reverse("postings:list")).content.decode()


def test_the_county_sees_and_pairs_her_and_cannot_change_her(cast: Cast) -> None:
    office = posted(cast).volunteer
    page = Session(cast.wenshui).get(reverse("pairings:candidates", args=[cast.unpaired.pk])).content.decode()
    assert "岳市直" in page
    assert pair(cast, "wenshui", cast.unpaired, office).status_code == 302
    assert Pairing.objects.get(child=cast.unpaired).volunteer == office
    with acting(cast.wenshui):
        assert Volunteer.objects.filter(pk=office.pk).update(notes="改") == 0
    assert Session(cast.wenshui).get(reverse("volunteers:edit", args=[office.pk])).status_code == 404


def test_a_township_pairs_her_too_and_one_from_next_door(cast: Cast) -> None:
    office = posted(cast).volunteer
    assert pair(cast, "fengcheng", cast.unpaired, office).status_code == 302
    assert pair(cast, "fengcheng", cast.unpaired, cast.second_volunteer).status_code == 302
    assert Pairing.objects.filter(child=cast.unpaired).count() == 2


@pytest.mark.parametrize(("since", "until"), [(1, None), (-9, -1)])
def test_before_and_after_her_time_she_is_in_nobody_s_reach(
    cast: Cast, since: int, until: int | None
) -> None:
    office = posted(cast, since=since, until=until).volunteer
    with acting(cast.wenshui):
        assert not Volunteer.objects.filter(pk=office.pk).exists()
        assert guests(WENSHUI) == {}
    assert pair(cast, "wenshui", cast.unpaired, office).status_code == 404


def test_another_county_sees_nothing_of_her(cast: Cast) -> None:
    office = posted(cast).volunteer
    with acting(cast.xingxian):
        assert not Posting.objects.exists()
        assert not Volunteer.objects.filter(pk=office.pk).exists()
    assert pair(cast, "xingxian", cast.far, office).status_code == 404


def test_the_proposals_of_her_county_know_her_and_those_of_others_do_not(cast: Cast) -> None:
    office = posted(cast).volunteer
    Volunteer.objects.exclude(pk=office.pk).update(state="SUSPENDED")
    with acting(cast.city):
        propose_pairs(cast.city, cast.wenshui.posts.get().region)
        propose_pairs(cast.city, cast.xingxian.posts.get().region)
    found = Proposal.objects.all()
    assert {proposal.volunteer_id for proposal in found} == {office.pk}
    assert {proposal.region_id[:6] for proposal in found} == {WENSHUI}


def test_who_is_the_city_s_and_posted_nowhere_is_proposed_to_nobody(cast: Cast) -> None:
    Volunteer.objects.update(state="SUSPENDED")
    VolunteerFactory(name="岳市直", region_id=CITY)
    with acting(cast.city):
        propose_pairs(cast.city, cast.city.posts.get().region)
    assert not Proposal.objects.exists()


def test_she_serves_one_county_at_a_time(cast: Cast) -> None:
    first = posted(cast, until=30)
    xingxian = cast.xingxian.posts.get().region
    with pytest.raises(GroupError, match="文水县"):
        post_to(cast.city, first.volunteer, xingxian, TODAY() + datetime.timedelta(days=30), None)
    later = TODAY() + datetime.timedelta(days=31)
    made = post_to(cast.city, first.volunteer, xingxian, later, None)
    assert post_to(cast.city, first.volunteer, xingxian, later, None) == made
    end_posting(cast.city, made)
    assert Posting.objects.get() == first


def test_an_ended_posting_leaves_her_pairs_there(cast: Cast) -> None:
    posting = posted(cast, since=-5)
    pair(cast, "wenshui", cast.unpaired, posting.volunteer)
    Session(cast.city).post(reverse("postings:end", args=[posting.pk]))
    assert Pairing.objects.get(child=cast.unpaired).is_active
    with acting(cast.wenshui):
        assert guests(WENSHUI) == {}
        # As of every volunteer who stands by one of its children, the county goes on reading her row.
        assert Volunteer.objects.filter(pk=posting.volunteer_id).exists()


@pytest.mark.parametrize("who", ["wenshui", "fengcheng", "xingxian", "mama"])
def test_only_the_city_posts_and_only_its_own(cast: Cast, who: str) -> None:
    posting = posted(cast)
    client = Session(getattr(cast, who))
    for name, pk in (("post", posting.volunteer_id), ("clear", posting.volunteer_id), ("end", posting.pk)):
        assert client.post(reverse(f"postings:{name}", args=[pk])).status_code in {403, 404}
    assert Session(cast.city).get(reverse("postings:post", args=[cast.volunteer.pk])).status_code == 404
    assert Posting.objects.get().until is None


def test_figures_of_the_places_add_up_beside_her(cast: Cast) -> None:
    posted(cast, XINGXIAN)
    with acting(cast.city):
        rows = counted(CITY)
    assert rows
    page = Session(cast.city).get(reverse("reports:coverage"), {"region": CITY}).json()
    assert page["totals"]["volunteers"] == 4
    assert sum(row["volunteers"] for row in page["children"]) == 4, page["children"]
