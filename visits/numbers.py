"""What becomes of a call-back when its caller asks for the number: hers, passed on to the head, or let off.

Where a guardian must not be called nobody may learn it from a call-back (threat model). So every child's call-backs are
arranged, drawn, counted and listed alike, and it shows only here, where chance does the same to a share of them all.
"""

import datetime
import secrets
from enum import Enum

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from aixin.access.authority import heads_of
from aixin.access.models import User
from aixin.access.regions import county_of
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.notify.models import Notice
from aixin.notify.services import send, settle
from children.models import Child, Guardian
from visits.choices import Answer
from visits.holding import held_back
from visits.models import CallBack
from visits.services import VisitError, subject_of

# For so long a further call-back about the child meets with the same: asking again and again tells nothing.
LASTS_DAYS = 30


class Outcome(Enum):
    OPEN = "open"
    PASSED_ON = "passed_on"
    LET_OFF = "let_off"


@transaction.atomic
def ask_for_number(actor: User, callback: CallBack, guardian: Guardian) -> Outcome:
    """Open the guardian's number to who is to call, or pass the call on to the head, or let it off; return which.

    Raises VisitError when the call was closed or passed on before.
    """
    held = CallBack.objects.select_for_update(of=("self",)).select_related("child").get(pk=callback.pk)
    if held.answered_at is not None or held.passed_at != callback.passed_at:
        raise VisitError("这次回访已经记过结果。")
    heads = _heads_to_call(actor, held)
    otherwise = Outcome.PASSED_ON if heads else Outcome.LET_OFF
    # All are looked at each time, so that the answer takes as long for every child.
    if not any([_by_chance(), bool(held_back([held.child_id])), _lately(held, otherwise)]):
        record(actor, Action.REVEAL, guardian, reason="回访", field="phone", assigned=f"callback:{held.pk}")
        return Outcome.OPEN
    if heads:
        _pass_on(held, heads)
    else:
        _let_off(held)
    record(actor, Action.UPDATE, held, child=held.child_id, change=otherwise.value)
    return otherwise


def _by_chance() -> bool:
    share: int = settings.CALLBACKS_PASSED_ON
    return bool(share) and secrets.randbelow(share) == 0


def _heads_to_call(actor: User, callback: CallBack) -> list[User]:
    """Return the county's heads; none where the actor is one of them or it is with them already."""
    heads = [] if callback.passed_at else list(heads_of(county_of(callback.child.region_id)))
    return [] if actor in heads else heads


def _lately(callback: CallBack, otherwise: Outcome) -> bool:
    """Return whether another call-back about the child met with the same within the last days, or is still there."""
    others = CallBack.objects.filter(child=callback.child_id).exclude(pk=callback.pk)
    since = timezone.now() - datetime.timedelta(days=LASTS_DAYS)
    if otherwise is Outcome.LET_OFF:
        return others.filter(answer=Answer.LET_OFF, answered_at__gte=since).exists()
    passed = Q(answered_at=None, passed_at__isnull=False) | Q(passed_at__gte=since)
    return others.filter(passed).exists()


def _pass_on(callback: CallBack, heads: list[User]) -> None:
    callback.passed_at = timezone.now()
    callback.save(update_fields=["passed_at"])
    settle([subject_of(callback)])
    send(_notice_of(head, callback, callback.child) for head in heads)


def _notice_of(head: User, callback: CallBack, child: Child) -> Notice:
    return Notice(
        addressee=f"user:{head.pk}",
        region_id=child.region_id,
        kind="callback",
        key=f"{subject_of(callback)}:{head.pk}",
        subject=subject_of(callback),
        title=f"有一次回访交给您亲自打：{child.name}的监护人",
        body=f"{callback.due_on:%m月%d日}前。{callback.question}".strip(),
        link=reverse("visits:callbacks"),
    )


def _let_off(callback: CallBack) -> None:
    now = timezone.now()
    callback.answer, callback.answered_at = Answer.LET_OFF, now
    callback.passed_at = callback.passed_at or now
    callback.save(update_fields=["answer", "answered_at", "passed_at"])
    settle([subject_of(callback)])
