"""What a village's new chair takes over: the pairings whose liaison was the last one (DOMAIN section 4)."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from aixin.access.models import Region, User
from aixin.accounts.signals import chair_succeeded
from aixin.audit.models import Action
from aixin.audit.trail import record
from pairing.models import Pairing
from pairing.querysets import PairingQuerySet


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
