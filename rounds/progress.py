"""How far a round has come, place by place."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from aixin.access.models import Region
from children.models import Child
from rounds.choices import Outcome
from rounds.models import Round, RoundAnswer
from rounds.querysets import asked_about, count_by_place, newcomers

# Children who left the roster after it was said of them still count as confirmed.
_OUTCOMES = {
    "still": Count("pk", filter=Q(outcome=Outcome.STILL)),
    "changed": Count("pk", filter=Q(outcome=Outcome.CHANGED)),
    "left": Count("pk", filter=Q(outcome=Outcome.LEFT)),
}


@dataclass(frozen=True)
class Progress:
    """One place: children answered for by outcome, those still waiting, and those who are new. Unit: 人."""

    code: str
    name: str
    waiting: int = 0
    still: int = 0
    changed: int = 0
    left: int = 0
    new: int = 0

    @property
    def answered(self) -> int:
        return self.still + self.changed + self.left

    @property
    def asked(self) -> int:
        return self.waiting + self.answered


def progress_of(user: Any, found: Round, code: str) -> list[Progress]:
    """Return the progress of the places one level below a region, in four queries; at a village, of itself."""
    children = Child.objects.visible_to(user).within_region(code)
    answers = RoundAnswer.objects.visible_to(user).filter(round=found)
    waiting = asked_about(children, found).exclude(pk__in=answers.values("child"))
    asked = count_by_place(waiting, code, "region_id")
    said = count_by_place(answers, code, "child__region_id", **_OUTCOMES)
    new = count_by_place(newcomers(children, found), code, "region_id")
    codes = {*asked, *said, *new}
    names = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
    return [
        Progress(
            place,
            names.get(place, place),
            asked.get(place, {}).get("number", 0),
            new=new.get(place, {}).get("number", 0),
            **said.get(place, {}),
        )
        for place in sorted(codes)
    ]


def total_of(places: list[Progress]) -> Progress:
    """Return the sum of the places."""
    names = ("waiting", "still", "changed", "left", "new")
    return Progress("", "合计", **{name: sum(getattr(place, name) for place in places) for name in names})
