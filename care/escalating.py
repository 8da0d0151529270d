"""What stays undone comes up: to the village's chair, the township, the county, each told once a day in one digest."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from aixin.access.models import Post, Role
from aixin.access.querysets import within
from aixin.access.regions import LENGTHS, Level
from aixin.notify.models import Notice
from care.calendar import is_working_day
from care.making import County
from care.models import Duty

DIGEST = "duties_up"
OFFICES = (Level.VILLAGE, Level.TOWNSHIP, Level.COUNTY)


def escalate(county: County, today: datetime.date) -> int:
    """Send up what is overdue beyond the policy's days; return how many old digests were settled.

    Offices are told on working days; what came due on others comes up on the next.
    """
    if is_working_day(today):
        rules = county.rules
        for level, days in zip(
            OFFICES, (rules.chair_days, rules.township_days, rules.county_days), strict=True
        ):
            late = _of(county).overdue(today - datetime.timedelta(days=days - 1))
            below = late.filter(Q(escalated_to__isnull=True) | Q(escalated_to__gt=level))
            below.update(escalated_to=level, escalated_on=today)
    return _settle_old(county, today)


def _of(county: County) -> Any:
    return Duty.objects.within_region(county.code).open()


def digests(county: County, today: datetime.date) -> Iterator[Notice]:
    """Yield one notice for each person of an office to which something came up today."""
    news, all_late = _by_office(county, today), _by_office(county)
    staff = staff_of(county.code)
    for office in sorted(news):
        for user in staff.get(office, ()):
            yield Notice(
                addressee=f"user:{user}",
                region_id=office,
                kind=DIGEST,
                key=f"{DIGEST}:{today}:{office}:{user}",
                subject=_subject(office),
                title=f"新增 {news[office]} 件逾期的关爱安排",
                body=f"到期没有办的现有 {all_late[office]} 件，请过问。",
                link=f"{reverse('care:duties')}?figure=overdue&region={office}",
            )


def _subject(office: str) -> str:
    return f"{DIGEST}:{office}"


def _by_office(county: County, day: datetime.date | None = None) -> dict[str, int]:
    """Return how many open duties have come up to each office of a county; on a day, or ever."""
    rows = _of(county).escalated()
    rows = rows.filter(escalated_on=day) if day else rows
    found: dict[str, int] = defaultdict(int)
    counted = rows.order_by().values_list("region_id", "escalated_to").annotate(number=Count("pk"))
    for place, reached, number in counted:
        for level in OFFICES:
            if level >= reached and len(place) >= LENGTHS[level - 1]:
                found[place[: LENGTHS[level - 1]]] += number
    return found


def staff_of(code: str) -> dict[str, list[int]]:
    """Return the users at each office of a county: its heads, or where none is marked as head whoever works there."""
    posts = Post.objects.current().filter(within(code), role=Role.STAFF, user__is_active=True)
    heads: dict[str, list[int]] = defaultdict(list)
    everyone: dict[str, list[int]] = defaultdict(list)
    for place, user, is_head in posts.order_by("pk").values_list("region_id", "user_id", "is_head"):
        everyone[place or ""].append(user)
        if is_head:
            heads[place or ""].append(user)
    return {place: heads.get(place) or users for place, users in everyone.items()}


def _settle_old(county: County, today: datetime.date) -> int:
    """Settle the digests of other days where a new one comes or nothing is left; return how many there were."""
    news, left = _by_office(county, today), _by_office(county)
    standing = Notice.objects.open().filter(within(county.code), kind=DIGEST)
    old = standing.exclude(key__startswith=f"{DIGEST}:{today}:")
    lasting = [_subject(office) for office in left if office not in news]
    return old.exclude(subject__in=lasting).update(resolved_at=timezone.now())
