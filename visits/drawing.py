"""抽查: visits drawn at random, whose guardians somebody of the office calls back (DOMAIN section 5, 定期跟踪回访)."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from aixin.access.models import User
from children.models import Guardian
from visits.models import CallBack, Visit, VisitedChild
from visits.services import arrange_callback

DUE_DAYS = 7
# Drawn beyond what is wanted, for visits that cannot be asked about after all.
SPARE = 3


@dataclass(frozen=True)
class Draw:
    """What is drawn: how many visits of which days, and who calls."""

    since: datetime.date
    until: datetime.date
    number: int
    caller: User


def drawable(user: Any, since: datetime.date, until: datetime.date) -> Any:
    """Return the visits of these days that a user may draw."""
    return drawable_among(Visit.objects.visible_to(user), since, until)


def drawable_among(visits: Any, since: datetime.date, until: datetime.date) -> Any:
    """Return the visits of these days that may be drawn: by volunteers, not asked about yet, with a number to call.

    Those of children held back are among them: what is left to draw, and what is never drawn, would betray one.
    """
    reached = VisitedChild.objects.filter(
        visit=OuterRef("pk"),
        child__in=Guardian.objects.filter(phone_index__isnull=False).values("child"),
    )
    rows = visits.standing().filter(date__gte=since, date__lte=until)
    asked = CallBack.objects.filter(visit=OuterRef("pk"))
    by_volunteers = Visit.volunteers.through.objects.filter(visit=OuterRef("pk"))
    return rows.filter(Exists(reached), Exists(by_volunteers), ~Exists(asked)).distinct()


@transaction.atomic
def draw(actor: Any, wanted: Draw) -> int:
    """Draw visits at random and have their guardians called; return how many calls were arranged.

    A child about whom the caller has an open call already is passed over.
    """
    found = drawable(actor, wanted.since, wanted.until).order_by("?").values_list("pk", flat=True)
    drawn = Visit.objects.filter(pk__in=list(found[: wanted.number * SPARE])).for_list()
    arranged = 0
    for visit in drawn:
        if arranged < wanted.number and _arrange(actor, visit, wanted.caller):
            arranged += 1
    return arranged


def _arrange(actor: Any, visit: Visit, caller: User) -> bool:
    """Have the guardian of the first child with a number called about a visit."""
    for link in visit.visited.all():
        child = link.child
        if child.is_on_roster and child.guardians.filter(phone_index__isnull=False).exists():
            asked = CallBack(
                visit=visit,
                assigned_to=caller,
                due_on=timezone.localdate() + datetime.timedelta(days=DUE_DAYS),
                question=f"{visit.date:%m月%d日}（{visit.get_way_display()}）爱心妈妈来过没有，孩子怎么说",
            )
            return arrange_callback(actor, child, asked)
    return False
