"""Years before and after a day; a 29 February that a year lacks never makes a period shorter than its years."""

import datetime


def years_before(day: datetime.date, years: int) -> datetime.date:
    """Return the same day some years earlier; for 29 February, the 28th where the year has none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def years_after(day: datetime.date, years: int) -> datetime.date:
    """Return the same day some years later; for 29 February, 1 March where the year has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return datetime.date(day.year + years, 3, 1)
