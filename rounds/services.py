"""Opening a round, answering for a child, closing: atomic, audited, the villages told."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from aixin.access.models import Post, Role, User
from aixin.access.querysets import within
from aixin.access.regions import Level
from aixin.access.signals import message_due, message_settled
from aixin.audit.models import Action
from aixin.audit.trail import record
from children.models import Child
from children.signals import change_reported
from rounds.choices import Outcome
from rounds.models import Round, RoundAnswer
from rounds.querysets import asked_about, unanswered


class RoundError(Exception):
    """The round does not allow it; the message is for the user."""


@transaction.atomic
def open_round(actor: Any, new: Round) -> Round:
    """Begin a round at the actor's region, tell the villages and return it; raise RoundError while one is open."""
    newest = Child.objects.filter(within(new.region_id)).aggregate(newest=Max("pk"))["newest"]
    new.opened_by, new.newest_child = actor, newest or 0
    try:
        with transaction.atomic():
            new.save()
    except IntegrityError:
        raise RoundError("已经有一轮摸排在进行，结束后才能开始新的。") from None
    record(actor, Action.CREATE, new)
    _tell(new, villages_of(new), "opened", f"摸排开始：{new.title}")
    return new


def villages_of(found: Round) -> list[User]:
    """Return the people of the village offices below a round's region."""
    posts = Post.objects.current().filter(
        within(found.region_id), role=Role.STAFF, region__level=Level.VILLAGE, user__is_active=True
    )
    return list(User.objects.filter(pk__in=posts.values("user_id")).order_by("pk"))


def _tell(found: Round, to: list[User], occasion: str, title: str) -> None:
    message_due.send(
        Round,
        to=to,
        code=found.region_id,
        kind="round",
        key=f"round:{found.pk}:{occasion}",
        title=title,
        body=f"请在{found.due_on:%m月%d日}前，逐个核实本村在册的孩子：还在、有变化，还是离开了。",
        link=reverse("rounds:village", args=[found.pk]),
    )


@transaction.atomic
def remind_villages(actor: Any, found: Round) -> int:
    """Remind the villages that have not answered for every child, once a day; return how many people are told."""
    left = set(unanswered(Child.objects.all(), found).values_list("region_id", flat=True))
    posts = Post.objects.current().filter(
        role=Role.STAFF, region_id__in=left, region__level=Level.VILLAGE, user__is_active=True
    )
    people = list(User.objects.filter(pk__in=posts.values("user_id")).order_by("pk"))
    _tell(found, people, f"{timezone.localdate()}", f"摸排还没有报完：{found.title}")
    record(actor, Action.UPDATE, found, reason="提醒摸排")
    return len(people)


@transaction.atomic
def answer(actor: Any, found: Round, child: Child, outcome: Outcome, words: str) -> RoundAnswer:
    """Store what is said of a child, in place of what was said before, and return it.

    Raise RoundError when the round is over or does not ask about the child.
    """
    # A village may not change the county's round, and so not hold it either.
    current: Round = Round.objects.get(pk=found.pk)
    if not current.is_open:
        raise RoundError("这一轮摸排已经结束，不能再改。")
    if not asked_about(Child.objects.all(), current).filter(pk=child.pk).exists():
        raise RoundError("这个孩子不在这一轮摸排里。")
    values = {"outcome": outcome, "words": words, "answered_by": actor, "answered_at": timezone.now()}
    said, _ = RoundAnswer.objects.update_or_create(round=current, child=child, defaults=values)
    record(actor, Action.UPDATE, said, child=child.pk, round=current.pk)
    if outcome == Outcome.CHANGED:
        change_reported.send(Child, child=child, on=timezone.localdate(), actor=actor, note=words)
    return said


@transaction.atomic
def close_round(actor: Any, found: Round) -> bool:
    """End a round; return False when it was closed before."""
    held: Round = Round.objects.select_for_update().get(pk=found.pk)
    if not held.is_open:
        return False
    held.closed_at = timezone.now()
    held.save(update_fields=["closed_at"])
    record(actor, Action.UPDATE, held, reason="结束摸排")
    message_settled.send(Round, key=f"round:{held.pk}")
    return True
