"""The controls of a question: one chip a condition, open where something is to be typed or put right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aixin.exchange.ledgers import Look
from reports.asking.criteria import Condition, Criterion, Option
from reports.asking.groupings import Grouping
from reports.asking.listing import Listing
from reports.asking.question import Question


@dataclass(frozen=True)
class Chip:
    """A condition that is asked, or about to be: its words, its inputs, and the query without it if it may be taken away."""

    criterion: Criterion
    words: str
    without: str
    is_open: bool
    ops: list[Option]
    options: list[Option]
    low: str = ""
    high: str = ""
    typed: str = ""


def chips_of(question: Question, user: Any, adding: str) -> list[Chip]:
    """Return the chips of a question, the one to be added last and open."""
    chips = [_chip(question, known.criterion, known, user) for known in question.conditions]
    criterion = question.subject.criterion(adding)
    if criterion is None or question.condition(adding):
        return chips
    return [*chips, _chip(question, criterion, None, user)]


def _chip(question: Question, criterion: Criterion, condition: Condition | None, user: Any) -> Chip:
    op = condition.op if condition else criterion.usual_op
    values = condition.values if condition else ()
    low, high = (
        values
        if len(values) == len(("from", "to")) and criterion.control in {"numbers", "days"}
        else ("", "")
    )
    return Chip(
        criterion,
        condition.words(user) if condition else "",
        # What is assumed comes back by itself: it is changed, not taken away.
        question.without(criterion.key).query if criterion.key != question.subject.assumed[0] else "",
        condition is None,
        [Option(code, label, code == op) for code, label in criterion.operators.items()],
        criterion.options(user, condition),
        low,
        high,
        values[0] if values and criterion.control == "since" else "",
    )


@dataclass(frozen=True)
class OpenedChip:
    """A group that was opened: what it says, and the query beyond it."""

    name: str
    value: str
    label: str
    words: str
    without: str


def opened_chips(question: Question, user: Any) -> list[OpenedChip]:
    """Return a chip for each group opened."""
    return [_opened(question, grouping, value, user) for grouping, value in question.opened]


def _opened(question: Question, grouping: Grouping, value: str, user: Any) -> OpenedChip:
    words = grouping.label_of(value, user)
    without = question.without_group(grouping.key).query
    return OpenedChip(f"at.{grouping.key}", value, grouping.label, words, without)


def to_add(question: Question) -> list[tuple[str, str]]:
    """Return label and query of each criterion that may be asked as well."""
    asked = {known.criterion.key for known in question.conditions}
    return [
        (criterion.label, f"{question.query}&add={criterion.key}")
        for criterion in question.subject.criteria
        if criterion.key not in asked
    ]


def column_options(question: Question, user: Any) -> list[Option]:
    """Return the columns that may be chosen; those that are always there are not among them."""
    offered = question.subject.listed.offered(Look(user, full=False))
    shown = {column.key for column in Listing(question, user).columns}
    return [Option(column.key, column.title, column.key in shown) for column in offered if not column.fixed]


def grouping_options(question: Question, user: Any, at: int) -> list[Option]:
    """Return what the rows may be counted by in the first or the second place."""
    chosen = question.groupings[at].key if len(question.groupings) > at else ""
    offered: Sequence[Grouping] = question.subject.offered_groupings(user)
    return [Option(grouping.key, grouping.label, grouping.key == chosen) for grouping in offered]
