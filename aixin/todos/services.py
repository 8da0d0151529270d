"""Deciding a to-do, and closing those whose cause is gone: atomic, audited."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from aixin.access.models import Role
from aixin.access.people import recorder_for
from aixin.access.permissions import may_edit
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.todos.choices import State
from aixin.todos.kinds import Decision, DecisionError, decision_of
from aixin.todos.models import Todo


class ClosedError(Exception):
    """Somebody, or the course of things, was first; the message says who and what."""


def may_decide(user: Any, todo: Todo) -> bool:
    """Return whether the user's office decides about a to-do: that of its level, or one above that may edit.

    City and province change no county's records; about the volunteers of their own offices they decide themselves.
    """
    post = getattr(user, "acting_post", None)
    if post is None or post.role != Role.STAFF:
        return False
    if not may_edit(user):
        return bool(post.region_id == todo.region_id)
    return bool(post.covers(todo.region_id) and post.level <= todo.level)


def is_offered(user: Any, todo: Todo, decision: Decision) -> bool:
    """Return whether the user may take this decision about a to-do."""
    return may_decide(user, todo) and decision.offered(todo) and decision.allowed(user)


@transaction.atomic
def decide(user: Any, todo: Todo, decision: Decision, reason: str = "") -> Todo:
    """Carry a decision out by the ordinary service, close the to-do and return it.

    Raise ClosedError when it is open no more, and DecisionError where the service refuses. Of two clerks at once the
    second is told what the first decided, and nothing of hers is done: the person's row is held before the to-do's,
    as everywhere, so that nobody waits for each other.
    """
    current: Todo = Todo.objects.get(pk=todo.pk)
    if not current.is_open:
        raise ClosedError(closed_words(user, current))
    if decision.url is not None or not is_offered(user, current, decision):
        raise DecisionError("这项待办不能这样办。")
    if decision.needs_reason and not reason:
        raise DecisionError("请写明原因。")
    _carry_out(user, current, decision, reason)
    # What was carried out may have closed it as lapsed; what another clerk decided meanwhile stands.
    held: Todo = Todo.objects.select_for_update(of=("self",)).get(pk=current.pk)
    if held.state == State.DECIDED:
        raise ClosedError(closed_words(user, held))
    held.state, held.decision, held.remark = State.DECIDED, decision.key, reason
    held.decided_by, held.closed_at = user, timezone.now()
    held.ask_again_on = _days_from_today(decision.asks_again)
    held.save()
    record(user, Action.UPDATE, held, reason=f"办理待办：{decision.label}")
    return held


def _carry_out(user: Any, todo: Todo, decision: Decision, reason: str) -> None:
    try:
        decision.act(user, todo, reason)
    except DecisionError:
        # The service may refuse because somebody else was quicker with this very to-do.
        todo.refresh_from_db()
        if todo.state == State.DECIDED:
            raise ClosedError(closed_words(user, todo)) from None
        raise


def _days_from_today(days: int | None) -> datetime.date | None:
    return None if days is None else timezone.localdate() + datetime.timedelta(days=days)


def closed_words(user: Any, todo: Todo) -> str:
    """Return what became of a closed to-do, for whoever comes second."""
    if todo.state == State.LAPSED:
        return "情况已经变化，这项待办已自行消除，没有改动。"
    decision = decision_of(todo.kind, todo.decision)
    who = recorder_for(user, todo.decided_by) if todo.decided_by else ""
    when = f"{timezone.localtime(todo.closed_at):%m月%d日 %H:%M}" if todo.closed_at else ""
    return f"这项待办{who}已于{when}办理：{decision.label if decision else '已办'}。没有重复办理。"


def decide_many(user: Any, todos: Iterable[Todo], decision: Decision) -> int:
    """Take a harmless decision about many to-dos and return how many; those closed meanwhile are left as they are."""
    done = 0
    for todo in todos:
        try:
            decide(user, todo, decision)
        except (ClosedError, DecisionError):
            continue
        done += 1
    return done


def lapse(label: str, pk: int, kinds: Iterable[str] = ()) -> int:
    """Close the open to-dos about a row, of these kinds or of all, because their cause is gone; return how many."""
    found = Todo.objects.open().filter(subject=label, subject_id=pk)
    if kinds:
        found = found.filter(kind__in=list(kinds))
    return found.update(state=State.LAPSED, closed_at=timezone.now())
