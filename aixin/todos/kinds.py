"""Kinds of to-dos: what is found, and what may be decided. The apps that know the facts register theirs."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from aixin.access.regions import Level
from aixin.todos.models import Todo


class DecisionError(Exception):
    """The decision cannot be carried out; the message is for the user."""


@dataclass(frozen=True)
class Found:
    """A row about which somebody has to decide. `facts` are codes, numbers and dates, never words about a person.

    The occasion tells one cause from the next about the same row; `due_on` replaces the kind's days.
    """

    subject_id: int
    region_id: str
    occasion: str
    numbers: tuple[str, ...]
    facts: dict[str, Any] = field(default_factory=dict)
    due_on: datetime.date | None = None


def _nothing(user: Any, todo: Todo, reason: str) -> None:
    """A decision that changes no record."""


def _always(_: Any) -> bool:
    return True


@dataclass(frozen=True)
class Decision:
    """What may be decided: `act` runs the ordinary service and raises DecisionError where that refuses.

    `url` leads to the page where it is decided instead. `asks_again` are the days after which the same cause is found
    again; None: never for this occasion.
    """

    key: str
    label: str
    act: Callable[[Any, Todo, str], None] = _nothing
    url: Callable[[Todo], str] | None = None
    needs_reason: bool = False
    # What is asked for where a reason is needed.
    question: str = "原因"
    asks_again: int | None = 0
    # One click for many ticked rows: nobody is harmed by it.
    bulk: bool = False
    # What follows from it, for the page that asks once.
    meaning: str = ""
    offered: Callable[[Todo], bool] = _always
    allowed: Callable[[Any], bool] = _always


@dataclass(frozen=True)
class Kind:
    """One kind of to-do. `find` reads set by set; `words` says the facts in Chinese, without a name."""

    key: str
    label: str
    subject: str
    level: Level
    days: int
    find: Callable[[datetime.date], Iterable[Found]]
    words: Callable[[dict[str, Any]], str]
    decisions: tuple[Decision, ...]


class Shown(NamedTuple):
    """A row as a user may see it: its name for her, and its page."""

    title: str
    url: str


ShowRows = Callable[[Any, Iterable[int]], dict[int, Shown]]
_kinds: dict[str, Kind] = {}
_further: dict[str, list[Decision]] = defaultdict(list)
_subjects: dict[str, ShowRows] = {}


def register_kind(kind: Kind) -> None:
    """Let the daily search look for a kind."""
    _kinds[kind.key] = kind


def register_decision(kind: str, decision: Decision) -> None:
    """Let a higher app offer a further decision about a kind."""
    _further[kind].append(decision)


def register_subject(label: str, show: ShowRows) -> None:
    """Say how the rows of a model are named to a user; those that she may not see are left out."""
    _subjects[label] = show


def kinds() -> list[Kind]:
    """Return every kind."""
    return list(_kinds.values())


def kind_of(key: str) -> Kind | None:
    """Return a kind, or None for one that no app knows any more."""
    return _kinds.get(key)


def decisions_of(key: str) -> list[Decision]:
    """Return everything that may be decided about a kind, in the order of the buttons."""
    kind = kind_of(key)
    return [*kind.decisions, *_further[key]] if kind else []


def decision_of(key: str, decision: str) -> Decision | None:
    """Return a decision about a kind by its key."""
    return next((one for one in decisions_of(key) if one.key == decision), None)


def shown_rows(user: Any, label: str, ids: Iterable[int]) -> dict[int, Shown]:
    """Return how rows of a model stand before a user, with one query; those outside her range are left out."""
    show = _subjects.get(label)
    return show(user, ids) if show else {}
