"""When the last contact was: conditions served by the index of the visits' link, whoever is asked about."""

import datetime
from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from reports.asking.criteria import SinceCriterion
from reports.asking.groupings import Grouping, by_band
from visits.models import Visit, VisitedChild

Met = Callable[[datetime.date | None], Exists]


def _after(links: Any, day: datetime.date | None) -> Exists:
    standing = links.filter(visit__withdrawn_at__isnull=True)
    return Exists(standing if day is None else standing.filter(visit__date__gt=day))


def child_met(day: datetime.date | None) -> Exists:
    """Return the condition that a child was visited after a day, by whomever."""
    return _after(VisitedChild.objects.filter(child=OuterRef("pk")).order_by(), day)


def volunteer_met(day: datetime.date | None) -> Exists:
    """Return the condition that a volunteer made a visit after a day."""
    return _after(Visit.volunteers.through.objects.filter(volunteer=OuterRef("pk")), day)


def pair_met(day: datetime.date | None) -> Exists:
    """Return the condition that a pairing's volunteer met its child after a day."""
    links = VisitedChild.objects.filter(
        child=OuterRef("child"), visit__volunteers=OuterRef("volunteer")
    ).order_by()
    return _after(links, day)


def last_contact(key: str, label: str, met: Met) -> SinceCriterion:
    """Return the criterion of how long ago the last contact was."""
    return SinceCriterion(key, label, met)


def by_last_contact(key: str, label: str, met: Met) -> Grouping:
    """Return the grouping by how long ago the last contact was."""

    def bands() -> list[tuple[str, str, Q]]:
        today = timezone.localdate()
        return [
            *((str(days), name, Q(met(today - datetime.timedelta(days)))) for days, name in _AGES),
            ("long", "超过 180 天", Q(met(None))),
            ("never", "从来没有", ~Q(met(None))),
        ]

    return by_band(key, label, bands)


_AGES = ((30, "30 天以内"), (90, "31–90 天"), (180, "91–180 天"))
