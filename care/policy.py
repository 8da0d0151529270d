"""What holds at a county: its own decisions over those of the regions above, over the built-in ones (DOMAIN section 5)."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from aixin.access.inheriting import rules_at
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
    return {code: rules_at(Rules(), decided, code, draft) for code in wanted}


def freshness_by_region() -> dict[str, int]:
    """Return for how many days 三必清 stays clear, by the region that decided it."""
    decided = CarePolicy.objects.filter(fresh_days__isnull=False)
    return dict(decided.values_list("region_id", "fresh_days"))
