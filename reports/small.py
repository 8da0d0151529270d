"""Small numbers: what an official does not see, because few children could be told apart by it (DOMAIN section 6).

One rule for dashboard, screen, data, returns and written report. Of a place in a table, of a township or village and of a
split figure no number from one to four is shown of anything that points to children; the total of a county or of more
only to who answers for it, that is whose own region it is. With it goes what it could be worked out from: another place
of its column, another number of its row, the rate that is made of it. All carry one mark: a mark of its own for what was
small would tell it (6 = small + not small is 1 + 5).
"""

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from aixin.access.models import Region, Role
from aixin.access.regions import LENGTHS, Level, ancestor_codes
from reports.closing import closed, equal
from reports.figures import Comparison, Figures, compared, figures_by_month, figures_of
from reports.metrics import CHILDREN, CONCERNS, DUTIES, METRICS, PAIRINGS, VISITS, Metric
from reports.periods import Period

SMALLEST_SHOWN = 5
HIDDEN = "＊"
SHORT_LEGEND = f"{HIDDEN} 为保护隐私不显示"
LEGEND = f"{SHORT_LEGEND}：数字小，或者能由它算出小的数字。"
TOTAL = ""
# Beside the values of a dimension, of which one is "".
_WHOLE = "all values"
Cell = tuple[str, str]
Value = int | float | None
T = TypeVar("T")

_POINTING_ROWS = frozenset({CHILDREN, PAIRINGS, VISITS, DUTIES, CONCERNS})
_POINTING = frozenset({"contacts"})
# The rest of a rate that no figure names: knowing it is knowing the part.
_RESTS = ("clear_rate", "agreement_rate", "on_time_rate")
# Who is both, and so taken off once only. Nobody is shown it, but it is mostly nought.
TWICE = "refused and institution"
# What is left of a number beside which not all of its parts stand.
REST = "rest of"
_SUMS = (
    ("eligible", ("paired", "unpaired")),
    ("registered", ("eligible", "refused", "institution", TWICE)),
    *((METRICS[key].parts[1], (METRICS[key].parts[0], f"rest of {key}")) for key in _RESTS if METRICS[key].parts),  # type: ignore[index]
    # The same visits, where the period is as long as what they are counted over.
    ("visits_30d", ("visits",)),
    ("visits_total", ("visits",)),
)  # fmt: skip
_WHOLES = (("eligible", ("paired", "unpaired")), ("registered", ("eligible", "refused", "institution")))
# What a change is made of: who came and who went.
_FLOWS = {
    "registered": ("entered", "left"),
    "eligible": ("entered", "left"),
    "pairings": ("paired_new", "pairings_ended"),
}
# Leaving these out costs a reader least, even where they are nought.
_CHEAP = frozenset({"refused", "institution"})


class Counted(Protocol):
    """What hiding needs of the figures of a region."""

    @property
    def region(self) -> Any: ...
    @property
    def totals(self) -> Mapping[str, Any]: ...
    @property
    def places(self) -> Sequence[Any]: ...


def sees_small(user: Any) -> bool:
    """Return whether a user is shown every number: staff are, who may open the rows; officials are not."""
    return bool(user.acting_post.role == Role.STAFF)


def is_small_place(code: str) -> bool:
    """Return whether so few children live at a place that already its totals are small: township or village."""
    return LENGTHS.index(len(code)) + 1 >= Level.TOWNSHIP


def is_small(value: Value) -> bool:
    """Return whether a number is of one to four, of which side soever."""
    return value is not None and 0 < abs(value) < SMALLEST_SHOWN


def points_to_children(metric: Metric) -> bool:
    """Return whether a small number of it could point to a child: of children, and of what is done for them."""
    return metric.rows in _POINTING_ROWS or metric.key in _POINTING


def rate_tells(part: float, whole: float) -> bool:
    """Return whether a share or its remainder is of one to four."""
    return any(map(is_small, (part, whole, whole - part)))


@dataclass(frozen=True)
class Cover:
    """Which numbers of a region (`TOTAL`) and of the places below it are not shown to a user."""

    cells: frozenset[Cell] = field(default_factory=frozenset)
    small: frozenset[str] = field(default_factory=frozenset)

    def hides(self, place: str, key: str, values: Mapping[str, Any]) -> bool:
        """Return whether a number is left out; a rate with any number that it is made of, or tells."""
        parts = METRICS[key].parts if key in METRICS else None
        if not parts:
            return (place, key) in self.cells
        if place not in self.small or not points_to_children(METRICS[parts[0]]):
            return False
        named = (*parts, f"rest of {key}")
        return any((place, one) in self.cells for one in named) or rate_tells(*(values[one] for one in parts))

    def hides_change(self, key: str, now: Value, before: Value) -> bool:
        """Return whether the change of a total is left out: of few children it tells who came or went."""
        if TOTAL not in self.small or now is None or before is None or key not in METRICS:
            return False
        if any((TOTAL, flow) in self.cells for flow in _FLOWS.get(key, ())):
            return True
        return points_to_children(METRICS[key]) and is_small(now - before)

    def shown(self, place: str, values: Mapping[str, T], instead: T) -> dict[str, T]:
        """Return values with something else in place of those that are left out."""
        return {key: instead if self.hides(place, key, values) else value for key, value in values.items()}


def _chain(user: Any, counted: T, region: Any, count: Callable[[Region], T]) -> list[T]:
    """Return what was counted of a region behind the same of those above it whose tables show it to a user.

    A number that covers another there is not shown on the place's own page either.
    """
    codes = _tables_above(user, region)
    if not codes:
        return [counted]
    return [*(count(one) for one in Region.objects.filter(code__in=codes).order_by("code")), counted]


def _tables_above(user: Any, region: Any) -> list[str]:
    """Return the regions in whose tables a user who is not shown every number sees this one, the highest first."""
    if sees_small(user):
        return []
    above = sorted(set(ancestor_codes(region.code)) - {region.code}, key=len)
    return [code for code in above if user.acting_post.covers(code)]


@dataclass(frozen=True)
class Covers:
    """What is not shown of the figures of a period, of those before and of those a year ago."""

    now: Cover = field(default_factory=Cover)
    before: Cover = field(default_factory=Cover)
    year_ago: Cover = field(default_factory=Cover)


def covers_of(user: Any, comparison: Comparison, today: datetime.date, using: str = "default") -> Covers:
    """Return what a user is not shown of a comparison."""
    figures = comparison.now

    def count(region: Region) -> Comparison:
        return compared(region, figures.period, today=today, using=using)

    chain = _chain(user, comparison, figures.region, count)
    return Covers(
        cover_of(user, [one.now for one in chain]),
        cover_of(user, [one.before for one in chain]),
        cover_of(user, [one.year_ago for one in chain]),
    )


def cover_of_figures(user: Any, figures: Figures, today: datetime.date, using: str = "default") -> Cover:
    """Return what a user is not shown of the figures of a period."""

    def count(region: Region) -> Figures:
        return figures_of(region, figures.period, today=today, using=using)

    return cover_of(user, _chain(user, figures, figures.region, count))


def months_shown(
    user: Any,
    region: Region,
    until: Period,
    months: int,
    keys: Sequence[str],
    *,
    today: datetime.date,
    using: str = "default",
) -> list[tuple[Period, dict[str, Value]]]:
    """Return some figures of the last months, None where a user is not shown one."""

    def count(one: Region) -> list[Figures]:
        return figures_by_month(one, until, months, keys, today=today, using=using)

    if sees_small(user) or not (is_small_place(region.code) or _tables_above(user, region)):
        return [(one.period, dict(one.totals)) for one in count(region)]
    chains = zip(*_chain(user, count(region), region, count), strict=True)
    return [
        (chain[-1].period, cover_of(user, chain).shown(TOTAL, chain[-1].totals, None)) for chain in chains
    ]


def cover_of(user: Any, chain: Sequence[Counted]) -> Cover:
    """Return what a user is not shown of the last figures of a chain that leads down to them."""
    if sees_small(user):
        return Cover()
    found, inherited = Cover(), None
    for place, figures in enumerate(chain):
        found = _cover(figures, inherited)
        if place + 1 < len(chain):
            below = chain[place + 1].region.code
            inherited = {key for code, key in found.cells if code == below}
    return found


def _cover(figures: Counted, inherited: Collection[str] | None) -> Cover:
    """Return what is hidden; `inherited` is what is already known to be hidden of the totals, and is all of it."""
    is_own = is_small_place(figures.region.code)
    rows = {TOTAL: complete(figures.totals)}
    rows |= {place.code: complete(place.values) for place in figures.places}
    values = {(place, key): number for place, row in rows.items() for key, number in row.items()}
    fixed = not is_own or inherited is not None
    protected = {
        cell
        for cell, number in values.items()
        if is_small(number) and cell[1] != TWICE and not (fixed and cell[0] == TOTAL)
    } | {(TOTAL, key) for key in inherited or () if (TOTAL, key) in values}
    sums = [*_row_sums(rows), *_column_sums(rows)]

    def price(cell: Cell) -> Any | None:
        if cell[1] == TWICE or (fixed and cell[0] == TOTAL):
            return None
        return price_of(cell[1], values[cell])

    small = frozenset(rows) if is_own or inherited is not None else frozenset(rows) - {TOTAL}
    return Cover(frozenset(closed(values, sums, protected, price)), small)


def price_of(key: str, value: Value) -> tuple[bool, bool]:
    """Return how much is lost with a number as a cover, the cheapest first.

    Not by size: the smallest would always be the cover, and the other the one that is covered.
    """
    return key not in _CHEAP, not value


def complete(values: Mapping[str, Any]) -> dict[str, int]:
    """Return the numbers that point to children, with those that nobody names but everybody could reckon."""
    found = {
        key: number
        for key, number in values.items()
        if key in METRICS and points_to_children(METRICS[key]) and number is not None
    }
    for key in _RESTS:
        part, whole = METRICS[key].parts or ("", "")
        if part in found and whole in found:
            found[f"rest of {key}"] = found[whole] - found[part]
    if {"registered", "eligible", "refused", "institution"} <= set(found):
        found[TWICE] = found["registered"] - found["eligible"] - found["refused"] - found["institution"]
    return found | _untold(found)


def _untold(found: Mapping[str, int]) -> dict[str, int]:
    """Return what is left of a number less those of its parts that stand beside it, where one or more do not."""
    left = {}
    for whole, parts in _WHOLES:
        known = [part for part in parts if part in found]
        if whole in found and known and len(known) < len(parts):
            left[f"{REST} {whole}"] = found[whole] - sum(found[part] for part in known)
    return left


def _row_sums(rows: Mapping[str, Mapping[str, int]]) -> Iterable[dict[Cell, int]]:
    for place, row in rows.items():
        for whole, parts in sums_within(row):
            yield equal((place, whole), [(place, part) for part in parts])


def sums_within(keys: Collection[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Return which of some numbers of a place are made of which others."""
    found = [(whole, parts) for whole, parts in _SUMS if {whole, *parts} <= set(keys)]
    for whole, parts in _WHOLES:
        if f"{REST} {whole}" in keys:
            found.append((whole, (*(part for part in parts if part in keys), f"{REST} {whole}")))
    return found


def _column_sums(rows: Mapping[str, Mapping[str, int]]) -> Iterable[dict[Cell, int]]:
    below = [place for place in rows if place != TOTAL]
    for key in rows[TOTAL] if below else ():
        yield equal((TOTAL, key), [(place, key) for place in below])


def hidden_parts(
    parts: Mapping[str, Mapping[str, int]], totals: Mapping[str, Any], hidden_totals: Collection[str] = ()
) -> set[Cell]:
    """Return which parts of split figures are left out, as value and figure: small ones, and what gives them away.

    Neither may they give away a total that is left out itself.
    """
    values = {(value, key): number for key, split in parts.items() for value, number in split.items()}
    values |= {(_WHOLE, key): totals[key] for key in parts}
    names = {value for value, _ in values if value != _WHOLE}
    values = {(value, key): values.get((value, key), 0) for value in (*names, _WHOLE) for key in parts}
    protected = {cell for cell, number in values.items() if is_small(number) and cell[0] != _WHOLE}
    protected |= {(_WHOLE, key) for key in hidden_totals if key in parts}
    whole, halves = _SUMS[0]
    sums = [equal((_WHOLE, key), [(value, key) for value in names]) for key in parts]
    if {whole, *halves} <= set(parts):
        sums += [equal((value, whole), [(value, half) for half in halves]) for value in names]

    def price(cell: Cell) -> Any | None:
        return None if cell[0] == _WHOLE else (not values[cell], values[cell])

    return {cell for cell in closed(values, sums, protected, price) if cell[0] != _WHOLE}
