"""Writes to a volunteer's record: atomic, audited."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from aixin.audit.models import Action
from aixin.audit.trail import record
from volunteers.choices import Clearance, State
from volunteers.models import Volunteer
from volunteers.signals import clearance_recorded, volunteer_left, volunteer_saved


@transaction.atomic
def save_volunteer(actor: Any, volunteer: Volunteer) -> Volunteer:
    """Store a volunteer, new or changed, and return her; leaving ends her pairings the same day."""
    added = volunteer.pk is None
    stored = None if added else Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer.pk)
    left = stored is not None and volunteer.state == State.LEFT and stored.state != State.LEFT
    volunteer.prepare()
    volunteer.save()
    record(actor, Action.CREATE if added else Action.UPDATE, volunteer)
    volunteer_saved.send(Volunteer, volunteer=volunteer)
    if left:
        volunteer_left.send(Volunteer, volunteer=volunteer, actor=actor)
    return volunteer


@transaction.atomic
def record_clearances(
    actor: Any, volunteers: Iterable[Volunteer], result: Clearance, day: datetime.date, officer: str
) -> None:
    """Keep the result, date and officer of a 准入查询 for each volunteer (DOMAIN section 3)."""
    for volunteer in volunteers:
        former = volunteer.clearance
        volunteer.clearance, volunteer.cleared_on, volunteer.cleared_by = result, day, officer
        volunteer.save(update_fields=["clearance", "cleared_on", "cleared_by", "updated_at"])
        record(actor, Action.UPDATE, volunteer, reason=f"准入查询：{Clearance(result).label}")
        clearance_recorded.send(Volunteer, volunteer=volunteer, actor=actor, former=former)
