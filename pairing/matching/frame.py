"""A county's children and volunteers as columns of numbers, so that a million pairs are judged at once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from pairing.matching.problem import (
    FEMALE,
    MALE,
    Child,
    Classification,
    ClearanceState,
    Policy,
    Volunteer,
    VolunteerState,
)

Row = TypeVar("Row")
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
COUNTY_DIGITS, TOWNSHIP_DIGITS, VILLAGE_DIGITS = 6, 9, 12
SEXES = {"": 0, FEMALE: 1, MALE: 2}


@dataclass(frozen=True)
class Pairs:
    """Pairs to judge, as positions of child and volunteer in the frame."""

    child: Ints
    volunteer: Ints

    def __len__(self) -> int:
        return len(self.child)

    def where(self, mask: Bools) -> "Pairs":
        return Pairs(self.child[mask], self.volunteer[mask])


class Frame:
    """Both sides sorted by id, so that the order in which they came changes nothing."""

    def __init__(self, children: Iterable[Child], volunteers: Iterable[Volunteer], policy: Policy) -> None:
        self.policy = policy
        self.children = sorted(children, key=lambda child: child.id)
        self.volunteers = sorted(volunteers, key=lambda volunteer: volunteer.id)
        self._codes: dict[str, int] = {}
        self._place_children()
        self._place_volunteers()
        self._bits: dict[str, int] = {}
        self.needs = _column(self.children, lambda row: self._mask(row.needs))
        self.skills = _column(self.volunteers, lambda row: self._mask(row.skills))
        self.categories = _column(self.children, lambda row: self._mask(row.categories))
        self.wished_categories = _column(self.volunteers, lambda row: self._mask(row.wished_categories))

    def _place_children(self) -> None:
        rows = self.children
        self.child_village = _column(rows, lambda row: self._code(row.place, VILLAGE_DIGITS))
        self.child_township = _column(rows, lambda row: self._code(row.place, TOWNSHIP_DIGITS))
        self.child_county = _column(rows, lambda row: self._code(row.place, COUNTY_DIGITS))

    def _place_volunteers(self) -> None:
        rows = self.volunteers
        self.village = _column(rows, lambda row: self._code(row.place, VILLAGE_DIGITS))
        self.township = _column(rows, lambda row: self._code(row.place, TOWNSHIP_DIGITS))
        self.county = _column(rows, lambda row: self._code(row.place, COUNTY_DIGITS))
        self.chair_of = _column(rows, lambda row: self._code(row.chair_of, VILLAGE_DIGITS))
        limit = self.policy.reach
        self.reach = _column(rows, lambda row: min(row.reach, limit))

    def _code(self, place: str, digits: int) -> int:
        """Return a number for a place, or -1 when the code does not go down to that level."""
        if len(place) < digits:
            return -1
        return self._codes.setdefault(place[:digits], len(self._codes))

    def _mask(self, words: frozenset[str]) -> int:
        mask = 0
        for word in words:
            mask |= 1 << self._bits.setdefault(word, len(self._bits))
        return mask

    @cached_property
    def neighbours(self) -> Bools:
        """Which townships lie beside which, both ways, by their numbers."""
        size = len(self._codes)
        matrix = np.zeros((size + 1, size + 1), dtype=np.bool_)
        for one, other in self.policy.neighbours:
            if one in self._codes and other in self._codes:
                a, b = self._codes[one], self._codes[other]
                matrix[a, b] = matrix[b, a] = True
        return matrix

    @cached_property
    def is_boy(self) -> Bools:
        return _flags(self.children, lambda row: row.sex == MALE)

    @cached_property
    def is_woman(self) -> Bools:
        return _flags(self.volunteers, lambda row: row.sex == FEMALE)

    @cached_property
    def child_sex(self) -> Ints:
        return _column(self.children, lambda row: SEXES.get(row.sex, 0))

    @cached_property
    def wished_sex(self) -> Ints:
        return _column(self.volunteers, lambda row: SEXES.get(row.wished_sex, 0))

    @cached_property
    def child_age(self) -> Ints:
        return _column(self.children, lambda row: -1 if row.age is None else row.age)

    @cached_property
    def wishes_age(self) -> Bools:
        return _flags(self.volunteers, lambda row: row.wished_ages is not None)

    @cached_property
    def youngest(self) -> Ints:
        return _column(self.volunteers, lambda row: row.wished_ages[0] if row.wished_ages else 0)

    @cached_property
    def oldest(self) -> Ints:
        return _column(self.volunteers, lambda row: row.wished_ages[1] if row.wished_ages else 0)

    @cached_property
    def suits_by_age(self) -> Bools:
        low, high = self.policy.ages
        return _flags(self.volunteers, lambda row: row.age is None or low <= row.age <= high)

    def in_state(self, state: VolunteerState) -> Bools:
        return _flags(self.volunteers, lambda row: row.state == state)

    def with_clearance(self, state: ClearanceState) -> Bools:
        return _flags(self.volunteers, lambda row: row.clearance == state)

    @cached_property
    def capacity(self) -> Ints:
        return _column(self.volunteers, lambda row: max(row.capacity, 0))

    @cached_property
    def load(self) -> Ints:
        return _column(self.volunteers, lambda row: len(row.children))

    @cached_property
    def guardian_refuses(self) -> Bools:
        return _flags(self.children, lambda row: row.guardian_refuses)

    @cached_property
    def in_institution(self) -> Bools:
        return _flags(self.children, lambda row: row.in_institution)

    def with_trait(self, rule: Classification) -> Bools:
        return _flags(self.children, lambda row: rule.trait in row.traits)

    def of_profession(self, rule: Classification) -> Bools:
        words = rule.unit_words
        return _flags(
            self.volunteers, lambda row: row.kind in rule.kinds or any(word in row.unit for word in words)
        )

    @cached_property
    def classified(self) -> list[tuple[Classification, Bools, Bools]]:
        """Each classification rule with the children that it is about and the volunteers whom it names."""
        rules = self.policy.classifications
        return [(rule, self.with_trait(rule), self.of_profession(rule)) for rule in rules]

    @cached_property
    def child_at(self) -> dict[int, int]:
        return {child.id: position for position, child in enumerate(self.children)}

    @cached_property
    def volunteer_at(self) -> dict[int, int]:
        return {volunteer.id: position for position, volunteer in enumerate(self.volunteers)}

    @cached_property
    def refused(self) -> Ints:
        return self._keys(lambda child: child.refused)

    @cached_property
    def ended_badly(self) -> Ints:
        return self._keys(lambda child: child.ended_badly)

    @cached_property
    def present(self) -> Ints:
        return self._keys(lambda child: child.volunteers)

    @cached_property
    def of_siblings(self) -> Ints:
        """Pairs in which the volunteer has a sister or brother of the child."""
        holders: dict[int, set[int]] = {}
        for volunteer in self.volunteers:
            for held in volunteer.children:
                holders.setdefault(held, set()).add(volunteer.id)
        return self._keys(lambda child: {one for other in child.siblings for one in holders.get(other, ())})

    def _keys(self, volunteers_of: Callable[[Child], Iterable[int]]) -> Ints:
        at, width = self.volunteer_at, len(self.volunteers)
        found = {
            position * width + at[one]
            for position, child in enumerate(self.children)
            for one in volunteers_of(child)
            if one in at
        }
        return np.array(sorted(found), dtype=np.int64)

    def keys_of(self, pairs: Pairs) -> Ints:
        """Return one number for each pair."""
        return pairs.child * len(self.volunteers) + pairs.volunteer

    def pairs_of(self, keys: Ints) -> Pairs:
        """Return the pairs of such numbers."""
        width = max(len(self.volunteers), 1)
        return Pairs(keys // width, keys % width)

    def among(self, pairs: Pairs, keys: Ints) -> Bools:
        """Return which of the pairs are among some, given as sorted numbers."""
        if not len(keys):
            return np.zeros(len(pairs), dtype=np.bool_)
        wanted = self.keys_of(pairs)
        found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.asarray(keys[found] == wanted, dtype=np.bool_)


def _column(rows: Sequence[Row], value: Callable[[Row], int]) -> Ints:
    return np.fromiter((value(row) for row in rows), dtype=np.int64, count=len(rows))


def _flags(rows: Sequence[Row], value: Callable[[Row], bool]) -> Bools:
    return np.fromiter((value(row) for row in rows), dtype=np.bool_, count=len(rows))
