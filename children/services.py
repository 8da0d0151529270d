"""Writes to a child's record: atomic, audited."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from aixin.audit.models import Action
from aixin.audit.trail import record
from children.choices import LeavingReason, NeedSource, NeedState, Status
from children.models import Child, Guardian, Need, Parent, RetentionHold
from children.signals import child_left, child_saved


class NotOnRosterError(Exception):
    """The child has left the roster already."""


@transaction.atomic
def save_child(actor: Any, child: Child, guardian: Guardian, parents: list[Parent]) -> Child:
    """Store a child with its guardian and parents, new or changed, and return it."""
    added = child.pk is None
    child.prepare()
    child.save()
    people: list[Guardian | Parent] = [guardian, *parents]
    for person in people:
        person.child, person.region_id = child, child.region_id
        person.save()
    record(actor, Action.CREATE if added else Action.UPDATE, child)
    child_saved.send(Child, child=child)
    return child


@transaction.atomic
def leave_roster(actor: Any, child: Child, reason: LeavingReason, day: datetime.date) -> Child:
    """Take a child off the roster (出列) and return it; its pairings end with it. Raises NotOnRosterError."""
    locked: Child = Child.objects.select_for_update().get(pk=child.pk)
    if not locked.is_on_roster:
        raise NotOnRosterError
    locked.status, locked.left_reason, locked.left_on = Status.LEFT, reason, day
    locked.save()
    record(actor, Action.UPDATE, locked, reason=LeavingReason(reason).label)
    child_left.send(Child, child=locked, actor=actor)
    return locked


@transaction.atomic
def return_to_roster(actor: Any, child: Child) -> Child:
    """Undo a leaving and return the child: it is back on the roster, its ended pairings stay ended.

    Raises NotOnRosterError for an erased one, and for one that was merged into another.
    """
    locked: Child = Child.objects.select_for_update().get(pk=child.pk)
    if locked.is_erased or locked.is_merged:
        raise NotOnRosterError
    locked.status, locked.left_reason, locked.left_on = Status.ON_ROSTER, "", None
    locked.erasure_warned_on = None
    locked.save()
    record(actor, Action.UPDATE, locked, reason="恢复在册")
    child_saved.send(Child, child=locked)
    return locked


@transaction.atomic
def change_category(actor: Any, child: Child, category: str) -> Child:
    """Make another category the primary one and return the child; the former one ends.

    A left-behind child who turns sixteen and is also 困境 stays so (DOMAIN section 2). Raises NotOnRosterError.
    """
    locked: Child = Child.objects.select_for_update().get(pk=child.pk)
    if not locked.is_on_roster:
        raise NotOnRosterError
    locked.category = category
    locked.other_categories = [code for code in locked.other_categories if code != category]
    locked.save(update_fields=["category", "other_categories", "updated_at"])
    record(actor, Action.UPDATE, locked, reason="改类别")
    child_saved.send(Child, child=locked)
    return locked


@transaction.atomic
def raise_need(actor: Any, child: Child, topic: str, detail: str, source: NeedSource) -> Need:
    """Open a need unless the same one is open already; return it."""
    need, added = Need.objects.get_or_create(
        child=child,
        topic=topic,
        state=NeedState.OPEN,
        detail=detail,
        defaults={"source": source, "region_id": child.region_id},
    )
    if added:
        record(actor, Action.UPDATE, child, need=need.pk)
    return need


@transaction.atomic
def meet_need(actor: Any, need: Need, met_by: str) -> Need:
    """Mark a need as met today and return it."""
    need.state, need.met_on, need.met_by = NeedState.MET, timezone.localdate(), met_by
    need.save()
    record(actor, Action.UPDATE, need.child, need=need.pk)
    return need


@transaction.atomic
def hold(actor: Any, child: Child, until: datetime.date, reason: str) -> RetentionHold:
    """Keep the record of a child off the roster until a day and return the hold; its notice is given anew."""
    made = RetentionHold.objects.create(
        child=child, region_id=child.region_id, until=until, reason=reason, held_by=actor
    )
    Child.objects.filter(pk=child.pk).update(erasure_warned_on=None)
    record(actor, Action.UPDATE, child, reason="延期保存", hold=made.pk)
    return made
