"""What a clerk does with proposals and sees of them: parts of a score, choosing anyone, who waits today, claims."""

from typing import Any

import pytest
from django.utils import timezone

from aixin.access.scope import acting
from children.choices import Consent
from children.models import Child
from organisations.claiming import claimed_children
from organisations.models import Claim, Offering, Organisation
from pairing.choices import EndReason
from pairing.confirming import SPOKEN_FOR
from pairing.models import LeftOver, MatchingPolicy, Pairing, Proposal
from pairing.services import end
from tests.cast import FENGCHENG, KAISHAN, WENSHUI, XIJIE, Cast
from tests.conftest import Session
from tests.factories import ChildFactory, PairingFactory, VolunteerFactory
from tests.pages import text_of
from tests.pairing.proposals import of, run
from volunteers.choices import Clearance
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db


def page(user: Any, path: str = "") -> str:
    return text_of(Session(user).get(f"/pairings/match/{path}").content.decode())


def post(user: Any, path: str, **data: Any) -> str:
    return text_of(Session(user).post(f"/pairings/match/{path}", data, follow=True).content.decode())


def left(user: Any, query: str = "") -> dict[str, str]:
    """Return who is shown as left over, with the explanation; the number on the tab must be theirs."""
    answer = Session(user).get(f"/pairings/match/?tab=left{query}")
    rows = answer.context["rows"]
    assert [number for name, _, number, _ in answer.context["tabs"] if name == "left"] == [len(rows)]
    return {row.child.name: row.explanation for row in rows}


def claimed(cast: Cast, child: Child) -> Claim:
    organisation = Organisation.objects.create(
        name="县助残协会", kind="DISABLED", region_id=WENSHUI, liaison_name="甘联络"
    )
    offering = Offering.objects.create(child=child, region_id=WENSHUI, opened_by=cast.wenshui)
    return Claim.objects.create(offering=offering, organisation=organisation, region_id=WENSHUI)


def test_each_score_is_shown_with_its_parts(cast: Cast, mama: Volunteer) -> None:
    cast.unpaired.needs.create(region_id=XIJIE, topic="STUDY", source="STAFF")
    PairingFactory(child=ChildFactory(region_id=XIJIE), volunteer=mama)
    run(cast)
    assert sum(points for _, points, _ in of(cast.unpaired).score_parts) == of(cast.unpaired).score
    shown = page(cast.wenshui)
    for words in (
        "怎么算的",
        "远近 同村 +100",
        "需求对特长 教师，可辅导学业 +30",
        "已有孩子",
        "-8",
        "合计 122",
    ):
        assert words in shown
    assert of(cast.unpaired).doubts == []
    assert of(cast.unpaired).load_text == "她已有 1 名孩子"


def test_the_others_are_shown_with_reasons_load_clearance_and_parts(cast: Cast, mama: Volunteer) -> None:
    run(cast)
    shown = page(cast.wenshui, f"{of(cast.unpaired).pk}/choose/")
    for words in (
        "王爱心",
        "同乡镇",
        "已有 1 名孩子 / 最多 3 名",
        "准入查询：通过（至",
        "合计 62",
        "远近 同乡镇 +70",
    ):
        assert words in shown
    assert "全部人选" not in shown


def test_anybody_is_found_and_chosen_without_leaving_the_proposals(cast: Cast, mama: Volunteer) -> None:
    VolunteerFactory(name="未查的", region_id=XIJIE, clearance=Clearance.UNCHECKED)
    run(cast)
    proposal = of(cast.unpaired)
    path = f"{proposal.pk}/choose/"
    assert "赵有爱" in post(cast.wenshui, path, q="zya")
    assert "不能选她：准入查询还没有通过。" in post(cast.wenshui, path, q="未查")
    assert "没有找到这样的爱心妈妈" in post(cast.wenshui, path, q="查无此人")
    assert of(cast.unpaired).pk == proposal.pk
    refused = Volunteer.objects.get(name="未查的").pk
    assert "不能这样安排：准入查询还没有通过" in post(cast.wenshui, path, volunteer=refused)
    post(cast.wenshui, path, volunteer=cast.second_volunteer.pk)
    assert (of(cast.unpaired).volunteer, of(cast.unpaired).locked) == (cast.second_volunteer, True)
    assert not Pairing.objects.filter(child=cast.unpaired).exists()


def test_who_was_chosen_by_hand_has_her_score_and_keeps_the_mark(cast: Cast, mama: Volunteer) -> None:
    run(cast)
    post(cast.wenshui, f"{of(cast.unpaired).pk}/choose/", volunteer=cast.volunteer.pk)
    chosen = of(cast.unpaired)
    assert (chosen.score, chosen.reasons, chosen.by_hand) == (62, ["同乡镇"], True)
    run(cast)
    assert (of(cast.unpaired).by_hand, of(cast.unpaired).score) == (True, 62)
    assert "人工选定" in page(cast.wenshui)
    post(cast.wenshui, f"{chosen.pk}/lock/", locked="0")
    assert "人工选定" not in page(cast.wenshui)


def test_a_rejected_child_waits_at_once_and_can_be_given_somebody(cast: Cast, mama: Volunteer) -> None:
    run(cast)
    assert left(cast.wenshui) == {}
    post(cast.wenshui, f"{of(cast.unpaired).pk}/reject/", reason="两家有矛盾")
    assert left(cast.wenshui) == {"孙待结": "刚被否决，还没有另找。"}
    path = f"child/{cast.unpaired.pk}/choose/"
    assert "不能选她：这一对已被否决。" in post(cast.wenshui, path, q="同村的")
    assert "已选定并锁定" in post(cast.wenshui, path, volunteer=cast.volunteer.pk)
    assert of(cast.unpaired).volunteer == cast.volunteer
    assert left(cast.wenshui) == {}
    assert "已经有人" in post(cast.wenshui, path, volunteer=cast.second_volunteer.pk)
    assert Proposal.objects.count() == 1


def test_who_waits_is_counted_today_and_not_at_the_last_run(cast: Cast, mama: Volunteer) -> None:
    assert left(cast.wenshui) == {"孙待结": "还没有生成过结对建议。"}
    MatchingPolicy.objects.create(region_id=WENSHUI, wanted=2)
    second = PairingFactory(child=cast.child, volunteer=mama, is_main=False)
    Volunteer.objects.exclude(pk=mama.pk).update(capacity=0)
    Volunteer.objects.filter(pk=mama.pk).update(capacity=2)
    run(cast)
    assert set(left(cast.wenshui)) == {"孙待结", "李小红"}
    # Her second volunteer goes: she has one still, and is to have two.
    end(cast.wenshui, second, EndReason.RESIGNED, timezone.localdate())
    assert "上次生成以后" in left(cast.wenshui)["张小明"]
    Child.objects.filter(pk=cast.unpaired.pk).update(consent=Consent.REFUSED)
    assert set(left(cast.wenshui)) == {"李小红", "张小明"}
    assert "监护人不同意 1 人" in page(cast.wenshui, "?tab=left")
    PairingFactory(child=cast.neighbour, volunteer=mama, is_main=False)
    assert set(left(cast.wenshui)) == {"张小明"}
    assert left(cast.wenshui, f"&region={KAISHAN}") == {}


def test_the_policy_s_reach_is_named_with_the_way_to_change_it(cast: Cast, mama: Volunteer) -> None:
    MatchingPolicy.objects.create(region_id=WENSHUI, reach="VILLAGE")
    Volunteer.objects.filter(pk=mama.pk).update(clearance=Clearance.FAILED)
    (made,) = run(cast)
    assert made.missing == 1
    answer = Session(cast.wenshui).get("/pairings/match/?tab=left").content.decode()
    assert 'href="/pairings/match/policy/"' in answer.split("<tbody>")[1]


def test_a_claimed_child_is_not_proposed_and_not_confirmed(cast: Cast, mama: Volunteer) -> None:
    run(cast)
    claim = claimed(cast, cast.unpaired)
    assert claimed_children(WENSHUI) == claimed_children(FENGCHENG) == {cast.unpaired.pk}
    assert "认领中" in page(cast.wenshui)
    assert SPOKEN_FOR in post(cast.wenshui, "confirm/", ids=[of(cast.unpaired).pk])
    assert not Pairing.objects.filter(child=cast.unpaired).exists()
    run(cast)
    assert not Proposal.objects.exists()
    assert left(cast.wenshui) == {"孙待结": "已被单位认领，等县妇联办理。"}
    assert "选人" not in page(cast.wenshui, "?tab=left")
    assert "正被单位认领" in post(cast.wenshui, f"child/{cast.unpaired.pk}/choose/", volunteer=mama.pk)
    assert not Proposal.objects.exists()
    Claim.objects.filter(pk=claim.pk).update(state="REFUSED")
    run(cast)
    assert of(cast.unpaired).volunteer == mama


def test_what_follows_a_confirmation_is_said_with_links(cast: Cast, mama: Volunteer) -> None:
    ChildFactory(region_id=XIJIE, consent=Consent.UNKNOWN)
    run(cast)
    session = Session(cast.wenshui)
    answer = session.post("/pairings/match/confirm/", {"select_all": "1"}, follow=True).content.decode()
    said = text_of(answer)
    for words in ("已确认 2 对", "1 对已经开始", "1 对等监护人同意", "2 对还没有安全责任书"):
        assert words in said
    for figure in ("active", "consent", "no_agreement"):
        assert f"/pairings/?figure={figure}&amp;region={WENSHUI}" in answer
    assert "对已经开始" not in text_of(session.get("/pairings/match/").content.decode())


def test_the_place_is_kept_whatever_is_done(cast: Cast, mama: Volunteer) -> None:
    run(cast)
    pk, where = of(cast.unpaired).pk, {"region": FENGCHENG, "page": "2"}
    session = Session(cast.wenshui)
    path = "/pairings/match/"
    for answer in (
        session.post(f"{path}{pk}/lock/", {"locked": "1", **where}),
        session.post(f"{path}{pk}/choose/?region={FENGCHENG}&page=2", {"volunteer": mama.pk}),
        session.post(f"{path}{pk}/reject/?region={FENGCHENG}&page=2", {"reason": "不合适"}),
        session.post(f"{path}confirm/", {"ids": [], **where}),
    ):
        assert f"region={FENGCHENG}&page=2" in answer.url


def test_a_rule_s_effect_names_the_children(cast: Cast, mama: Volunteer) -> None:
    said = post(cast.wenshui, "policy/", wanted="2", preview="1")
    assert "共 3 名" in said
    assert "张小明" in said
    shown = (
        Session(cast.city).post("/pairings/match/policy/", {"wanted": "2", "preview": "1"}).content.decode()
    )
    assert "张小明" not in shown
    assert "张**" in shown


def test_a_class_of_children_may_be_given_to_several_professions(cast: Cast) -> None:
    data = {"kinds_FAMILY_CASE": ["JUDGE", "PROSECUTOR", "POLICE"], "save": "1"}
    assert "已保存" in post(cast.wenshui, "policy/", **data)
    (rule,) = MatchingPolicy.objects.get(region_id=WENSHUI).rules
    assert (rule.kinds, rule.name) == ({"JUDGE", "PROSECUTOR", "POLICE"}, "法官、检察官、警官")
    shown = page(cast.wenshui, "policy/")
    assert "涉婚姻家事案件的孩子：法官、检察官、警官" in shown
    for words in ("下面的勾选不起作用，按上级的办", "不是法律条文"):
        assert words in shown


def test_what_was_left_over_is_not_lost_by_a_second_rejection(cast: Cast, mama: Volunteer) -> None:
    run(cast)
    for _ in range(2):
        post(cast.wenshui, f"{of(cast.unpaired).pk}/reject/", reason="不合适")
        assert set(left(cast.wenshui)) == {"孙待结"}
        assert LeftOver.objects.filter(child=cast.unpaired).count() == 1
        run(cast)


def test_a_village_cannot_choose_for_another_place_s_child(cast: Cast, mama: Volunteer) -> None:
    with acting(cast.wenshui):
        run(cast)
    path = f"/pairings/match/child/{cast.neighbour.pk}/choose/"
    assert Session(cast.fengcheng).get(path).status_code == 404
    assert Session(cast.city).get(path).status_code == 403


def test_a_township_and_its_village_know_of_a_claim_that_lies_at_the_county(
    cast: Cast, mama: Volunteer
) -> None:
    run(cast)
    claimed(cast, cast.unpaired)
    with acting(cast.fengcheng):
        assert not Claim.objects.exists(), "the claim itself stays the county's"
        assert claimed_children(FENGCHENG) == {cast.unpaired.pk}
    for other in (cast.xingxian, cast.mama, cast.users["sysadmin"]):
        with acting(other):
            assert claimed_children(FENGCHENG) == set()
    assert SPOKEN_FOR in post(cast.fengcheng, "confirm/", ids=[of(cast.unpaired).pk])
    assert not Pairing.objects.filter(child=cast.unpaired).exists()
