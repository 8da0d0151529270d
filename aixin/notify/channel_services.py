"""Writes of the channels' pages."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from aixin.access.models import User
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.notify.choices import Channel, DeliveryState
from aixin.notify.models import ChannelChoice, ChannelSettings, Delivery
from aixin.notify.querysets import DeliveryQuerySet


@transaction.atomic
def save_settings(actor: Any, row: ChannelSettings) -> ChannelSettings:
    """Store what a county lets out, and return it; the trail has which ways are open."""
    row.save()
    record(actor, Action.UPDATE, row, what="channels", rows=len(row.channels))
    return row


@transaction.atomic
def save_choice(user: User, muted: list[Channel], email: str) -> ChannelChoice:
    """Store what one person wants to get and return it; nobody chooses for another."""
    choice, _ = ChannelChoice.objects.update_or_create(user=user, defaults={"muted": muted, "email": email})
    record(user, Action.UPDATE, choice, what="channel choice")
    return choice


@transaction.atomic
def retry(actor: Any, rows: DeliveryQuerySet) -> int:
    """Let messages of the actor's county go out once more and return how many there were.

    Today's go out at once; one of an earlier day stands in nobody's way any more, so that the next digest is planned.
    """
    today = timezone.localdate()
    chosen = list(
        rows.visible_to(actor)
        .retriable()
        .select_for_update(of=("self",))
        .values_list("pk", "day", "region_id")
    )
    fresh = {"attempts": 0, "is_permanent": False, "failed_index": None}
    todays = Delivery.objects.filter(pk__in=[pk for pk, day, _ in chosen if day == today])
    todays.update(state=DeliveryState.WAITING, next_try_at=timezone.now(), error_code="", **fresh)
    earlier = Delivery.objects.filter(pk__in=[pk for pk, day, _ in chosen if day != today])
    earlier.update(state=DeliveryState.EXPIRED, **fresh)
    if chosen:
        county = ChannelSettings.objects.filter(region=chosen[0][2]).first()
        record(actor, Action.UPDATE, county, what="deliveries again", rows=len(chosen))
    return len(chosen)
