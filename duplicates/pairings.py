"""Two pairings that become one, because their two children or their two volunteers do."""

from typing import Any

from django.utils import timezone

from aixin.access.models import User
from pairing.choices import EndReason
from pairing.models import Pairing
from pairing.services import end


def end_doubles(actor: User, owner: str, kept: Any, gone: Any) -> None:
    """End one of each two open pairings with the same other person.

    The active one stays, of two such that of the record that stays; it has begun when the first of them did, and its
    papers are those of both.
    """
    other = "volunteer_id" if owner == "child" else "child_id"
    ours = {getattr(pairing, other): pairing for pairing in Pairing.objects.open().filter(**{owner: kept})}
    theirs = Pairing.objects.open().filter(**{owner: gone, f"{other}__in": ours})
    # In the order of the other persons' keys, so that two merges never wait for each other.
    for double in theirs.order_by(other):
        _end_one(actor, ours[getattr(double, other)], double)


def _end_one(actor: User, mine: Pairing, double: Pairing) -> None:
    stays, ends = (double, mine) if double.is_active and not mine.is_active else (mine, double)
    starts = [day for day in (stays.started_on, ends.started_on) if day]
    if ends.is_main and ends.child_id == stays.child_id:
        # Handed over before the end, which would pass it on to the one who has been there longest.
        Pairing.objects.filter(pk=ends.pk).update(is_main=False)
        stays.is_main = True
    stays.started_on = min(starts, default=None)
    stays.agreement_signed = stays.agreement_signed or ends.agreement_signed
    stays.save(update_fields=["started_on", "agreement_signed", "is_main", "updated_at"])
    last = max(timezone.localdate(), ends.started_on or timezone.localdate())
    end(actor, ends, EndReason.ADJUSTED, last, "合并重复档案")
