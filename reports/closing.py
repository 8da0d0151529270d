"""What follows from numbers that are shown: of sums with numbers left out, which of those can be worked out. No database.

A sum is written as its cells with their signs, such that together they make zero: eligible − paired − unpaired = 0.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.utils.crypto import salted_hmac

C = TypeVar("C", bound=Hashable)
Number = int | float
Sums = Sequence[Mapping[C, int]]
Bounds = tuple[float, float]
_PRIME = 2_147_483_647
_ROUNDS = 12
# What binary fractions may add to a sum that holds.
_TINY = 0.005


def closed(
    values: Mapping[C, Number],
    sums: Sums[C],
    protected: Collection[C],
    price: Callable[[C], Any | None],
    unknown: Collection[C] = (),
) -> set[C]:
    """Return the cells to leave out so that no protected one can be worked out: those, and what must cover them.

    `price` orders what may be a cover, the cheapest first; None is never one. `unknown` are cells that stand nowhere.
    """
    kept = [one for one in sums if abs(sum(sign * values[cell] for cell, sign in one.items())) < _TINY]
    by_cell = _by_cell(kept)
    hidden = {*protected, *unknown}
    while found := given_away(values, kept, hidden) & set(protected):
        covers = {_cover(cell, by_cell, hidden, price) for cell in sorted(found, key=repr)} - {None}
        if not covers:
            break
        hidden |= covers  # type: ignore[arg-type]
    # A cover that can be worked out hides nothing.
    return hidden - (_determined(kept, hidden) - set(protected)) - (set(unknown) - set(protected))


def given_away(values: Mapping[C, Number], sums: Sums[C], hidden: Collection[C]) -> set[C]:
    """Return which hidden cells follow from the others: by the sums, or because hidden numbers are mostly above nought.

    What follows is known then, and more may follow from it: a nought that is known makes no other doubtful.
    """
    left = set(hidden)
    while found := _determined(sums, left) | _narrowed(values, sums, left):
        left -= found
    return set(hidden) - left


def _by_cell(sums: Sums[C]) -> dict[C, list[Mapping[C, int]]]:
    found: dict[C, list[Mapping[C, int]]] = {}
    for one in sums:
        for cell in one:
            found.setdefault(cell, []).append(one)
    return found


def _cover(
    cell: C,
    by_cell: Mapping[C, list[Mapping[C, int]]],
    hidden: Collection[C],
    price: Callable[[C], Any | None],
) -> C | None:
    """Return the cheapest cell still shown in a sum with this one; else in a sum with what is hidden beside it."""
    seen, edge = {cell}, {cell}
    while edge:
        near = {other for one in edge for total in by_cell.get(one, ()) for other in total}
        prices = [(price(other), _drawn(cell, other), other) for other in near if other not in hidden]
        open_ones = [one for one in prices if one[0] is not None]
        if open_ones:
            return min(open_ones, key=lambda one: one[:2])[2]
        edge = {other for other in near if other in hidden} - seen
        seen |= edge
    return None


def _drawn(cell: C, other: C) -> str:
    """Return by what one of equal covers is drawn: the same at each look, the same from either side, and known to nobody.

    The first of a list would tell which of two hidden numbers is the cover.
    """
    return salted_hmac("reports.closing", repr(sorted((repr(cell), repr(other))))).hexdigest()


def _determined(sums: Sums[C], hidden: Collection[C]) -> set[C]:
    """Return the cells that the sums determine: in reduced form a line of its own (Gauss, modulo a prime)."""
    lines: dict[C, dict[C, int]] = {}
    # By cell the pivots of the lines that it stands in, so that one pivot need not look at all of them.
    where: dict[C, set[C]] = defaultdict(set)
    for one in sums:
        line = {cell: sign % _PRIME for cell, sign in one.items() if cell in hidden}
        for pivot in [cell for cell in line if cell in lines]:
            _subtract(line, lines[pivot], line[pivot])
        if not line:
            continue
        pivot = min(line, key=lambda cell: len(where[cell]))
        inverse = pow(line[pivot], -1, _PRIME)
        line = {cell: factor * inverse % _PRIME for cell, factor in line.items()}
        for other in list(where[pivot]):
            _subtract(lines[other], line, lines[other][pivot])
            for cell in line:
                _note(where[cell], other, is_there=cell in lines[other])
        lines[pivot] = line
        for cell in line:
            where[cell].add(pivot)
    return {pivot for pivot, line in lines.items() if len(line) == 1}


def _note(places: set[C], line: C, *, is_there: bool) -> None:
    if is_there:
        places.add(line)
    else:
        places.discard(line)


def _subtract(line: dict[C, int], other: Mapping[C, int], times: int) -> None:
    for cell, factor in other.items():
        left = (line.get(cell, 0) - times * factor) % _PRIME
        if left:
            line[cell] = left
        else:
            line.pop(cell, None)


def _narrowed(values: Mapping[C, Number], sums: Sums[C], hidden: Collection[C]) -> set[C]:
    """Return the cells left with one possible number, as a hidden one is mostly at least one: 1 and 1 where two make 2.

    Where noughts are among what covers a number, nobody can count on that: any of them may be one.
    """
    concerned = [one for one in sums if any(cell in hidden for cell in one)]
    doubtful = {
        cell
        for one in concerned
        for cell in one
        if any(values[other] == 0 for other in one if other in hidden)
    }
    bounds: dict[C, Bounds] = {
        cell: (min(values[cell], 0 if cell in doubtful else 1), math.inf) for cell in hidden
    }
    for _ in range(_ROUNDS):
        before = dict(bounds)
        for one in concerned:
            _narrow(one, values, bounds)
        if bounds == before:
            break
    return {cell for cell, (low, high) in bounds.items() if low == high}


def _narrow(one: Mapping[C, int], values: Mapping[C, Number], bounds: dict[C, Bounds]) -> None:
    """Narrow each hidden cell of a sum to what the others, at their least and at their most, leave to it."""
    unknown = {cell: _times(sign, bounds[cell]) for cell, sign in one.items() if cell in bounds}
    known = sum(sign * values[cell] for cell, sign in one.items() if cell not in bounds)
    least, open_below = _sum_of([low for low, _ in unknown.values()])
    most, open_above = _sum_of([high for _, high in unknown.values()])
    for cell, (low, high) in unknown.items():
        below = _less(least, open_below, low)
        above = _less(most, open_above, high)
        narrowest, widest = _times(-one[cell], (known + below, known + above))
        bounds[cell] = (max(bounds[cell][0], narrowest), min(bounds[cell][1], widest))


def _sum_of(ends: Sequence[float]) -> tuple[float, list[float]]:
    """Return the sum of the ends that are numbers, and the ends that are none."""
    return sum(end for end in ends if not math.isinf(end)), [end for end in ends if math.isinf(end)]


def _less(total: float, endless: Sequence[float], own: float) -> float:
    """Return the sum of the ends but for one's own."""
    if math.isinf(own):
        return total if len(endless) == 1 else endless[0]
    return endless[0] if endless else total - own


def _times(sign: int, bounds: Bounds) -> Bounds:
    low, high = bounds
    return (low, high) if sign > 0 else (-high, -low)


def equal(whole: C, parts: Iterable[C]) -> dict[C, int]:
    """Return the sum that says: the whole is its parts together."""
    found = {whole: 1}
    for part in parts:
        found[part] = found.get(part, 0) - 1
    return found
