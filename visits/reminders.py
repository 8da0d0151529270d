"""Daily reminders: an active pairing without contact for longer than the cadence (issue: reminder)."""

import datetime
from collections.abc import Collection, Iterator
from typing import Any, TypedDict

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from aixin.notify.models import Notice
from aixin.notify.services import send, settle
from pairing.models import Pairing
from visits.models import VisitedChild
from visits.querysets import overdue
from visits.services import subject_of

KIND = "contact_overdue"


class Outcome(TypedDict):
    """What one run did: notices created, notices resolved, people reached."""

    created: int
    resolved: int
    recipients: int


@transaction.atomic
def remind(today: datetime.date) -> Outcome:
    """Send one notice for each overdue pairing and period, settle those no longer overdue.

    A second run on the same day adds nothing; a run after days of outage sends what is due then; a run for a past
    day settles nothing that is still overdue.
    """
    fresh = send(_notices(list(_late(today)), today))
    still_late = {subject_of(row["pk"]) for row in _late(max(today, timezone.localdate()))}
    return Outcome(
        created=len(fresh),
        resolved=_settle_others(still_late),
        recipients=len({notice.addressee for notice in fresh}),
    )


def _late(day: datetime.date) -> Any:
    """Return what a notice says of each overdue pairing; no more, so that one unreadable row stops no other."""
    late = overdue(Pairing.objects.all(), VisitedChild.objects.all(), day)
    return late.values(
        "pk",
        "region_id",
        "child_id",
        "child__name",
        "volunteer_id",
        "started_on",
        "contacted_on",
        "contact_base",
    )


def _notices(rows: list[dict[str, Any]], today: datetime.date) -> Iterator[Notice]:
    for row in rows:
        days = (today - row["contact_base"]).days
        yield Notice(
            addressee=f"volunteer:{row['volunteer_id']}",
            region_id=row["region_id"],
            kind=KIND,
            key=f"{KIND}:{row['pk']}:{row['contact_base']}:{period_number(days)}",
            subject=subject_of(row["pk"]),
            title=f"{row['child__name']}：已{days}天没有联系",
            body=_body(row),
            link=f"{reverse('visits:new')}?child={row['child_id']}",
        )


def _body(row: dict[str, Any]) -> str:
    if row["contacted_on"] is None or row["contacted_on"] < row["started_on"]:
        return f"{row['started_on']:%Y年%m月%d日}结对后还没有记录。打个电话或去看看孩子，再记一次。"
    return f"上次联系是{row['contacted_on']:%Y年%m月%d日}。打个电话或去看看孩子，再记一次。"


def still_late(notices: Collection[Notice]) -> set[int]:
    """Return the keys of those reminders whose pairing is active and still the addressee's own."""
    subjects = {notice.subject for notice in notices}
    active = Pairing.objects.active().filter(pk__in=[int(subject.partition(":")[2]) for subject in subjects])
    theirs = {(subject_of(row.pk), f"volunteer:{row.volunteer_id}") for row in active}
    return {notice.pk for notice in notices if (notice.subject, notice.addressee) in theirs}


def period_number(days: int) -> int:
    """Return which period without contact a day count lies in: 32 to 62 days is the first."""
    return (days - 1) // settings.CONTACT_CADENCE_DAYS


def _settle_others(late: set[str]) -> int:
    """Settle open reminders whose pairing has ended, paused or been contacted since."""
    open_subjects = Notice.objects.open().filter(kind=KIND).values_list("subject", flat=True)
    return settle(set(open_subjects) - late)
