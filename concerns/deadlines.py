"""By when the county is to have dealt with what was raised, and who hears when it has not (DOMAIN section 5)."""

import datetime

import chinese_calendar

from aixin.access.regions import Level
from concerns.choices import Kind, Urgency

URGENT_HOURS = 24
# What may harm a child while it waits.
SOON = frozenset({Kind.MIND, Kind.HEALTH, Kind.GUARDIAN, Kind.SAFETY})
SOON_DAYS, USUAL_DAYS = 3, 7
ONE_DAY = datetime.timedelta(days=1)
# On which working day after the deadline an office hears of it; what the city is told its own setting says.
TOWNSHIP_DAYS, COUNTY_DAYS, HEAD_DAYS = 1, 2, 4


def due_at(kind: str, urgency: str, raised_at: datetime.datetime) -> datetime.datetime:
    """Return the deadline of a matter raised at a time."""
    if urgency == Urgency.URGENT:
        return raised_at + datetime.timedelta(hours=URGENT_HOURS)
    return raised_at + datetime.timedelta(days=SOON_DAYS if kind in SOON else USUAL_DAYS)


def is_working_day(day: datetime.date) -> bool:
    """Return whether offices work on a day; beyond the years whose holidays are published, Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def working_day_after(day: datetime.date, number: int) -> datetime.date:
    """Return the so many-eth working day after a day."""
    while number:
        day += ONE_DAY
        number -= is_working_day(day)
    return day


def told_from(due_on: datetime.date, city_days: int) -> dict[tuple[Level, bool], datetime.date]:
    """Return from which day each office hears of a matter that was due on a day: its level, and whether its head alone.

    0 city days is not at all.
    """
    days = {
        (Level.TOWNSHIP, False): TOWNSHIP_DAYS,
        (Level.COUNTY, False): COUNTY_DAYS,
        (Level.COUNTY, True): HEAD_DAYS,
        (Level.CITY, True): city_days,
    }
    return {office: working_day_after(due_on, number) for office, number in days.items() if number}
