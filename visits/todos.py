"""A volunteer who has been silent for two cadences: the office talks to her, or finds somebody else (DOMAIN section 5)."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from aixin.access.regions import Level
from aixin.todos.kinds import Decision, Found, Kind
from pairing.models import Pairing
from pairing.todos import FOUND_VALUES, LABEL, PAUSE_AND_PROPOSE, pairing_found
from visits.models import VisitedChild
from visits.querysets import with_last_contact

SILENT = "volunteer_silent"


def silent_pairings(today: datetime.date) -> Iterator[Found]:
    """Find active pairings without contact for more than two cadences; each silence is an occasion of its own."""
    limit = today - datetime.timedelta(days=2 * settings.CONTACT_CADENCE_DAYS)
    rows = with_last_contact(Pairing.objects.active(), VisitedChild.objects.all())
    for row in (
        rows.filter(contact_base__lt=limit)
        .order_by("pk")
        .values(*FOUND_VALUES, "contact_base", "volunteer__user")
    ):
        since = row["contact_base"]
        # Only who has an account was ever reminded.
        facts = {"since": f"{since}", "reminded": row["volunteer__user"] is not None}
        yield pairing_found(row, f"{since}", facts)


def _words(facts: dict[str, Any]) -> str:
    answered = "她没有回应提醒" if facts.get("reminded") else "她还没有开通账号，收不到提醒"
    return f"{facts['since']} 以后没有联系记录，{answered}"


SILENT_KIND = Kind(
    SILENT,
    "爱心妈妈久未联系",
    LABEL,
    Level.TOWNSHIP,
    14,
    silent_pairings,
    _words,
    (
        Decision(
            "talked",
            "已联系她",
            needs_reason=True,
            question="她怎么说",
            asks_again=settings.CONTACT_CADENCE_DAYS,
            meaning="一个月后还没有走访记录，再问。",
        ),
        PAUSE_AND_PROPOSE,
        Decision(
            "excused",
            "情况特殊，暂不处理",
            needs_reason=True,
            asks_again=2 * settings.CONTACT_CADENCE_DAYS,
            meaning="两个月后再问。",
        ),
    ),
)
