"""A pairing held against others by the same score: greedy nearest-first, and the pairs of today."""

from collections.abc import Iterable

import numpy as np

from pairing.matching.answer import Total
from pairing.matching.candidates import candidates
from pairing.matching.engine import Options, frames_of, further_of, locks_of, pairs_from, room_after
from pairing.matching.flow import priorities
from pairing.matching.frame import Frame, Ints, Pairs
from pairing.matching.problem import Problem, Ring
from pairing.matching.rules import ring_of
from pairing.matching.scoring import score_of


def total_of(problem: Problem, chosen: Iterable[tuple[int, int]]) -> Total:
    """Return the figures of any pairing of the problem's people, given as ids of child and volunteer."""
    rows = sorted(chosen)
    return total(_total(frame, _located(frame, rows)) for frame in frames_of(problem))


def nearest_first(problem: Problem, options: Options | None = None) -> list[tuple[int, int]]:
    """Return the pairs that a careful hand would make: child after child in order of priority, the nearest with room."""
    options = options or Options()
    frames = list(frames_of(problem))
    pairs = sum(len(frame.children) * len(frame.volunteers) for frame in frames)
    complete = pairs <= options.complete_pairs
    return [pair for frame in frames for pair in _greedy(frame, options, complete=complete)]


def _greedy(frame: Frame, options: Options, *, complete: bool) -> list[tuple[int, int]]:
    if not len(frame.volunteers):
        return []
    locked, _ = locks_of(frame)
    room = room_after(frame, locked)
    found = candidates(frame, complete=complete, kept=options.kept)
    pairs = found.where(~frame.among(found, np.sort(frame.keys_of(locked))))
    order = np.lexsort((pairs.volunteer, ring_of(frame, pairs), pairs.child))
    starts = np.searchsorted(pairs.child[order], np.arange(len(frame.children) + 1))
    nearest = pairs.volunteer[order]
    places = room.places.copy()
    child, step = priorities(frame, room)
    taken = list(zip(locked.child.tolist(), locked.volunteer.tolist(), strict=True))
    has = set(taken)
    for unit in np.lexsort((child, -step)).tolist():
        mine = int(child[unit])
        offered = nearest[starts[mine] : starts[mine + 1]]
        hers = next((one for one in offered[places[offered] > 0].tolist() if (mine, one) not in has), None)
        if hers is not None:
            places[hers] -= 1
            has.add((mine, hers))
    return [(frame.children[one].id, frame.volunteers[other].id) for one, other in sorted(has)]


def _located(frame: Frame, rows: list[tuple[int, int]]) -> Pairs:
    children, volunteers = frame.child_at, frame.volunteer_at
    return pairs_from(
        [(children[one], volunteers[other]) for one, other in rows if one in children and other in volunteers]
    )


def _total(frame: Frame, pairs: Pairs) -> Total:
    score = score_of(frame, pairs) - frame.policy.weights.load * further_of(pairs)
    rings = ring_of(frame, pairs)
    return Total(
        pairs=len(pairs),
        missing=int(
            np.maximum(_wanted(frame) - np.bincount(pairs.child, minlength=len(frame.children)), 0).sum()
        ),
        score=int(score.sum()),
        same_village=int((rings == Ring.VILLAGE).sum()),
        same_township=int((rings == Ring.TOWNSHIP).sum()),
    )


def _wanted(frame: Frame) -> Ints:
    return room_after(frame, pairs_from([])).wanted


def total(totals: Iterable[Total]) -> Total:
    """Return the sum of figures of parts that have nobody in common."""
    found = list(totals)
    return Total(
        pairs=sum(one.pairs for one in found),
        missing=sum(one.missing for one in found),
        score=sum(one.score for one in found),
        same_village=sum(one.same_village for one in found),
        same_township=sum(one.same_township for one in found),
    )
