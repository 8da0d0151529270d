"""A form's values from the figures of a region and period, with what people typed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from children.choices import Category
from reports.crossing import Crossed, crossed, pair_of
from reports.figures import Figures
from reports.metrics import METRICS, rate
from reports.returns.definition import Column, Definition, RowsKind, Source
from reports.returns.formulas import Number
from reports.returns.sheets import TOTAL, TOTAL_TITLE, Line, Sheet, completed, summed

# What people typed, by key of the row and number of the column.
Hand = Mapping[tuple[str, int], Number]
NOTHING: Hand = {}


@dataclass(frozen=True)
class Spot:
    """Where in the figures a value is found: the region or a place below it, whole or one cell of a dimension.

    `across` is the cell of another dimension, where a row's and a column's cells cross.
    """

    place: str = ""
    dimension: str = ""
    value: str = ""
    across: tuple[str, str] | None = None

    def narrowed(self, dimension: str, value: str) -> "Spot":
        """Return it narrowed to a cell of a dimension, where one is given, or to where two cells cross."""
        if dimension and self.dimension:
            return replace(self, across=(dimension, value))
        return Spot(self.place, dimension, value) if dimension else self


def filled(definition: Definition, figures: Figures, hand: Hand = NOTHING) -> Sheet:
    """Return the values of a form; a place's own rows stand as a line of their own, so that the lines add up."""
    both = _crossed(definition, figures)
    lines = tuple(
        _line(definition, figures, both, key, title, spot, hand)
        for key, title, spot in _rows(definition, figures)
    )
    total = _total(definition, figures, lines) if definition.has_total and lines else None
    return Sheet(lines, total)


def _rows(definition: Definition, figures: Figures) -> list[tuple[str, str, Spot]]:
    """Return key, title and place in the figures of each row."""
    if definition.rows == RowsKind.PLACES:
        asked = set(_asked(definition))
        return [
            (place.code, place.name, Spot(place=place.code))
            for place in figures.places
            if place.is_shown(asked)
        ]
    if definition.rows == RowsKind.CATEGORIES:
        return [
            (str(code), str(name), Spot(dimension="category", value=str(code)))
            for code, name in Category.choices
        ]
    return [
        (f"r{number}", row.title, Spot(dimension=row.dimension, value=row.value))
        for number, row in enumerate(definition.own_rows, start=1)
    ]


def _crossed(definition: Definition, figures: Figures) -> Crossed:
    """Return what is counted where rows and columns of a form cross; without a query where none do."""
    columns = [column for column in definition.columns if column.source == Source.METRIC and column.dimension]
    pairs = {pair_of(row, column.dimension) for row in definition.row_dimensions for column in columns}
    keys = {column.metric for column in columns}
    return crossed(figures.region.code, figures.as_of, pairs, keys) if pairs else Crossed()


def _asked(definition: Definition) -> Iterator[str]:
    """Yield the figures that the columns show, and what percentages are made of."""
    for column in definition.columns:
        if column.source == Source.METRIC and column.metric in METRICS:
            yield from (column.metric, *(METRICS[column.metric].parts or ()))


def counted(figures: Figures, metric: str, spot: Spot, both: Crossed | None = None) -> Number | None:
    """Return a count at a spot; None where the figures know no such place."""
    if spot.across:
        assert both is not None
        return both.number(metric, spot.place, frozenset({(spot.dimension, spot.value), spot.across}))
    if spot.dimension:
        if spot.place:
            return figures.place_cell(spot.place, metric, spot.dimension).get(spot.value, 0)
        return figures.cell(metric, spot.dimension).get(spot.value, 0)
    if not spot.place:
        return figures.totals.get(metric)
    return next((place.values.get(metric) for place in figures.places if place.code == spot.place), None)


def measured(
    figures: Figures, metric: str, spot: Spot, both: Crossed | None = None
) -> tuple[Number | None, tuple[int, int] | None]:
    """Return a metric's value at a spot, and for a percentage what it is made of."""
    made_of = METRICS[metric].parts
    if not made_of:
        return counted(figures, metric, spot, both), None
    part, whole = (counted(figures, key, spot, both) for key in made_of)
    if part is None or whole is None:
        return None, None
    return rate(int(part), int(whole)), (int(part), int(whole))


def _line(
    definition: Definition, figures: Figures, both: Crossed, key: str, title: str, spot: Spot, hand: Hand
) -> Line:
    found = [
        _value(figures, both, column, spot, hand.get((key, number)))
        for number, column in definition.numbered()
    ]
    return completed(definition, key, title, [value for value, _ in found], [parts for _, parts in found])


def _value(figures: Figures, both: Crossed, column: Column, spot: Spot, typed: Number | None) -> Any:
    if column.source == Source.HAND:
        return typed, None
    if column.source == Source.FORMULA:
        return None, None
    return measured(figures, column.metric, spot.narrowed(column.dimension, column.value), both)


def _total(definition: Definition, figures: Figures, lines: tuple[Line, ...]) -> Line:
    """Return the region's own figures, and the sum of what was typed."""
    typed = summed(definition, TOTAL, TOTAL_TITLE, lines)
    found = [
        (typed.value(number), None)
        if column.source == Source.HAND
        else _value(figures, Crossed(), column, Spot(), None)
        for number, column in definition.numbered()
    ]
    return completed(definition, TOTAL, TOTAL_TITLE, [value for value, _ in found], [p for _, p in found])
