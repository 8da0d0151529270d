"""Small cells for officials (DOMAIN section 6): those under five are hidden, and what would give them away."""

from collections.abc import Iterable
from typing import Any

from reports.closing import closed, equal
from reports.metrics import METRICS
from reports.returns.definition import Column, Definition, Source
from reports.returns.formulas import Formula
from reports.returns.sheets import Sheet
from reports.small import is_small, points_to_children, rate_tells, sees_small

Cell = tuple[str, int]


def hidden_cells(definition: Definition, sheet: Sheet, user: Any) -> set[Cell]:
    """Return the cells, by key of the line and number of the column, that a user is not shown.

    A hidden cell that could be worked out from its neighbours takes another one with it.
    """
    if sees_small(user):
        return set()
    counts = [number for number, column in definition.numbered() if _is_about_children(definition, column)]
    values = {
        (line.key, number): value
        for line in sheet.all_lines()
        for number, column in definition.numbered()
        if not column.is_rate and (value := line.value(number)) is not None
    }
    small = {cell for cell, value in values.items() if cell[1] in counts and is_small(value)}
    sums = [one for one in _sums(definition, sheet, counts) if values.keys() >= one.keys()]

    def price(cell: Cell) -> Any | None:
        return (not values[cell], values[cell])

    found = closed(values, sums, small, price)
    return found | set(_rates(definition, sheet, found))


def _sums(definition: Definition, sheet: Sheet, counts: list[int]) -> Iterable[dict[Cell, int]]:
    """Yield what makes nought: formulas, checks, what figures are to each other, and the columns."""
    for line in sheet.all_lines():
        yield from _row_sums(definition, line.key)
    if sheet.total:
        for number in counts:
            yield equal((sheet.total.key, number), [(line.key, number) for line in sheet.lines])


def _row_sums(definition: Definition, key: str) -> Iterable[dict[Cell, int]]:
    for number, column in definition.numbered():
        if column.source == Source.FORMULA and not column.is_rate:
            yield _less(key, number, column.parsed)
    for check in definition.checks:
        if check.relation == "=":
            yield _less(key, check.left, check.parsed)
    for columns in _metrics(definition).values():
        if {"eligible", "paired", "unpaired"} <= columns.keys():
            yield equal((key, columns["eligible"]), [(key, columns[one]) for one in ("paired", "unpaired")])


def _metrics(definition: Definition) -> dict[tuple[str, str], dict[str, int]]:
    """Return the columns that show a figure, by the cell of a dimension that they are narrowed to."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for number, column in definition.numbered():
        if column.source == Source.METRIC:
            found.setdefault((column.dimension, column.value), {})[column.metric] = number
    return found


def _less(key: str, number: int, formula: Formula) -> dict[Cell, int]:
    """Return a column less its formula; one that names a column twice counts it twice."""
    found = {(key, number): 1}
    for sign, column in formula.terms:
        found[key, column] = found.get((key, column), 0) - sign
    return found


def _rates(definition: Definition, sheet: Sheet, found: set[Cell]) -> Iterable[Cell]:
    """Yield the percentages that tell a hidden number: of hidden columns, or of fewer than five."""
    for line in sheet.all_lines():
        for number, column in definition.numbered():
            if not column.is_rate:
                continue
            made_of = line.parts[number - 1]
            named = column.parsed.columns if column.source == Source.FORMULA else ()
            if any((line.key, other) in found for other in named) or (made_of and rate_tells(*made_of)):
                yield line.key, number


def _is_about_children(definition: Definition, column: Column) -> bool:
    """Return whether a small number in a column could point to a child: counted children, or sums with such."""
    if column.is_rate or column.source == Source.HAND:
        return False
    if column.source == Source.METRIC:
        return points_to_children(METRICS[column.metric])
    named = (definition.columns[number - 1] for number in column.parsed.columns)
    return any(_is_about_children(definition, other) for other in named)
