"""Whether an ID stands on a roster outside one's own region: yes or no, never where or whose (DESIGN section 3.2).

Every look-up is in the trail with how many IDs were asked and how many were found, and there is a limit by the hour,
so that nobody finds out by trying whom another county keeps.
"""

from collections.abc import Iterable

from django.conf import settings
from django.db import connection
from django.db.models import IntegerField, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone

from aixin.access.alarms import HOUR, raise_alarm
from aixin.access.models import User
from aixin.audit.models import Action, Entry
from aixin.audit.trail import record

FUNCTIONS = {"child": "aixin_child_ids_elsewhere", "volunteer": "aixin_volunteer_ids_elsewhere"}


class LookupLimitError(Exception):
    """The user has had too many IDs compared within the hour; the message is for her."""

    def __init__(self) -> None:
        super().__init__("一小时内核对的身份证号太多，已提醒上级妇联，请一小时后再试。")


def ids_elsewhere(user: User, roster: str, indexes: Iterable[str | None]) -> set[str]:
    """Return those blind indexes that a roster outside the transaction's scope holds; raise LookupLimitError."""
    wanted = sorted({index for index in indexes if index})
    if not wanted:
        return set()
    asked, found_so_far = looked_up_last_hour(user)
    if asked + len(wanted) > settings.ID_LOOKUPS_PER_HOUR or found_so_far > settings.ID_FINDS_PER_HOUR:
        raise LookupLimitError
    with connection.cursor() as cursor:
        cursor.callproc(FUNCTIONS[roster], [wanted])
        found = {index for (index,) in cursor.fetchall()}
    record(user, Action.LOOKUP, roster=roster, asked=len(wanted), found=len(found))
    return found


def looked_up_last_hour(user: User) -> tuple[int, int]:
    """Return how many IDs were compared for the user within the hour, and how many of them were found elsewhere."""
    recent = Entry.objects.filter(user=user, action=Action.LOOKUP, at__gt=timezone.now() - HOUR)
    sums = recent.aggregate(**{key: Sum(_number(key)) for key in ("asked", "found")})
    return sums["asked"] or 0, sums["found"] or 0


def _number(key: str) -> Cast:
    return Cast(KeyTextTransform(key, "detail"), IntegerField())


def alarm_of_lookups(user: User) -> None:
    """Tell the level above that the user ran into the limit."""
    title = f"{user.get_full_name()}一小时内核对身份证号达到上限"
    raise_alarm(user, "lookups", title, "之后的核对已被拦下。请了解是否在批量试探其他县的名册。")
