"""Why a child is left over, and what would solve it."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from pairing.matching import vocabulary
from pairing.matching.answer import Cause, LeftOver
from pairing.matching.frame import TOWNSHIP_DIGITS, Bools, Frame, Ints, Pairs
from pairing.matching.problem import Child, ClearanceState, Ring, VolunteerState
from pairing.matching.rules import nearest_of, reach_of, ring_of, rules_of

BY_PERSON = {Cause.GUARDIAN_REFUSES: "guardian_refuses", Cause.IN_INSTITUTION: "in_institution"}
REFUSALS = {"REFUSED_PAIR", "ENDED_BADLY"}


def left_over(frame: Frame, missing: Ints, places: Mapping[str, str], spare: Ints) -> Iterator[LeftOver]:
    """Yield the children who get fewer volunteers than they want, and those who may get none at all.

    `spare` is the room that each volunteer has left after the run.
    """
    search = _Search(frame, places, spare)
    closed = frame.guardian_refuses | frame.in_institution
    for position in np.flatnonzero((missing > 0) | closed).tolist():
        child = frame.children[position]
        yield search.told(position, max(int(missing[position]), child.wanted if closed[position] else 0))


class _Search:
    """Follows the volunteers around a child from step to step until nobody is left."""

    def __init__(self, frame: Frame, places: Mapping[str, str], spare: Ints) -> None:
        self.frame, self.names, self.spare = frame, places, spare
        self._near: dict[str, Ints] = {}

    def told(self, position: int, missing: int) -> LeftOver:
        child = self.frame.children[position]
        counts: dict[str, Any]
        cause, counts = self._cause(position)
        if cause not in BY_PERSON and (wider := self._one_ring_further(position)):
            cause, counts = Cause.POLICY_REACH, wider
        recruit = vocabulary.recruit(self._place(child), missing, self._lacking(child))
        return LeftOver(
            child=child.id,
            missing=missing,
            cause=cause,
            explanation=vocabulary.CAUSES[cause].format(**counts),
            remedy=vocabulary.REMEDIES[cause].format(recruit=recruit, **counts),
        )

    def _one_ring_further(self, position: int) -> dict[str, Any]:
        """Return how many could take the child at the next ring that has somebody, if the policy allowed it."""
        limit, names = self.frame.policy.reach, vocabulary.REACHES
        for wider in Ring:
            if limit < wider < Ring.BEYOND and (number := self._could_take(position, wider)):
                return {"limit": names[limit], "wider": names[wider], "beyond": number}
        return {}

    def _could_take(self, position: int, limit: Ring) -> int:
        """Return how many with room left would be in reach, were the policy's limit another one."""
        free = np.flatnonzero(self.ready & self.cleared & (self.spare > 0))
        pairs = Pairs(np.full(len(free), position), free)
        own = np.array([self.frame.volunteers[one].reach for one in free.tolist()], dtype=np.int64)
        reach = np.maximum(np.minimum(own, limit), np.minimum(nearest_of(self.frame, free), limit))
        near = ring_of(self.frame, pairs) <= reach
        others = {rule.code for rule in rules_of(self.frame)} - {"OUT_OF_REACH", "NO_CAPACITY"}
        return int((near & ~self._breaking(pairs, others)).sum())

    def _cause(self, position: int) -> tuple[Cause, dict[str, Any]]:
        for cause, name in BY_PERSON.items():
            if getattr(self.frame, name)[position]:
                return cause, {}
        near = self._in_reach(position)
        steps = {
            "near": len(near),
            "ready": self._count(near, self.ready),
            "cleared": self._count(near, self.ready & self.cleared),
            "open": self._count(near, self.open),
        }
        funnel = (Cause.NO_ONE_IN_REACH, Cause.NONE_AVAILABLE, Cause.NONE_CLEARED, Cause.NONE_WITH_CAPACITY)
        for cause, number in zip(funnel, steps.values(), strict=True):
            if not number:
                return cause, steps
        return self._of_pairs(position, near[self.open[near]]), steps

    def _of_pairs(self, position: int, volunteers: Ints) -> Cause:
        """Return what stands between the child and volunteers who could take somebody."""
        pairs = Pairs(np.full(len(volunteers), position), volunteers)
        refused = self._breaking(pairs, REFUSALS)
        forbidden = self._breaking(pairs, {rule.code for rule in rules_of(self.frame)} - {"ALREADY_PAIRED"})
        if not forbidden.all():
            return Cause.TAKEN
        return Cause.ALL_REFUSED if refused.all() else Cause.NONE_SUITABLE

    def _breaking(self, pairs: Pairs, codes: set[str]) -> Bools:
        masks = [rule.breaks(self.frame, pairs) for rule in rules_of(self.frame) if rule.code in codes]
        return np.asarray(np.logical_or.reduce(masks), dtype=np.bool_)

    def _in_reach(self, position: int) -> Ints:
        """Return the volunteers who go as far as the child's place; asked once for each place."""
        place = self.frame.children[position].place
        if place not in self._near:
            every = np.arange(len(self.frame.volunteers))
            pairs = Pairs(np.full(len(every), position), every)
            self._near[place] = every[ring_of(self.frame, pairs) <= reach_of(self.frame, every)]
        return self._near[place]

    @staticmethod
    def _count(near: Ints, mask: Bools) -> int:
        return int(mask[near].sum())

    @cached_property
    def ready(self) -> Bools:
        return self.frame.in_state(VolunteerState.READY)

    @cached_property
    def cleared(self) -> Bools:
        return self.frame.with_clearance(ClearanceState.VALID)

    @cached_property
    def open(self) -> Bools:
        return self.ready & self.cleared & (self.frame.capacity > 0)

    def _place(self, child: Child) -> str:
        return self.names.get(child.place[:TOWNSHIP_DIGITS], vocabulary.UNKNOWN_PLACE)

    @staticmethod
    def _lacking(child: Child) -> list[str]:
        return [name for code, name in vocabulary.TOPICS.items() if code in child.needs]
