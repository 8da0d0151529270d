"""Small cells for officials (DOMAIN section 6): those under five are hidden, and what would give them away."""

from collections.abc import Iterable, Iterator
from typing import Any

from reports.metrics import METRICS
from reports.returns.definition import Column, Definition, Source
from reports.returns.sheets import Sheet
from reports.small import SMALLEST_SHOWN, sees_small

Cell = tuple[str, int]


def hidden_cells(definition: Definition, sheet: Sheet, user: Any) -> set[Cell]:
    """Return the cells, by key of the line and number of the column, that a user is not shown.

    A hidden cell that could be worked out from its neighbours takes another one with it.
    """
    if sees_small(user):
        return set()
    counts = [number for number, column in definition.numbered() if _is_about_children(definition, column)]
    found = {
        (line.key, number) for line in sheet.all_lines() for number in counts if _is_small(line.value(number))
    }
    sums = list(_sums(definition, sheet, counts))
    while extra := next(_given_away(sums, found, sheet), None):
        found.add(extra)
    return found | set(_rates(definition, sheet, found))


def _sums(definition: Definition, sheet: Sheet, counts: list[int]) -> Iterable[set[Cell]]:
    """Yield each set of cells of which the last can be worked out from the others."""
    for line in sheet.all_lines():
        for number, column in definition.numbered():
            if column.source == Source.FORMULA and not column.is_rate:
                yield {(line.key, other) for other in (number, *column.parsed.columns)}
        for check in definition.checks:
            if check.relation == "=":
                yield {(line.key, other) for other in (check.left, *check.parsed.columns)}
    if sheet.total:
        for number in counts:
            yield {(line.key, number) for line in sheet.all_lines()}


def _given_away(sums: list[set[Cell]], found: set[Cell], sheet: Sheet) -> Iterator[Cell]:
    """Yield the smallest neighbour of a cell that stands hidden alone in its sum."""
    values = {line.key: line for line in sheet.all_lines()}
    for cells in sums:
        open_ones = [cell for cell in cells - found if values[cell[0]].value(cell[1])]
        if len(cells & found) == 1 and open_ones:
            yield min(open_ones, key=lambda cell: (values[cell[0]].value(cell[1]), cell))


def _rates(definition: Definition, sheet: Sheet, found: set[Cell]) -> Iterable[Cell]:
    """Yield the percentages that tell a hidden number: of hidden columns, or of fewer than five."""
    for line in sheet.all_lines():
        for number, column in definition.numbered():
            if not column.is_rate:
                continue
            made_of = line.parts[number - 1]
            named = column.parsed.columns if column.source == Source.FORMULA else ()
            if any((line.key, other) in found for other in named) or _tells(made_of):
                yield line.key, number


def _is_small(value: float | None) -> bool:
    return value is not None and 0 < abs(value) < SMALLEST_SHOWN


def _tells(made_of: tuple[int, int] | None) -> bool:
    """Return whether a share or its remainder is of one to four people."""
    return made_of is not None and any(map(_is_small, (*made_of, made_of[1] - made_of[0])))


def _is_about_children(definition: Definition, column: Column) -> bool:
    """Return whether a small number in a column could point to a child: counted children, or sums with such."""
    if column.is_rate or column.source == Source.HAND:
        return False
    if column.source == Source.METRIC:
        return METRICS[column.metric].is_about_children
    named = (definition.columns[number - 1] for number in column.parsed.columns)
    return any(_is_about_children(definition, other) for other in named)
