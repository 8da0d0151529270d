"""The outbox of SMS: stored first, sent by the worker, caught up by beat (LESSONS: delivery must be visible)."""

import logging
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from aixin.access.scope import EVERYTHING, opened
from aixin.notify.models import SMS_ATTEMPTS, Sms, SmsState
from aixin.notify.transports import Letter, TransportError, sms_transport

logger = logging.getLogger(__name__)
BATCH = 200


def deliver_waiting() -> None:
    """Send what a dead worker left behind, a batch at a time."""
    with opened(EVERYTHING):
        waiting = list(Sms.objects.due().values_list("pk", flat=True)[:BATCH])
    for pk in waiting:
        deliver(pk)


def deliver(pk: UUID) -> None:
    """Try one message once; the attempt is on record before anything leaves."""
    sms = _begin(pk)
    transport = sms_transport()
    if sms is None or transport is None:
        return
    try:
        transport.send(Letter(sms.phone, sms.text))
    except TransportError as error:
        logger.warning("sms %s: %s", sms.pk, error)
        final = sms.attempts >= SMS_ATTEMPTS
        _close(sms, state=SmsState.FAILED if final else SmsState.WAITING, error=str(error)[:100])
    else:
        _close(sms, state=SmsState.SENT, error="", sent_at=timezone.now())


def _begin(pk: UUID) -> Sms | None:
    with opened(EVERYTHING):
        claimed = (
            Sms.objects.due().filter(pk=pk).update(attempts=F("attempts") + 1, attempted_at=timezone.now())
        )
        return Sms.objects.get(pk=pk) if claimed else None


def _close(sms: Sms, **outcome: object) -> None:
    with opened(EVERYTHING):
        Sms.objects.filter(pk=sms.pk).update(**outcome)


def forget_expired() -> int:
    """Take number and text out of messages past their time; return how many there were."""
    with opened(EVERYTHING):
        Sms.objects.due_too_late().update(state=SmsState.EXPIRED)
        return Sms.objects.stale().update(phone="", text="", forgotten=True)
