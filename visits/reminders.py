"""Daily reminders: an active pairing without contact for longer than the cadence (issue: reminder)."""

import datetime
from collections.abc import Iterator
from typing import Any, TypedDict

from django.conf import settings
from django.db import transaction
from django.urls import reverse

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

    A second run on the same day adds nothing; a run after days of outage sends what is due then.
    """
    late = overdue(Pairing.objects.all(), VisitedChild.objects.all(), today).select_related(
        "child", "volunteer"
    )
    pairings = list(late)
    fresh = send(_notices(pairings, today))
    return Outcome(
        created=len(fresh),
        resolved=_settle_others({subject_of(pairing.pk) for pairing in pairings}),
        recipients=len({notice.addressee for notice in fresh}),
    )


def _notices(pairings: list[Any], today: datetime.date) -> Iterator[Notice]:
    for pairing in pairings:
        days = (today - pairing.contact_base).days
        yield Notice(
            addressee=pairing.volunteer.addressee,
            region_id=pairing.region_id,
            kind=KIND,
            key=f"{KIND}:{pairing.pk}:{pairing.contact_base}:{period_number(days)}",
            subject=subject_of(pairing.pk),
            title=f"{pairing.child.name}：已{days}天没有联系",
            body=_body(pairing),
            link=f"{reverse('visits:new')}?child={pairing.child_id}",
        )


def _body(pairing: Any) -> str:
    if pairing.contacted_on is None or pairing.contacted_on < pairing.started_on:
        return f"{pairing.started_on:%Y年%m月%d日}结对后还没有记录。打个电话或去看看孩子，再记一次。"
    return f"上次联系是{pairing.contacted_on:%Y年%m月%d日}。打个电话或去看看孩子，再记一次。"


def period_number(days: int) -> int:
    """Return which period without contact a day count lies in: 32 to 62 days is the first."""
    return (days - 1) // settings.CONTACT_CADENCE_DAYS


def _settle_others(late: set[str]) -> int:
    """Settle open reminders whose pairing has ended, paused or been contacted since."""
    open_subjects = Notice.objects.open().filter(kind=KIND).values_list("subject", flat=True)
    return settle(set(open_subjects) - late)
