"""What was raised and is overdue comes up: to the township, the county, its head, and where it is set to the city's.

One digest a person and working day, with counts alone. What is new is told by the last digest, so that days of outage
are caught up by the next run.
"""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone

from aixin.access.authority import heads_of
from aixin.access.models import Post, Role, User
from aixin.access.regions import LENGTHS, Level, county_of
from aixin.access.scope import EVERYTHING, opened
from aixin.notify.models import Notice
from aixin.notify.services import send
from aixin.workdays import is_working_day
from concerns.deadlines import told_from
from concerns.models import Concern
from concerns.policy import rules_of

DIGEST = "concerns_up"
# A place, and whether its head alone is told.
Office = tuple[str, bool]


@dataclass
class Standing:
    """How many overdue matters have come up to each office, and the days on which they did.

    Where the delays were changed since, they have come up on that day (`changed`), so that each is told once more.
    """

    days: dict[Office, Counter[datetime.date]] = field(default_factory=dict)
    changed: set[tuple[Office, datetime.date]] = field(default_factory=set)

    def add(self, office: Office, day: datetime.date, told_since: datetime.date | None) -> None:
        if told_since is not None and told_since > day:
            day = told_since
            self.changed.add((office, day))
        self.days.setdefault(office, Counter())[day] += 1


def escalate(today: datetime.date) -> int:
    """Tell the offices what has come up to them and settle what has gone; return how many were told."""
    if not is_working_day(today):
        return 0
    with opened(EVERYTHING):
        standing = _standing(today)
        told = [notice for office in sorted(standing.days) for notice in _told(office, standing, today)]
        _settle(standing, told)
        return len(send(told))


def _standing(today: datetime.date) -> Standing:
    late = Concern.objects.unlocked().overdue().order_by("pk")
    places = late.order_by().values_list("region_id", flat=True).distinct()
    rules = rules_of({county_of(place) for place in places})
    standing = Standing()
    for place, due in late.values_list("region_id", "due_at").iterator():
        holds = rules[county_of(place)]
        for (level, is_head), day in told_from(timezone.localdate(due), holds).items():
            if day <= today and len(place) >= LENGTHS[level - 1]:
                standing.add((place[: LENGTHS[level - 1]], is_head), day, holds.told_since)
    return standing


def _told(office: Office, standing: Standing, today: datetime.date) -> Iterator[Notice]:
    code, _ = office
    days = standing.days[office]
    for user in _people(office):
        last = _last_told(office, user)
        new = {day: number for day, number in days.items() if day <= today and (last is None or last < day)}
        if new:
            again = last is not None and any((office, day) in standing.changed for day in new)
            yield Notice(
                addressee=f"user:{user.pk}",
                region_id=code,
                kind=DIGEST,
                key=f"{_subject(office)}:{today}:{user.pk}",
                subject=_subject(office),
                title=_title(sum(new.values()), again=again),
                body=f"超期的现有 {days.total()} 件，请过问。",
                link=f"{reverse('concerns:list')}?figure=overdue&region={code}",
            )


def _title(number: int, *, again: bool) -> str:
    if again:
        return f"上报时间改了：按新的时间有 {number} 件超期没有办结的问题"
    return f"新增 {number} 件超期没有办结的问题"


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
