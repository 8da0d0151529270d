"""The rows asked for as a page shows them: the columns of their ledger, masked as the user may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aixin.access.extension import extensions_of
from aixin.exchange.ledgers import LedgerColumn, Look, chosen_columns
from reports.asking.question import Question


@dataclass(frozen=True)
class Cell:
    """What a cell says, under which heading, and where it leads."""

    text: str
    heading: str
    url: str = ""


@dataclass(frozen=True)
class Heading:
    """A column's title; `query` orders by it, `direction` says how the rows are ordered by it now."""

    title: str
    query: str
    direction: str


class Listing:
    """The answer to a question that does not group."""

    def __init__(self, question: Question, user: Any) -> None:
        self.question, self.subject, self.look = question, question.subject, Look(user, full=False)
        self._ordered = question.rows(user)

    @property
    def columns(self) -> list[LedgerColumn]:
        """The columns that are fixed or chosen, else the usual ones."""
        offered = self.subject.listed.offered(self.look)
        return chosen_columns(offered, self.question.columns or self.subject.usual)

    @property
    def rows(self) -> Any:
        """The rows in their order, with what the columns need."""
        return self.subject.listed.prepare(self._with_columns(self.question.in_order(self._ordered)))

    def _with_columns(self, rows: Any) -> Any:
        shown = {column.key for column in self.columns}
        for column in extensions_of(self.subject.label).columns:
            rows = column.prepare(rows) if column.key in shown else rows
        return rows

    def headings(self) -> list[Heading]:
        """Return the titles, those that order the rows with the way to do so."""
        return [self._heading(column) for column in self.columns]

    def _heading(self, column: LedgerColumn) -> Heading:
        stated = self.question.order
        if column.key not in self.subject.orders:
            return Heading(column.title, "", "")
        directions = {column.key: "ascending", f"-{column.key}": "descending"}
        follows = f"-{column.key}" if stated == column.key else column.key
        return Heading(column.title, self.question.ordered_by(follows).query, directions.get(stated, ""))

    def lines(self, rows: Sequence[Any]) -> list[list[Cell]]:
        """Return the cells of a page's rows."""
        for records in self.subject.listed.records:
            records.give(rows)
        columns = self.columns
        return [[self._cell(column, row) for column in columns] for row in rows]

    def _cell(self, column: LedgerColumn, row: Any) -> Cell:
        value = column.read(row, self.look)
        url = self.subject.url(row) if column.key == self.subject.name else ""
        return Cell("" if value is None else str(value), column.title, url)
