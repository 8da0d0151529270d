"""Rows counted by one or two groupings, each figure with the way to its rows."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count

from reports.asking.groupings import Grouping, text_of
from reports.asking.question import Question
from reports.metrics import rate

MOST_USED = "count"


@dataclass(frozen=True)
class Figure:
    """How many rows there are, and the query that lists them."""

    number: int
    query: str


@dataclass(frozen=True)
class Line:
    """A group of the first grouping: its parts by the second, its sum, and its share in per cent."""

    label: str
    parts: list[Figure]
    sum: Figure
    share: float


class Counts:
    """The answer to a question that groups. Two queries and one for each kind of name, however many rows."""

    def __init__(self, question: Question, user: Any) -> None:
        self.question, self.user = question, user

    @cached_property
    def cells(self) -> Counter[tuple[str, ...]]:
        """How many rows each group has, by its values as an address writes them."""
        names = [f"group{at}" for at, _ in enumerate(self.question.groupings)]
        expressions = (grouping.expression() for grouping in self.question.groupings)
        rows = self.question.rows(self.user).order_by().annotate(**dict(zip(names, expressions, strict=True)))
        found: Counter[tuple[str, ...]] = Counter()
        for *values, number in rows.values(*names).annotate(number=Count("pk")).values_list(*names, "number"):
            found[tuple(text_of(value) for value in values)] += number
        return found

    @property
    def total(self) -> int:
        return sum(self.cells.values())

    @property
    def heading(self) -> str:
        """What the lines are."""
        return self.question.groupings[0].label

    @cached_property
    def columns(self) -> list[tuple[str, str]]:
        """Value and label of each group of the second grouping."""
        return self._groups(1) if len(self.question.groupings) > 1 else []

    @cached_property
    def lines(self) -> list[Line]:
        """One line a group of the first grouping, in its order or the largest first."""
        lines = [self._line(value, label) for value, label in self._groups(0)]
        by_number = self.question.order.removeprefix("-") == MOST_USED
        return sorted(lines, key=lambda line: -line.sum.number) if by_number else lines

    @property
    def sums(self) -> list[int]:
        """The sum of each column."""
        by_column: Counter[str] = Counter()
        for values, number in self.cells.items():
            by_column[values[-1]] += number
        return [by_column[value] for value, _ in self.columns]

    def _groups(self, at: int) -> list[tuple[str, str]]:
        grouping: Grouping = self.question.groupings[at]
        values = {cell[at] for cell in self.cells}
        labels = grouping.labels(values, self.user)
        return [(value, labels.get(value, value)) for value in sorted(values, key=grouping.place_of)]

    def _line(self, value: str, label: str) -> Line:
        parts = [self._figure(value, column) for column, _ in self.columns]
        number = sum(part.number for part in parts) if parts else self.cells[value,]
        share = rate(number, self.total) or 0.0
        return Line(label, parts, Figure(number, self._query(value)), share)

    def _figure(self, *values: str) -> Figure:
        return Figure(self.cells[values], self._query(*values))

    def _query(self, *values: str) -> str:
        return self.question.opening(values).query
