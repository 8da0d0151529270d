"""Working days of the offices: the published holidays and the weekends that are worked for them (DOMAIN section 8)."""

import datetime

import chinese_calendar

ONE_DAY = datetime.timedelta(days=1)


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
