"""Sending and settling notices, many at a time, and SMS one by one."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from aixin.access.scope import EVERYTHING, opened
from aixin.notify.models import Notice, Sms, SmsState
from aixin.notify.tasks import send_sms


@transaction.atomic
def send(notices: Iterable[Notice]) -> list[Notice]:
    """Store the notices whose key is new and return them; the others were sent before (DESIGN section 3.7).

    One that was settled too early, because a visit was withdrawn since, opens again.
    """
    drafts = {notice.key: notice for notice in notices}
    # Who sends need not be allowed to read what others get: a township asks its county.
    with opened(EVERYTHING):
        return _store(drafts)


def _store(drafts: dict[str, Notice]) -> list[Notice]:
    sent = Notice.objects.filter(key__in=list(drafts))
    known = set(sent.values_list("key", flat=True))
    sent.filter(resolved_at__isnull=False).update(resolved_at=None, read_at=None)
    fresh = [notice for key, notice in drafts.items() if key not in known]
    Notice.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=2000)
    return fresh


def settle(subjects: Iterable[str]) -> int:
    """Mark every open notice about these subjects as done; return how many there were."""
    about = list(subjects)
    with opened(EVERYTHING):
        return Notice.objects.open().filter(subject__in=about).update(resolved_at=timezone.now())


def post_sms(
    kind: str, phone: str, text: str, expires_at: datetime.datetime, *, withheld: bool = False
) -> Sms:
    """Store a message, have it sent after the commit, and return it; a withheld one is stored alike and stays."""
    state = SmsState.WITHHELD if withheld else SmsState.WAITING
    sms = Sms(kind=kind, phone=phone, text=text, expires_at=expires_at, state=state)
    sms.save(force_insert=True)
    # Without a queue the message waits for the next round of beat.
    transaction.on_commit(lambda: send_sms.delay(str(sms.pk)), robust=True)
    return sms
