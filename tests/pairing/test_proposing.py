"""Proposals from the rosters: what they are made of, what staff fix and reject, whose policy holds, who may see them."""

import json
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Barrier
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from aixin.access.models import Post, Role
from aixin.access.scope import EVERYTHING, NOTHING, acting, opened
from aixin.audit.models import Entry
from aixin.rights.services import erase
from children.choices import Category, Consent, LeavingReason, NeedSource, Schooling
from children.models import Child, Guardian, Need
from children.services import leave_roster
from pairing.amending import choose_another, forget_rejection, reject, set_locked
from pairing.choices import EndReason, State
from pairing.judging import objections
from pairing.models import LeftOver, MatchingPolicy, Pairing, Proposal, ProposalRun, RejectedPair
from pairing.policy import save_policy
from pairing.proposing import ProposingError, compare
from pairing.services import Terms, confirm
from tests.cast import FENGCHENG, KAISHAN_VILLAGE, WENSHUI, XIJIE, XINGXIAN, Cast, make_cast
from tests.factories import ChildFactory, PairingFactory, VolunteerFactory
from tests.pairing.proposals import of, proposed, run
from volunteers.choices import Clearance, VolunteerKind, WishedCategory
from volunteers.choices import State as VolunteerState
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db


def test_who_waits_is_proposed_to_the_fitting_one_with_reasons(cast: Cast, mama: Volunteer) -> None:
    Need.objects.create(child=cast.unpaired, region_id=XIJIE, topic="STUDY", source=NeedSource.ROSTER)
    (made,) = run(cast)
    assert proposed() == {"孙待结": "同村的"}
    assert of(cast.unpaired).reasons == ["同村", "教师，可辅导学业"]
    assert (made.pairs, made.missing, made.objective) == (1, 0, of(cast.unpaired).score)
    others = [row["volunteer"] for row in of(cast.unpaired).alternatives]
    assert others == [cast.volunteer.pk, cast.second_volunteer.pk]


def test_a_run_reads_and_writes_in_sets(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for _ in range(30):
        ChildFactory(region_id=XIJIE)
        VolunteerFactory(region_id=XIJIE)
    with django_assert_max_num_queries(30):
        run(cast)
    assert Proposal.objects.count() == 31


@pytest.mark.parametrize(
    "change",
    [
        {"clearance": Clearance.UNCHECKED},
        {"cleared_on": timezone.localdate().replace(year=2020)},
        {"state": VolunteerState.SUSPENDED},
        {"state": VolunteerState.LEFT},
        {"capacity": 0},
        {"sex": "M"},
        {"sex": "", "kind": VolunteerKind.FATHER},
    ],
)
def test_nobody_is_proposed_against_the_rules(cast: Cast, mama: Volunteer, change: dict[str, Any]) -> None:
    Volunteer.objects.filter(pk=mama.pk).update(**change)
    run(cast)
    assert proposed() == {"孙待结": "王爱心"}


def test_children_get_up_to_what_they_want_and_the_rest_is_explained(cast: Cast, mama: Volunteer) -> None:
    Child.objects.filter(pk=cast.unpaired.pk).update(wanted_volunteers=2)
    Child.objects.filter(pk=cast.child.pk).update(wanted_volunteers=1)
    Child.objects.filter(pk=cast.neighbour.pk).update(consent=Consent.REFUSED, wanted_volunteers=2)
    run(cast)
    assert set(Proposal.objects.values_list("child", "volunteer")) == {
        (cast.unpaired.pk, mama.pk),
        (cast.unpaired.pk, cast.volunteer.pk),
    }
    left = LeftOver.objects.get()
    assert (left.child, left.cause, left.region_id) == (cast.neighbour, "GUARDIAN_REFUSES", KAISHAN_VILLAGE)


def test_without_anyone_the_remedy_names_the_township(cast: Cast) -> None:
    Volunteer.objects.update(capacity=1)
    Need.objects.create(child=cast.unpaired, region_id=XIJIE, topic="MIND", source=NeedSource.ROSTER)
    run(cast)
    left = LeftOver.objects.get()
    assert left.cause == "NONE_WITH_CAPACITY"
    assert left.remedy == "请附近的爱心妈妈多结对一名，或在凤城镇招募 1 名会心理关爱的爱心妈妈。"


def test_siblings_and_the_village_chair_count(cast: Cast, mama: Volunteer) -> None:
    sibling = ChildFactory(region_id=XIJIE)
    Guardian.objects.filter(child=sibling).delete()
    guardian = Guardian.objects.get(child=cast.unpaired)
    Guardian.objects.create(child=sibling, region_id=XIJIE, name="高奶奶", phone=guardian.phone)
    PairingFactory(child=sibling, volunteer=cast.second_volunteer)
    chair = cast.users["postless"]
    Post.objects.create(user=chair, role=Role.STAFF, region_id=XIJIE)
    Volunteer.objects.filter(pk=mama.pk).update(user=chair)
    run(cast)
    assert of(cast.unpaired).volunteer == cast.second_volunteer
    assert "已结对孩子的兄弟姐妹" in of(cast.unpaired).reasons
    assert objections(cast.unpaired, mama).laws == []
    scores = {row["volunteer"]: row["score"] for row in of(cast.unpaired).alternatives}
    assert scores[mama.pk] == 100 - 40


def test_a_pairing_that_ended_badly_is_not_proposed_again(cast: Cast, mama: Volunteer) -> None:
    ended = {"state": State.ENDED, "is_main": False, "ended_on": timezone.localdate()}
    PairingFactory(child=cast.unpaired, volunteer=mama, end_reason=EndReason.UNSUITED, **ended)
    run(cast)
    assert of(cast.unpaired).volunteer == cast.volunteer


def test_a_paused_volunteer_leaves_the_child_waiting(cast: Cast, mama: Volunteer) -> None:
    Pairing.objects.filter(pk=cast.pairing.pk).update(state=State.PAUSED)
    run(cast)
    assert set(proposed()) == {"孙待结", "张小明"}
    assert of(cast.child).volunteer != cast.volunteer


def test_what_is_fixed_stays_and_the_rest_is_solved_around_it(cast: Cast, mama: Volunteer) -> None:
    Volunteer.objects.filter(pk=mama.pk).update(capacity=1)
    other = ChildFactory(name="另一个", region_id=XIJIE, registered_on=cast.unpaired.registered_on)
    run(cast)
    first = Proposal.objects.get(volunteer=mama)
    away = cast.unpaired if first.child == other else other
    chosen = choose_another(cast.wenshui, of(away), mama)
    set_locked(cast.wenshui, first, locked=False)
    run(cast)
    assert of(away).pk == chosen.pk
    assert (of(away).volunteer, of(away).locked, of(away).locked_by) == (mama, True, cast.wenshui)
    assert of(away).score == 100
    assert of(first.child).volunteer != mama
    assert Proposal.objects.count() == 2


def test_a_rejected_pair_is_remembered_until_it_is_forgiven(cast: Cast, mama: Volunteer) -> None:
    run(cast)
    kept = reject(cast.wenshui, of(cast.unpaired), "两家有矛盾")
    assert not Proposal.objects.exists()
    run(cast)
    assert of(cast.unpaired).volunteer == cast.volunteer
    with pytest.raises(ProposingError, match="这一对已被否决"):
        choose_another(cast.wenshui, of(cast.unpaired), mama)
    forget_rejection(cast.wenshui, kept)
    run(cast)
    assert of(cast.unpaired).volunteer == mama
    assert not Entry.objects.filter(reason__contains="矛盾").exists()


def test_staff_may_choose_someone_out_of_reach_but_nobody_uncleared(cast: Cast, mama: Volunteer) -> None:
    run(cast)
    Volunteer.objects.filter(pk=cast.second_volunteer.pk).update(capacity=0)
    assert objections(cast.unpaired, cast.second_volunteer).others == ["已达可结对人数"]
    made = choose_another(cast.wenshui, of(cast.unpaired), cast.second_volunteer)
    assert (made.volunteer, made.locked) == (cast.second_volunteer, True)
    Volunteer.objects.filter(pk=mama.pk).update(clearance=Clearance.FAILED)
    with pytest.raises(ProposingError, match="准入查询还没有通过"):
        choose_another(cast.wenshui, made, mama)


def test_a_fixed_pair_that_a_law_catches_up_with_is_named(cast: Cast, mama: Volunteer) -> None:
    run(cast)
    set_locked(cast.wenshui, of(cast.unpaired), locked=True)
    Volunteer.objects.filter(pk=mama.pk).update(state=VolunteerState.SUSPENDED)
    (made,) = run(cast)
    assert made.broken_locks == [{"child": cast.unpaired.pk, "volunteer": mama.pk, "rules": ["PAUSED"]}]
    assert proposed() == {"孙待结": "王爱心"}


def test_what_another_clerk_has_done_is_said(cast: Cast, mama: Volunteer) -> None:
    run(cast)
    seen = of(cast.unpaired)
    reject(cast.wenshui, of(cast.unpaired), "不合适")
    for late in (
        lambda: set_locked(cast.wenshui, seen, locked=True),
        lambda: reject(cast.wenshui, seen, "不合适"),
        lambda: choose_another(cast.wenshui, seen, cast.second_volunteer),
    ):
        with pytest.raises(ProposingError, match="已被处理"):
            late()


def test_confirming_takes_the_proposal_away(cast: Cast, mama: Volunteer) -> None:
    run(cast)
    confirm(cast.wenshui, cast.unpaired, mama, Terms(timezone.localdate()))
    assert not Proposal.objects.exists()


def test_what_volunteers_wish_and_the_classification_count(cast: Cast, mama: Volunteer) -> None:
    Volunteer.objects.filter(pk=cast.second_volunteer.pk).update(
        region_id=XIJIE,
        wished_age_to=5,
        wished_categories=[WishedCategory.ORPHAN_SCATTERED],
    )
    Child.objects.filter(pk=cast.unpaired.pk).update(schooling=Schooling.HIGH)
    rules = [{"trait": "HIGH_SCHOOL", "name": "教育系统", "kinds": ["TEACHER"]}]
    save_policy(cast.wenshui, MatchingPolicy(region_id=WENSHUI, classifications=rules))
    run(cast)
    assert of(cast.unpaired).reasons == ["同村", "高中阶段的孩子优先由教育系统结对"]
    scores = {row["volunteer"]: row["score"] for row in of(cast.unpaired).alternatives}
    assert scores[cast.second_volunteer.pk] == 100 - 10 - 10 - 8


def test_wished_categories_are_those_of_children() -> None:
    assert set(WishedCategory.values) == set(Category.values) - {Category.ORPHAN_INSTITUTION}


def test_the_comparison_is_of_the_same_people_by_the_same_score(cast: Cast, mama: Volunteer) -> None:
    with acting(cast.wenshui):
        found = compare(WENSHUI)
    assert found.best.pairs == found.greedy.pairs == 3
    assert found.best.score >= found.greedy.score > found.today.score
    assert (found.today.pairs, found.today.missing) == (2, 1)


@pytest.mark.parametrize(
    ("who", "code"), [("fengcheng", FENGCHENG), ("xingxian", WENSHUI), ("mama", WENSHUI)]
)
def test_only_a_county_or_wider_office_proposes_in_its_own_region(cast: Cast, who: str, code: str) -> None:
    with pytest.raises(ProposingError, match="按县生成"):
        run(cast, code, who)


def test_proposals_are_seen_within_the_range_only(cast: Cast, mama: Volunteer) -> None:
    Child.objects.filter(pk=cast.neighbour.pk).update(consent=Consent.REFUSED, wanted_volunteers=2)
    run(cast)
    reject(cast.wenshui, of(cast.unpaired), "不合适")
    run(cast)
    tables = (ProposalRun, Proposal, LeftOver, RejectedPair)
    for who, seen in (
        ("wenshui", 4),
        ("city", 4),
        ("fengcheng", 2),
        ("xingxian", 0),
        ("mama", 0),
        ("official", 0),
    ):
        with acting(cast.users[who]):
            assert sum(model.objects.exists() for model in tables) == seen, who
    with opened(NOTHING):
        assert not any(model.objects.exists() for model in tables)


def test_proposals_follow_the_child_and_go_with_whoever_is_erased(cast: Cast, mama: Volunteer) -> None:
    run(cast)
    Child.objects.filter(pk=cast.unpaired.pk).update(region_id=KAISHAN_VILLAGE)
    assert of(cast.unpaired).region_id == KAISHAN_VILLAGE
    with opened(EVERYTHING):
        erase(cast.wenshui, "volunteers.volunteer", mama.pk)
    assert not Proposal.objects.exists()


def test_the_last_ten_runs_of_a_county_are_kept(cast: Cast) -> None:
    run(cast, XINGXIAN, "xingxian")
    made = [run(cast)[0].pk for _ in range(12)]
    assert sorted(ProposalRun.objects.filter(region=WENSHUI).values_list("pk", flat=True)) == made[2:]
    assert ProposalRun.objects.filter(region=XINGXIAN).exists()


def test_who_left_the_roster_is_gone_with_the_next_run(cast: Cast, mama: Volunteer) -> None:
    run(cast)
    leave_roster(cast.wenshui, cast.unpaired, LeavingReason.PARENT_BACK, timezone.localdate())
    run(cast)
    assert not Proposal.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_leave_each_pair_once() -> None:
    cast = make_cast()
    barrier = Barrier(2)

    def one() -> None:
        try:
            barrier.wait()
            run(cast)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(one), pool.submit(one)]:
            job.result()
    assert proposed() == {"孙待结": "王爱心"}
    assert ProposalRun.objects.count() == 2


def test_the_command_prints_numbers_causes_and_the_sum(cast: Cast, mama: Volunteer) -> None:
    out = StringIO()
    call_command("propose_pairs", "--region", WENSHUI, "--as", "wenshui", "--json", stdout=out)
    found = json.loads(out.getvalue())
    (proposal,) = found["proposals"]
    assert (proposal["child"], proposal["volunteer"]) == (cast.unpaired.no, mama.no)
    assert proposal["reasons"] == ["同村"]
    assert (found["unmatched"], found["objective"]) == ([], proposal["score"])
    assert not Proposal.objects.exists()
    call_command("propose_pairs", "--region", WENSHUI, "--as", "wenshui", "--apply", "--compare", stdout=out)
    assert Proposal.objects.count() == 1
    assert "最优比就近逐个高" in out.getvalue()
    with pytest.raises(CommandError, match="may not propose"):
        call_command("propose_pairs", "--region", XINGXIAN, "--as", "wenshui", stdout=out)
