"""Volunteers held against one child, as a person chooses: score and reasons of each, and what speaks against her."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from aixin.access.regions import county_of
from children.models import Child
from pairing.gathering import Gathering
from pairing.matching import vocabulary
from pairing.matching.answer import Part
from pairing.matching.engine import pairs_from
from pairing.matching.frame import Frame, Pairs
from pairing.matching.rules import allowed, broken
from pairing.matching.scoring import explained, score_of
from pairing.policy import policy_for
from volunteers.models import Volunteer

NOT_HERE = "孩子或爱心妈妈不在本县的名册里"


@dataclass(frozen=True)
class Objections:
    """What stands between a child and a volunteer: laws, which nobody sets aside, and rules that staff may."""

    laws: list[str]
    others: list[str]


@dataclass(frozen=True)
class Candidate:
    """A volunteer (by key) for a child: the parts add up to the score, the objections are in words."""

    volunteer: int
    score: int
    parts: tuple[Part, ...]
    laws: list[str]
    others: list[str]


class Candidates:
    """The volunteers of a child's county and who serves it, judged as the rosters stand now."""

    def __init__(self, child: Child) -> None:
        code = county_of(child.region_id)
        problem = Gathering(code).problem(code, policy_for(code))
        mine = [one for one in problem.children if one.id == child.pk]
        self.frame = Frame(mine, problem.volunteers if mine else (), problem.policy)

    def best(self) -> list[int]:
        """Return those against whom no rule speaks, the best first."""
        pairs = allowed(self.frame, self._pairs(range(len(self.frame.volunteers))))
        order = np.lexsort((pairs.volunteer, -score_of(self.frame, pairs)))
        return [self.frame.volunteers[at].id for at in pairs.volunteer[order].tolist()]

    def told(self, volunteers: Iterable[int]) -> list[Candidate]:
        """Return what is to be said of some volunteers, in their order; of whom nothing is known, nothing."""
        at = self.frame.volunteer_at
        known = [pk for pk in volunteers if pk in at]
        pairs = self._pairs(at[pk] for pk in known)
        scores = explained(self.frame, pairs, np.zeros(len(pairs), dtype=np.int64))
        laws, every = broken(self.frame, pairs, law_only=True), broken(self.frame, pairs)
        return [
            Candidate(pk, score, parts, _words(law), _words(rule for rule in all_rules if rule not in law))
            for pk, (score, parts), law, all_rules in zip(known, scores, laws, every, strict=True)
        ]

    @staticmethod
    def _pairs(volunteers: Iterable[int]) -> Pairs:
        return pairs_from([(0, at) for at in volunteers])


def objections(child: Child, volunteer: Volunteer) -> Objections:
    """Return in words what speaks against a child and a volunteer being paired."""
    found = Candidates(child).told([volunteer.pk])
    return Objections(found[0].laws, found[0].others) if found else Objections([NOT_HERE], [])


def _words(rules: Iterable[str]) -> list[str]:
    return [vocabulary.RULES[rule] for rule in rules]
