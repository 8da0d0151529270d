"""Writing what is raised about a child: once, with a deadline, until whoever raised it hears the result."""

import uuid
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from aixin.access.regions import county_of
from aixin.access.signals import message_settled
from aixin.audit.models import Action
from aixin.audit.trail import record
from children.models import Child
from children.signals import change_reported
from concerns.choices import HARDSHIPS, State, Urgency
from concerns.deadlines import due_at
from concerns.models import Concern
from concerns.policy import rules_for
from concerns.telling import office_at, tell


class ConcernError(Exception):
    """The step cannot be taken; the message is for the user."""


@transaction.atomic
def raise_concern(actor: Any, child: Child, concern: Concern) -> bool:
    """Store a matter of a child as typed and return whether it is new: sent twice, it is stored once.

    An urgent one is told to the county's head at once; the others wait in the county's list.
    """
    concern.child, concern.region_id, concern.raised_by = child, child.region_id, actor
    concern.due_at = due_at(concern.kind, concern.urgency, timezone.now(), rules_for(concern.region_id))
    if Concern.objects.filter(client_uuid=concern.client_uuid).exists():
        return False
    Concern.objects.bulk_create([concern], ignore_conflicts=True)
    stored = Concern.objects.select_related("child").filter(client_uuid=concern.client_uuid, raised_by=actor)
    found = stored.first()
    if found is None:
        return False
    record(actor, Action.CREATE, found, kind=found.kind, urgency=found.urgency)
    if found.urgency == Urgency.URGENT:
        _tell_county(found)
    if found.kind in HARDSHIPS:
        change_reported.send(Child, child=child, on=timezone.localdate(), actor=actor, note=found.text)
    return True


def _tell_county(concern: Concern) -> None:
    county = county_of(concern.region_id)
    tell(
        office_at(county),
        county,
        "concern",
        _key(concern),
        title=f"急：有一件{concern.get_kind_display()}问题上报",
        body=f"请在{timezone.localtime(concern.due_at):%m月%d日 %H:%M}前办理。",
        link=reverse("concerns:detail", args=[concern.pk]),
    )


def _key(concern: Concern) -> str:
    return f"concern:{concern.pk}"


def _held(concern: Concern) -> Concern:
    """Return the matter locked against another clerk; raise ConcernError when it is closed."""
    held: Concern = Concern.objects.select_for_update(of=("self",)).select_related("child").get(pk=concern.pk)
    if not held.is_open:
        raise ConcernError("这件问题已经办结。")
    return held


@transaction.atomic
def accept(actor: Any, concern: Concern) -> Concern:
    """Take a matter in hand and return it; a second click changes nothing. Raises ConcernError when it is closed."""
    held = _held(concern)
    if held.state == State.NEW:
        held.state = State.ACCEPTED
        held.save(update_fields=["state"])
        record(actor, Action.UPDATE, held, change=State.ACCEPTED)
    return held


@transaction.atomic
def hand_over(actor: Any, concern: Concern, office: str, handed_to: str) -> Concern:
    """Note to whom a matter was handed over today and return it; raises ConcernError when it is closed."""
    held = _held(concern)
    held.state, held.office, held.handed_to = State.HANDED, office, handed_to
    held.handed_on = timezone.localdate()
    held.save(update_fields=["state", "office", "handed_to", "handed_on"])
    record(actor, Action.UPDATE, held, change=State.HANDED)
    return held


@transaction.atomic
def close(actor: Any, concern: Concern, result: str) -> Concern:
    """Close a matter with its result and tell whoever raised it; raises ConcernError when it is closed already."""
    held = _held(concern)
    held.state, held.result, held.closed_at = State.CLOSED, result, timezone.now()
    held.save(update_fields=["state", "result", "closed_at"])
    record(actor, Action.UPDATE, held, change=State.CLOSED)
    message_settled.send(Concern, key=_key(held))
    if held.raised_by_id != actor.pk:
        _tell_result(held)
    return held


def _tell_result(concern: Concern) -> None:
    tell(
        [concern.raised_by],
        county_of(concern.region_id),
        "concern",
        f"{_key(concern)}:result",
        title="您反映的情况有了结果",
        body=concern.result[:300],
        link=reverse("concerns:mine"),
    )


def new_client_uuid() -> uuid.UUID:
    """Return the identity that a fresh form carries."""
    return uuid.uuid4()
