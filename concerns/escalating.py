"""What was raised and is overdue comes up: to the township, the county, its head, and where it is set to the city's.

One digest a person and working day, with counts alone. What is new is told by the last digest, so that days of outage
are caught up by the next run.
"""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from aixin.access.authority import heads_of
from aixin.access.models import Post, Role, User
from aixin.access.regions import LENGTHS, Level
from aixin.access.scope import EVERYTHING, opened
from aixin.notify.models import Notice
from aixin.notify.services import send
from concerns.deadlines import is_working_day, told_from
from concerns.models import Concern

DIGEST = "concerns_up"
# A place, and whether its head alone is told.
Office = tuple[str, bool]


@dataclass
class Standing:
    """How many overdue matters have come up to each office, and the days on which they did."""

    days: dict[Office, Counter[datetime.date]] = field(default_factory=dict)

    def add(self, office: Office, day: datetime.date) -> None:
        self.days.setdefault(office, Counter())[day] += 1


def escalate(today: datetime.date) -> int:
    """Tell the offices what has come up to them and settle what has gone; return how many were told."""
    if not is_working_day(today):
        return 0
    with opened(EVERYTHING):
        standing = _standing(today)
        told = [
            notice for office, days in sorted(standing.days.items()) for notice in _told(office, days, today)
        ]
        _settle(standing, told)
        return len(send(told))


def _standing(today: datetime.date) -> Standing:
    late = Concern.objects.unlocked().overdue().order_by("pk").values_list("region_id", "due_at")
    standing = Standing()
    for place, due in late.iterator():
        due_on = timezone.localdate(due)
        for (level, is_head), day in told_from(due_on, settings.CONCERN_CITY_DAYS).items():
            if day <= today and len(place) >= LENGTHS[level - 1]:
                standing.add((place[: LENGTHS[level - 1]], is_head), day)
    return standing


def _told(office: Office, days: Counter[datetime.date], today: datetime.date) -> Iterator[Notice]:
    code, _ = office
    for user in _people(office):
        last = _last_told(office, user)
        news = sum(number for day, number in days.items() if last is None or last < day)
        if news:
            yield Notice(
                addressee=f"user:{user.pk}",
                region_id=code,
                kind=DIGEST,
                key=f"{_subject(office)}:{today}:{user.pk}",
                subject=_subject(office),
                title=f"新增 {news} 件超期没有办结的问题",
                body=f"超期的现有 {days.total()} 件，请过问。",
                link=f"{reverse('concerns:list')}?figure=overdue&region={code}",
            )


def _people(office: Office) -> list[User]:
    """Return who is told: an office's staff first and its heads later; heads who work alone are told once, first."""
    code, is_head = office
    heads = list(heads_of(code))
    posts = Post.objects.current().filter(role=Role.STAFF, region_id=code, is_head=False)
    staff = list(User.objects.filter(is_active=True, pk__in=posts.values("user_id")).order_by("pk"))
    if is_head:
        return heads if staff or len(code) < LENGTHS[Level.COUNTY - 1] else []
    return staff or heads


def _subject(office: Office) -> str:
    code, is_head = office
    return f"{DIGEST}:{'head' if is_head else 'office'}:{code}"


def _last_told(office: Office, user: User) -> datetime.date | None:
    """Return the day of the last digest to a person of an office."""
    sent = Notice.objects.filter(subject=_subject(office), addressee=f"user:{user.pk}").order_by("-key")
    key = sent.values_list("key", flat=True).first()
    return datetime.date.fromisoformat(key.split(":")[3]) if key else None


def _settle(standing: Standing, told: list[Notice]) -> None:
    """Settle the digests of offices to which nothing stands any more, and those that a new one comes in place of."""
    old = Notice.objects.open().filter(kind=DIGEST, subject__startswith=f"{DIGEST}:")
    old.exclude(subject__in=[_subject(office) for office in standing.days]).update(resolved_at=timezone.now())
    replaced = {(notice.subject, notice.addressee) for notice in told}
    for subject, addressee in sorted(replaced):
        old.filter(subject=subject, addressee=addressee).update(resolved_at=timezone.now())
