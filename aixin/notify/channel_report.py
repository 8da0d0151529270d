"""What the county is told about its channels: this month's counts, what failed and what to do."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils import timezone

from aixin.access.models import User
from aixin.access.people import name_for
from aixin.notify.choices import Channel, DeliveryState, Remark, remark_on
from aixin.notify.models import ChannelSettings, Delivery
from aixin.notify.persons import persons_behind, phones_of
from aixin.notify.querysets import DeliveryQuerySet
from aixin.privacy.masks import mask_phone

SHOWN = 50
LOOKED_BACK = datetime.timedelta(days=31)


@dataclass(frozen=True)
class Line:
    """What became of a month's messages by one way."""

    channel: str
    sent: int
    waiting: int
    failed: int
    over_budget: int


def month_lines(user: Any, code: str) -> list[Line]:
    """Return this month's counts of a county, or of a city's counties together, for every way."""
    return lines_of(Delivery.objects.visible_to(user).within_region(code).of_month(timezone.localdate()))


def lines_of(rows: DeliveryQuerySet) -> list[Line]:
    """Return the counts of some messages for every way."""
    found = {row["channel"]: row for row in rows.tally()}
    none = dict.fromkeys((state.lower() for state in DeliveryState.values), 0)
    counted = {channel: found.get(channel, none) for channel in Channel}
    return [
        Line(str(channel.label), row["sent"], row["waiting"], row["failed"], row["over_budget"])
        for channel, row in counted.items()
    ]


def budget_left(county: ChannelSettings) -> int:
    """Return how many SMS the month has left."""
    counted = Delivery.objects.filter(region=county.region_id).counted(timezone.localdate())
    return max(county.sms_budget - counted.count(), 0)


@dataclass(frozen=True)
class Failure:
    """A message that failed and was followed by none that did better: to whom, why, and what to do."""

    pk: Any
    day: datetime.date
    channel: str
    who: str
    phone: str
    page: str
    remark: Remark


def failed_last(user: Any) -> Any:
    """Return the failed ones among each recipient's latest messages by each way, of the last month."""
    since = timezone.localdate() - LOOKED_BACK
    latest = (
        Delivery.objects.visible_to(user)
        .filter(day__gte=since)
        .order_by("channel", "addressee", "-day")
        .distinct("channel", "addressee")
    )
    return Delivery.objects.filter(pk__in=latest.values("pk")).failed().order_by("-is_permanent", "-day")


def failures(user: Any) -> list[Failure]:
    """Return what the county is to look at, as it may see it: names by its right, numbers masked."""
    rows = list(failed_last(user)[:SHOWN])
    users = {row.user_id for row in rows if row.user_id is not None}
    names = {found.pk: found for found in User.objects.filter(pk__in=users)}
    phones, people = phones_of(users), persons_behind(users)
    return [
        Failure(
            pk=row.pk,
            day=row.day,
            channel=row.get_channel_display(),
            who=name_for(user, names[row.user_id].get_full_name()) if row.user_id in names else "企业微信群",
            phone=mask_phone(phones.get(row.user_id or 0, "")) if row.channel == Channel.SMS else "",
            page=people[row.user_id].page if row.user_id in people else "",
            remark=remark_on(row.error_code),
        )
        for row in rows
    ]


@dataclass(frozen=True)
class County:
    """A county's line on the page of the offices above: its ways, and this month's counts."""

    name: str
    ways: str
    sms: int
    budget: int
    sent: int
    failed: int


def counties_below(user: Any, code: str) -> list[County]:
    """Return the counties of a region that have opened a way."""
    today = timezone.localdate()
    below = Delivery.objects.visible_to(user).within_region(code).order_by()
    rows = below.of_month(today).values_list("region_id", "state").annotate(number=Count("pk"))
    states = {(region, state): number for region, state, number in rows}
    sms = dict(below.counted(today).values_list("region_id").annotate(Count("pk")))
    return [
        County(
            name=row.region.name,
            ways="、".join(str(channel.label) for channel in row.channels),
            sms=sms.get(row.region_id, 0),
            budget=row.sms_budget,
            sent=states.get((row.region_id, DeliveryState.SENT), 0),
            failed=states.get((row.region_id, DeliveryState.FAILED), 0),
        )
        for row in ChannelSettings.objects.visible_to(user).select_related("region").order_by("region")
        if row.channels
    ]
