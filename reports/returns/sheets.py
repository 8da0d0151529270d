"""The values of a form for one region and period, and what is said about them: totals, checks, differences. No database."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reports.metrics import rate
from reports.returns.definition import Column, Definition, Source, sentence_of
from reports.returns.formulas import Number, tidy

TOTAL, TOTAL_TITLE = "total", "合计"


@dataclass(frozen=True)
class Line:
    """A row with its values; `parts` are numerator and denominator of each percentage, so that lines can be summed."""

    key: str
    title: str
    values: tuple[Number | None, ...]
    parts: tuple[tuple[Number, Number] | None, ...] = ()

    def value(self, number: int) -> Number | None:
        """Return the value of a column by its number, from 1."""
        return self.values[number - 1]


@dataclass(frozen=True)
class Sheet:
    """The lines of a form and, where they add up, their total."""

    lines: tuple[Line, ...]
    total: Line | None = None

    def all_lines(self) -> tuple[Line, ...]:
        return (*self.lines, self.total) if self.total else self.lines

    def as_json(self) -> dict[str, Any]:
        return {
            "lines": [_line_json(line) for line in self.lines],
            "total": _line_json(self.total) if self.total else None,
        }


def _line_json(line: Line) -> dict[str, Any]:
    parts = [list(part) if part else None for part in line.parts]
    return {"key": line.key, "title": line.title, "values": list(line.values), "parts": parts}


def from_json(data: Mapping[str, Any]) -> Sheet:
    """Return the sheet that `as_json` gave."""
    total = data["total"]
    return Sheet(tuple(_line(line) for line in data["lines"]), _line(total) if total else None)


def _line(data: Mapping[str, Any]) -> Line:
    parts = tuple((part[0], part[1]) if part else None for part in data["parts"])
    return Line(data["key"], data["title"], tuple(data["values"]), parts)


def digest_of(sheet: Sheet) -> str:
    """Return what tells one state of the values from another: what was seen is what is handed in."""
    return hashlib.sha256(json.dumps(sheet.as_json(), sort_keys=True).encode()).hexdigest()[:32]


def completed(
    definition: Definition,
    key: str,
    title: str,
    values: Sequence[Number | None],
    parts: Sequence[tuple[Number, Number] | None],
) -> Line:
    """Return a line with its formulas worked out; percentages keep what they are made of."""
    filled, made = list(values), list(parts)
    for number, column in definition.numbered():
        if column.source == Source.FORMULA:
            formula = column.parsed
            filled[number - 1] = formula.value(lambda other: filled[other - 1])
            if formula.is_rate:
                made[number - 1] = _parts(filled[formula.columns[0] - 1], filled[formula.columns[1] - 1])
    return Line(key, title, tuple(filled), tuple(made))


def _parts(part: Number | None, whole: Number | None) -> tuple[Number, Number] | None:
    return None if part is None or whole is None else (part, whole)


def summed(definition: Definition, key: str, title: str, lines: Sequence[Line]) -> Line:
    """Return the sum of lines: counts add up, percentages are worked out anew."""
    values: list[Number | None] = []
    parts: list[tuple[Number, Number] | None] = []
    for number, column in definition.numbered():
        part = _summed_parts(lines, number) if column.is_rate else None
        parts.append(part)
        values.append(rate(*part) if part else _summed_values(lines, number, column))
    return completed(definition, key, title, values, parts)


def _summed_parts(lines: Iterable[Line], number: int) -> tuple[Number, Number] | None:
    known = [part for line in lines if (part := line.parts[number - 1])]
    return (sum(part for part, _ in known), sum(whole for _, whole in known)) if known else None


def _summed_values(lines: Sequence[Line], number: int, column: Column) -> Number | None:
    found = [line.value(number) for line in lines]
    if column.is_rate or not found or any(value is None for value in found):
        return None
    return tidy(sum(value for value in found if value is not None))


def added_up(definition: Definition, sheets: Sequence[tuple[str, str, Sheet]]) -> Sheet:
    """Return the sheet of a region from those of the places below it, given with their codes and names.

    Where the rows are places each place becomes a line; otherwise equal lines are added.
    """
    if definition.rows == "places":
        lines = tuple(
            replace(sheet.total, key=code, title=name) for code, name, sheet in sheets if sheet.total
        )
    else:
        lines = _added_lines(definition, [sheet for _, _, sheet in sheets])
    total = summed(definition, TOTAL, TOTAL_TITLE, lines) if definition.has_total and lines else None
    return Sheet(lines, total)


def _added_lines(definition: Definition, sheets: Sequence[Sheet]) -> tuple[Line, ...]:
    by_key: dict[str, list[Line]] = {}
    for sheet in sheets:
        for line in sheet.lines:
            by_key.setdefault(line.key, []).append(line)
    return tuple(summed(definition, key, lines[0].title, lines) for key, lines in by_key.items())


@dataclass(frozen=True)
class Broken:
    """A check that does not hold, or a value that is missing: which, in which line, and by how much."""

    sentence: str
    line: str
    left: Number | None = None
    right: Number | None = None
    # What stands on the two sides, in words; of a value that is missing its column.
    left_name: str = ""
    right_name: str = ""

    @property
    def gap(self) -> Number | None:
        return None if self.left is None or self.right is None else tidy(self.left - self.right)


def broken_checks(definition: Definition, sheet: Sheet) -> list[Broken]:
    """Return every check that a sheet breaks, and every value still to be filled in by hand."""
    found = [
        Broken(
            f"“{definition.title_of(number)}”还没有填，没有的填 0",
            line.title,
            left_name=definition.title_of(number),
        )
        for number in definition.hand_columns
        for line in sheet.lines
        if line.value(number) is None
    ]
    for check in definition.checks:
        for line in sheet.all_lines():
            left, right = line.value(check.left), check.parsed.value(line.value)
            if left is None or right is None:
                continue
            if left > right or (check.relation == "=" and left != right):
                names = (definition.title_of(check.left), check.parsed.words(definition.title_of))
                found.append(Broken(sentence_of(check, definition), line.title, left, right, *names))
    return found


@dataclass(frozen=True)
class Difference:
    """A cell that says something else than in the version before."""

    line: str
    column: str
    before: Number | None
    after: Number | None

    def as_json(self) -> dict[str, Any]:
        return vars(self)


def differences(definition: Definition, before: Sheet, after: Sheet) -> list[Difference]:
    """Return every cell in which two sheets of a form differ, lines that one of them lacks included."""
    old = {line.key: line for line in before.all_lines()}
    new = {line.key: line for line in after.all_lines()}
    found = []
    for key in [*old, *(key for key in new if key not in old)]:
        one, other = old.get(key), new.get(key)
        title = (other or one).title  # type: ignore[union-attr]
        for number, _ in definition.numbered():
            was = one.value(number) if one else None
            is_now = other.value(number) if other else None
            if was != is_now:
                found.append(Difference(title, definition.title_of(number), was, is_now))
    return found
