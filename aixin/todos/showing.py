"""To-dos as a user may see them: whom they are about, the facts in words, what she may decide."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from aixin.access.lists import county_names_for
from aixin.access.people import place_for
from aixin.todos.kinds import Decision, Shown, decision_of, decisions_of, kind_of, shown_rows
from aixin.todos.models import Todo
from aixin.todos.services import is_offered

GONE = Shown("（已不在本辖区的名册上）", "")


@dataclass(frozen=True)
class Button:
    """One decision: its words and where it is taken; `asks` first on a page of its own."""

    decision: Decision
    url: str
    asks: bool


@dataclass(frozen=True)
class Line:
    """A to-do as a page shows it."""

    todo: Todo
    kind: str
    whom: Shown
    words: str
    place: str
    buttons: list[Button]
    decided: str
    # Where it has come up: to this reader's office, or to one above it.
    came_up: str
    asked_again: datetime.date | None

    @property
    def may_be_ticked(self) -> bool:
        """Whether a decision for many rows at once is among hers."""
        return any(button.decision.bulk for button in self.buttons)


def lines_for(user: Any, todos: Iterable[Todo]) -> list[Line]:
    """Return to-dos as the user may see them; one query for each model that they are about."""
    rows = list(todos)
    ids: dict[str, set[int]] = defaultdict(set)
    for todo in rows:
        ids[todo.subject].add(todo.subject_id)
    shown = {label: shown_rows(user, label, found) for label, found in ids.items()}
    names = county_names_for(user)
    return [_line(user, todo, shown[todo.subject].get(todo.subject_id, GONE), names) for todo in rows]


def lines_about(user: Any, row: Any) -> list[Line]:
    """Return what is open about a row, for its own page: there its name need not be said again."""
    label = row._meta.label_lower
    found = Todo.objects.visible_to(user).open().about(label, row.pk, row.no)
    return [
        replace(line, kind="", whom=Shown(line.kind, ""))
        if (line.todo.subject, line.todo.subject_id) == (label, row.pk)
        else line
        for line in lines_for(user, found.for_list())
    ]


def page_of(user: Any, todo: Todo) -> str:
    """Return the page of the row that a to-do is about, empty where the user does not see it."""
    return shown_rows(user, todo.subject, [todo.subject_id]).get(todo.subject_id, GONE).url


def _line(user: Any, todo: Todo, whom: Shown, county_names: dict[str, str]) -> Line:
    kind, decision = kind_of(todo.kind), decision_of(todo.kind, todo.decision)
    return Line(
        todo,
        kind.label if kind else "",
        whom,
        kind.words(todo.facts) if kind else "",
        place_for(user, todo.region, county_names),
        _buttons(user, todo) if todo.is_open else [],
        decision.label if decision else "",
        _came_up(user, todo),
        todo.ask_again_on if decision and decision.asks_again else None,
    )


def _came_up(user: Any, todo: Todo) -> str:
    if not todo.is_open or todo.escalated_to is None:
        return ""
    return "下级没有办" if user.acting_post.level < todo.level else "已报上级"


def _buttons(user: Any, todo: Todo) -> list[Button]:
    return [
        _button(todo, decision) for decision in decisions_of(todo.kind) if is_offered(user, todo, decision)
    ]


def _button(todo: Todo, decision: Decision) -> Button:
    if decision.url is not None:
        return Button(decision, decision.url(todo), asks=True)
    return Button(decision, reverse("todos:decide", args=[todo.pk, decision.key]), asks=decision.needs_reason)
