"""A question: what is asked of which rows, and how the answer is shown. An address holds all of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from aixin.exchange.ledgers import Look
from reports.asking.criteria import Condition, UnclearError
from reports.asking.groupings import Grouping
from reports.asking.subjects import Subject

MOST_GROUPINGS = 2
_GROUPS = ("by", "by2")
_AT = "at."
# What else an address may state; `page` and `add` are of the page that shows the answer.
_NAMES = {"subject", "col", "sort", "page", "add", *_GROUPS}
_ENDS = ("", ".op", ".from", ".to")
LONGEST_NAME = 20


@dataclass(frozen=True)
class Question:
    """A subject, conditions that all hold, groups opened, groupings (none: a list), columns and order.

    `complaints` says in Chinese which parts of the address were not understood and are left out.
    """

    subject: Subject
    conditions: tuple[Condition, ...] = ()
    opened: tuple[tuple[Grouping, str], ...] = ()
    groupings: tuple[Grouping, ...] = ()
    columns: tuple[str, ...] = ()
    order: str = ""
    complaints: tuple[str, ...] = ()

    def rows(self, user: Any) -> Any:
        """Return the rows asked for, as far as the user sees them."""
        return self.narrowed(self.subject.rows(user), user)

    def narrowed(self, rows: Any, user: Any) -> Any:
        """Return those of some rows that meet all conditions and stand in the groups opened."""
        for condition in self.conditions:
            rows = condition.narrow(rows, user)
        for grouping, value in self.opened:
            rows = grouping.narrow(rows, value)
        return rows

    def in_order(self, rows: Any) -> Any:
        """Return rows of the list in the order asked for, in their own where none is."""
        fields = self.subject.orders.get(self.order.removeprefix("-"), ())
        turned = self.order.startswith("-")
        named = [_turned(name) if turned else name for name in fields]
        return rows.order_by(*named, "pk") if named else rows

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """How an address writes it."""
        return [
            ("subject", self.subject.key),
            *(pair for condition in self.conditions for pair in condition.pairs),
            *((f"{_AT}{grouping.key}", value) for grouping, value in self.opened),
            *zip(_GROUPS, (grouping.key for grouping in self.groupings), strict=False),
            *(("col", key) for key in self.columns),
            *([("sort", self.order)] if self.order else []),
        ]

    @property
    def query(self) -> str:
        """The address's query."""
        return urlencode(self.pairs)

    def condition(self, key: str) -> Condition | None:
        """Return what is asked of a criterion."""
        return next((known for known in self.conditions if known.criterion.key == key), None)

    def without(self, key: str) -> "Question":
        """Return the question without one condition."""
        return replace(self, conditions=tuple(c for c in self.conditions if c.criterion.key != key))

    def without_group(self, key: str) -> "Question":
        """Return the question beyond one opened group."""
        return replace(self, opened=tuple(pair for pair in self.opened if pair[0].key != key))

    def opening(self, values: Iterable[str]) -> "Question":
        """Return the question for the rows of one group: a value for each grouping, or for the first alone."""
        opened = zip(self.groupings, values, strict=False)
        return replace(self, opened=(*self.opened, *opened), groupings=(), order="")

    def ordered_by(self, order: str) -> "Question":
        return replace(self, order=order)


def question_from(data: QueryDict, subject: Subject, user: Any) -> Question:
    """Return the question of an address; what is not understood is left out and complained of."""
    reader = _Reader(data, subject, user)
    reader.complain_of_unknown()
    return Question(
        subject,
        reader.conditions(),
        reader.opened(),
        reader.groupings(),
        reader.columns(),
        reader.order(),
        tuple(reader.complaints),
    )


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def words_of(question: Question, user: Any) -> list[tuple[str, str]]:
    """Return label and words of everything that is asked."""
    stated = [(known.criterion.label, known.words(user)) for known in question.conditions]
    return stated + [(grouping.label, grouping.label_of(value, user)) for grouping, value in question.opened]


class _Reader:
    """Reads the parts of an address."""

    def __init__(self, data: QueryDict, subject: Subject, user: Any) -> None:
        self.data, self.subject, self.user = data, subject, user
        self.complaints: list[str] = []

    def complain_of_unknown(self) -> None:
        """A condition that nobody knows must not be taken for one that everybody meets."""
        known = _NAMES | {f"{_AT}{grouping.key}" for grouping in self.subject.groupings}
        known |= {f"{criterion.key}{end}" for criterion in self.subject.criteria for end in _ENDS}
        stated = (name for name in self.data if self.data[name] and name not in known)
        self.complaints += [f"没有“{name[:LONGEST_NAME]}”这种条件，没有用上。" for name in stated]

    def conditions(self) -> tuple[Condition, ...]:
        found = []
        assumed, values = self.subject.assumed
        for criterion in self.subject.criteria:
            condition = self._condition(criterion)
            if condition is None and criterion.key == assumed:
                condition = Condition(criterion, criterion.usual_op, values)
            if condition is not None:
                found.append(condition)
        return tuple(found)

    def _condition(self, criterion: Any) -> Condition | None:
        try:
            condition: Condition | None = criterion.read(self.data, self.user)
        except UnclearError as unclear:
            self.complaints.append(f"“{criterion.label}”{unclear}，这个条件没有用上。")
            return None
        return condition

    def opened(self) -> tuple[tuple[Grouping, str], ...]:
        found = []
        for grouping in self.subject.groupings:
            for value in self.data.getlist(f"{_AT}{grouping.key}")[:MOST_GROUPINGS]:
                try:
                    grouping.check(value)
                except UnclearError as unclear:
                    self.complaints.append(f"“{grouping.label}”{unclear}，这个条件没有用上。")
                else:
                    found.append((grouping, value))
        return tuple(found)

    def groupings(self) -> tuple[Grouping, ...]:
        found: list[Grouping] = []
        for name in _GROUPS:
            key = self.data.get(name, "")
            grouping = self.subject.grouping(key, self.user) if key else None
            if key and grouping is None:
                self.complaints.append("没有这种分组，没有按它数。")
            if grouping is not None and grouping not in found:
                found.append(grouping)
        # Places stand at the left, where there is room for many.
        return tuple(sorted(found, key=lambda grouping: not grouping.width))

    def columns(self) -> tuple[str, ...]:
        known = {column.key for column in self.subject.listed.offered(Look(self.user, full=False))}
        return tuple(dict.fromkeys(key for key in self.data.getlist("col") if key in known))

    def order(self) -> str:
        stated = self.data.get("sort", "")
        known = {*self.subject.orders, "count"}
        return stated if stated.removeprefix("-") in known else ""
