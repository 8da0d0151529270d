"""认领: a county opens children, organisations see nobody they could recognise, the first claim wins, the county decides."""

import datetime
from collections import Counter
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from aixin.access.scope import EVERYTHING, NOTHING, Scope, acting, opened
from aixin.audit.models import Entry
from aixin.rights.services import erase
from children.models import Child, Guardian
from children.signals import consent_refused
from organisations.anonymity import FEWEST, STEPS, Crowd, Traits, only
from organisations.choices import ClaimState, OfferingState
from organisations.claiming import ClaimError, confirm_claim, open_children, openable, refuse_claim, tidy
from organisations.models import Claim, LiaisonLink, Offering, Organisation, OrganisationMember
from organisations.services import digest_of, join, make_link, renew_link, revoke_links
from pairing.models import Pairing
from tests.caching import forget_everything
from tests.cast import KAISHAN_VILLAGE, WENSHUI, XIJIE, XINGXIAN, XINGXIAN_VILLAGE, Cast
from tests.conftest import Session
from tests.factories import ChildFactory, VolunteerFactory
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
BIRTH = datetime.date(timezone.localdate().year - 8, 1, 1)


def organisation_of(cast: Cast, name: str = "县助残协会", region: str = WENSHUI) -> Organisation:
    return Organisation.objects.create(
        name=name, kind="DISABLED", region_id=region, liaison_name="甘联络", liaison_phone="19970000001"
    )


@pytest.fixture
def county(cast: Cast) -> Cast:
    """The cast, with four girls of eight years more who wait in the same township."""
    cast.rows["girls"] = [ChildFactory(name=f"女孩{n}", region_id=XIJIE, birth=BIRTH) for n in range(4)]
    cast.rows["organisation"] = organisation_of(cast)
    cast.rows["mother"] = VolunteerFactory(name="戴妈妈")
    join(cast.wenshui, cast.rows["organisation"], cast.rows["mother"])
    cast.rows["token"] = make_link(cast.wenshui, cast.rows["organisation"])
    return cast


def offered(county: Cast, *children: Any) -> list[Offering]:
    with acting(county.wenshui):
        return open_children(county.wenshui, WENSHUI, children or county.rows["girls"][:2])


def desk(token: str) -> str:
    return reverse("liaison", args=[token])


def send(token: str, act: str, row: int, volunteer: int | str = "") -> Any:
    return Client().post(desk(token), {"act": act, "row": row, "volunteer": volunteer}, follow=True)


def shown(token: str) -> str:
    return Client().get(desk(token)).content.decode()


# What is shown


TRAITS = st.builds(
    Traits,
    township=st.sampled_from(["凤城镇", "开栅镇", ""]),
    band=st.sampled_from(["0-5", "6-11"]),
    sex=st.sampled_from(["F", "M"]),
    category=st.sampled_from(["LEFT_BEHIND", "DIFFICULT"]),
)


@settings(max_examples=40)
@given(st.lists(TRAITS, max_size=12))
def test_whatever_is_shown_at_least_three_children_share(everyone: list[Traits]) -> None:
    crowd = Crowd(everyone)
    for child in everyone:
        card = crowd.shown_of(child)
        if card is None:
            assert len(everyone) < FEWEST
            continue
        alike = [
            one
            for one in everyone
            if all(part in ("", getattr(one, key)) for key, part in vars(card).items())
        ]
        assert len(alike) >= FEWEST
        fuller = next(
            step for step in STEPS if Counter(only(one, step) for one in everyone)[only(child, step)] >= 3
        )
        assert card == only(child, fuller), "no more is left out than must be"


def test_an_organisation_reads_no_name_number_village_school_or_birthday(county: Cast) -> None:
    girl = county.rows["girls"][0]
    Child.objects.filter(pk=girl.pk).update(school="第九小学", address="九号院")
    girl.needs.create(region_id=XIJIE, topic="STUDY", detail="英语跟不上", source="STAFF")
    offered(county)
    page = shown(county.rows["token"])
    assert "凤城镇、6—11岁、女孩、留守儿童" in page
    assert "学业辅导" in page
    guardian = girl.main_guardian
    hidden = [
        girl.name,
        girl.no,
        girl.idno,
        "西街",
        "第九小学",
        "九号院",
        "英语跟不上",
        str(BIRTH),
        guardian.name,
        "女孩0",
    ]
    assert [word for word in hidden if word in page] == []


def test_what_is_rare_is_left_out(county: Cast) -> None:
    rare = ChildFactory(region_id=XIJIE, birth=BIRTH, category="DE_FACTO_UNSUPPORTED")
    lonely = ChildFactory(region_id=KAISHAN_VILLAGE, birth=BIRTH)
    first, second = offered(county, rare, lonely)
    assert (first.shown_township, first.shown_category) == ("凤城镇", "")
    assert (second.shown_township, second.shown_sex, second.shown_category) == ("", "F", "LEFT_BEHIND")


def test_a_county_with_two_children_opens_none(cast: Cast) -> None:
    another = ChildFactory(region_id=XINGXIAN_VILLAGE)
    with acting(cast.xingxian), pytest.raises(ClaimError, match="太少"):
        open_children(cast.xingxian, XINGXIAN, [cast.far, another])


@pytest.mark.parametrize(
    "change",
    [{"consent": "UNKNOWN"}, {"consent": "REFUSED"}, {"status": "LEFT"}, {"category": "ORPHAN_INSTITUTION"}],
)
def test_only_who_waits_with_a_guardian_s_yes_is_opened(county: Cast, change: dict[str, str]) -> None:
    girl = county.rows["girls"][0]
    Child.objects.filter(pk=girl.pk).update(**change)
    with acting(county.wenshui):
        assert girl not in openable(county.wenshui)
        assert open_children(county.wenshui, WENSHUI, [girl, county.child]) == []


def test_a_child_is_opened_once(county: Cast) -> None:
    offered(county)
    again = offered(county)
    assert again == []
    assert Offering.objects.count() == 2


# The link


@pytest.mark.parametrize("way", ["stopped", "expired", "closed", "replaced", "unknown"])
def test_a_link_of_no_use_answers_404_like_an_unknown_one(county: Cast, way: str) -> None:
    forget_everything()
    organisation, token = county.rows["organisation"], county.rows["token"]
    offered(county)
    if way == "stopped":
        revoke_links(county.wenshui, organisation)
    elif way == "expired":
        LiaisonLink.objects.update(expires_at=timezone.now() - datetime.timedelta(days=1))
    elif way == "closed":
        Session(county.wenshui).post(reverse("organisations:close", args=[organisation.pk]))
    elif way == "replaced":
        make_link(county.wenshui, organisation)
    else:
        token = "A" * 43
    assert Client().get(desk(token)).status_code == 404
    with opened(Scope(liaison=digest_of(token))):
        assert not Offering.objects.exists()


def test_a_link_is_renewed_for_thirty_days_and_a_stopped_one_is_not(county: Cast) -> None:
    organisation = county.rows["organisation"]
    LiaisonLink.objects.update(expires_at=timezone.now() - datetime.timedelta(days=1))
    assert renew_link(county.wenshui, organisation)
    assert Client().get(desk(county.rows["token"])).status_code == 200
    assert LiaisonLink.objects.get().days_left == 29
    revoke_links(county.wenshui, organisation)
    assert not renew_link(county.wenshui, organisation)


def test_the_link_is_shown_once_and_kept_as_a_digest(county: Cast) -> None:
    client, page = (
        Session(county.wenshui),
        reverse("organisations:detail", args=[county.rows["organisation"].pk]),
    )
    client.post(reverse("organisations:link", args=[county.rows["organisation"].pk]), {"act": "make"})
    first, second = client.get(page).content.decode(), client.get(page).content.decode()
    assert "/claim/" in first
    assert "/claim/" not in second
    token = first.split("/claim/")[1].split("/")[0]
    assert LiaisonLink.objects.filter(revoked_at=None).get().token_hash == digest_of(token)


def test_the_database_shows_a_link_its_organisation_and_free_children_alone(county: Cast) -> None:
    other = organisation_of(county, "县教育局")
    join(county.wenshui, other, county.volunteer)
    mine, theirs = offered(county)
    Claim.objects.create(offering=theirs, organisation=other, region_id=WENSHUI)
    with opened(Scope(liaison=digest_of(county.rows["token"]))):
        assert list(Organisation.objects.all()) == [county.rows["organisation"]]
        assert [one.pk for one in Offering.objects.all()] == [mine.pk]
        assert [one.organisation_id for one in OrganisationMember.objects.all()] == [
            county.rows["organisation"].pk
        ]
        for model in (Child, Guardian, Volunteer, Pairing, Claim):
            assert not model._default_manager.exists()
        assert Offering.objects.update(held=True) == 0
        with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
            Claim.objects.create(offering=mine, organisation=other, region_id=WENSHUI)
        with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
            Claim.objects.create(
                offering=mine, organisation=county.rows["organisation"], region_id=WENSHUI, state="CONFIRMED"
            )
    with opened(NOTHING):
        assert not Organisation.objects.exists()


# Claims


def test_the_first_claim_wins_and_the_second_reads_a_sentence(county: Cast) -> None:
    (first, _), other = offered(county), organisation_of(county, "县教育局")
    theirs = make_link(county.wenshui, other)
    won = send(county.rows["token"], "claim", first.pk, county.rows["mother"].pk)
    assert "县妇联会在14天内确认" in won.content.decode()
    late = send(theirs, "claim", first.pk)
    assert "刚刚被别的单位认领" in late.content.decode()
    assert Claim.objects.get().organisation == county.rows["organisation"]
    # A second click is the same claim.
    send(county.rows["token"], "claim", first.pk)
    assert Claim.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(offering=first, organisation=other, region_id=WENSHUI)
    assert Entry.objects.filter(object_type="organisations.claim", user=None, subjects=[]).count() == 1


def test_nobody_but_the_organisation_s_own_volunteers_is_named(county: Cast) -> None:
    first, _ = offered(county)
    for stranger in (county.volunteer, county.far_volunteer):
        answer = send(county.rows["token"], "claim", first.pk, stranger.pk).content.decode()
        assert "请从本单位的爱心妈妈里选一位" in answer
        assert stranger.name not in answer
    assert not Claim.objects.exists()
    send(county.rows["token"], "claim", first.pk)
    claim = Claim.objects.get()
    assert claim.volunteer is None
    send(county.rows["token"], "name", claim.pk, county.rows["mother"].pk)
    send(county.rows["token"], "name", claim.pk, county.volunteer.pk)
    claim.refresh_from_db()
    assert claim.volunteer == county.rows["mother"]


def test_a_claim_given_back_leaves_the_child_free(county: Cast) -> None:
    first, _ = offered(county)
    send(county.rows["token"], "claim", first.pk)
    send(county.rows["token"], "withdraw", Claim.objects.get().pk)
    assert Claim.objects.get().state == ClaimState.WITHDRAWN
    assert first in Offering.objects.free()


def test_another_organisation_s_claim_is_out_of_reach(county: Cast) -> None:
    (first, _), other = offered(county), organisation_of(county, "县教育局")
    claim = Claim.objects.create(offering=first, organisation=other, region_id=WENSHUI)
    for act in ("name", "withdraw"):
        send(county.rows["token"], act, claim.pk, county.rows["mother"].pk)
    claim.refresh_from_db()
    assert (claim.state, claim.volunteer) == (ClaimState.HELD, None)


def claimed(county: Cast, volunteer: Any = None) -> Claim:
    first, _ = offered(county)
    mother = volunteer or county.rows["mother"]
    send(county.rows["token"], "claim", first.pk, mother.pk)
    return Claim.objects.get()


def confirm_page(county: Cast, claim: Claim, who: str = "wenshui", **said: Any) -> Any:
    body = {"volunteer": county.rows["mother"].pk, **said}
    return Session(getattr(county, who)).post(reverse("organisations:confirm", args=[claim.pk]), body)


def test_a_confirmed_claim_is_a_pairing_like_any_other(county: Cast) -> None:
    claim = claimed(county)
    pairing_page = confirm_page(county, claim).headers["Location"]
    pairing = Pairing.objects.get(child=claim.offering.child)
    assert pairing_page == reverse("pairings:detail", args=[pairing.pk])
    assert pairing.is_active
    claim.refresh_from_db()
    assert (claim.state, claim.offering.state) == (ClaimState.CONFIRMED, OfferingState.PAIRED)
    assert "已确认" in shown(county.rows["token"])
    assert claim.offering.child.name not in shown(county.rows["token"])
    # The second clerk changes nothing.
    assert confirm_page(county, claim).status_code == 302
    assert Pairing.objects.filter(child=claim.offering.child).count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"clearance": "UNCHECKED"}, "准入"),
        ({"sex": "M"}, "女童"),
        ({"birth": datetime.date(1940, 1, 1)}, "核实"),
    ],
)
def test_the_rules_of_pairing_hold_for_claims_too(county: Cast, change: dict[str, Any], said: str) -> None:
    claim = claimed(county)
    Volunteer.objects.filter(pk=county.rows["mother"].pk).update(**change)
    answer = confirm_page(county, claim)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Pairing.objects.filter(child=claim.offering.child).exists()
    again = confirm_page(county, claim, regardless="on")
    assert again.status_code == (302 if said == "核实" else 422)


def test_a_refused_claim_is_answered_with_the_reason_and_the_child_is_free(county: Cast) -> None:
    claim = claimed(county)
    address = reverse("organisations:refuse", args=[claim.pk])
    assert Session(county.wenshui).post(address, {"reason": ""}).status_code == 422
    assert Session(county.wenshui).post(address, {"reason": "离得太远"}).status_code == 302
    assert "离得太远" in shown(county.rows["token"])
    assert claim.offering in Offering.objects.free()


@pytest.mark.parametrize(
    ("who", "status"), [("city", 403), ("fengcheng", 404), ("xingxian", 404), ("mama", 403)]
)
def test_nobody_else_decides(county: Cast, who: str, status: int) -> None:
    claim = claimed(county)
    client = Session(getattr(county, who))
    organisation = [county.rows["organisation"].pk]
    for name, args in (
        ("confirm", [claim.pk]), ("refuse", [claim.pk]), ("take_back", [claim.offering_id]), ("link", organisation),
        ("close", organisation), ("edit", organisation), ("add", organisation),
    ):  # fmt: skip
        assert (
            client.post(reverse(f"organisations:{name}", args=args), {"reason": "乱"}).status_code == status
        ), name
    claim.refresh_from_db()
    assert claim.state == ClaimState.HELD


def test_a_claim_lapses_after_fourteen_days(county: Cast) -> None:
    claim = claimed(county)
    now = timezone.now()
    with opened(EVERYTHING):
        tidy(now + datetime.timedelta(days=13))
        assert Claim.objects.get().state == ClaimState.HELD
        tidy(now + datetime.timedelta(days=14, minutes=1))
    assert Claim.objects.get().state == ClaimState.LAPSED
    assert claim.offering in Offering.objects.free()
    with pytest.raises(ClaimError, match="过期"):
        refuse_claim(county.wenshui, claim, "晚了")


def test_who_waits_no_more_is_closed_and_a_rare_child_is_shown_with_less(county: Cast) -> None:
    girls = county.rows["girls"]
    paired_elsewhere, rare = offered(county)
    with acting(county.wenshui):
        Pairing.objects.create(
            no="P1",
            child=girls[0],
            volunteer=county.rows["mother"],
            region_id=XIJIE,
            state="ACTIVE",
            started_on=timezone.localdate(),
        )
    Child.objects.filter(pk__in=[girls[2].pk, girls[3].pk, county.unpaired.pk, county.child.pk]).update(
        sex="M"
    )
    with opened(EVERYTHING):
        tidy(timezone.now())
    paired_elsewhere.refresh_from_db()
    rare.refresh_from_db()
    assert paired_elsewhere.state == OfferingState.CLOSED
    assert rare.shown_sex == "" or rare.shown_township == ""


@pytest.mark.parametrize("why", ["left", "refused", "moved", "erased"])
def test_a_child_who_is_gone_is_not_to_be_claimed(county: Cast, why: str) -> None:
    claim = claimed(county)
    child = claim.offering.child
    if why == "left":
        body = {"reason": "MISTAKE", "day": str(timezone.localdate())}
        Session(county.wenshui).post(reverse("children:leave", args=[child.pk]), body)
    elif why == "refused":
        consent_refused.send(Child, child=child, actor=county.wenshui)
    elif why == "moved":
        Child.objects.filter(pk=child.pk).update(region_id=XINGXIAN_VILLAGE)
    else:
        with acting(county.wenshui):
            erase(county.wenshui, "children.child", child.pk)
    assert not Claim.objects.held().exists()
    assert not Offering.objects.open().filter(child=child).exists()
    with opened(Scope(liaison=digest_of(county.rows["token"]))):
        assert not Offering.objects.free().filter(child=child).exists()


def test_a_closed_organisation_keeps_no_phone(county: Cast) -> None:
    claim = claimed(county)
    Session(county.wenshui).post(reverse("organisations:close", args=[county.rows["organisation"].pk]))
    found = Organisation.objects.get()
    assert (found.liaison_name, found.liaison_phone) == ("", "")
    claim.refresh_from_db()
    assert claim.state == ClaimState.WITHDRAWN


def test_confirming_needs_a_volunteer_of_the_organisation(county: Cast) -> None:
    claim = claimed(county)
    assert confirm_page(county, claim, volunteer=county.volunteer.pk).status_code == 422
    other = VolunteerFactory(clearance="FAILED")
    with acting(county.wenshui), pytest.raises(ClaimError, match="准入"):
        confirm_claim(county.wenshui, claim, other)
    assert Claim.objects.held().exists()


def test_who_signs_up_by_the_link_is_noted_with_the_organisation(county: Cast) -> None:
    offered(county)
    page = shown(county.rows["token"])
    assert f"/join/{WENSHUI}/?organisation=县助残协会" in page
    form = Client().get(f"/join/{WENSHUI}/", {"organisation": "县助残协会"}).content.decode()
    assert 'value="县助残协会"' in form


def test_a_link_names_its_own_organisation_s_volunteers_alone(county: Cast) -> None:
    other, stranger = organisation_of(county, "县教育系统"), VolunteerFactory(name="冬别家")
    join(county.wenshui, other, stranger)
    (offering, *_) = offered(county)
    client, address = Client(), desk(county.rows["token"])
    assert "冬别家" not in client.get(address).content.decode()
    client.post(address, {"act": "claim", "row": offering.pk, "volunteer": stranger.pk})
    assert not Claim.objects.exists()
    client.post(address, {"act": "claim", "row": offering.pk, "volunteer": county.rows["mother"].pk})
    assert Claim.objects.get().volunteer == county.rows["mother"]
