"""Sending and settling notices, many at a time."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from aixin.notify.models import Notice


@transaction.atomic
def send(notices: Iterable[Notice]) -> list[Notice]:
    """Store the notices whose key is new and return them; the others were sent before (DESIGN section 3.7).

    One that was settled too early, because a visit was withdrawn since, opens again.
    """
    drafts = {notice.key: notice for notice in notices}
    sent = Notice.objects.filter(key__in=list(drafts))
    known = set(sent.values_list("key", flat=True))
    sent.filter(resolved_at__isnull=False).update(resolved_at=None, read_at=None)
    fresh = [notice for key, notice in drafts.items() if key not in known]
    Notice.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=2000)
    return fresh


def settle(subjects: Iterable[str]) -> int:
    """Mark every open notice about these subjects as done; return how many there were."""
    open_notices = Notice.objects.open().filter(subject__in=list(subjects))
    return open_notices.update(resolved_at=timezone.now())
