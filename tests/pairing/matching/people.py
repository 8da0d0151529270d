"""Invented children and volunteers for the engine, and its rules and scores a second time, pair by pair in plain Python."""

# ruff: noqa: ARG005 - the rules share one signature, and few need all of it

from typing import Any

from hypothesis import strategies as st

from pairing.matching.flow import LOWEST_RISK, RISKS
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

PLACES = [
    "141121100018",
    "141121100200",
    "141121101200",
    "141121102201",
    "141121100",
    "141123100200",
]
COUNTY = "141121"
TOPICS = ["STUDY", "MIND", "LEGAL"]
CATEGORIES = ["LEFT_BEHIND", "ORPHAN_SCATTERED", "DIFFICULT"]
CLASSIFICATIONS = (
    Classification(Trait.HIGH_SCHOOL, "教育系统", kinds=frozenset({"TEACHER"}), unit_words=("中学",)),
    Classification(Trait.DISABLED, "助残协会", unit_words=("助残",), strict=True),
)


def _some(values: Any, most: int = 2) -> Any:
    return st.frozensets(st.sampled_from(values), max_size=most)


def children(number: int, volunteers: int) -> Any:
    """Return a strategy for children with these ids, who may know volunteers with ids from 100."""
    known = _some(range(100, 100 + max(volunteers, 1)), 1)

    def one(pk: int) -> Any:
        return st.builds(
            Child,
            id=st.just(pk),
            place=st.sampled_from(PLACES),
            sex=st.sampled_from(["F", "M", ""]),
            age=st.sampled_from([None, 5, 10, 15]),
            categories=_some(CATEGORIES),
            needs=_some(TOPICS),
            traits=_some([Trait.HIGH_SCHOOL, Trait.DISABLED], 1),
            risk=st.sampled_from(["", "HIGH", "LOW"]),
            waiting_days=st.integers(0, 3),
            wanted=st.integers(0, 2),
            present=st.integers(0, 1),
            guardian_refuses=st.sampled_from([False, False, False, True]),
            in_institution=st.sampled_from([False, False, False, True]),
            siblings=_some(range(900, 903), 1),
            refused=known,
            ended_badly=known,
            volunteers=known,
            locked=known,
        )

    return st.tuples(*(one(pk) for pk in range(number)))


def volunteers(number: int) -> Any:
    """Return a strategy for volunteers with ids from 100."""

    def one(pk: int) -> Any:
        return st.builds(
            Volunteer,
            id=st.just(pk),
            place=st.sampled_from([*PLACES, COUNTY]),
            sex=st.sampled_from(["F", "F", "M", ""]),
            age=st.sampled_from([None, 17, 40, 70]),
            state=st.sampled_from([VolunteerState.READY, *VolunteerState]),
            clearance=st.sampled_from([ClearanceState.VALID, *ClearanceState]),
            capacity=st.integers(0, 2),
            children=_some(range(900, 903), 1),
            skills=_some(TOPICS),
            kind=st.sampled_from(["", "TEACHER"]),
            unit=st.sampled_from(["", "县助残协会", "第二中学"]),
            reach=st.sampled_from(list(Ring)),
            wished_ages=st.sampled_from([None, (6, 12)]),
            wished_sex=st.sampled_from(["", "F"]),
            wished_categories=_some(CATEGORIES, 1),
            chair_of=st.sampled_from(["", PLACES[0]]),
        )

    return st.tuples(*(one(pk) for pk in range(100, 100 + number)))


def policies() -> Any:
    return st.builds(
        Policy,
        rules_off=_some(["UNWILLING", "MAN_AND_GIRL", "NOT_CLEARED", "AGE_UNSUITED"], 3),
        reach=st.sampled_from([Ring.COUNTY, Ring.BEYOND, Ring.TOWNSHIP]),
        neighbours=st.sampled_from([frozenset(), frozenset({("141121101", "141121100")})]),
        classifications=st.sampled_from([(), CLASSIFICATIONS]),
    )


@st.composite
def problems(draw: Any, most_children: int = 4, most_volunteers: int = 4) -> Problem:
    count, others = draw(st.integers(1, most_children)), draw(st.integers(0, most_volunteers))
    return Problem(draw(children(count, others)), draw(volunteers(others)), draw(policies()))


def ring(child: Child, volunteer: Volunteer, policy: Policy) -> Ring:
    home, hers = child.place, volunteer.place
    if len(home) == len(hers) == 12 and home == hers:
        return Ring.VILLAGE
    if len(hers) >= 9 and home[:9] == hers[:9]:
        return Ring.TOWNSHIP
    if {(home[:9], hers[:9]), (hers[:9], home[:9])} & policy.neighbours:
        return Ring.NEIGHBOURS
    return Ring.COUNTY if home[:6] == hers[:6] else Ring.BEYOND


def reach(volunteer: Volunteer, policy: Policy) -> Ring:
    nearest = {12: Ring.VILLAGE, 9: Ring.TOWNSHIP}.get(len(volunteer.place), Ring.COUNTY)
    return min(max(volunteer.reach, nearest), policy.reach)


def against_wishes(child: Child, volunteer: Volunteer) -> dict[str, bool | None]:
    """Return for each wish whether the child goes against it; None when nothing is said or known."""
    ages = volunteer.wished_ages
    return {
        "age": None if ages is None or child.age is None else not ages[0] <= child.age <= ages[1],
        "sex": volunteer.wished_sex != child.sex if volunteer.wished_sex and child.sex else None,
        "category": not volunteer.wished_categories & child.categories
        if volunteer.wished_categories
        else None,
    }


def is_named(rule: Classification, volunteer: Volunteer) -> bool:
    return volunteer.kind in rule.kinds or any(word in volunteer.unit for word in rule.unit_words)


FORBIDS = {
    "GUARDIAN_REFUSES": lambda c, v, p: c.guardian_refuses,
    "IN_INSTITUTION": lambda c, v, p: c.in_institution,
    "UNQUALIFIED": lambda c, v, p: v.state == "UNQUALIFIED",
    "PAUSED": lambda c, v, p: v.state == "PAUSED",
    "LEAVING": lambda c, v, p: v.state == "LEAVING",
    "NOT_CLEARED": lambda c, v, p: v.clearance == "MISSING",
    "CLEARANCE_EXPIRED": lambda c, v, p: v.clearance == "EXPIRED",
    "NO_CAPACITY": lambda c, v, p: v.capacity < 1,
    "AGE_UNSUITED": lambda c, v, p: v.age is not None and not 18 <= v.age <= 65,
    "OUT_OF_REACH": lambda c, v, p: ring(c, v, p) > reach(v, p),
    "MAN_AND_GIRL": lambda c, v, p: v.sex != "F" and c.sex != "M",
    "REFUSED_PAIR": lambda c, v, p: v.id in c.refused,
    "ENDED_BADLY": lambda c, v, p: v.id in c.ended_badly,
    "ALREADY_PAIRED": lambda c, v, p: v.id in c.volunteers,
    "UNWILLING": lambda c, v, p: True in against_wishes(c, v).values(),
    "OTHER_PROFESSION": lambda c, v, p: any(
        rule.strict and rule.trait in c.traits and not is_named(rule, v) for rule in p.classifications
    ),
}
MAY_BE_OFF = {"AGE_UNSUITED", "MAN_AND_GIRL", "UNWILLING", "OTHER_PROFESSION"}
STAFF_MAY_SET_ASIDE = {"NO_CAPACITY", "AGE_UNSUITED", "OUT_OF_REACH", "UNWILLING", "OTHER_PROFESSION"}


def broken_rules(child: Child, volunteer: Volunteer, policy: Policy) -> set[str]:
    off = policy.rules_off & MAY_BE_OFF
    return {
        code for code, forbids in FORBIDS.items() if code not in off and forbids(child, volunteer, policy)
    }


def points(child: Child, volunteer: Volunteer, policy: Policy, further: int) -> int:
    """Return the score of a pair when so many children of the run went to the volunteer before."""
    weights = policy.weights
    near = [
        weights.same_village,
        weights.same_township,
        weights.neighbouring_township,
        weights.same_county,
        0,
    ]
    total = near[ring(child, volunteer, policy)]
    total += weights.need * min(len(child.needs & volunteer.skills), weights.most_needs)
    worth = {"age": weights.wished_age, "sex": weights.wished_sex, "category": weights.wished_category}
    for wish, against in against_wishes(child, volunteer).items():
        total += 0 if against is None else -worth[wish] if against else worth[wish]
    if any(rule.trait in child.traits and is_named(rule, volunteer) for rule in policy.classifications):
        total += weights.profession
    total += weights.sibling if child.siblings & volunteer.children else 0
    total -= weights.chair if volunteer.chair_of and volunteer.chair_of == child.place else 0
    return total - weights.load * (len(volunteer.children) + further)


def urgency(child: Child, unit: int, policy: Policy) -> tuple[int, bool, int, int]:
    """Return by what the units of children are ordered; the smallest is served first."""
    plain = not child.categories & policy.first_categories
    return unit, plain, RISKS.get(child.risk, LOWEST_RISK), -child.waiting_days
