"""What the engine is given: children who wait, volunteers, and the region's policy (DOMAIN sections 3 and 4)."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

FEMALE, MALE = "F", "M"


class Ring(IntEnum):
    """How far two places lie apart, by their codes and the county's table of neighbours."""

    VILLAGE = 0
    TOWNSHIP = 1
    NEIGHBOURS = 2
    COUNTY = 3
    BEYOND = 4


class VolunteerState(StrEnum):
    READY = "READY"
    PAUSED = "PAUSED"
    LEAVING = "LEAVING"
    UNQUALIFIED = "UNQUALIFIED"


class ClearanceState(StrEnum):
    """What the 准入查询 says on the day of the run."""

    VALID = "VALID"
    EXPIRED = "EXPIRED"
    MISSING = "MISSING"


class Trait(StrEnum):
    """What a classification rule may ask of a child."""

    DISABLED = "DISABLED"
    HIGH_SCHOOL = "HIGH_SCHOOL"
    SCHOOL_AGE = "SCHOOL_AGE"
    FAMILY_CASE = "FAMILY_CASE"
    MIND = "MIND"


@dataclass(frozen=True, slots=True)
class Child:
    """A child as the engine sees it. `place` is a region code of 9 or 12 digits; ids are opaque numbers."""

    id: int
    place: str
    sex: str = ""
    age: int | None = None
    categories: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    traits: frozenset[Trait] = frozenset()
    risk: str = ""
    waiting_days: int = 0
    # How many more volunteers it is to get, and how many it has already.
    wanted: int = 1
    present: int = 0
    guardian_refuses: bool = False
    in_institution: bool = False
    siblings: frozenset[int] = frozenset()
    # Ids of volunteers: rejected by staff, former ones that ended badly, present ones, fixed by staff.
    refused: frozenset[int] = frozenset()
    ended_badly: frozenset[int] = frozenset()
    volunteers: frozenset[int] = frozenset()
    locked: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Volunteer:
    """A volunteer as the engine sees her. `place` may also be a county (offices of the county or city)."""

    id: int
    place: str
    sex: str = ""
    age: int | None = None
    state: VolunteerState = VolunteerState.READY
    clearance: ClearanceState = ClearanceState.VALID
    # How many more children she can take, and the ids of those that she has.
    capacity: int = 1
    children: frozenset[int] = frozenset()
    skills: frozenset[str] = frozenset()
    # Those of her skills that nobody wrote down: they follow from her profession, whose name is for the reason.
    implied_skills: frozenset[str] = frozenset()
    kind: str = ""
    kind_name: str = ""
    unit: str = ""
    # How far she herself goes; the policy's own limit comes on top.
    reach: Ring = Ring.COUNTY
    wished_ages: tuple[int, int] | None = None
    wished_sex: str = ""
    wished_categories: frozenset[str] = frozenset()
    chair_of: str = ""


@dataclass(frozen=True, slots=True)
class Weights:
    """Points of each part of a score; all whole numbers, so that sums are exact."""

    same_village: int = 100
    same_township: int = 70
    neighbouring_township: int = 40
    same_county: int = 10
    need: int = 30
    most_needs: int = 3
    wished_age: int = 10
    wished_sex: int = 10
    wished_category: int = 10
    profession: int = 40
    sibling: int = 120
    # Taken off for each child that she has already, so that children are spread.
    load: int = 8
    # Taken off when she is the chair of the child's village, who is to stay its liaison (机制 1+1+N).
    chair: int = 40


@dataclass(frozen=True, slots=True)
class Classification:
    """Which children a county gives to which profession or organisation, such as 文水's rules."""

    trait: Trait
    name: str
    kinds: frozenset[str] = frozenset()
    unit_words: tuple[str, ...] = ()
    # A strict rule lets no one else; otherwise it gives points.
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """What a region decided."""

    weights: Weights = field(default_factory=Weights)
    # Codes of rules that are switched off; those that are law stay on whatever stands here.
    rules_off: frozenset[str] = frozenset({"UNWILLING"})
    reach: Ring = Ring.COUNTY
    neighbours: frozenset[tuple[str, str]] = frozenset()
    classifications: tuple[Classification, ...] = ()
    first_categories: frozenset[str] = frozenset({"ORPHAN_SCATTERED", "DE_FACTO_UNSUPPORTED"})
    ages: tuple[int, int] = (18, 65)


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything of one run."""

    children: tuple[Child, ...]
    volunteers: tuple[Volunteer, ...]
    policy: Policy = field(default_factory=Policy)
