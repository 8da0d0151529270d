"""The rosters as the engine takes them: a handful of queries, however many people there are."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from aixin.access.models import Post, Region, Role
from aixin.access.people import age_on
from aixin.access.querysets import within
from aixin.access.regions import Level, county_of, level_of
from aixin.vocabulary import CareTopic, Reach
from children.choices import Category, Consent, Health, NeedState, Schooling
from children.models import Child, Guardian, Need
from pairing.choices import BAD_ENDS, OPEN_STATES, PRESENT_STATES, State
from pairing.matching import problem as engine
from pairing.matching.problem import ClearanceState, Problem, Ring, Trait, VolunteerState
from pairing.models import Pairing, Proposal, RejectedPair
from pairing.policy import RINGS, RegionPolicy
from pairing.reach import guests_of
from pairing.spoken_for import spoken_for_in
from volunteers.choices import Clearance, VolunteerKind
from volunteers.choices import State as StoredState
from volunteers.models import Volunteer

CHILD_FIELDS = (
    "id", "region_id", "sex", "birth", "category", "other_categories", "risk", "consent", "health", "disability_kind",
    "schooling", "registered_on", "wanted_volunteers", "family_case",
)  # fmt: skip
VOLUNTEER_FIELDS = (
    "id", "region_id", "user_id", "sex", "birth", "state", "clearance", "cleared_on", "capacity", "skills", "kind", "unit",
    "duty", "reach", "wished_age_from", "wished_age_to", "wished_sex", "wished_categories",
)  # fmt: skip
# What somebody of a profession can do though nobody wrote it down.
SKILLS_OF_KIND: dict[str, CareTopic] = {
    VolunteerKind.TEACHER: CareTopic.STUDY,
    VolunteerKind.TUTOR: CareTopic.PARENTING,
    VolunteerKind.COUNSELLOR: CareTopic.MIND,
    VolunteerKind.LAWYER: CareTopic.LEGAL,
    VolunteerKind.JUDGE: CareTopic.LEGAL,
    VolunteerKind.PROSECUTOR: CareTopic.LEGAL,
    VolunteerKind.POLICE: CareTopic.SAFETY,
    VolunteerKind.MEDIC: CareTopic.HEALTH,
}
KIND_NAMES = {value: str(label) for value, label in VolunteerKind.choices}
TRAIT_OF_SCHOOLING: dict[str, Trait] = {
    Schooling.PRIMARY: Trait.SCHOOL_AGE,
    Schooling.MIDDLE: Trait.SCHOOL_AGE,
    Schooling.HIGH: Trait.HIGH_SCHOOL,
    Schooling.VOCATIONAL: Trait.HIGH_SCHOOL,
}
STATES: dict[str, VolunteerState] = {
    StoredState.QUALIFIED: VolunteerState.READY,
    StoredState.SUSPENDED: VolunteerState.PAUSED,
}
CHAIR = "妇联主席"
OLDEST_WISHED = 99


@dataclass
class Pairs:
    """Who has, had, or is not to have whom, by keys."""

    open_of_child: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    open_of_volunteer: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    present: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    ended_badly: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    last_end: dict[int, datetime.date] = field(default_factory=dict)
    active: list[tuple[int, int]] = field(default_factory=list)
    rejected: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    locked: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))


class Gathering:
    """Reads everything about a region once; makes a problem of each county or of all together."""

    def __init__(self, code: str) -> None:
        self.today = timezone.localdate()
        self.pairs = self._pairs(code)
        self._needs = self._needs_of(code)
        self._siblings = self._siblings_of(code)
        self._chairs = self._chairs_of(code)
        self._spoken_for = spoken_for_in(code)
        self._children = list(
            Child.objects.registered().within_region(code).order_by("id").values(*CHILD_FIELDS)
        )
        self._volunteers = self._volunteers_of(code)

    @property
    def counties(self) -> list[str]:
        """Counties with children or volunteers."""
        return sorted({county_of(row["region_id"]) for row in (*self._children, *self._volunteers)})

    def problem(self, code: str, policy: RegionPolicy, *, afresh: bool = False) -> Problem:
        """Return the problem of a county or of a wider region; `afresh` as if nobody were paired yet."""
        children = (self._child(row, policy, afresh=afresh) for row in _of(self._children, code))
        volunteers = (self._volunteer(row, afresh=afresh) for row in _of(self._volunteers, code))
        return Problem(tuple(children), tuple(volunteers), policy.engine)

    def region_of(self) -> dict[int, str]:
        """Return the region of each child by its key."""
        return {row["id"]: row["region_id"] for row in self._children}

    def _child(self, row: dict[str, Any], policy: RegionPolicy, *, afresh: bool) -> engine.Child:
        pk, pairs = row["id"], self.pairs
        present = pairs.present[pk]
        wanted = policy.wanted if row["wanted_volunteers"] is None else row["wanted_volunteers"]
        needs = self._needs.get(pk, frozenset())
        return engine.Child(
            id=pk,
            place=row["region_id"],
            sex=row["sex"],
            age=age_on(row["birth"], self.today) if row["birth"] else None,
            categories=frozenset([row["category"], *row["other_categories"]]),
            needs=needs,
            traits=_traits(row, needs),
            risk=row["risk"],
            waiting_days=self._waiting(pk, row["registered_on"]),
            wanted=max(wanted, present) if afresh else self._still_wanted(pk, wanted - present),
            present=0 if afresh else present,
            guardian_refuses=row["consent"] == Consent.REFUSED,
            in_institution=row["category"] == Category.ORPHAN_INSTITUTION,
            siblings=frozenset(self._siblings.get(pk, ())),
            refused=frozenset(pairs.rejected.get(pk, ())),
            ended_badly=frozenset(pairs.ended_badly.get(pk, ())),
            volunteers=frozenset() if afresh else frozenset(pairs.open_of_child.get(pk, ())),
            locked=frozenset() if afresh else frozenset(pairs.locked.get(pk, ())),
        )

    def _still_wanted(self, child: int, number: int) -> int:
        """Return how many volunteers are to be found; nobody while somebody else is being considered."""
        return 0 if child in self._spoken_for else max(number, 0)

    def _waiting(self, child: int, registered: datetime.date) -> int:
        return max((self.today - max(registered, self.pairs.last_end.get(child, registered))).days, 0)

    def _volunteer(self, row: dict[str, Any], *, afresh: bool) -> engine.Volunteer:
        held = frozenset() if afresh else frozenset(self.pairs.open_of_volunteer.get(row["id"], ()))
        implied = _implied_skills(row)
        return engine.Volunteer(
            id=row["id"],
            place=row["region_id"],
            sex=row["sex"] or ("M" if row["kind"] == VolunteerKind.FATHER else ""),
            age=age_on(row["birth"], self.today) if row["birth"] else None,
            state=STATES.get(row["state"], VolunteerState.UNQUALIFIED),
            clearance=self._clearance(row),
            capacity=max(row["capacity"] - len(held), 0),
            children=held,
            skills=frozenset(row["skills"]) | implied,
            implied_skills=implied,
            kind=row["kind"],
            kind_name=KIND_NAMES.get(row["kind"], ""),
            unit=row["unit"],
            # Who says nothing goes as far as the policy lets her.
            reach=RINGS[Reach(row["reach"])] if row["reach"] else Ring.BEYOND,
            wished_ages=_ages(row["wished_age_from"], row["wished_age_to"]),
            wished_sex=row["wished_sex"],
            wished_categories=frozenset(row["wished_categories"]),
            chair_of=self._chair_of(row),
        )

    @staticmethod
    def _volunteers_of(code: str) -> list[dict[str, Any]]:
        """Return the rows of a region's volunteers; who serves a county from outside counts as living there.

        Those of the city's own offices who serve no county are nobody's to pair.
        """
        guests = guests_of(code)
        found = Volunteer.objects.serving().filter(within(code) | Q(pk__in=list(guests)))
        rows = list(found.order_by("id").values(*VOLUNTEER_FIELDS))
        for row in rows:
            row["region_id"] = guests.get(row["id"], row["region_id"])
        return [row for row in rows if level_of(row["region_id"]) >= Level.COUNTY]

    def _clearance(self, row: dict[str, Any]) -> ClearanceState:
        if row["clearance"] != Clearance.PASSED or row["cleared_on"] is None:
            return ClearanceState.MISSING
        until = row["cleared_on"] + datetime.timedelta(days=settings.CLEARANCE_VALID_DAYS)
        return ClearanceState.VALID if until >= self.today else ClearanceState.EXPIRED

    def _chair_of(self, row: dict[str, Any]) -> str:
        return self._chairs.get(row["user_id"]) or (row["region_id"] if CHAIR in row["duty"] else "")

    @staticmethod
    def _pairs(code: str) -> Pairs:
        pairs = Pairs()
        rows = Pairing.objects.within_region(code).values_list(
            "child_id", "volunteer_id", "state", "end_reason", "ended_on"
        )
        for child, volunteer, state, reason, ended_on in rows:
            if state in OPEN_STATES:
                pairs.open_of_child[child].add(volunteer)
                pairs.open_of_volunteer[volunteer].add(child)
                pairs.present[child] += state in PRESENT_STATES
            elif ended_on:
                pairs.last_end[child] = max(ended_on, pairs.last_end.get(child, ended_on))
            if state == State.ACTIVE:
                pairs.active.append((child, volunteer))
            if reason in BAD_ENDS:
                pairs.ended_badly[child].add(volunteer)
        for model, found in (
            (RejectedPair.objects.all(), pairs.rejected),
            (Proposal.objects.locked(), pairs.locked),
        ):
            for child, volunteer in model.filter(within(code)).values_list("child_id", "volunteer_id"):
                found[child].add(volunteer)
        return pairs

    @staticmethod
    def _needs_of(code: str) -> dict[int, frozenset[str]]:
        found: dict[int, set[str]] = defaultdict(set)
        rows = Need.objects.within_region(code).filter(state=NeedState.OPEN).values_list("child_id", "topic")
        for child, topic in rows:
            found[child].add(topic)
        return {child: frozenset(topics) for child, topics in found.items()}

    @staticmethod
    def _siblings_of(code: str) -> dict[int, set[int]]:
        """Return children of whom a guardian has the same phone."""
        wards: dict[str, set[int]] = defaultdict(set)
        rows = Guardian.objects.within_region(code).exclude(phone_index=None)
        for child, phone in rows.values_list("child_id", "phone_index"):
            wards[phone].add(child)
        found: dict[int, set[int]] = defaultdict(set)
        for family in wards.values():
            for child in family if len(family) > 1 else ():
                found[child] |= family - {child}
        return found

    @staticmethod
    def _chairs_of(code: str) -> dict[int, str]:
        """Return the villages of their chairs who are volunteers too, by account."""
        posts = Post.objects.current().filter(within(code), role=Role.STAFF, region__level=Level.VILLAGE)
        own = Exists(Volunteer.objects.filter(user=OuterRef("user")))
        return dict(posts.filter(own).values_list("user_id", "region_id"))


def place_names(code: str) -> dict[str, str]:
    """Return the names of the townships of a region, for advice."""
    return dict(Region.objects.below(code).filter(level=Level.TOWNSHIP).values_list("code", "name"))


def _of(rows: list[dict[str, Any]], code: str) -> Iterator[dict[str, Any]]:
    return (row for row in rows if row["region_id"].startswith(code))


def _traits(row: dict[str, Any], needs: frozenset[str]) -> frozenset[Trait]:
    found = {TRAIT_OF_SCHOOLING.get(row["schooling"])}
    if row["health"] == Health.DISABLED or row["disability_kind"]:
        found.add(Trait.DISABLED)
    if row["family_case"]:
        found.add(Trait.FAMILY_CASE)
    if CareTopic.MIND in needs:
        found.add(Trait.MIND)
    return frozenset(trait for trait in found if trait)


def _implied_skills(row: dict[str, Any]) -> frozenset[str]:
    """Return what somebody of her profession can do though nobody wrote it of her."""
    implied = SKILLS_OF_KIND.get(row["kind"])
    return frozenset({implied} - set(row["skills"])) if implied else frozenset()


def _ages(youngest: int | None, oldest: int | None) -> tuple[int, int] | None:
    if youngest is None and oldest is None:
        return None
    return youngest or 0, OLDEST_WISHED if oldest is None else oldest
