"""定期跟踪回访: how many guardians a county is to call back in a month, and who hears that some are left (DOMAIN 5).

The calls are those of 抽查: visits drawn at random (`visits.drawing`).
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from aixin.access.querysets import within
from aixin.notify.models import Notice
from care.escalating import staff_of
from care.making import County
from care.policy import Rules
from visits.drawing import drawable_among
from visits.models import CallBack, Visit

KIND = "callbacks_due"


@dataclass(frozen=True)
class Calls:
    """What a county has called in a month, and how many it has still to; by which day of the month."""

    done: int
    left: int
    day: int

    def is_late(self, today: datetime.date) -> bool:
        return self.left > 0 and today.day >= self.day


def calls_of(code: str, rules: Rules, today: datetime.date) -> Calls:
    """Return how a county's calls of a month stand; never more are left than could be called."""
    if not rules.callbacks:
        return Calls(0, 0, rules.callback_day)
    first = today.replace(day=1)
    asked = CallBack.objects.filter(within(code, "child__region_id"), visit__isnull=False)
    # What was passed on to the head is called as far as the office sees; how it ends there tells it nothing.
    called = Q(answered_at__gte=_midnight(first)) | Q(passed_at__gte=_midnight(first))
    done = asked.filter(called).values("child").distinct().count()
    visits = Visit.objects.filter(within(code))
    possible = asked.waiting().count()
    wanted = max(rules.callbacks - done, 0)
    if wanted > possible:
        possible += drawable_among(visits, first - datetime.timedelta(days=30), today).count()
    return Calls(done, min(wanted, possible), rules.callback_day)


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), timezone.get_current_timezone())


def _subject(code: str) -> str:
    return f"{KIND}:{code}"


def call_reminders(county: County, today: datetime.date) -> Iterator[Notice]:
    """Yield one notice a month for each who answers for the county's office, once the policy's day has come."""
    calls = calls_of(county.code, county.rules, today)
    if not calls.is_late(today):
        Notice.objects.open().filter(subject=_subject(county.code)).update(resolved_at=timezone.now())
        return
    for user in staff_of(county.code).get(county.code, ()):
        yield Notice(
            addressee=f"user:{user}",
            region_id=county.code,
            kind=KIND,
            key=f"{KIND}:{county.code}:{today:%Y-%m}:{user}",
            subject=_subject(county.code),
            title=f"本月还有 {calls.left} 名监护人没有回访",
            body=f"要求每月{calls.day}日前回访完，请抽查走访并打电话。",
            link=reverse("visits:draw"),
        )
