"""Small cells for officials (DOMAIN section 6): those under five are hidden, and what would give them away.

A number is known here as the dashboard knows it, by place and figure, so that both leave out the same ones: two covers of
one number would give it away together. So would those of two versions: what one leaves out the next does too.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone

from reports.board import STRUCTURE
from reports.closing import closed, equal
from reports.dimensions import DIMENSIONS
from reports.figures import Figures, figures_of
from reports.metrics import METRICS
from reports.models import ReturnVersion
from reports.returns.definition import Column, Definition, RowsKind, Source
from reports.returns.formulas import Formula, Number
from reports.returns.sheets import Line, Sheet
from reports.small import (
    REST,
    TOTAL,
    TWICE,
    Cover,
    complete,
    cover_of_figures,
    hidden_parts,
    is_small,
    points_to_children,
    price_of,
    rate_tells,
    sees_small,
    sums_within,
)

Cell = tuple[str, int]
# A number: its place, its figure and the cells of dimensions that it is narrowed to; or its line and column.
Key = tuple[Any, ...]
Group = tuple[str, ...]
# How many words name a figure of a place, and a part of it.
WHOLE, PART = 2, 4
PEOPLE = frozenset({"人", "名"})


@dataclass(frozen=True)
class Dashboard:
    """What a user knows from a dashboard: which numbers it leaves out, and the figures by place."""

    hidden: frozenset[Key] = frozenset()
    shown: Mapping[Key, Number] = field(default_factory=dict)

    @classmethod
    def of(cls, user: Any, region: Any, period: Any) -> "Dashboard":
        if sees_small(user):
            return cls()
        figures = figures_of(region, period)
        rows = {TOTAL: figures.totals} | {place.code: place.values for place in figures.places}
        cover = cover_of_figures(user, figures, timezone.localdate())
        shown = {
            (place, key): value
            for place, row in rows.items()
            for key, value in row.items()
            if value is not None
        }
        return cls(frozenset({*cover.cells, *_hidden_splits(figures, cover)}), shown)


def _hidden_splits(figures: Figures, cover: Cover) -> Iterable[Key]:
    """Yield the parts of a region's own figures that its dashboard leaves out."""
    for dimension in DIMENSIONS:
        split = [metric.key for metric in METRICS.values() if dimension in metric.dimensions]
        together = [key for key in STRUCTURE if key in split]
        for keys in (together, *([key] for key in split if key not in together)):
            parts = {key: figures.cell(key, dimension) for key in keys if points_to_children(METRICS[key])}
            covered = [key for key in parts if (TOTAL, key) in cover.cells]
            for value, key in hidden_parts(parts, figures.totals, covered):
                yield TOTAL, key, dimension, value


def hidden_in(version: ReturnVersion, which: str, user: Any, beside: Dashboard) -> set[Cell]:
    """Return the cells of a version that a user is not shown, with those that the versions before it leave out."""
    found: set[Cell] = set()
    if sees_small(user):
        return found
    for one in version.of.versions.filter(number__lte=version.number).order_by("number"):
        found = hidden_cells(one.defined, one.sheet(which), user, beside, found)
    return found


def hidden_cells(
    definition: Definition, sheet: Sheet, user: Any, beside: Dashboard, before: Collection[Cell] = ()
) -> set[Cell]:
    """Return the cells, by key of the line and number of the column, that a user is not shown.

    `before` are those that the version before leaves out. A hidden cell that could be worked out from its neighbours, or
    from the dashboard, takes another one with it.
    """
    if sees_small(user):
        return set()
    table = _Table(definition, sheet, beside)
    given = beside.hidden & table.values.keys()
    given |= {table.keys[cell] for cell in before if cell in table.keys}
    hidden = closed(table.values, list(table.sums()), table.small() | given, table.price, table.rests)
    counts = {cell for cell, key in table.keys.items() if key in hidden}
    return counts | set(table.rates(hidden, counts))


@dataclass
class _Table:
    """The numbers of a sheet by what they are, those that follow without being named, and what makes nought of them."""

    definition: Definition
    sheet: Sheet
    beside: Dashboard
    keys: dict[Cell, Key] = field(default_factory=dict)
    values: dict[Key, Number] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for line, number, column in self._cells():
            value = line.value(number)
            if value is not None and not column.is_rate:
                self.keys[line.key, number] = key = self._key(line, number, column)
                self.values[key] = value
        for (place, group), row in self._rows.items():
            self.values |= {(place, key, *group): number for key, number in complete(row).items()}
        for whole, parts, rest in self._splits():
            self.values.setdefault(whole, self.beside.shown.get(whole, 0))
            self.values[rest] = self.values[whole] - sum(self.values[part] for part in parts)

    def _cells(self) -> Iterator[tuple[Line, int, Column]]:
        for line in self.sheet.all_lines():
            for number, column in self.definition.numbered():
                yield line, number, column

    def _key(self, line: Line, number: int, column: Column) -> Key:
        if column.source != Source.METRIC:
            return (TOTAL if line is self.sheet.total else line.key, number)
        place, group = self._where(line, column)
        return (place, column.metric, *group)

    def _where(self, line: Line, column: Column) -> tuple[str, Group]:
        """Return of which place a figure is, and to which cells of dimensions its line and its column narrow it."""
        place, group = self._of_line(line)
        return place, (*group, column.dimension, column.value) if column.dimension else group

    def _of_line(self, line: Line) -> tuple[str, Group]:
        if line is self.sheet.total:
            return TOTAL, ()
        if self.definition.rows == RowsKind.PLACES:
            return line.key, ()
        if self.definition.rows == RowsKind.CATEGORIES:
            return TOTAL, ("category", line.key)
        row = self.definition.own_rows[int(line.key.removeprefix("r")) - 1]
        return TOTAL, (row.dimension, row.value) if row.dimension else ()

    @cached_property
    def _rows(self) -> dict[tuple[str, Group], dict[str, Number]]:
        """The figures by place and cells of dimensions, also those that a percentage is made of."""
        found: dict[tuple[str, Group], dict[str, Number]] = defaultdict(dict)
        for line, number, column in self._cells():
            if column.source != Source.METRIC:
                continue
            row = found[self._where(line, column)]
            made_of = line.parts[number - 1] if column.is_rate and line.parts else None
            if made_of:
                row |= dict(zip(METRICS[column.metric].parts or (), made_of, strict=True))
            elif not column.is_rate and (value := line.value(number)) is not None:
                row[column.metric] = value
        return found

    def _splits(self) -> Iterable[tuple[Key, list[Key], Key]]:
        """Yield a figure, the parts of it by a dimension, and what is left of it; what it is the dashboard tells too."""
        found: dict[tuple[Key, str], list[Key]] = defaultdict(list)
        for key in self.keys.values():
            for at in range(2, len(key), 2):
                found[(*key[:at], *key[at + 2 :]), key[at]].append(key)
        for (whole, dimension), parts in found.items():
            if whole in self.values or whole in self.beside.shown:
                yield whole, sorted(set(parts)), (*whole, f"{REST} {dimension}")

    def sums(self) -> Iterable[dict[Key, int]]:
        """Yield what makes nought: formulas, checks, what figures are to each other, and the columns."""
        for line in self.sheet.all_lines():
            yield from self._written_sums(line)
        for (place, group), row in self._rows.items():
            for figure, made_of in sums_within(complete(row)):
                yield equal((place, figure, *group), [(place, one, *group) for one in made_of])
        for whole, parts, rest in self._splits():
            yield equal(whole, [*parts, rest])
        if self.sheet.total:
            yield from self._column_sums(self.sheet.total)

    def _column_sums(self, total: Line) -> Iterable[dict[Key, int]]:
        for number, _ in self.definition.numbered():
            cells = [(line.key, number) for line in (total, *self.sheet.lines)]
            if all(cell in self.keys for cell in cells):
                whole, *parts = (self.keys[cell] for cell in cells)
                yield equal(whole, parts)
        if self.definition.rows == RowsKind.PLACES:
            unnamed = {key[1:] for key in self.values.keys() - self._shown if key[0] == TOTAL}
            for figure in unnamed:
                parts = [(line.key, *figure) for line in self.sheet.lines]
                if set(parts) <= self.values.keys():
                    yield equal((TOTAL, *figure), parts)

    def _written_sums(self, line: Line) -> Iterable[dict[Key, int]]:
        """Yield the formulas and checks that a form's maker wrote."""
        written = [
            (number, column.parsed)
            for number, column in self.definition.numbered()
            if column.source == Source.FORMULA and not column.is_rate
        ]
        written += [(check.left, check.parsed) for check in self.definition.checks if check.relation == "="]
        for number, formula in written:
            if all((line.key, one) in self.keys for one in (number, *formula.columns)):
                yield self._less(line.key, number, formula)

    def _less(self, line: str, number: int, formula: Formula) -> dict[Key, int]:
        """Return a column less its formula; one that names a column twice counts it twice."""
        found = {self.keys[line, number]: 1}
        for sign, column in formula.terms:
            key = self.keys[line, column]
            found[key] = found.get(key, 0) - sign
        return found

    def small(self) -> set[Key]:
        """Return the numbers from one to four that point to children; of a whole region its own figure does not."""
        return {
            key
            for key, value in self.values.items()
            if is_small(value)
            and not (self._is_told(key) and len(key) == WHOLE)
            and self._is_about_children(key[1])
        }

    def _is_told(self, key: Key) -> bool:
        """Return whether it is a figure of the whole region or a part of one: the dashboard shows it, or leaves it out."""
        return bool(key[0] == TOTAL and len(key) in (WHOLE, PART) and key[1] in METRICS)

    def _is_about_children(self, figure: str | int) -> bool:
        """Return whether a small number could point to a child: counted children, or sums with such."""
        if isinstance(figure, str):
            return figure != TWICE and (figure not in METRICS or points_to_children(METRICS[figure]))
        column = self.definition.columns[figure - 1]
        if column.source == Source.HAND:
            return column.own_unit in PEOPLE
        named = ((number, self.definition.columns[number - 1]) for number in column.parsed.columns)
        return any(
            self._is_about_children(other.metric if other.source == Source.METRIC else number)
            for number, other in named
        )

    def price(self, key: Key) -> Any | None:
        """Return what leaving a number out costs; None where it is not this table's to leave out."""
        if self._is_told(key) or key not in self._shown:
            return None
        return price_of(str(key[1]), self.values[key])

    @property
    def rests(self) -> set[Key]:
        """What is left of a number less its parts: it stands nowhere. That nothing is left anybody may think."""
        return {
            key
            for key, value in self.values.items()
            if value and (str(key[-1]).startswith(REST) or str(key[1]).startswith(REST))
        }

    @cached_property
    def _shown(self) -> frozenset[Key]:
        return frozenset(self.keys.values())

    def rates(self, hidden: Collection[Key], counts: Collection[Cell]) -> Iterable[Cell]:
        """Yield the percentages that tell a hidden number: of hidden ones, or of fewer than five."""
        for line, number, column in self._cells():
            if column.source == Source.FORMULA and column.is_rate:
                named = any((line.key, other) in counts for other in column.parsed.columns)
                if named or self._is_of_few(line, number):
                    yield line.key, number
            elif column.is_rate and self._tells(line, number, column, hidden):
                yield line.key, number

    def _tells(self, line: Line, number: int, column: Column, hidden: Collection[Key]) -> bool:
        parts = METRICS[column.metric].parts or ("", "")
        if not points_to_children(METRICS[parts[0]]):
            return False
        place, group = self._where(line, column)
        if any((place, name, *group) in hidden for name in (*parts, f"{REST} {column.metric}")):
            return True
        return (place != TOTAL or bool(group)) and self._is_of_few(line, number)

    def _is_of_few(self, line: Line, number: int) -> bool:
        made_of = line.parts[number - 1] if line.parts else None
        return bool(made_of and rate_tells(*made_of))
