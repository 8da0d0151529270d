"""What can be asked about: rows, what to ask of them, what to count them by, and how they are shown.

A higher app adds to a subject what it adds to the list: a filter or a figure registered with `extensions_of(label)`
can be asked for here, a column shown. What stands on no list is appended to `own_criteria` or `groupings` of
`subject_of(key)`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from aixin.access.extension import extensions_of
from aixin.exchange.exporting import ExportedList
from reports.asking.criteria import (
    NOTHING_LABEL,
    NOTHING_SAID,
    ChoiceCriterion,
    Criterion,
    NumberCriterion,
)
from reports.asking.groupings import Grouping


@dataclass
class Subject:
    """Rows that can be asked for.

    `listed` is how they leave as a ledger, whose columns the page shows too; `usual` the columns shown until others are
    chosen; `assumed` what is asked where nothing else is said; `name` the column that leads to a row's page.
    """

    key: str
    title: str
    icon: str
    unit: str
    listed: ExportedList
    usual: tuple[str, ...]
    assumed: tuple[str, tuple[str, ...]]
    name: str
    url: Callable[[Any], str]
    own_criteria: list[Criterion]
    groupings: list[Grouping]
    orders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    # Figures of the list that say no more than a criterion does.
    plain_figures: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        return self.listed.label

    def rows(self, user: Any) -> Any:
        """Return all rows that the user's list shows."""
        visible = self.listed.view.model._default_manager.visible_to(user)
        return getattr(visible, self.listed.reading)()

    @property
    def criteria(self) -> list[Criterion]:
        """Everything that may be asked, what higher apps added included."""
        return [*self.own_criteria[:1], self._figures(), *self.own_criteria[1:], *self._added()]

    def criterion(self, key: str) -> Criterion | None:
        return next((known for known in self.criteria if known.key == key), None)

    def grouping(self, key: str, user: Any) -> Grouping | None:
        """Return a grouping that the user is offered."""
        return next((known for known in self.offered_groupings(user) if known.key == key), None)

    def offered_groupings(self, user: Any) -> list[Grouping]:
        return [grouping for grouping in self.groupings if grouping.offered(user)]

    def _figures(self) -> Criterion:
        figures = extensions_of(self.label).figures
        choices = [(key, known.label) for key, known in figures.items() if key not in self.plain_figures]

        def matches(values: tuple[str, ...], user: Any) -> Q:
            return self._any_of(user, (figures[value].rows for value in values))

        return ChoiceCriterion("figure", "情况", lambda _: choices, matches)

    def _added(self) -> Iterable[Criterion]:
        for added in extensions_of(self.label).filters:
            yield ChoiceCriterion(added.key, added.label, added.choices, self._matches_of(added.narrow))

    def _matches_of(self, narrow: Callable[[Any, str], Any]) -> Callable[[tuple[str, ...], Any], Q]:
        def matches(values: tuple[str, ...], user: Any) -> Q:
            return self._any_of(user, (partial(_to_value, narrow, value) for value in values))

        return matches

    def _any_of(self, user: Any, narrowings: Iterable[Callable[[Any], Any]]) -> Q:
        # As sets of keys: such rows may come annotated, joined or distinct, which must not meet in one query.
        visible = self.listed.view.model._default_manager.visible_to(user)
        return reduce(or_, (Q(pk__in=narrow(visible).order_by().values("pk")) for narrow in narrowings))


def _to_value(narrow: Callable[[Any, str], Any], value: str, rows: Any) -> Any:
    return narrow(rows, value)


_subjects: dict[str, Subject] = {}


def register_subject(subject: Subject) -> None:
    """Offer rows to be asked for."""
    _subjects[subject.key] = subject


def subjects() -> Sequence[Subject]:
    """Return everything that can be asked about."""
    return list(_subjects.values())


def subject_of(key: str) -> Subject | None:
    """Return the subject of a key, None for an unknown one."""
    return _subjects.get(key)


def one_of(key: str, label: str, column: str, choices: Iterable[tuple[str, Any]]) -> ChoiceCriterion:
    """Return the criterion that a column has one of its values."""
    fixed = [(str(value), str(name)) for value, name in choices if value]
    return ChoiceCriterion(key, label, lambda _: fixed, lambda values, _: Q(**{f"{column}__in": values}))


def one_of_or_nothing(
    key: str, label: str, column: str, choices: Iterable[tuple[str, Any]]
) -> ChoiceCriterion:
    """Return the criterion that a column, which may be blank, has one of its values."""
    fixed = [*((str(value), str(name)) for value, name in choices if value), (NOTHING_SAID, NOTHING_LABEL)]

    def matches(values: tuple[str, ...], user: Any) -> Q:
        return Q(**{f"{column}__in": ["" if value == NOTHING_SAID else value for value in values]})

    return ChoiceCriterion(key, label, lambda _: fixed, matches)


def some_of(key: str, label: str, column: str, choices: Iterable[tuple[str, Any]]) -> ChoiceCriterion:
    """Return the criterion that a column of several values has one of those given, or none at all."""
    fixed = [*((str(value), str(name)) for value, name in choices), (NOTHING_SAID, NOTHING_LABEL)]

    def matches(values: tuple[str, ...], user: Any) -> Q:
        named = Q(**{f"{column}__overlap": [value for value in values if value != NOTHING_SAID]})
        return named | Q(**{column: []}) if NOTHING_SAID in values else named

    return ChoiceCriterion(key, label, lambda _: fixed, matches)


def yes_no(
    key: str, label: str, column: str, yes: str = "是", no: str = "否", *, may_be_unknown: bool = False
) -> ChoiceCriterion:
    """Return the criterion that a column is true or false, or unknown."""
    unknown = [(NOTHING_SAID, NOTHING_LABEL)] if may_be_unknown else []
    conditions = {"1": Q(**{column: True}), "0": Q(**{column: False})}
    conditions[NOTHING_SAID] = Q(**{f"{column}__isnull": True})
    return ChoiceCriterion(
        key,
        label,
        lambda _: [("1", yes), ("0", no), *unknown],
        lambda values, _: reduce(or_, (conditions[value] for value in values)),
    )


def among(
    key: str, label: str, choices: Iterable[tuple[str, Any]], having: Callable[[Sequence[str]], Any]
) -> ChoiceCriterion:
    """Return the criterion that a row has, among rows of another table, one with a value given.

    `having` returns those rows, tied to the row asked about.
    """
    fixed = [(str(value), str(name)) for value, name in choices]
    return ChoiceCriterion(key, label, lambda _: fixed, lambda values, _: Exists(having(values)))


def number(
    key: str, label: str, expression: Callable[[], Any], unit: str, most: int = 999
) -> NumberCriterion:
    """Return the criterion that a number lies between two others."""

    def limit(rows: Any, low: int | None, high: int | None) -> Any:
        rows = rows.alias(**{f"asked_{key}": expression()})
        ends = {f"asked_{key}__gte": low, f"asked_{key}__lte": high}
        return rows.filter(**{name: end for name, end in ends.items() if end is not None})

    return NumberCriterion(key, label, limit, unit, most)


def column_number(key: str, label: str, column: str, unit: str, most: int = 999) -> NumberCriterion:
    """Return the criterion that a column lies between two numbers."""
    return number(key, label, lambda: F(column), unit, most)


def number_of(rows: Any, link: str) -> Coalesce:
    """Return how many of some rows belong to the row asked about, as an expression."""
    mine = rows.filter(**{link: OuterRef("pk")}).order_by().values(link).annotate(number=Count("pk"))
    return Coalesce(Subquery(mine.values("number"), output_field=IntegerField()), 0)
