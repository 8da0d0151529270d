"""A village's new chair takes over its pairings; a volunteer who leaves or is suspended is followed up (DOMAIN 4)."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from aixin.access.models import Region, User
from aixin.accounts.signals import chair_succeeded
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.todos.services import lapse
from aixin.todos.tasks import look_again
from children.models import Child
from children.signals import consent_refused
from pairing.cards import close_report
from pairing.choices import ReportKind, TodoKind
from pairing.models import DoorReport, Pairing
from pairing.querysets import PairingQuerySet
from pairing.signals import pairing_ended
from pairing.tasks import follow_leaving
from pairing.todos import LABEL
from volunteers.choices import State as VolunteerState
from volunteers.models import Volunteer
from volunteers.signals import volunteer_left, volunteer_saved


def pairings_of_chair(user: User, region: Region) -> PairingQuerySet:
    """Return the pairings of a village that are not ended and name the chair as their liaison."""
    return Pairing.objects.open().within_region(region.code).filter(liaison=user.display_name)


@receiver(chair_succeeded)
def hand_over_liaison(old_user: User, new_user: User, region: Region, actor: Any, **kwargs: Any) -> None:
    """Name the new chair as liaison, each change in the trail; a paused pairing comes back with her."""
    for pairing in pairings_of_chair(old_user, region).select_for_update(of=("self",)).order_by("pk"):
        pairing.liaison, pairing.liaison_phone = new_user.display_name, new_user.phone
        pairing.liaison_other_phones = ""
        pairing.updated_at = timezone.now()
        pairing.save(update_fields=["liaison", "liaison_phone", "liaison_other_phones", "updated_at"])
        record(actor, Action.UPDATE, pairing, reason="村妇联主席换届")


@receiver(consent_refused)
def close_withdrawals(child: Child, actor: Any, **kwargs: Any) -> None:
    """What a guardian asked for by a card is done once her no is on record."""
    asked = DoorReport.objects.filter(pairing__child=child, kind=ReportKind.WITHDRAWAL, handled_at=None)
    for report in asked.select_for_update(of=("self",)):
        close_report(actor, report, "监护人意见已登记为撤回或拒绝")


@receiver(pairing_ended)
def close_todos(pairing: Pairing, **kwargs: Any) -> None:
    lapse(LABEL, pairing.pk)


@receiver(volunteer_left)
def propose_successors(volunteer: Volunteer, **kwargs: Any) -> None:
    """Her children wait from this moment; once that is stored, successors are proposed and the county is told."""
    pk = volunteer.pk
    transaction.on_commit(lambda: follow_leaving.delay(pk), robust=True)


@receiver(volunteer_saved)
def ask_about_suspended(volunteer: Volunteer, **kwargs: Any) -> None:
    if volunteer.state == VolunteerState.SUSPENDED:
        transaction.on_commit(lambda: look_again.delay(TodoKind.SUSPENDED.value), robust=True)
