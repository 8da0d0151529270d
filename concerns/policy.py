"""What holds at a place for what is raised there: deadlines, and who hears of it when they are over (DOMAIN section 5)."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from aixin.access import inheriting
from aixin.access.regions import county_of
from concerns.models import DELAYS, ConcernPolicy


@dataclass(frozen=True)
class Rules:
    """How long the county has, by urgency and kind; on which working day after that an office hears of it.

    `told_since` is the day from which the offices are told by these delays, where somebody has changed them.
    """

    urgent_hours: int = 24
    soon_days: int = 3
    usual_days: int = 7
    township_days: int = 1
    county_days: int = 2
    head_days: int = 4
    city_days: int = 0
    told_since: datetime.date | None = None


def rules_for(code: str, draft: ConcernPolicy | None = None) -> Rules:
    """Return what holds at a place; with a draft in place of what its region has stored."""
    return rules_of([code], draft)[code]


def rules_of(codes: Iterable[str], draft: ConcernPolicy | None = None) -> dict[str, Rules]:
    """Return what holds at each of some places, with one query: no place below a county decides."""
    wanted = set(codes)
    decided = list(ConcernPolicy.objects.reaching({county_of(code) for code in wanted}))
    return {code: _rules_at(decided, code, draft) for code in wanted}


def _rules_at(decided: list[Any], code: str, draft: ConcernPolicy | None) -> Rules:
    rules = inheriting.rules_at(Rules(), decided, code, draft)
    # Whoever changed the delays last, above or below.
    changed = [own.told_since for own in inheriting.decisions_at(decided, code, draft) if own.told_since]
    return replace(rules, told_since=max(changed, default=None))


@transaction.atomic
def save_policy(actor: Any, policy: ConcernPolicy) -> None:
    """Store a region's decisions; raise ValidationError for what is out of range.

    Where a delay is another now, what is overdue already is told by it from tomorrow on: today's digests are out.
    """
    before = ConcernPolicy.objects.filter(pk=policy.pk).values(*DELAYS).first() or dict.fromkeys(DELAYS)
    if any(getattr(policy, name) != value for name, value in before.items()):
        policy.told_since = timezone.localdate() + datetime.timedelta(days=1)
    inheriting.save_policy(actor, policy)
