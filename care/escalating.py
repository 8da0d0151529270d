"""What stays undone comes up: to the village's chair, the township, the county, each told once a day in one digest."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, PositiveSmallIntegerField, Q, Value, When
from django.urls import reverse
from django.utils import timezone

from aixin.access.models import Post, Role
from aixin.access.querysets import within
from aixin.access.regions import LENGTHS, Level
from aixin.notify.models import Notice
from aixin.workdays import is_working_day
from care.making import County
from care.models import Duty

DIGEST = "duties_up"
OFFICES = (Level.VILLAGE, Level.TOWNSHIP, Level.COUNTY)


@dataclass(frozen=True)
class ComeUp:
    """How many open duties have come up to each office of a county: today, and in all."""

    news: dict[str, int]
    standing: dict[str, int]


def escalate(county: County, today: datetime.date) -> ComeUp:
    """Send up what is overdue beyond the policy's days; return what stands at each office.

    Offices are told on working days; what came due on others comes up on the next.
    """
    if is_working_day(today):
        reached = _reached(county, today)
        late = _of(county).overdue(today).annotate(reached=reached).filter(reached__isnull=False)
        below = late.filter(Q(escalated_to__isnull=True) | Q(escalated_to__gt=F("reached")))
        below.update(escalated_to=reached, escalated_on=today)
    return _by_office(county, today)


def _reached(county: County, today: datetime.date) -> Case:
    """Return the highest office to which a duty has come up by its last day; none before the first delay is over."""
    rules = county.rules
    delays = zip(OFFICES, (rules.chair_days, rules.township_days, rules.county_days), strict=True)
    highest_first = sorted(delays, key=lambda pair: pair[0])
    whens = [
        When(due_on__lte=today - datetime.timedelta(days=days), then=Value(int(level)))
        for level, days in highest_first
    ]
    return Case(*whens, default=None, output_field=PositiveSmallIntegerField())


def _of(county: County) -> Any:
    return Duty.objects.within_region(county.code).open()


def digests(county: County, today: datetime.date, come_up: ComeUp) -> Iterator[Notice]:
    """Yield one notice for each person of an office to which something came up today."""
    staff = staff_of(county.code) if come_up.news else {}
    for office in sorted(come_up.news):
        for user in staff.get(office, ()):
            yield Notice(
                addressee=f"user:{user}",
                region_id=office,
                kind=DIGEST,
                key=f"{DIGEST}:{today}:{office}:{user}",
                subject=_subject(office),
                title=f"新增 {come_up.news[office]} 件逾期的关爱安排",
                body=f"到期没有办的现有 {come_up.standing[office]} 件，请过问。",
                link=f"{reverse('care:duties')}?figure=overdue&region={office}",
            )


def _subject(office: str) -> str:
    return f"{DIGEST}:{office}"


def _by_office(county: County, today: datetime.date) -> ComeUp:
    """Count by office what has come up; an office above counts what stands below it."""
    come_up = ComeUp(defaultdict(int), defaultdict(int))
    rows = _of(county).escalated().order_by().values_list("region_id", "escalated_to")
    counted = rows.annotate(number=Count("pk"), new=Count("pk", filter=Q(escalated_on=today)))
    for place, reached, number, new in counted:
        for level in OFFICES:
            if level >= reached and len(place) >= LENGTHS[level - 1]:
                office = place[: LENGTHS[level - 1]]
                come_up.standing[office] += number
                if new:
                    come_up.news[office] += new
    return come_up


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


def settle_old(county: County, today: datetime.date, come_up: ComeUp) -> int:
    """Settle the digests of other days where a new one comes or nothing is left; return how many there were."""
    standing = Notice.objects.open().filter(subject__startswith=_subject(county.code))
    old = standing.exclude(key__startswith=f"{DIGEST}:{today}:")
    lasting = [_subject(office) for office in come_up.standing if office not in come_up.news]
    return old.exclude(subject__in=lasting).update(resolved_at=timezone.now())
