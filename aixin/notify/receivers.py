"""Messages of the layers below go to the inbox."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from aixin.access.models import User
from aixin.access.scope import EVERYTHING, opened
from aixin.access.signals import message_due, message_settled, sms_due
from aixin.notify.addressees import personal_addressee
from aixin.notify.models import Notice
from aixin.notify.services import post_sms, send


@receiver(message_due)
def deliver(to: Iterable[User], code: str, kind: str, key: str, **text: Any) -> None:
    """Send one notice to each user; `text` is title, body and link."""
    words = {name: text[name] for name in ("title", "body", "link") if name in text}
    send(
        Notice(addressee=personal_addressee(user), region_id=code, kind=kind, key=f"{key}:{user.pk}", **words)
        for user in to
    )


@receiver(sms_due)
def post(kind: str, phone: str, text: str, expires_at: datetime, *, withheld: bool, **_: Any) -> None:
    """Put an SMS into the outbox."""
    post_sms(kind, phone, text, expires_at, withheld=withheld)


@receiver(message_settled)
def settle_message(key: str, **kwargs: Any) -> None:
    """Close the notices of one message, whoever got them."""
    with opened(EVERYTHING):
        sent = Notice.objects.open().filter(key__startswith=f"{key}:")
        sent.update(resolved_at=timezone.now())
