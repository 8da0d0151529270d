"""未能安排: the children who have fewer volunteers than they are to have, today and not at the last run, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aixin.access.querysets import within
from aixin.access.regions import county_of
from children.models import Child
from pairing.matching.answer import CLOSED
from pairing.models import LeftOver, MatchingPolicy, Pairing, Proposal, ProposalRun
from pairing.querysets import lacking
from pairing.spoken_for import spoken_for_in

# What no run has said: cause, explanation, remedy.
SPOKEN_FOR = ("SPOKEN_FOR", "已被单位认领，等县妇联办理。", "在“认领单位”里办理；没有办成的，再重新生成。")
SINCE = (
    "SINCE",
    "上次生成以后才等待的：新登记、监护人刚同意，或原来的结对、建议没有了。",
    "重新生成；也可以自己选一位。",
)
NEVER_RUN = ("NEVER_RUN", "还没有生成过结对建议。", "请县妇联生成建议。")


@dataclass(frozen=True)
class Waiting:
    """A child that waits for somebody: for how many, why, and what would solve it."""

    child: Child
    missing: int
    cause: str
    explanation: str
    remedy: str

    @property
    def may_be_given(self) -> bool:
        """Whether staff may choose somebody themselves; a claim is decided first."""
        return self.cause != SPOKEN_FOR[0]


def waiting_in(user: Any, code: str) -> Any:
    """Return the children of a region who wait and to whom nobody, or too few, are proposed; `lacks` says for how many."""
    children = Child.objects.visible_to(user).filter(within(code)).select_related("region")
    found = lacking(children, Pairing.objects.all(), Proposal.objects.all(), MatchingPolicy.objects.all())
    return found.order_by("region_id", "pk")


def explained(children: Sequence[Any]) -> list[Waiting]:
    """Return why each of some waiting children waits, in a fixed number of queries."""
    told = LeftOver.objects.exclude(cause__in=CLOSED).in_bulk(
        [child.pk for child in children], field_name="child_id"
    )
    counties = {county_of(child.region_id) for child in children}
    solved = set(
        ProposalRun.objects.filter(region__in=counties).order_by().values_list("region_id", flat=True)
    )
    claimed = {child for county in counties for child in spoken_for_in(county)}
    return [_waiting(child, told.get(child.pk), solved, claimed) for child in children]


def _waiting(child: Any, told: LeftOver | None, solved: set[str], claimed: set[int]) -> Waiting:
    if child.pk in claimed:
        return Waiting(child, child.lacks, *SPOKEN_FOR)
    if told is not None:
        return Waiting(child, child.lacks, told.cause, told.explanation, told.remedy)
    return Waiting(child, child.lacks, *(SINCE if county_of(child.region_id) in solved else NEVER_RUN))
