"""Who is to get a message outside the platform today: one a recipient, way and day, planned set by set.

A digest is planned where something is open and unread that was not spoken of before, or when the last one is a week old.
Whatever is planned is judged again when it is sent (`deliveries`).
"""

import datetime
import logging
from collections.abc import Collection, Iterable, Iterator

from django.db import DatabaseError
from django.db.models import Max
from django.utils import timezone

from aixin.access.models import Role
from aixin.access.querysets import within
from aixin.access.scope import EVERYTHING, opened
from aixin.notify.addressees import account_addressee
from aixin.notify.choices import NOTHING_LEFT, PERSONAL_CHANNELS, Audience, Channel, DeliveryState
from aixin.notify.models import ChannelChoice, ChannelSettings, Delivery, Notice
from aixin.notify.persons import accounts_of, audiences_of, phones_of
from aixin.notify.transports import transport_of
from aixin.privacy.fields import index_of

logger = logging.getLogger(__name__)
# The reminders of the day are made at eight; a digest before them would leave them for tomorrow.
FIRST = datetime.time(8, 30)
REPEATED_AFTER = datetime.timedelta(days=7)


def plan(now: datetime.datetime) -> int:
    """Plan the digests of the day for every county whose ways are open, and return how many are new.

    A second run the same day plans nothing for whom one is planned. A county that fails does not stop the others.
    """
    if timezone.localtime(now).time() < FIRST:
        return 0
    with opened(EVERYTHING):
        counties = [county for county in ChannelSettings.objects.all() if not county.is_quiet(now)]
    return sum(_planned(county, now) for county in counties)


def _planned(county: ChannelSettings, now: datetime.datetime) -> int:
    try:
        with opened(EVERYTHING):
            return _plan_county(county, now)
    except DatabaseError:
        logger.exception("digests of %s", county.region_id)
        return 0


def _plan_county(county: ChannelSettings, now: datetime.datetime) -> int:
    newest = _newest_notices(county.region_id)
    channels = [channel for channel in county.channels if transport_of(channel)]
    if not newest or not channels:
        return 0
    drafts = [*_personal(county, newest, channels, now), *_to_the_group(county, newest, channels, now)]
    here = Delivery.objects.filter(region=county.region_id, day=timezone.localdate(now))
    # Whoever had nothing left this morning, so that nothing was sent, may have something by now.
    here.filter(state=DeliveryState.DROPPED, error_code=NOTHING_LEFT).delete()
    before = here.count()
    Delivery.objects.bulk_create(drafts, ignore_conflicts=True, batch_size=2000)
    return here.count() - before


def _newest_notices(code: str) -> dict[str, datetime.datetime]:
    """Return when the newest open and unread notice of each addressee was made."""
    unread = Notice.objects.unread().filter(within(code)).order_by()
    return dict(unread.values_list("addressee").annotate(Max("created_at")))


def _personal(
    county: ChannelSettings,
    newest: dict[str, datetime.datetime],
    channels: Collection[Channel],
    now: datetime.datetime,
) -> Iterator[Delivery]:
    by_user: dict[int, datetime.datetime] = {}
    for addressee, user in accounts_of(newest).items():
        by_user[user] = max(newest[addressee], by_user.get(user, newest[addressee]))
    audiences = audiences_of(by_user)
    for channel in PERSONAL_CHANNELS:
        if channel not in channels:
            continue
        known = {account_addressee(user): by_user[user] for user in audiences}
        news = set(_with_news(channel, known, now))
        for user in _reachable(channel, audiences):
            if account_addressee(user) in news:
                kind = Audience.VOLUNTEER if audiences[user] == Role.VOLUNTEER else Audience.STAFF
                yield _draft(county, channel, account_addressee(user), kind, now)


def _to_the_group(
    county: ChannelSettings,
    newest: dict[str, datetime.datetime],
    channels: Collection[Channel],
    now: datetime.datetime,
) -> Iterator[Delivery]:
    group = f"county:{county.region_id}"
    if Channel.WECOM not in channels or not county.wecom_key:
        return
    if _with_news(Channel.WECOM, {group: max(newest.values())}, now):
        yield _draft(county, Channel.WECOM, group, Audience.GROUP, now)


def _draft(
    county: ChannelSettings, channel: Channel, addressee: str, kind: Audience, now: datetime.datetime
) -> Delivery:
    return Delivery(
        region_id=county.region_id,
        channel=channel,
        addressee=addressee,
        kind=kind,
        day=timezone.localdate(now),
        next_try_at=now,
        created_at=now,
    )


def _with_news(
    channel: Channel, newest: dict[str, datetime.datetime], now: datetime.datetime
) -> Iterable[str]:
    """Return those to whom something was not spoken of yet, or to whom the last message is a week old."""
    sent = Delivery.objects.filter(channel=channel, addressee__in=newest, sent_at__isnull=False).order_by()
    last = dict(sent.values_list("addressee").annotate(Max("sent_at")))
    long_ago = now - REPEATED_AFTER
    return [
        addressee
        for addressee, at in newest.items()
        if addressee not in last or at > last[addressee] or last[addressee] < long_ago
    ]


def _reachable(channel: Channel, users: Collection[int]) -> list[int]:
    """Return the accounts that want this way, and whose number or mailbox is not known to be wrong."""
    choices = {choice.user_id: choice for choice in ChannelChoice.objects.filter(user__in=users)}
    wanted = [user for user in users if user not in choices or channel not in choices[user].muted]
    if channel == Channel.EMAIL:
        wanted = [user for user in wanted if user in choices and choices[user].email]
    failed = _failed_for_good(channel, wanted)
    addresses = addresses_of(channel, failed)
    return [
        user for user in wanted if user not in failed or failed[user] != index_of(addresses.get(user, ""))
    ]


def _failed_for_good(channel: Channel, users: Collection[int]) -> dict[int, str | None]:
    """Return the number or mailbox, as an index, with which an account's last message failed for good."""
    latest = (
        Delivery.objects.filter(channel=channel, addressee__in=map(account_addressee, users))
        .order_by("addressee", "-day")
        .distinct("addressee")
    )
    return {row.user_id: row.failed_index for row in latest if row.is_permanent and row.user_id is not None}


def addresses_of(channel: str, users: Collection[int]) -> dict[int, str]:
    """Return where each account is reached by a way: a number, a mailbox; who has none is left out."""
    if channel == Channel.SMS:
        return {user: phone for user, phone in phones_of(users).items() if phone}
    choices = ChannelChoice.objects.filter(user__in=users)
    return {choice.user_id: choice.email for choice in choices if choice.email}
