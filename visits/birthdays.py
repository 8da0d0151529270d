"""When a child's birthday comes next, by the calendar that its family keeps."""

import datetime

from lunardate import LunarDate


def next_birthday(birth: datetime.date, today: datetime.date, *, lunar: bool) -> datetime.date:
    """Return the first birthday from today on; 29 February is kept on the 28th of a common year.

    By the lunar calendar a leap month's child has its day in the ordinary month of that number, and a thirtieth that a
    month does not have is kept on the twenty-ninth.
    """
    years = range(today.year - 1, today.year + 2)
    days = (_lunar_day(birth, year) if lunar else _solar_day(birth, year) for year in years)
    return min(day for day in days if day >= today)


def _solar_day(birth: datetime.date, year: int) -> datetime.date:
    try:
        return birth.replace(year=year)
    except ValueError:
        return datetime.date(year, 2, 28)


def _lunar_day(birth: datetime.date, year: int) -> datetime.date:
    born = LunarDate.from_solar_date(birth.year, birth.month, birth.day)
    try:
        found: datetime.date = LunarDate(year, born.month, born.day).to_solar_date()
    except ValueError:
        found = LunarDate(year, born.month, 29).to_solar_date()
    return found
