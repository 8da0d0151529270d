"""Messages of the layers below go to the inbox."""

from collections.abc import Iterable
from typing import Any

from django.dispatch import receiver

from aixin.access.models import User
from aixin.access.signals import message_due
from aixin.notify.addressees import personal_addressee
from aixin.notify.models import Notice
from aixin.notify.services import send


@receiver(message_due)
def deliver(to: Iterable[User], code: str, kind: str, key: str, **text: Any) -> None:
    """Send one notice to each user; `text` is title, body and link."""
    words = {name: text[name] for name in ("title", "body", "link") if name in text}
    send(
        Notice(addressee=personal_addressee(user), region_id=code, kind=kind, key=f"{key}:{user.pk}", **words)
        for user in to
    )
