"""What a new chair takes over from the last one below this layer: her open messages about the village."""

from typing import Any

from django.db.models import QuerySet
from django.dispatch import receiver

from aixin.access.models import Region, User
from aixin.access.querysets import within
from aixin.accounts.signals import chair_succeeded
from aixin.notify.addressees import personal_addressee
from aixin.notify.models import Notice


def open_notices_of(user: User, region: Region) -> QuerySet[Notice]:
    """Return the open messages to a user about a place."""
    return Notice.objects.open().filter(within(region.code), addressee=personal_addressee(user))


@receiver(chair_succeeded)
def hand_over_notices(old_user: User, new_user: User, region: Region, **kwargs: Any) -> None:
    open_notices_of(old_user, region).update(addressee=personal_addressee(new_user), read_at=None)
