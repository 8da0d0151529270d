"""Townships as tiles: laid out by who is beside whom, and who has volunteers for whose children. No Django.

The standard division has no borders, and a county knows its neighbours; so the picture is a scheme, not a map.
"""

import math
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np

Cell = tuple[int, int]
Beside = frozenset[tuple[str, str]]

# The most tiles that a phone shows side by side.
WIDEST = 6
_TRIES = 3


@lru_cache(maxsize=256)
def laid_out(codes: tuple[str, ...], beside: Beside) -> dict[str, Cell]:
    """Return column and row (from 1) of each township, neighbours as close as a few tries bring them.

    The same townships and neighbours always lie the same way. Of many layouts tried, each improved by moves of one
    tile until none helps, the best is kept.
    """
    edges = _edges(codes, beside)
    tried = (
        _settled(order, width, edges)
        for width in _widths(len(codes))
        for order in _orders(codes, width, edges)
    )
    best = min(tried, key=lambda found: found[0])[1]
    return {code: (at % best.width + 1, at // best.width + 1) for at, code in enumerate(best.tiles) if code}


def _widths(number: int) -> range:
    """Return how many tiles may stand side by side: a square, or somewhat wider."""
    square = min(WIDEST, max(1, math.ceil(math.sqrt(number))))
    return range(square, min(WIDEST, square + 2) + 1)


class _Layout:
    def __init__(self, order: list[str], width: int) -> None:
        number = len(order)
        self.width = width
        rows = math.ceil(number / self.width)
        self.tiles: list[str] = [*order, *[""] * (rows * self.width - number)]
        self.place = {code: at for at, code in enumerate(self.tiles) if code}

    def swap(self, one: int, other: int) -> None:
        self.tiles[one], self.tiles[other] = self.tiles[other], self.tiles[one]
        for at in (one, other):
            if self.tiles[at]:
                self.place[self.tiles[at]] = at

    def stretch(self, code: str, edges: Mapping[str, set[str]]) -> int:
        """Return how far a township lies from its neighbours, far ones counting more."""
        row, column = divmod(self.place[code], self.width)
        found = 0
        for other in edges[code]:
            other_row, other_column = divmod(self.place[other], self.width)
            found += (row - other_row) ** 2 + (column - other_column) ** 2
        return found


def _edges(codes: Iterable[str], beside: Beside) -> dict[str, set[str]]:
    edges: dict[str, set[str]] = {code: set() for code in codes}
    for one, other in beside:
        if one in edges and other in edges:
            edges[one].add(other)
            edges[other].add(one)
    return edges


def _orders(codes: tuple[str, ...], width: int, edges: Mapping[str, set[str]]) -> Iterable[list[str]]:
    """Give what the layouts begin with: by code, by how the neighbours hang together, and some by chance."""
    yield list(codes)
    if len(codes) > 2:
        yield from _hanging_together(codes, width, edges)
    draw = random.Random(0)  # noqa: S311 - the same layouts are tried each time; nothing is kept secret by them
    for _ in range(_TRIES):
        yield draw.sample(codes, len(codes))


def _hanging_together(
    codes: tuple[str, ...], width: int, edges: Mapping[str, set[str]]
) -> Iterable[list[str]]:
    """Give the rows that the two slowest vibrations of the net of neighbours make, either of them lengthwise."""
    net = np.array([[-1.0 if other in edges[code] else 0.0 for other in codes] for code in codes])
    np.fill_diagonal(net, -net.sum(axis=1))
    shapes = np.linalg.eigh(net)[1][:, 1:3]
    for across, down in ((0, 1), (1, 0)):
        by_row = np.argsort(shapes[:, down], kind="stable")
        rows = (by_row[at : at + width] for at in range(0, len(codes), width))
        yield [codes[at] for row in rows for at in row[np.argsort(shapes[row, across], kind="stable")]]


def _settled(order: list[str], width: int, edges: Mapping[str, set[str]]) -> tuple[int, _Layout]:
    """Return a layout that no exchange of two tiles improves, with its total stretch."""
    layout = _Layout(order, width)
    while _improved(layout, edges):
        pass
    return sum(layout.stretch(code, edges) for code in edges), layout


def _improved(layout: _Layout, edges: Mapping[str, set[str]]) -> bool:
    improved = False
    for one in range(len(layout.tiles)):
        for other in range(one + 1, len(layout.tiles)):
            improved |= _exchanged(layout, edges, one, other)
    return improved


def _exchanged(layout: _Layout, edges: Mapping[str, set[str]], one: int, other: int) -> bool:
    moved = [layout.tiles[at] for at in (one, other) if layout.tiles[at]]
    before = sum(layout.stretch(code, edges) for code in moved)
    layout.swap(one, other)
    if sum(layout.stretch(code, edges) for code in moved) < before:
        return True
    layout.swap(one, other)
    return False


def out_of_reach(waiting: Mapping[str, int], spare: Mapping[str, int], beside: Beside) -> dict[str, int]:
    """Return how many children of each township stay without anyone, if everybody near took as many as she can.

    A child goes to a volunteer of its own township or of one beside it; as many children as possible are served.
    """
    return _Serving(waiting, spare, _edges({*waiting, *spare}, beside)).left()


class _Serving:
    """Largest flow from townships with children to places that are free."""

    def __init__(
        self, waiting: Mapping[str, int], spare: Mapping[str, int], edges: Mapping[str, set[str]]
    ) -> None:
        self.waiting, self.spare = dict(waiting), dict(spare)
        self.reach = {code: [code, *sorted(edges[code])] for code in edges}
        self.taken: dict[str, dict[str, int]] = defaultdict(dict)

    def left(self) -> dict[str, int]:
        found = {}
        for home in sorted(self.waiting):
            wanted = self.waiting[home]
            while wanted and (served := self._serve(home, wanted, set())):
                wanted -= served
            found[home] = wanted
        return found

    def _serve(self, home: str, wanted: int, seen: set[str]) -> int:
        """Find places for some of a township's children, moving others on where that makes room."""
        for place in self.reach[home]:
            if place in seen:
                continue
            seen.add(place)
            served = self._take(place, wanted) or self._make_room(place, wanted, seen)
            if served:
                self.taken[place][home] = self.taken[place].get(home, 0) + served
                return served
        return 0

    def _take(self, place: str, wanted: int) -> int:
        served = min(wanted, self.spare.get(place, 0))
        self.spare[place] = self.spare.get(place, 0) - served
        return served

    def _make_room(self, place: str, wanted: int, seen: set[str]) -> int:
        for holder, number in sorted(self.taken[place].items()):
            moved = self._serve(holder, min(wanted, number), seen) if number else 0
            if moved:
                self.taken[place][holder] -= moved
                return moved
        return 0
