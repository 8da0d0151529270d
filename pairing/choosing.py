"""Whom else a child could have: the volunteers of its county as they stand now, with score, load and clearance."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from children.models import Child
from pairing.judging import Candidate, Candidates
from pairing.matching.vocabulary import PARTS
from pairing.models import Pairing, Proposal
from pairing.reach import volunteers_for

SEARCHED = 50


@dataclass(frozen=True)
class Choice:
    """A volunteer for a child, as the page shows her."""

    volunteer: Any
    judged: Candidate
    load: int
    proposed: int
    is_chosen: bool

    @property
    def reasons(self) -> list[str]:
        """What speaks for her, the strongest first."""
        return [part.reason for part in sorted(self.judged.parts, key=_strength) if part.points > 0]

    @property
    def doubts(self) -> list[str]:
        """What speaks against her; staff may set it aside."""
        parts = [part.reason for part in self.judged.parts if part.points < 0 and part.code != "LOAD"]
        return [*self.judged.others, *parts]

    @property
    def score_parts(self) -> list[tuple[str, int, str]]:
        """Name, points and reason of each part; the points add up to the score."""
        ordered = sorted(self.judged.parts, key=_strength)
        return [(PARTS[part.code], part.points, part.reason) for part in ordered]

    @property
    def is_spent(self) -> bool:
        """Whether her room is given to other children by proposals that wait."""
        capacity = int(self.volunteer.capacity)
        return self.load + self.proposed >= capacity > self.load


class Choosing:
    """The volunteers from whom somebody chooses for one child."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.candidates = Candidates(child)
        self.chosen = set(Proposal.objects.filter(child=child).values_list("volunteer", flat=True))

    def best(self) -> list[int]:
        """Return those against whom no rule speaks and who are not proposed already, the best first."""
        return [pk for pk in self.candidates.best() if pk not in self.chosen]

    def found(self, text: str) -> list[Choice]:
        """Return those whose name, pinyin, number or phone a text is: who may be chosen first, the best first."""
        people = volunteers_for(self.child.region_id).with_text(text)
        rows = self.shown(people.values_list("pk", flat=True)[:SEARCHED])
        return sorted(
            rows, key=lambda one: (bool(one.judged.laws), bool(one.judged.others), -one.judged.score)
        )

    def shown(self, volunteers: Iterable[int]) -> list[Choice]:
        """Return volunteers as the page shows them, in their order, in a fixed number of queries."""
        told = self.candidates.told(volunteers)
        keys = [one.volunteer for one in told]
        people = volunteers_for(self.child.region_id).select_related("region").in_bulk(keys)
        loads, proposed = _number(Pairing.objects.open(), keys), _number(Proposal.objects.all(), keys)
        return [
            Choice(
                people[one.volunteer],
                one,
                loads.get(one.volunteer, 0),
                proposed.get(one.volunteer, 0),
                one.volunteer in self.chosen,
            )
            for one in told
            if one.volunteer in people
        ]


def _number(rows: Any, volunteers: list[int]) -> dict[int, int]:
    found = rows.filter(volunteer__in=volunteers).order_by().values_list("volunteer")
    return dict(found.annotate(number=Count("pk")))


def _strength(part: Any) -> tuple[int, str]:
    return -part.points, part.code
