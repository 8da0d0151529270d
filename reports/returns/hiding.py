"""Small cells for officials (DOMAIN section 6): those under five are hidden, and what would give them away."""

from collections.abc import Iterable
from typing import Any

from aixin.access.models import Region, Role
from reports.figures import hidden
from reports.returns.definition import Definition, Source
from reports.returns.sheets import Sheet

Cell = tuple[str, int]


def hidden_cells(definition: Definition, sheet: Sheet, region: Region, user: Any) -> set[Cell]:
    """Return the cells, by key of the line and number of the column, that a user is not shown.

    A hidden cell that could be worked out from its neighbours takes another one with it.
    """
    if user.acting_post.role != Role.OFFICIAL:
        return set()
    counts = [number for number, column in definition.numbered() if not column.is_rate]
    found = {
        (line.key, number)
        for line in sheet.all_lines()
        for number in counts
        if line.value(number) is not None and hidden(line.value(number), region, user)
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


def _given_away(sums: list[set[Cell]], found: set[Cell], sheet: Sheet) -> Iterable[Cell]:
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
            if any((line.key, other) in found for other in named) or _is_small(made_of):
                yield line.key, number


def _is_small(made_of: tuple[int, int] | None) -> bool:
    """Return whether a share or its remainder is of one to four people."""
    if made_of is None:
        return False
    part, whole = made_of
    return any(0 < number < 5 for number in (part, whole, whole - part))
