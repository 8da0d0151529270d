"""Figures by two dimensions at once (类别 × 性别): counted from the rows when a form asks, exact for any day.

Kept sums are by one dimension each; all pairs of them would be more cells than a country's counters should hold.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connections

from reports.counting import EVERYWHERE, rules
from reports.metrics import METRICS, Kind, Metric

# Regions above a city have too many rows to look at; what they hand in is the sum of what came from below.
SHORTEST_CODE = 4
_CROSSED = "SELECT measure, place, first, second, total FROM aixin_crossed(%s, %s, %s, %s, %s, %s)"
# Two dimensions, the first by its name: either order asks for the same.
Pair = tuple[str, str]
Cell = tuple[str, str]


def pair_of(one: str, other: str) -> Pair:
    """Return two dimensions in the order in which they are counted."""
    return (one, other) if one <= other else (other, one)


def can_cross(metric: Metric, one: str, other: str) -> bool:
    """Return whether a figure can be split by both dimensions at once."""
    return metric.kind == Kind.STOCK and one != other and {one, other} <= set(metric.dimensions)


@dataclass
class Crossed:
    """Counts of a region on a day under cells of two dimensions each, by measure and place."""

    is_known: bool = True
    numbers: dict[tuple[str, str, frozenset[Cell]], int] = field(default_factory=lambda: defaultdict(int))

    def number(self, key: str, place: str, cells: frozenset[Cell]) -> int | None:
        """Return how many a figure counts at a place under both cells; None above a city."""
        if not self.is_known:
            return None
        metric = METRICS[key]
        found = self.numbers.get((metric.counted, place, cells), 0)
        return found - self.numbers.get((metric.less, place, cells), 0) if metric.less else found


def crossed(
    code: str, day: datetime.date, pairs: Iterable[Pair], keys: Iterable[str], using: str = "default"
) -> Crossed:
    """Return some figures of a region on a day by pairs of dimensions, one query a pair.

    Nothing but zeros where the transaction's scope does not allow the region's figures (DESIGN section 3.2).
    """
    found = Crossed(is_known=len(code) >= SHORTEST_CODE)
    metrics = [METRICS[key] for key in keys]
    measures = sorted({name for metric in metrics for name in (metric.counted, metric.less) if name})
    for one, other in sorted(set(pairs)) if found.is_known and measures else ():
        with connections[using].cursor() as cursor:
            cursor.execute(_CROSSED, [code, measures, one, other, day, rules()])
            for measure, place, first, second, total in cursor.fetchall():
                cells = frozenset({(one, first), (other, second)})
                found.numbers[measure, place, cells] += total
                found.numbers[measure, EVERYWHERE, cells] += total
    return found
