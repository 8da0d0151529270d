"""What transfers say of a child: gone with an erased one, and emptied when they are long finished."""

import datetime

from django.conf import settings
from django.utils import timezone

from aixin.access.erasure import Subject
from aixin.access.scope import EVERYTHING, opened
from transfers.models import Holding, Transfer


def forget_transfers(subject: Subject) -> dict[str, int]:
    """Remove the transfers of an erased child; return how many."""
    if subject.label != "children.child":
        return {}
    about = Holding.objects.filter(child=subject.pk).values("transfer")
    found = list(Transfer.objects.filter(pk__in=about).values_list("pk", flat=True))
    Transfer.objects.filter(pk__in=found).delete()
    return {"转接记录": len(found)}


def tidy(now: datetime.datetime) -> int:
    """Empty the transfers finished long ago: who asked whom for which number stays; return how many."""
    limit = now - datetime.timedelta(days=settings.TRANSFER_DETAILS_KEPT_DAYS)
    with opened(EVERYTHING):
        old = Transfer.objects.finished().filter(decided_at__lt=limit).exclude(name="", remark="", answer="")
        return old.update(
            name="", idno="", idno_index=None, sex="", birth=None, category="", remark="", answer=""
        )


def tidy_today() -> int:
    """Do it as of now; whatever day it runs on, it does what is due by then."""
    return tidy(timezone.now())
