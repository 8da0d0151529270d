"""What holds at a county: its own decisions over those of the regions above, over the built-in ones (DOMAIN section 5)."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from django.conf import settings
from django.db import transaction

from aixin.access.regions import contains
from aixin.audit.models import Action
from aixin.audit.trail import record
from care.choices import DutyKind, Festival
from care.models import CarePolicy

HOURS = 24


@dataclass(frozen=True)
class Rules:
    """How often, on which days, and who is told when; 0 days is not at all."""

    call_days: int = settings.CONTACT_CADENCE_DAYS
    meeting_days: int = 92
    home_days: int = 183
    school: bool = True
    change_hours: int = 72
    birthday: bool = True
    festivals: tuple[str, ...] = (Festival.SPRING, Festival.CHILDREN, Festival.MID_AUTUMN)
    window_days: int = 7
    remind_days: int = 7
    chair_days: int = 3
    township_days: int = 7
    county_days: int = 14
    fresh_days: int = settings.SITUATION_FRESH_DAYS
    callbacks: int = 0
    callback_day: int = 20

    @property
    def cadence(self) -> dict[str, int]:
        """Days by kind, of the kinds that are on."""
        named = {
            DutyKind.CALL: self.call_days,
            DutyKind.MEETING: self.meeting_days,
            DutyKind.HOME: self.home_days,
        }
        return {str(kind): days for kind, days in named.items() if days}

    @property
    def change_days(self) -> int:
        """Within how many days a reported change is to be visited."""
        return -(-self.change_hours // HOURS)


def rules_for(code: str, draft: CarePolicy | None = None) -> Rules:
    """Return what holds at a place; with a draft in place of what its region has stored."""
    return rules_of([code], draft)[code]


def rules_of(codes: Iterable[str], draft: CarePolicy | None = None) -> dict[str, Rules]:
    """Return what holds at each of some places, with one query."""
    wanted = set(codes)
    decided = list(CarePolicy.objects.reaching(wanted))
    if draft is not None:
        others = [own for own in decided if own.region_id != draft.region_id]
        decided = sorted([*others, draft], key=lambda own: own.region_id)
    found = {}
    for code in wanted:
        rules = Rules()
        for own in decided:
            if contains(own.region_id, code):
                rules = overlaid(rules, own)
        found[code] = rules
    return found


def freshness_by_region() -> dict[str, int]:
    """Return for how many days 三必清 stays clear, by the region that decided it."""
    decided = CarePolicy.objects.filter(fresh_days__isnull=False)
    return dict(decided.values_list("region_id", "fresh_days"))


def overlaid(rules: Rules, own: CarePolicy) -> Rules:
    """Return rules with a region's own decisions over them; a field left empty inherits."""
    said: dict[str, Any] = {}
    for name in (field.name for field in fields(Rules)):
        value = getattr(own, name)
        if value is not None:
            said[name] = tuple(value) if name == "festivals" else value
    return replace(rules, **said)


@transaction.atomic
def save_policy(actor: Any, policy: CarePolicy) -> CarePolicy:
    """Store a region's decisions and return them; raise ValidationError for days out of range."""
    policy.updated_by = actor
    policy.full_clean()
    policy.save()
    record(actor, Action.UPDATE, policy)
    return policy
