"""By when the county is to have dealt with what was raised: one place, until the regions' policy says it."""

import datetime

from concerns.choices import Kind, Urgency

URGENT_HOURS = 24
# What may harm a child while it waits.
SOON = frozenset({Kind.MIND, Kind.HEALTH, Kind.GUARDIAN, Kind.SAFETY})
SOON_DAYS, USUAL_DAYS = 3, 7


def due_at(kind: str, urgency: str, raised_at: datetime.datetime) -> datetime.datetime:
    """Return the deadline of a matter raised at a time."""
    if urgency == Urgency.URGENT:
        return raised_at + datetime.timedelta(hours=URGENT_HOURS)
    return raised_at + datetime.timedelta(days=SOON_DAYS if kind in SOON else USUAL_DAYS)
