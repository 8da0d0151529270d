"""关爱项目 as a condition: who takes part in a programme, and how far what it asks is done.

Who takes part is whom a programme asks something of, excused times aside, as its own page of progress counts it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from aixin.access.models import User
from care.choices import State
from care.models import Duty
from care.programmes.choices import ProgrammeState
from care.programmes.models import Programme
from care.programmes.progress import asked_in, is_late
from reports.asking.criteria import ChoiceCriterion, Condition

IS, NOT, OPEN, LATE, DONE = "is", "not", "open", "late", "done"


def programmes_for(user: User) -> list[tuple[str, str]]:
    """Return the programmes that a user may ask about: those she sees and that have begun."""
    begun = Programme.objects.visible_to(user).exclude(state=ProgrammeState.DRAFT)
    return [(str(pk), name) for pk, name in begun.order_by("-first_on", "-pk").values_list("pk", "name")]


@dataclass(frozen=True)
class ProgrammeCriterion(ChoiceCriterion):
    """Taking part in one of some programmes, or in none, or with so much of them done."""

    ops: ClassVar[dict[str, str]] = {
        IS: "参加", NOT: "没参加", OPEN: "参加，还有待办", LATE: "参加，有超期没办", DONE: "参加，要办的都办了",
    }  # fmt: skip

    def narrow(self, rows: Any, condition: Condition, user: Any) -> Any:
        takes_part = self.matches(condition.values, user)
        if condition.op == NOT:
            return rows.filter(~takes_part)
        rows = rows.filter(takes_part)
        if condition.op == IS:
            return rows
        behind = self.matches(condition.values, user, _left(condition.op))  # type: ignore[call-arg]
        return rows.filter(~behind if condition.op == DONE else behind)

    def words(self, condition: Condition, user: Any) -> str:
        labels = self.labels(user, condition.values)
        said = "、".join(labels.get(value, value) for value in condition.values)
        more = self.ops[condition.op].partition("，")[2]
        stated = f"{said}，{more}" if more else said
        return f"没参加 {said}" if condition.op == NOT else stated


def _left(op: str) -> Q:
    """Return which duties keep somebody in a state of progress, or out of having done all."""
    if op == LATE:
        return is_late(timezone.localdate())
    return Q(state=State.OPEN) if op == OPEN else Q(state__in=(State.OPEN, State.LAPSED))


def programme(label: str, link: str, row: str = "pk") -> ProgrammeCriterion:
    """Return the criterion of a subject whose `row` the duties of programmes lead to by `link`."""

    def matches(values: tuple[str, ...], user: Any, more: Q | None = None) -> Exists:
        asked: Any = asked_in(Duty.objects.visible_to(user), values).filter(more or Q())
        return Exists(asked.filter(**{link: OuterRef(row)}).order_by())

    chosen: Callable[..., Exists] = matches
    return ProgrammeCriterion("programme", label, programmes_for, chosen)
