"""Sending what is planned: each attempt is on record before anything leaves, and judged anew (LESSONS).

At least once: a worker that dies between sending and noting it leaves a row that goes out again when its lease is over.
The gateway knows it by its reference and drops the double; mail carries it as Message-ID.
"""

import datetime
import logging
import time
from dataclasses import dataclass
from itertools import takewhile
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from aixin.access.scope import EVERYTHING, opened
from aixin.notify.choices import Channel, DeliveryState
from aixin.notify.letters import Dropped, write_letter
from aixin.notify.models import ChannelSettings, Delivery
from aixin.notify.transports import (
    Letter,
    PermanentError,
    RateLimitedError,
    TemporaryError,
    Transport,
    UnreachableError,
    transport_of,
)
from aixin.privacy.fields import index_of

logger = logging.getLogger(__name__)
BATCH = 1000
# Beat comes again after a minute: a slow gateway is not to occupy one worker after the other.
LONGEST_RUN_SECONDS = 50
ATTEMPTS = 6
LEASE = datetime.timedelta(minutes=5)
# While a way does not answer, the others in the queue do not each wait for it.
UNREACHABLE_REST = datetime.timedelta(minutes=1)


def back_off(attempts: int) -> datetime.timedelta:
    """Return how long to rest after so many attempts: two minutes, four, eight, at most an hour."""
    return datetime.timedelta(minutes=min(2**attempts, 60))


def send_due() -> None:
    """Send what is due, a batch at a time, and let go what did not go out on its day."""
    now = timezone.now()
    with opened(EVERYTHING):
        expired = {"state": DeliveryState.EXPIRED}
        Delivery.objects.of_past_days(timezone.localdate(now)).update(**expired)
        loud = [row.region_id for row in ChannelSettings.objects.all() if not row.is_quiet(now)]
        due = Delivery.objects.due(now).filter(region__in=loud).order_by("next_try_at")
        waiting = list(due.values_list("pk", flat=True)[:BATCH])
    until = time.monotonic() + LONGEST_RUN_SECONDS
    for pk in takewhile(lambda _: time.monotonic() < until, waiting):
        deliver(pk)


def forget_old() -> int:
    """Remove the fates of messages from long ago and return how many there were."""
    oldest = timezone.localdate() - datetime.timedelta(days=settings.DELIVERIES_KEPT_DAYS)
    with opened(EVERYTHING):
        return Delivery.objects.filter(day__lt=oldest).delete()[0]


@dataclass(frozen=True)
class _Attempt:
    """A message that has been claimed, with all that it needs; nothing of it is in a transaction any more."""

    row: Delivery
    letter: Letter
    transport: Transport


def deliver(pk: UUID) -> None:
    """Try one message once, if it is due and still matters."""
    attempt = _claim(pk)
    if attempt is None:
        return
    row = attempt.row
    try:
        attempt.transport.send(attempt.letter)
    except RateLimitedError as error:
        # Being turned away at the door is no attempt; everybody behind waits too.
        _hold(row, error.retry_after)
        _close(row, error, attempts=row.attempts - 1, next_try_at=timezone.now() + error.retry_after)
    except TemporaryError as error:
        if isinstance(error, UnreachableError):
            _hold(row, UNREACHABLE_REST)
        _retry_later(row, error)
    except PermanentError as error:
        failed_index = index_of(attempt.letter.address)
        _close(row, error, state=DeliveryState.FAILED, is_permanent=True, failed_index=failed_index)
    else:
        _update(row, state=DeliveryState.SENT, sent_at=timezone.now(), error_code="", is_permanent=False)


def _claim(pk: UUID) -> _Attempt | None:
    """Note the attempt and return it; None for a message that is not due, no longer wanted, or over the budget."""
    now = timezone.now()
    with opened(EVERYTHING):
        due = Delivery.objects.due(now).select_for_update(skip_locked=True, of=("self",))
        row = due.filter(pk=pk).first()
        # The lock lets one message at a time of a county be counted against its budget.
        county = row and ChannelSettings.objects.select_for_update().filter(region=row.region_id).first()
        transport = row and transport_of(row.channel)
        if row is None or county is None or transport is None or county.is_quiet(now):
            return None
        try:
            letter = write_letter(row, county)
        except Dropped as why:
            _update(row, **why.fate)
            return None
        if row.attempts >= ATTEMPTS:
            _update(row, state=DeliveryState.FAILED)
            return None
        if not _within_budget(row, county, now):
            _update(row, state=DeliveryState.OVER_BUDGET)
            return None
        _note_attempt(row, now)
        return _Attempt(row, letter, transport)


def _within_budget(row: Delivery, county: ChannelSettings, now: datetime.datetime) -> bool:
    if row.channel != Channel.SMS or row.counted_at is not None:
        return True
    counted = Delivery.objects.filter(region=row.region_id).counted(timezone.localdate(now))
    return counted.count() < county.sms_budget


def _note_attempt(row: Delivery, now: datetime.datetime) -> None:
    row.attempts, row.attempted_at, row.next_try_at = row.attempts + 1, now, now + LEASE
    row.counted_at = row.counted_at or now
    row.save()


def _retry_later(row: Delivery, error: TemporaryError) -> None:
    final = row.attempts >= ATTEMPTS
    state = DeliveryState.FAILED if final else DeliveryState.WAITING
    _close(row, error, state=state, next_try_at=timezone.now() + back_off(row.attempts))


def _close(row: Delivery, error: PermanentError | TemporaryError, **outcome: Any) -> None:
    """Note what came of an attempt; what certainly did not leave is not counted against the budget."""
    logger.warning("delivery %s by %s: %s", row.pk, row.channel, error)
    if not getattr(error, "may_have_left", False):
        outcome["counted_at"] = None
    _update(row, error_code=str(error)[:40], **outcome)


def _hold(row: Delivery, rest: datetime.timedelta) -> None:
    """Let whatever else waits for this way rest too: a group has a way of its own, the others share one."""
    until = timezone.now() + rest
    with opened(EVERYTHING):
        waiting = Delivery.objects.waiting().filter(channel=row.channel, next_try_at__lt=until)
        if row.channel == Channel.WECOM:
            waiting = waiting.filter(region=row.region_id)
        waiting.exclude(pk=row.pk).update(next_try_at=until)


def _update(row: Delivery, **outcome: Any) -> None:
    with opened(EVERYTHING):
        Delivery.objects.filter(pk=row.pk).update(**outcome)
