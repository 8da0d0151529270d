from uuid import UUID

from celery import shared_task

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
