"""The days by which care is due: lunar and solar birthdays, festivals, terms. No Django, no database.

Rules (DOMAIN section 5): a leap month that the year lacks falls on the plain month, day 30 on day 29; 29 February on
the 28th.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lunardate import LunarDate

Day = datetime.date
ONE_DAY = datetime.timedelta(days=1)
# A child on the roster is younger; who stays beyond eighteen at school has birthdays too.
OLDEST_YEARS = 25
_LEAP_DAY = (2, 29)

LUNAR_FESTIVALS = {"SPRING": (1, 1), "LANTERN": (1, 15), "DRAGON_BOAT": (5, 5), "MID_AUTUMN": (8, 15)}
SOLAR_FESTIVALS = {"CHILDREN": (6, 1), "NATIONAL": (10, 1), "SPRING_TERM": (3, 1), "AUTUMN_TERM": (9, 1)}


@dataclass(frozen=True)
class Term:
    """A school term by its key, such as 2026-1 (autumn) or 2026-2 (the spring after it), with first and last day."""

    key: str
    first: Day
    last: Day


@dataclass(frozen=True)
class Celebration:
    """That children born on a day, who keep solar or lunar birthdays, celebrate on another."""

    is_lunar: bool
    birth: Day
    day: Day


def solar_of(year: int, month: int, day: int, *, is_leap: bool = False) -> Day:
    """Return the solar day of a lunar one; a leap month or a thirtieth that the year lacks falls as the rules say."""
    leap = is_leap and LunarDate.leap_month_for_year(year) == month
    try:
        found: Day = LunarDate(year, month, day, leap).to_solar_date()
    except ValueError:
        if day < 30:
            raise
        found = LunarDate(year, month, 29, leap).to_solar_date()
    return found


def lunar_of(day: Day) -> tuple[int, int, int, bool]:
    """Return lunar year, month, day, and whether the month is a leap month."""
    lunar = LunarDate.from_solar_date(day.year, day.month, day.day)
    return lunar.year, lunar.month, lunar.day, bool(lunar.is_leap_month)


def solar_birthday(birth: Day, year: int) -> Day:
    """Return the birthday in a year; 29 February on the 28th where there is none."""
    try:
        return birth.replace(year=year)
    except ValueError:
        return Day(year, 2, 28)


def lunar_birthday(birth: Day, year: int) -> Day:
    """Return the solar day of the lunar birthday in a lunar year."""
    _, month, day, is_leap = lunar_of(birth)
    return solar_of(year, month, day, is_leap=is_leap)


@lru_cache(maxsize=8)
def celebrations(first: Day, last: Day) -> tuple[Celebration, ...]:
    """Return every birth date whose birthday, solar or lunar, falls between two days, both included."""
    days = [first + ONE_DAY * n for n in range((last - first).days + 1)]
    return tuple(found for day in days for found in (*_solar(day), *_lunar(day)))


def _solar(day: Day) -> Iterator[Celebration]:
    kept = [(day.month, day.day)]
    if kept == [(2, 28)] and not _is_leap_year(day.year):
        kept.append(_LEAP_DAY)
    for year in range(day.year - OLDEST_YEARS, day.year):
        for month, number in kept:
            if (month, number) != _LEAP_DAY or _is_leap_year(year):
                yield Celebration(is_lunar=False, birth=Day(year, month, number), day=day)


def _lunar(day: Day) -> Iterator[Celebration]:
    present, month, number, _ = lunar_of(day)
    for year in range(present - OLDEST_YEARS, present):
        for born in _births(year, month, number):
            if lunar_birthday(born, present) == day:
                yield Celebration(is_lunar=True, birth=born, day=day)


def _births(year: int, month: int, number: int) -> Iterator[Day]:
    """Yield the days of a lunar year that may be celebrated on a lunar month and day: the leap month's, the thirtieth."""
    numbers = (29, 30) if number == 29 else (number,)
    leaps = (False, True) if LunarDate.leap_month_for_year(year) == month else (False,)
    for leap in leaps:
        for wanted in numbers:
            try:
                yield LunarDate(year, month, wanted, leap).to_solar_date()
            except ValueError:
                continue


def _is_leap_year(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def festival_day(festival: str, year: int) -> Day:
    """Return the solar day of a festival in a year: of a lunar festival, in the lunar year of that number."""
    if festival in LUNAR_FESTIVALS:
        return solar_of(year, *LUNAR_FESTIVALS[festival])
    return Day(year, *SOLAR_FESTIVALS[festival])


def festivals_between(names: tuple[str, ...], first: Day, last: Day) -> list[tuple[str, Day]]:
    """Return the festivals among some that fall between two days, both included, in order."""
    years = range(first.year - 1, last.year + 1)
    found = [(name, festival_day(name, year)) for name in names for year in years]
    return sorted(((n, day) for n, day in found if first <= day <= last), key=lambda pair: pair[1])


def term_of(day: Day) -> Term | None:
    """Return the school term that a day lies in; None in the holidays."""
    return next((term for term in terms_around(day.year) if term.first <= day <= term.last), None)


def terms_around(year: int) -> tuple[Term, Term, Term]:
    """Return the terms that touch a calendar year."""
    return (
        Term(f"{year - 1}-1", Day(year - 1, 9, 1), Day(year, 1, 15)),
        Term(f"{year - 1}-2", Day(year, 3, 1), Day(year, 7, 5)),
        Term(f"{year}-1", Day(year, 9, 1), Day(year + 1, 1, 15)),
    )
