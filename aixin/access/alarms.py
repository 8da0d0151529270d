"""What is out of the ordinary goes into the trail and to the heads of the level above."""

import datetime

from django.utils import timezone

from aixin.access.authority import heads_above
from aixin.access.models import User
from aixin.access.signals import message_due
from aixin.audit.models import Action, Entry
from aixin.audit.trail import record

HOUR = datetime.timedelta(hours=1)


def raise_alarm(user: User, what: str, title: str, body: str) -> None:
    """Tell the heads of the level above about the user, once an hour for each kind of matter."""
    now = timezone.now()
    if Entry.objects.filter(user=user, action=Action.ALARM, at__gt=now - HOUR, detail__what=what).exists():
        return
    record(user, Action.ALARM, what=what)
    post = user.acting_post
    message_due.send(
        User,
        to=heads_above(user),
        code=post.region_id if post else "",
        kind="alarm",
        key=f"{what}:{user.pk}:{now:%Y%m%d%H%M}",
        title=title,
        body=body,
    )
