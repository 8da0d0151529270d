"""Named reads of what goes out of the platform."""

import datetime
from typing import Any, Self

from django.db.models import Count, Q
from django.utils import timezone

from aixin.access.querysets import ScopedQuerySet
from aixin.notify.choices import Channel, DeliveryState


def month_start(day: datetime.date) -> datetime.datetime:
    """Return the first moment of a day's month."""
    return datetime.datetime(day.year, day.month, 1, tzinfo=timezone.get_current_timezone())


class DeliveryQuerySet(ScopedQuerySet):
    def waiting(self) -> Self:
        return self.filter(state=DeliveryState.WAITING)

    def due(self, now: datetime.datetime) -> Self:
        """Today's messages whose next attempt has come: also one that a dead worker held, once its lease is over."""
        return self.waiting().filter(day=timezone.localdate(now), next_try_at__lte=now)

    def of_past_days(self, today: datetime.date) -> Self:
        """Messages that did not go out on their day; what they spoke of is in the next day's."""
        return self.waiting().filter(day__lt=today)

    def of_month(self, day: datetime.date) -> Self:
        """Messages of a day's month, up to that day."""
        return self.filter(day__gte=day.replace(day=1), day__lte=day)

    def counted(self, day: datetime.date) -> Self:
        """SMS that the month's budget has paid for: everything that may have left, whatever came of it."""
        return self.filter(channel=Channel.SMS, counted_at__gte=month_start(day))

    def failed(self) -> Self:
        return self.filter(state=DeliveryState.FAILED)

    def retriable(self) -> Self:
        """Messages that staff may have sent once more."""
        return self.filter(state__in=(DeliveryState.FAILED, DeliveryState.OVER_BUDGET))

    def tally(self) -> list[dict[str, Any]]:
        """Return how many there are by channel and fate."""
        states = {state.lower(): Count("pk", filter=Q(state=state)) for state in DeliveryState.values}
        return list(self.order_by().values("channel").annotate(**states).order_by("channel"))
