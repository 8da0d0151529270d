"""No proposal breaks a rule, what staff fixed stays, and who goes short is decided by priority."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings

from pairing.matching.answer import Cause
from pairing.matching.candidates import Kept
from pairing.matching.engine import Options, match
from pairing.matching.problem import (
    Child,
    Classification,
    ClearanceState,
    Policy,
    Problem,
    Ring,
    Trait,
    Volunteer,
    VolunteerState,
)
from pairing.matching.rules import RULES
from pairing.matching.vocabulary import RULES as SENTENCES
from tests.pairing.matching.people import STAFF_MAY_SET_ASIDE, broken_rules, problems

XIJIE, NANYU, KAISHAN = "141121100018", "141121100200", "141121101200"
PLACES = {"141121100": "凤城镇", "141121101": "开栅镇"}
GIRL = Child(1, XIJIE, "F", 10, needs=frozenset({"MIND"}))
MAMA = Volunteer(100, XIJIE, "F", 40, capacity=1)
# For each rule a change of the two, or of the policy, by which exactly this rule is broken.
BREAKS = {
    "GUARDIAN_REFUSES": ({"guardian_refuses": True}, {}, {}),
    "IN_INSTITUTION": ({"in_institution": True}, {}, {}),
    "UNQUALIFIED": ({}, {"state": VolunteerState.UNQUALIFIED}, {}),
    "PAUSED": ({}, {"state": VolunteerState.PAUSED}, {}),
    "LEAVING": ({}, {"state": VolunteerState.LEAVING}, {}),
    "NOT_CLEARED": ({}, {"clearance": ClearanceState.MISSING}, {}),
    "CLEARANCE_EXPIRED": ({}, {"clearance": ClearanceState.EXPIRED}, {}),
    "NO_CAPACITY": ({}, {"capacity": 0}, {}),
    "AGE_UNSUITED": ({}, {"age": 17}, {}),
    "OUT_OF_REACH": ({}, {"place": KAISHAN, "reach": Ring.TOWNSHIP}, {}),
    "MAN_AND_GIRL": ({}, {"sex": "M"}, {}),
    "REFUSED_PAIR": ({"refused": frozenset({100})}, {}, {}),
    "ENDED_BADLY": ({"ended_badly": frozenset({100})}, {}, {}),
    "ALREADY_PAIRED": ({"volunteers": frozenset({100})}, {}, {}),
    "UNWILLING": ({}, {"wished_ages": (3, 6)}, {"rules_off": frozenset()}),
    "OTHER_PROFESSION": (
        {"traits": frozenset({Trait.DISABLED})},
        {},
        {"classifications": (Classification(Trait.DISABLED, "助残协会", unit_words=("助残",), strict=True),)},
    ),
}


def two(rule: str) -> Problem:
    child, volunteer, policy = BREAKS[rule]
    return Problem((replace(GIRL, **child),), (replace(MAMA, **volunteer),), Policy(**policy))


def test_the_two_fit_when_nothing_is_changed() -> None:
    (proposal,) = match(Problem((GIRL,), (MAMA,))).proposals
    assert (proposal.child, proposal.volunteer, proposal.reasons) == (1, 100, ["同村"])


@pytest.mark.parametrize("rule", [rule.code for rule in RULES])
def test_each_rule_alone_keeps_the_two_apart(rule: str) -> None:
    problem = two(rule)
    assert broken_rules(problem.children[0], problem.volunteers[0], problem.policy) == {rule}
    assert match(problem).proposals == ()
    assert match(problem, Options(complete_pairs=0)).proposals == ()
    assert SENTENCES[rule]


@pytest.mark.parametrize("rule", [rule.code for rule in RULES])
def test_a_rule_is_switched_off_only_where_that_is_the_regions_to_decide(rule: str) -> None:
    problem = two(rule)
    off = replace(problem, policy=replace(problem.policy, rules_off=frozenset({rule})))
    free = rule in {"AGE_UNSUITED", "MAN_AND_GIRL", "UNWILLING", "OTHER_PROFESSION"}
    assert bool(match(off).proposals) == free


@settings(max_examples=80, deadline=None)
@given(problems(6, 6))
def test_no_proposal_breaks_a_rule(problem: Problem) -> None:
    children = {child.id: child for child in problem.children}
    volunteers = {volunteer.id: volunteer for volunteer in problem.volunteers}
    for options in (Options(), Options(complete_pairs=0, kept=Kept(2, 2, 2, 2, 2, 2))):
        result = match(problem, options)
        for one in result.proposals:
            broken = broken_rules(children[one.child], volunteers[one.volunteer], problem.policy)
            assert broken <= (STAFF_MAY_SET_ASIDE if one.locked else set())
            assert one.score == sum(part.points for part in one.parts)
        new = [one for one in result.proposals if not one.locked]
        loads = Counter(one.volunteer for one in result.proposals)
        assert all(loads[one.volunteer] <= volunteers[one.volunteer].capacity for one in new)
        given = Counter(one.child for one in result.proposals)
        assert all(given[one.child] <= children[one.child].wanted for one in new)
        assert len({(one.child, one.volunteer) for one in result.proposals}) == len(result.proposals)


@settings(max_examples=80, deadline=None)
@given(problems(6, 6))
def test_what_staff_fixed_stays_or_is_named_with_the_law_that_it_breaks(problem: Problem) -> None:
    volunteers = {volunteer.id: volunteer for volunteer in problem.volunteers}
    result = match(problem)
    stands = {(one.child, one.volunteer) for one in result.proposals if one.locked}
    fallen = {(one.child, one.volunteer): set(one.rules) for one in result.broken_locks}
    for child in problem.children:
        for pk in child.locked & set(volunteers):
            laws = broken_rules(child, volunteers[pk], problem.policy) - STAFF_MAY_SET_ASIDE
            assert ((child.id, pk) in stands) == (not laws)
            assert fallen.get((child.id, pk), set()) == laws


@settings(max_examples=50, deadline=None)
@given(problems(6, 6))
def test_everyone_is_proposed_or_told_why_not(problem: Problem) -> None:
    result = match(problem, Options(places=PLACES))
    given = Counter(one.child for one in result.proposals)
    told = {one.child: one for one in result.left_over}
    for child in problem.children:
        missing = max(child.wanted - given[child.id], 0)
        assert missing == (told[child.id].missing if child.id in told else 0)
    assert all(
        one.explanation and one.remedy and "{" not in one.explanation + one.remedy for one in told.values()
    )


@pytest.mark.parametrize(
    "later",
    [
        {"categories": frozenset({"LEFT_BEHIND"})},
        {"risk": "MEDIUM"},
        {"waiting_days": 29},
        {"present": 1},
    ],
)
def test_the_more_urgent_child_is_served_though_the_other_one_fits_better(later: dict[str, object]) -> None:
    urgent = Child(
        1, KAISHAN, "F", 10, frozenset({"ORPHAN_SCATTERED"}), risk="HIGH", waiting_days=30, wanted=1
    )
    other = replace(urgent, id=0, place=XIJIE, needs=frozenset({"MIND"}), **later)
    mama = replace(MAMA, skills=frozenset({"MIND"}))
    (proposal,) = match(Problem((other, urgent), (mama,))).proposals
    assert proposal.child == 1


def test_every_child_gets_a_first_volunteer_before_anyone_gets_a_second() -> None:
    near, far = replace(GIRL, wanted=2), replace(GIRL, id=2, place=KAISHAN, wanted=2)
    mamas = tuple(replace(MAMA, id=pk) for pk in (100, 101))
    assert sorted(one.child for one in match(Problem((near, far), mamas)).proposals) == [1, 2]


@pytest.mark.parametrize("beside", [("141121100", "141121101"), ("141121101", "141121100")])
def test_neighbours_are_neighbours_both_ways(beside: tuple[str, str]) -> None:
    policy = Policy(neighbours=frozenset({beside}))
    for home, hers in ((XIJIE, KAISHAN), (KAISHAN, XIJIE)):
        people = (replace(GIRL, place=home),), (replace(MAMA, place=hers, reach=Ring.NEIGHBOURS),)
        for options in (Options(), Options(complete_pairs=0)):
            (proposal,) = match(Problem(*people, policy), options).proposals
            assert proposal.reasons == ["在相邻乡镇"]


@pytest.mark.parametrize(
    ("rule", "cause"),
    [
        ("GUARDIAN_REFUSES", Cause.GUARDIAN_REFUSES),
        ("IN_INSTITUTION", Cause.IN_INSTITUTION),
        ("PAUSED", Cause.NONE_AVAILABLE),
        ("CLEARANCE_EXPIRED", Cause.NONE_CLEARED),
        ("NO_CAPACITY", Cause.NONE_WITH_CAPACITY),
        ("OUT_OF_REACH", Cause.NO_ONE_IN_REACH),
        ("REFUSED_PAIR", Cause.ALL_REFUSED),
        ("MAN_AND_GIRL", Cause.NONE_SUITABLE),
    ],
)
def test_the_cause_is_the_one_that_binds(rule: str, cause: Cause) -> None:
    (one,) = match(two(rule), Options(places=PLACES)).left_over
    assert (one.cause, one.missing) == (cause, 1)


def test_the_remedy_says_whom_to_recruit_where() -> None:
    alone = Problem((GIRL,), ())
    assert (
        match(alone, Options(places=PLACES)).left_over[0].remedy == "在凤城镇招募 1 名会心理关爱的爱心妈妈。"
    )


def test_the_next_best_three_are_named_with_their_room() -> None:
    places = [XIJIE, XIJIE, NANYU, KAISHAN, KAISHAN]
    mamas = [replace(MAMA, id=100 + n, place=place) for n, place in enumerate(places)]
    mamas[0] = replace(mamas[0], skills=frozenset({"STUDY"}))
    result = match(Problem((GIRL, replace(GIRL, id=2, needs=frozenset({"STUDY"}))), tuple(mamas)))
    assert [(one.volunteer, one.free) for one in result.alternatives[1]] == [
        (100, False),
        (102, True),
        (103, True),
    ]


def test_the_reasons_are_plain_words() -> None:
    child = replace(
        GIRL,
        needs=frozenset({"MIND", "STUDY"}),
        categories=frozenset({"LEFT_BEHIND"}),
        traits=frozenset({Trait.HIGH_SCHOOL}),
        siblings=frozenset({7}),
    )
    mama = replace(
        MAMA,
        place=NANYU,
        skills=frozenset({"STUDY"}),
        wished_ages=(6, 12),
        wished_sex="M",
        wished_categories=frozenset({"LEFT_BEHIND"}),
        children=frozenset({7}),
        kind="TEACHER",
    )
    rule = Classification(Trait.HIGH_SCHOOL, "教育系统", kinds=frozenset({"TEACHER"}))
    (proposal,) = match(Problem((child,), (mama,), Policy(classifications=(rule,)))).proposals
    assert proposal.reasons == [
        "已结对孩子的兄弟姐妹",
        "同乡镇",
        "高中阶段的孩子优先由教育系统结对",
        "擅长学业辅导，孩子正需要学业辅导",
        "愿意结对 6—12 岁的孩子",
        "愿意结对留守儿童",
    ]
    assert proposal.doubts == ["她愿意结对男孩", "她已有 1 名孩子"]
    assert proposal.score == 120 + 70 + 40 + 30 + 10 + 10 - 10 - 8
