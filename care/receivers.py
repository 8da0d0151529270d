"""Duties follow what happens to visits, pairings and children."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from aixin.access.scope import EVERYTHING, opened
from aixin.notify.models import Notice
from care.fulfilling import follow_new, follow_visits
from care.making import of_children
from care.models import SUBJECT, Duty, subject_of
from care.services import report_change, settle_closed
from children.choices import NEVER_THERE
from children.models import Child
from children.signals import change_reported, child_left
from pairing.models import Pairing
from pairing.signals import pairing_begun, pairing_ended
from visits.models import Visit
from visits.signals import visits_changed
from volunteers.models import Volunteer
from volunteers.signals import volunteer_left


@receiver(visits_changed)
def follow(visits: Sequence[int], children: Sequence[int], added: Visit | None = None, **kwargs: Any) -> None:
    """A volunteer sees her own visits only, her child's duties follow from everybody's: hence every range."""
    if added is not None:
        follow_new(added, children)
        return
    with opened(EVERYTHING):
        follow_visits(visits, children)


@receiver(pairing_begun)
def begin(pairing: Pairing, **kwargs: Any) -> None:
    with opened(EVERYTHING):
        settle_closed(of_children([pairing.child_id], timezone.localdate()).closed)


@receiver(pairing_ended)
def end(pairing: Pairing, **kwargs: Any) -> None:
    """Nobody hears any more of a child that is not hers; what has no ground any more goes (LESSONS)."""
    with opened(EVERYTHING):
        settle_closed(of_children([pairing.child_id], timezone.localdate()).closed)
        open_ones = Duty.objects.open().filter(child=pairing.child_id).values_list("pk", flat=True)
        Notice.objects.open().filter(
            addressee=f"volunteer:{pairing.volunteer_id}", subject__in=[subject_of(pk) for pk in open_ones]
        ).update(resolved_at=timezone.now())


@receiver(change_reported)
def visit_soon(child: Child, on: datetime.date, actor: Any, note: str, **kwargs: Any) -> None:
    """家庭变故, 生活困难: what somebody reports leads to a visit (DOMAIN section 5)."""
    with opened(EVERYTHING):
        report_change(child, on, actor=actor, note=note)
        # Who saw it for herself has been there already.
        settle_closed(of_children([child.pk], timezone.localdate()).closed)


@receiver(child_left)
def leave(child: Child, **kwargs: Any) -> None:
    """What was open for a child goes with it from the roster; who never belonged there never owed anything."""
    gone = Duty.objects.open().filter(child=child)
    settle_closed(list(gone.values_list("pk", flat=True)))
    if child.left_reason in NEVER_THERE:
        gone.delete()
    else:
        gone.take_back(timezone.localdate())


@receiver(volunteer_left)
def silence(volunteer: Volunteer, **kwargs: Any) -> None:
    """Who left hears of nobody; what was hers goes to the next main volunteer with the next run."""
    with opened(EVERYTHING):
        mine = Notice.objects.open().filter(addressee=volunteer.addressee, subject__startswith=SUBJECT)
        mine.update(resolved_at=timezone.now())
