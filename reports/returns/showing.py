"""A return as pages and files show it: rows of words, hidden cells, changes against an earlier sheet."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from reports.returns.definition import Definition
from reports.returns.formulas import Number, tidy
from reports.returns.hiding import Cell
from reports.returns.sheets import Broken, Line, Sheet

# Fewer than five, or what such a number could be worked out from.
HIDDEN = "*"
NONE = "–"


@dataclass(frozen=True)
class ShownLine:
    """A row of the page."""

    title: str
    cells: list[str]
    is_total: bool = False
    is_aside: bool = False
    key: str = ""
    url: str = ""


@dataclass(frozen=True)
class Heading:
    """A heading of one or several columns."""

    text: str
    span: int = 1
    rows: int = 1
    unit: str = ""
    tip: str = ""
    number: int = 0


@dataclass(frozen=True)
class Shown:
    """The headings in two rows, and the lines."""

    groups: list[Heading]
    headings: list[Heading]
    lines: list[ShownLine]
    definition: Definition = field(repr=False)


def written(value: Number | None, *, is_rate: bool = False) -> str:
    """Return a value as offices write it: 1,488, 91.8, 12.5; a dash for none."""
    if value is None:
        return NONE
    return f"{value:,.1f}" if is_rate else f"{value:,}"


def change_text(now: Number | None, before: Number | None, *, is_rate: bool = False) -> str:
    """Return a change with its sign: +12, -3, 0."""
    gap = change(now, before, is_rate=is_rate)
    if not gap:
        return NONE if gap is None else "0"
    return f"{gap:+,.1f}" if is_rate else f"{gap:+,}"


def change(now: Number | None, before: Number | None, *, is_rate: bool = False) -> Number | None:
    """Return a change as a number; None where one of the two is unknown."""
    if now is None or before is None:
        return None
    return round(now - before, 1) if is_rate else tidy(now - before)


@dataclass(frozen=True)
class Faults:
    """What stands in the way of handing in: checks that fail, in words, and what is not filled in, by its column."""

    wrong: list[tuple[str, str]]
    empty: dict[str, list[str]]

    @property
    def empty_cells(self) -> int:
        return sum(map(len, self.empty.values()))


def faults_in_words(broken: Iterable[Broken]) -> Faults:
    """Return the checks that fail with the line of each, and per column the lines in which nothing is filled in."""
    found = Faults([], {})
    for fault in broken:
        if fault.gap is None:
            found.empty.setdefault(fault.left_name, []).append(fault.line)
        else:
            found.wrong.append((fault.line, f"{fault.sentence}（{_sides(fault)}）"))
    return found


def _sides(fault: Broken) -> str:
    left, right, gap = (written(side) for side in (fault.left, fault.right, fault.gap))
    return f"{fault.left_name}是 {left}，{fault.right_name}是 {right}，相差 {gap.removeprefix('-')}"


def line_of(definition: Definition, line: Line, hidden: Collection[Cell] = (), **more: Any) -> ShownLine:
    """Return a line in words."""
    cells = [
        HIDDEN if (line.key, number) in hidden else written(line.value(number), is_rate=column.is_rate)
        for number, column in definition.numbered()
    ]
    return ShownLine(more.pop("title", line.title), cells, key=line.key, **more)


def change_of(
    definition: Definition, title: str, now: Line, before: Line, hidden: Collection[int] = ()
) -> ShownLine:
    """Return the change of a line against an earlier one."""
    cells = [
        HIDDEN
        if number in hidden
        else change_text(now.value(number), before.value(number), is_rate=column.is_rate)
        for number, column in definition.numbered()
    ]
    return ShownLine(title, cells, is_aside=True)


def shown_sheet(definition: Definition, sheet: Sheet, hidden: Collection[Cell] = ()) -> Shown:
    """Return a sheet with its headings."""
    lines = [line_of(definition, line, hidden) for line in sheet.lines]
    if sheet.total:
        lines.append(line_of(definition, sheet.total, hidden, is_total=True))
    return Shown(*headings_of(definition), lines, definition)


Hidden = dict[str, set[Cell]]


def compared_lines(definition: Definition, sheets: dict[str, Sheet], hidden: Hidden) -> list[ShownLine]:
    """Return what stands below the total: the period before and the year before, each with the change."""
    now = sheets["now"].total
    found = []
    for which, title, gap in (
        ("before", "上期", "比上期增减"),
        ("year_ago", "去年同期", "比去年同期增减"),
    ):
        other = sheets[which].total
        if now and other:
            either = hidden.get("now", set()) | hidden.get(which, set())
            found.append(line_of(definition, other, hidden.get(which, ()), title=title, is_aside=True))
            columns = {number for key, number in either if key == now.key}
            found.append(change_of(definition, gap, now, other, columns))
    return found


def against(definition: Definition, now: Sheet, before: Sheet) -> Shown:
    """Return for every line the value with its change against an earlier sheet."""
    old = {line.key: line for line in before.all_lines()}
    lines = []
    for line in now.all_lines():
        mine = line_of(definition, line, is_total=line is now.total)
        gaps = (
            change_of(definition, "", line, old[line.key]).cells
            if line.key in old
            else [NONE] * len(mine.cells)
        )
        cells = [f"{value}（{gap}）" for value, gap in zip(mine.cells, gaps, strict=True)]
        lines.append(ShownLine(mine.title, cells, mine.is_total))
    return Shown(*headings_of(definition), lines, definition)


def headings_of(definition: Definition) -> tuple[list[Heading], list[Heading]]:
    """Return the headings of groups, where there are any, and of columns."""
    numbered = list(definition.numbered())
    headings = [
        Heading(column.title, unit=column.unit, tip=column.meaning, number=number)
        for number, column in numbered
    ]
    if not any(column.group for _, column in numbered):
        return [], headings
    groups: list[Heading] = []
    for (_, column), heading in zip(numbered, headings, strict=True):
        if not column.group:
            groups.append(Heading(column.title, 1, 2, heading.unit, heading.tip, heading.number))
        elif groups and groups[-1].rows == 1 and groups[-1].text == column.group:
            groups[-1] = Heading(column.group, groups[-1].span + 1)
        else:
            groups.append(Heading(column.group))
    return groups, [heading for (_, column), heading in zip(numbered, headings, strict=True) if column.group]
