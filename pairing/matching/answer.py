"""What the engine returns: proposals with their reasons, children left over with the cause, sums to compare."""

from dataclasses import dataclass, field
from enum import StrEnum


class PartCode(StrEnum):
    """The parts of a score."""

    DISTANCE = "DISTANCE"
    NEEDS = "NEEDS"
    AGE = "AGE"
    SEX = "SEX"
    CATEGORY = "CATEGORY"
    PROFESSION = "PROFESSION"
    SIBLING = "SIBLING"
    CHAIR = "CHAIR"
    LOAD = "LOAD"


class Cause(StrEnum):
    """Why a child is left over: the first thing that stands in the way of everyone."""

    GUARDIAN_REFUSES = "GUARDIAN_REFUSES"
    IN_INSTITUTION = "IN_INSTITUTION"
    NO_ONE_IN_REACH = "NO_ONE_IN_REACH"
    POLICY_REACH = "POLICY_REACH"
    NONE_AVAILABLE = "NONE_AVAILABLE"
    NONE_CLEARED = "NONE_CLEARED"
    NONE_WITH_CAPACITY = "NONE_WITH_CAPACITY"
    ALL_REFUSED = "ALL_REFUSED"
    NONE_SUITABLE = "NONE_SUITABLE"
    TAKEN = "TAKEN"


# Children who are to be given to nobody; they do not count as short of somebody.
CLOSED = frozenset({Cause.GUARDIAN_REFUSES, Cause.IN_INSTITUTION})


@dataclass(frozen=True, slots=True)
class Part:
    """Points of a score, and why, in plain Chinese."""

    code: PartCode
    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A child and a volunteer proposed to each other; the parts add up to the score."""

    child: int
    volunteer: int
    score: int
    parts: tuple[Part, ...] = ()
    locked: bool = False

    @property
    def reasons(self) -> list[str]:
        """What speaks for the two, the strongest first."""
        return [part.reason for part in sorted(self.parts, key=_strength) if part.points > 0]

    @property
    def doubts(self) -> list[str]:
        """What speaks against the two, the strongest first."""
        return [part.reason for part in sorted(self.parts, key=_strength, reverse=True) if part.points < 0]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another volunteer whom a child could have; `free` says whether she still has room after the run."""

    volunteer: int
    score: int
    free: bool


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A child that gets fewer volunteers than it wants: by how many, why, and what would solve it."""

    child: int
    missing: int
    cause: Cause
    explanation: str
    remedy: str


@dataclass(frozen=True, slots=True)
class BrokenLock:
    """A fixed pair that cannot stand any more, with the codes of the rules that it breaks."""

    child: int
    volunteer: int
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """A pairing in figures: how many pairs, how many places stay empty, the sum of the scores."""

    pairs: int
    missing: int
    score: int
    same_village: int
    same_township: int


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a run, sorted by child and volunteer."""

    proposals: tuple[Proposal, ...]
    left_over: tuple[LeftOver, ...]
    alternatives: dict[int, tuple[Alternative, ...]] = field(default_factory=dict)
    broken_locks: tuple[BrokenLock, ...] = ()

    @property
    def objective(self) -> int:
        """Sum of the scores."""
        return sum(proposal.score for proposal in self.proposals)


def _strength(part: Part) -> tuple[int, str]:
    return -part.points, part.code
