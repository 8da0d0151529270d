"""How long the record of a child off the roster is kept: a number of years, then it is erased (DOMAIN section 6).

The county's head is told thirty days before; without that notice nothing is erased, so that neither an outage nor a
shorter period takes anyone by surprise. Whatever day the task runs on, it does what is due by then.
"""

import datetime
import logging
from collections import Counter
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from aixin.access.authority import heads_of
from aixin.access.models import Region, User
from aixin.access.regions import ancestor_codes, county_of
from aixin.access.scope import EVERYTHING, opened
from aixin.access.signals import message_due
from aixin.rights.choices import Basis
from aixin.rights.services import erase
from children.choices import Status
from children.dates import years_after, years_before
from children.models import Child, RetentionHold

logger = logging.getLogger(__name__)


def retained_until(child: Child) -> datetime.date | None:
    """Return the day on which a record is erased, holds counted in; None while the child is on the roster."""
    if child.left_on is None or child.is_on_roster:
        return None
    ends = years_after(child.left_on, settings.RETENTION_YEARS_AFTER_LEAVING)
    if child.erasure_warned_on is not None:
        ends = max(ends, child.erasure_warned_on + _notice())
    holds: list[datetime.date] = [hold.until for hold in child.holds.all()]
    return max([ends, *holds])


def _notice() -> datetime.timedelta:
    return datetime.timedelta(days=settings.RETENTION_NOTICE_DAYS)


def ending_by(children: Any, day: datetime.date) -> QuerySet[Child]:
    """Return the children off the roster whose retention period and holds end by a day."""
    held = RetentionHold.objects.filter(child=OuterRef("pk"), until__gt=day)
    limit = years_before(day, settings.RETENTION_YEARS_AFTER_LEAVING)
    ending: QuerySet[Child] = children.filter(~Exists(held), status=Status.LEFT, left_on__lte=limit)
    return ending


def ending_soon(children: Any, today: datetime.date) -> QuerySet[Child]:
    """Return those of whom the heads are told by now."""
    return ending_by(children, today + _notice())


def apply(today: datetime.date) -> Counter[str]:
    """Tell the heads what ends in thirty days, erase what has ended; return how many of each, and what failed.

    Every record is erased in a transaction of its own, so that one that cannot be stops no other.
    """
    with opened(EVERYTHING):
        due = ending_by(Child.objects.all(), today).filter(erasure_warned_on__lte=today - _notice())
        ids = list(due.values_list("pk", flat=True))
        warned = _warn(today)
    done = Counter(_erased(pk) for pk in ids)
    return Counter(warned=warned, **done)


def _erased(pk: int) -> str:
    try:
        with opened(EVERYTHING):
            erase(None, Child._meta.label_lower, pk, Basis.RETENTION)
    except Exception as error:  # noqa: BLE001 - whatever stops one record, the others are due all the same
        # The kind of error only: the database's own words may repeat the row.
        logger.error("The record of child %s could not be erased: %s", pk, type(error).__name__)  # noqa: TRY400
        return "failed"
    return "erased"


def _warn(today: datetime.date) -> int:
    """Send one notice a county, and mark its children as announced; return how many they are."""
    ending = ending_soon(Child.objects.all(), today).filter(erasure_warned_on__isnull=True)
    by_county: dict[str, list[int]] = {}
    for pk, code in ending.values_list("pk", "region_id"):
        by_county.setdefault(county_of(code), []).append(pk)
    for county, ids in by_county.items():
        _tell(county, len(ids), today)
        Child.objects.filter(pk__in=ids).update(erasure_warned_on=today)
    return sum(map(len, by_county.values()))


def _tell(county: str, number: int, today: datetime.date) -> None:
    message_due.send(
        Child,
        to=_heads(county),
        code=Region.objects.get(code=county).code,
        kind="retention",
        key=f"retention:{county}:{today}",
        title=f"{number} 名出列儿童的资料保存期快满了",
        body=f"最早 {today + _notice():%Y-%m-%d} 自动删除。确需继续保存的，请在儿童页办理延期保存。",
        link=reverse("children:list") + "?figure=retention",
    )


def _heads(code: str) -> list[User]:
    """Return the heads of the county, or of the nearest level above that has one."""
    for region in reversed(ancestor_codes(code)):
        heads = list(heads_of(region))
        if heads:
            return heads
    return []
