"""How long an import keeps what was uploaded: the file 30 days, the rows that stayed out 7 (issue of the rosters)."""

from django.db import transaction
from django.utils import timezone

from aixin.exchange.choices import BUSY_STATES, ImportState
from aixin.exchange.models import FILE_KEPT, REJECTED_KEPT, ImportImage, ImportJob


@transaction.atomic
def erase_imports() -> int:
    """Remove the files and images whose time is over and return of how many jobs; a missed day is caught up."""
    now = timezone.now()
    old = ImportJob.objects.to_erase(FILE_KEPT).exclude(state__in=BUSY_STATES)
    ImportImage.objects.filter(job__in=old).delete()
    old.filter(state__in=[ImportState.PREVIEW, ImportState.FAILED]).update(state=ImportState.ABANDONED)
    count = old.update(content="", outcome="", rejected="", decided="", layout="", erased_at=now)
    ImportJob.objects.with_old_rejections(now - REJECTED_KEPT).update(rejected="")
    return count
