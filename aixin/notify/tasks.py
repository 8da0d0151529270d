from uuid import UUID

from celery import shared_task
from django.utils import timezone

from aixin.notify.deliveries import forget_old, send_due
from aixin.notify.digests import plan
from aixin.notify.outbox import deliver, deliver_waiting, forget_expired


@shared_task
def send_sms(pk: str) -> None:
    """Send one message, if it is still to be sent."""
    deliver(UUID(pk))


@shared_task
def tend_outbox() -> None:
    """Run by beat every minute: what a dead worker left goes out, what has expired is forgotten."""
    deliver_waiting()
    forget_expired()


@shared_task
def plan_digests() -> None:
    """Run by beat every ten minutes: whoever has news and has had no message today gets one."""
    plan(timezone.now())
    forget_old()


@shared_task
def tend_deliveries() -> None:
    """Run by beat every minute: what is due goes out, also what a dead worker left behind."""
    send_due()
