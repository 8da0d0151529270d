"""By when the county is to have dealt with what was raised, and who hears when it has not (DOMAIN section 5)."""

import datetime

from aixin.access.regions import Level
from aixin.workdays import working_day_after
from concerns.choices import SOON, Urgency
from concerns.policy import Rules

# An office's level, and whether its head alone is told.
Told = tuple[Level, bool]


def wait(kind: str, urgency: str, rules: Rules) -> datetime.timedelta:
    """Return how long the county has for a matter."""
    if urgency == Urgency.URGENT:
        return datetime.timedelta(hours=rules.urgent_hours)
    return datetime.timedelta(days=rules.soon_days if kind in SOON else rules.usual_days)


def due_at(kind: str, urgency: str, raised_at: datetime.datetime, rules: Rules) -> datetime.datetime:
    """Return the deadline of a matter raised at a time."""
    return raised_at + wait(kind, urgency, rules)


def told_from(due_on: datetime.date, rules: Rules) -> dict[Told, datetime.date]:
    """Return from which day each office hears of a matter that was due on a day; 0 working days is not at all."""
    days = {
        (Level.TOWNSHIP, False): rules.township_days,
        (Level.COUNTY, False): rules.county_days,
        (Level.COUNTY, True): rules.head_days,
        (Level.CITY, True): rules.city_days,
    }
    return {office: working_day_after(due_on, number) for office, number in days.items() if number}
