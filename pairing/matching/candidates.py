"""Which pairs are looked at: all of them where that is few, else the nearest and the fitting ones by index.

A run of at most COMPLETE_PAIRS pairs (a county, a city of usual size) keeps every pair, and its outcome is the best there
is. A larger run keeps for each child at most so many volunteers of each list of LISTS, and is the best on those
pairs. The lists are passed through in turn (the next child goes on where the last one stopped), so that the children
of a township do not all look at the same few. The work grows with the children, not with the pairs.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pairing.matching.frame import Bools, Frame, Ints, Pairs
from pairing.matching.problem import Ring
from pairing.matching.rules import allowed, open_volunteers, reach_of

COMPLETE_PAIRS = 1_000_000
NONE = np.array([], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Kept:
    """How many volunteers of each list a child keeps (K)."""

    village: int = 16
    township: int = 16
    neighbours: int = 16
    county: int = 12
    beyond: int = 8
    fitting: int = 8


def candidates(frame: Frame, *, complete: bool, kept: Kept | None = None) -> Pairs:
    """Return the pairs that may be proposed, sorted by child and volunteer; all that the rules allow when `complete`."""
    open_to_all = open_volunteers(frame)
    if complete:
        return allowed(frame, _every_pair(frame, open_to_all))
    keys = [frame.of_siblings]
    for girls in (False, True):
        children = np.flatnonzero(~frame.is_boy if girls else frame.is_boy)
        volunteers = np.flatnonzero(open_to_all & frame.is_woman if girls else open_to_all)
        keys += [frame.keys_of(pairs) for pairs in _windows(frame, children, volunteers, kept or Kept())]
    return allowed(frame, frame.pairs_of(_each_once(np.concatenate(keys))))


def _each_once(keys: Ints) -> Ints:
    """Return the numbers sorted, each once; sorting is quicker than the hashing of `np.unique` for so many."""
    ordered = np.sort(keys)
    return ordered[np.diff(ordered, prepend=-1) > 0]


def _every_pair(frame: Frame, open_to_all: Bools) -> Pairs:
    volunteers = np.flatnonzero(open_to_all)
    children = np.arange(len(frame.children))
    return Pairs(np.repeat(children, len(volunteers)), np.tile(volunteers, len(children)))


def _windows(frame: Frame, children: Ints, volunteers: Ints, kept: Kept) -> Iterator[Pairs]:
    """Yield what each list gives to the children."""
    reach = reach_of(frame, volunteers)
    yield _take(children, frame.child_village[children], volunteers, frame.village[volunteers], kept.village)
    near = volunteers[reach >= Ring.TOWNSHIP]
    home = frame.child_township[children]
    yield _take(children, home, near, frame.township[near], kept.township)
    yield from _fitting(frame, children, home, near, frame.township[near], kept.fitting)
    yield _from_neighbours(frame, children, volunteers[reach >= Ring.NEIGHBOURS], kept.neighbours)
    wide = volunteers[reach >= Ring.COUNTY]
    county = frame.child_county[children]
    yield _take(children, county, wide, frame.county[wide], kept.county)
    yield from _fitting(frame, children, county, wide, frame.county[wide], kept.fitting)
    beyond = volunteers[reach >= Ring.BEYOND]
    yield _take(children, np.zeros_like(children), beyond, np.zeros_like(beyond), kept.beyond)


def _fitting(
    frame: Frame, children: Ints, places: Ints, volunteers: Ints, homes: Ints, limit: int
) -> Iterator[Pairs]:
    """Yield those at a place who can do what a child needs, and those whom a classification rule names."""
    for wants, offers in _qualities(frame):
        asking, able = wants[children], offers[volunteers]
        if asking.any() and able.any():
            yield _take(children[asking], places[asking], volunteers[able], homes[able], limit)


def _qualities(frame: Frame) -> Iterator[tuple[Bools, Bools]]:
    bits = int(np.bitwise_or.reduce(frame.needs, initial=0))
    for bit in range(bits.bit_length()):
        yield (frame.needs >> bit) & 1 == 1, (frame.skills >> bit) & 1 == 1
    for _, children, volunteers in frame.classified:
        yield children, volunteers


def _from_neighbours(frame: Frame, children: Ints, volunteers: Ints, limit: int) -> Pairs:
    """Return volunteers of the neighbouring townships, the places shared out between these."""
    home = frame.child_township[children]
    first, second = [], []
    for township in np.unique(home[home >= 0]):
        beside = np.flatnonzero(frame.neighbours[township])
        living = children[home == township]
        for place in beside:
            there = volunteers[frame.township[volunteers] == place]
            same = np.zeros_like(living), np.zeros_like(there)
            pairs = _take(living, same[0], there, same[1], max(1, limit // len(beside)))
            first.append(pairs.child)
            second.append(pairs.volunteer)
    return Pairs(np.concatenate([*first, NONE]), np.concatenate([*second, NONE]))


def _take(children: Ints, places: Ints, volunteers: Ints, homes: Ints, limit: int) -> Pairs:
    """Return for each child at most `limit` volunteers whose home is its place, each child where the last one stopped."""
    known = homes >= 0
    order = np.argsort(homes[known], kind="stable")
    listed, homes = volunteers[known][order], homes[known][order]
    start = np.searchsorted(homes, places, side="left")
    length = np.searchsorted(homes, places, side="right") - start
    length[places < 0] = 0
    number = np.minimum(length, limit)
    turn = _turn(places) * limit
    position = np.repeat(np.arange(len(children)), number)
    step = np.arange(len(position)) - np.repeat(np.cumsum(number) - number, number)
    at = start[position] + (turn[position] + step) % np.maximum(length[position], 1)
    return Pairs(children[position], listed[at])


def _turn(places: Ints) -> Ints:
    """Return the how-manyth child of its place each one is."""
    order = np.argsort(places, kind="stable")
    ordered = places[order]
    first = np.searchsorted(ordered, ordered, side="left")
    turn = np.empty_like(places)
    turn[order] = np.arange(len(places)) - first
    return turn
