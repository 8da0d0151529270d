"""Findings that nobody answered in time come up to the city, and once more to the county: one digest a working day."""

import datetime
from collections import Counter

from django.urls import reverse

from aixin.access.signals import message_due
from aixin.workdays import is_working_day
from concerns.telling import office_at
from reports.models.supervision import Finding
from reports.supervision.services import city_of

DIGEST = "findings_late"


def escalate(today: datetime.date) -> int:
    """Tell each office of what came due without a reply since its last digest; return how many findings there were.

    Offices are told on working days; a missed day is caught up by the next run, a second one the same day adds nothing.
    """
    if not is_working_day(today):
        return 0
    late = Finding.objects.to_reply().filter(due_on__lt=today)
    fresh = list(late.filter(escalated_on__isnull=True).values_list("pk", "region_id"))
    if not fresh:
        return 0
    all_late = Counter(late.values_list("region_id", flat=True))
    by_city: Counter[str] = Counter()
    for code, number in all_late.items():
        by_city[city_of(code)] += number
    news = Counter(code for _, code in fresh) + Counter(city_of(code) for _, code in fresh)
    for office, number in sorted(news.items()):
        _tell(office, number, {**all_late, **by_city}[office], today)
    Finding.objects.filter(pk__in=[pk for pk, _ in fresh]).update(escalated_on=today)
    return len(fresh)


def _tell(office: str, new: int, all_late: int, today: datetime.date) -> None:
    message_due.send(
        Finding,
        to=office_at(office),
        code=office,
        kind=DIGEST,
        key=f"{DIGEST}:{today}:{office}",
        title=f"新增 {new} 件超期没有回复的督办",
        body=f"现在共有 {all_late} 件超期，请过问。",
        link=f"{reverse('reports:supervision')}?state=late",
    )
