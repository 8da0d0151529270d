"""The run: split by county, keep what is fixed, solve, and say why."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from pairing.matching.answer import Alternative, BrokenLock, LeftOver, Proposal, Result
from pairing.matching.candidates import COMPLETE_PAIRS, Kept, candidates
from pairing.matching.explaining import left_over
from pairing.matching.flow import Room, solve
from pairing.matching.frame import COUNTY_DIGITS, Bools, Frame, Ints, Pairs
from pairing.matching.problem import Child, Problem, Ring, Volunteer
from pairing.matching.rules import broken
from pairing.matching.scoring import explained, score_of

ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class Options:
    """How thorough a run is; `places` are the names of region codes for the advice."""

    places: Mapping[str, str] = field(default_factory=dict)
    complete_pairs: int = COMPLETE_PAIRS
    kept: Kept = field(default_factory=Kept)


def match(problem: Problem, options: Options | None = None) -> Result:
    """Return the best pairing of everyone who waits, with reasons, and why others are left over."""
    options = options or Options()
    frames = list(frames_of(problem))
    pairs = sum(len(frame.children) * len(frame.volunteers) for frame in frames)
    parts = [_Run(frame, options, complete=pairs <= options.complete_pairs).result() for frame in frames]
    return _joined(parts)


def frames_of(problem: Problem) -> Iterator[Frame]:
    """Yield a frame for each county with children; one for all where the policy reaches beyond the county."""
    together = problem.policy.reach == Ring.BEYOND
    children: dict[str, list[Child]] = defaultdict(list)
    volunteers: dict[str, list[Volunteer]] = defaultdict(list)
    for child in problem.children:
        children["" if together else child.place[:COUNTY_DIGITS]].append(child)
    for volunteer in problem.volunteers:
        volunteers["" if together else volunteer.place[:COUNTY_DIGITS]].append(volunteer)
    for county in sorted(children):
        guests = _fixed_from_elsewhere(children[county], volunteers[county], problem)
        yield Frame(children[county], [*volunteers[county], *guests], problem.policy)


def _fixed_from_elsewhere(
    children: list[Child], at_home: list[Volunteer], problem: Problem
) -> list[Volunteer]:
    """Return the volunteers of other counties to whom staff fixed a child here; nobody else gets them."""
    wanted = {one for child in children for one in child.locked} - {volunteer.id for volunteer in at_home}
    return [volunteer for volunteer in problem.volunteers if volunteer.id in wanted] if wanted else []


def _joined(parts: list[Result]) -> Result:
    return Result(
        proposals=tuple(sorted((p for part in parts for p in part.proposals), key=_by_ids)),
        left_over=tuple(sorted((one for part in parts for one in part.left_over), key=lambda row: row.child)),
        alternatives={child: row for part in parts for child, row in part.alternatives.items()},
        broken_locks=tuple(lock for part in parts for lock in part.broken_locks),
    )


def _by_ids(proposal: Proposal) -> tuple[int, int]:
    return proposal.child, proposal.volunteer


class _Run:
    """One frame on its way from children to proposals."""

    def __init__(self, frame: Frame, options: Options, *, complete: bool) -> None:
        self.frame, self.options, self.complete = frame, options, complete
        self.locked, self.broken_locks = locks_of(frame)
        self.room = room_after(frame, self.locked)

    def result(self) -> Result:
        frame = self.frame
        if not len(frame.volunteers):
            nobody = np.zeros(len(frame.children), np.int64)
            return Result((), tuple(self._left_over(nobody, self.room.places)))
        found = candidates(frame, complete=self.complete, kept=self.options.kept)
        pairs = found.where(~frame.among(found, self._locked_keys()))
        score = score_of(frame, pairs)
        chosen = solve(frame, pairs, score, self.room)
        given = np.bincount(pairs.child[chosen], minlength=len(frame.children))
        spare = self.room.places - np.bincount(pairs.volunteer[chosen], minlength=len(frame.volunteers))
        return Result(
            proposals=tuple(self._proposals(pairs.where(chosen))),
            left_over=tuple(self._left_over(given, spare)),
            alternatives=self._alternatives(pairs, score, chosen, spare > 0),
            broken_locks=self.broken_locks,
        )

    def _locked_keys(self) -> Ints:
        return np.sort(self.frame.keys_of(self.locked))

    def _proposals(self, chosen: Pairs) -> Iterator[Proposal]:
        """Yield the fixed pairs first, so that they do not count as additional children of their volunteers."""
        frame, fixed = self.frame, len(self.locked)
        pairs = joined(self.locked, chosen)
        told = explained(frame, pairs, further_of(pairs))
        for position, (score, parts) in enumerate(told):
            child, volunteer = (
                frame.children[pairs.child[position]],
                frame.volunteers[pairs.volunteer[position]],
            )
            yield Proposal(child.id, volunteer.id, score, parts, locked=position < fixed)

    def _left_over(self, given: Ints, spare: Ints) -> Iterator[LeftOver]:
        return left_over(self.frame, self.room.wanted - given, self.options.places, spare)

    def _alternatives(
        self, pairs: Pairs, score: Ints, chosen: Bools, free: Bools
    ) -> dict[int, tuple[Alternative, ...]]:
        """Return the next best volunteers of each child, the best first."""
        frame = self.frame
        others, points = pairs.where(~chosen), score[~chosen]
        order = np.lexsort((others.volunteer, -points, others.child))
        ordered = others.child[order]
        place = np.arange(len(order)) - np.searchsorted(ordered, ordered, side="left")
        best = order[place < ALTERNATIVES]
        found: dict[int, list[Alternative]] = defaultdict(list)
        for child, volunteer, value in zip(
            others.child[best].tolist(), others.volunteer[best].tolist(), points[best].tolist(), strict=True
        ):
            alternative = Alternative(frame.volunteers[volunteer].id, value, bool(free[volunteer]))
            found[frame.children[child].id].append(alternative)
        return {child: tuple(rows) for child, rows in found.items()}


def locks_of(frame: Frame) -> tuple[Pairs, tuple[BrokenLock, ...]]:
    """Return the fixed pairs that may stand, and those that break a law by now. Staff may set other rules aside."""
    wanted = [
        (position, frame.volunteer_at[one])
        for position, child in enumerate(frame.children)
        for one in sorted(child.locked)
        if one in frame.volunteer_at
    ]
    pairs = pairs_from(wanted)
    codes = broken(frame, pairs, law_only=True)
    stands = np.array([not rules for rules in codes], dtype=np.bool_)
    fallen = tuple(
        BrokenLock(frame.children[child].id, frame.volunteers[volunteer].id, rules)
        for (child, volunteer), rules in zip(wanted, codes, strict=True)
        if rules
    )
    return pairs.where(stands), fallen


def room_after(frame: Frame, locked: Pairs) -> Room:
    """Return what is left to give when the fixed pairs stand."""
    fixed = np.bincount(locked.child, minlength=len(frame.children))
    got = np.bincount(locked.volunteer, minlength=len(frame.volunteers))
    asked = np.array([child.wanted for child in frame.children], dtype=np.int64)
    closed = frame.guardian_refuses | frame.in_institution
    present = np.array([child.present for child in frame.children], dtype=np.int64)
    return Room(
        wanted=np.where(closed, 0, np.maximum(asked - fixed, 0)),
        given=present + fixed,
        places=np.maximum(frame.capacity - got, 0),
        got=got,
    )


def pairs_from(rows: list[tuple[int, int]]) -> Pairs:
    """Return pairs of positions as columns."""
    columns = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return Pairs(columns[:, 0], columns[:, 1])


def joined(first: Pairs, second: Pairs) -> Pairs:
    return Pairs(
        np.concatenate([first.child, second.child]), np.concatenate([first.volunteer, second.volunteer])
    )


def further_of(pairs: Pairs) -> Ints:
    """Return for each pair how many earlier ones have the same volunteer."""
    order = np.argsort(pairs.volunteer, kind="stable")
    ordered = pairs.volunteer[order]
    further = np.empty(len(pairs), dtype=np.int64)
    further[order] = np.arange(len(pairs)) - np.searchsorted(ordered, ordered, side="left")
    return further
