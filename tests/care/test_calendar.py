"""The calendar of care against a second library, over 1980 to 2050 (DOMAIN section 5).

In 1978 and in 2057 a new moon falls within minutes of midnight in Beijing, and the two libraries give it to different
days; no child on a roster was born before 1980.
"""

import datetime
import importlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aixin.workdays import is_working_day
from care import calendar

lunar_python = importlib.import_module("lunar_python")
Day = datetime.date
FIRST, LAST = Day(1980, 1, 1), Day(2050, 12, 31)
DAYS = st.dates(FIRST, LAST)


def other_lunar(day: Day) -> tuple[int, int, int, bool]:
    """The lunar day by the other library, which writes a leap month as a negative one."""
    lunar = lunar_python.Solar.fromYmd(day.year, day.month, day.day).getLunar()
    month = lunar.getMonth()
    return lunar.getYear(), abs(month), lunar.getDay(), month < 0


def other_length(year: int, month: int) -> int | None:
    """Days of a lunar month (negative: leap) by the other library; None where the year lacks it."""
    found = lunar_python.LunarMonth.fromYm(year, month)
    return found.getDayCount() if found else None


def other_solar(year: int, month: int, day: int) -> Day:
    solar = lunar_python.Lunar.fromYmd(year, month, day).getSolar()
    return Day(solar.getYear(), solar.getMonth(), solar.getDay())


@given(DAYS)
@settings(max_examples=300, deadline=None)
def test_a_day_has_the_lunar_day_of_the_other_library(day: Day) -> None:
    assert calendar.lunar_of(day) == other_lunar(day)


@given(DAYS, st.integers(1, 25))
@example(Day(2020, 5, 30), 1)  # a leap fourth month
@example(Day(2014, 11, 21), 4)  # a thirtieth
@settings(max_examples=300, deadline=None)
def test_lunar_birthdays_follow_the_rules_by_the_other_library(birth: Day, age: int) -> None:
    born, month, day, is_leap = other_lunar(birth)
    year = min(born + age, 2050)
    leap_length = other_length(year, -month) if is_leap else None
    named = -month if leap_length else month
    length = leap_length or other_length(year, month)
    assert length is not None
    assert calendar.lunar_birthday(birth, year) == other_solar(year, named, min(day, length))


@given(DAYS, st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_whoever_celebrates_in_a_window_is_found_and_nobody_else(first: Day, length: int) -> None:
    """The inverse that the nightly run joins with agrees with asking for each birth date."""
    last = first + datetime.timedelta(days=length)
    found = {(one.is_lunar, one.birth): one.day for one in calendar.celebrations(first, last)}
    for (is_lunar, birth), day in list(found.items())[::37]:
        year = calendar.lunar_of(day)[0] if is_lunar else day.year
        expected = calendar.lunar_birthday(birth, year) if is_lunar else calendar.solar_birthday(birth, year)
        assert first <= expected == day <= last
    for birth in (first.replace(day=1, year=first.year - 9), first - datetime.timedelta(days=3652)):
        year = calendar.lunar_of(first)[0]
        kept = {calendar.lunar_birthday(birth, one) for one in (year, year + 1)}
        assert ((True, birth) in found) == any(first <= day <= last for day in kept)


@pytest.mark.parametrize(
    ("birth", "year", "expected"),
    [
        (Day(2012, 2, 29), 2026, Day(2026, 2, 28)),
        (Day(2012, 2, 29), 2028, Day(2028, 2, 29)),
        (Day(2014, 6, 29), 2026, Day(2026, 6, 29)),
    ],
)
def test_29_february_falls_on_the_28th(birth: Day, year: int, expected: Day) -> None:
    assert calendar.solar_birthday(birth, year) == expected
    assert calendar.Celebration(is_lunar=False, birth=birth, day=expected) in calendar.celebrations(
        expected, expected
    )


@pytest.mark.parametrize(
    ("birth", "year", "expected"),
    [
        # Born in the leap sixth month of 2017, second day; 2025 has one too, 2026 has not.
        (Day(2017, 7, 24), 2025, Day(2025, 7, 26)),
        (Day(2017, 7, 24), 2026, Day(2026, 7, 15)),
    ],
)
def test_a_leap_month_that_the_year_lacks_falls_on_the_plain_month(
    birth: Day, year: int, expected: Day
) -> None:
    assert calendar.lunar_of(birth) == (2017, 6, 2, True)
    assert calendar.lunar_birthday(birth, year) == expected


def test_day_30_falls_on_day_29() -> None:
    for birth in (Day(2012, 1, 22) + datetime.timedelta(days=n) for n in range(1000)):
        if calendar.lunar_of(birth)[2] == 30:
            for year in range(2020, 2030):
                assert calendar.lunar_of(calendar.lunar_birthday(birth, year))[2] in {29, 30}


@pytest.mark.parametrize(
    ("festival", "year", "day"),
    [
        ("SPRING", 2026, Day(2026, 2, 17)),
        ("LANTERN", 2026, Day(2026, 3, 3)),
        ("DRAGON_BOAT", 2026, Day(2026, 6, 19)),
        ("MID_AUTUMN", 2026, Day(2026, 9, 25)),
        ("SPRING", 2027, Day(2027, 2, 6)),
        ("CHILDREN", 2026, Day(2026, 6, 1)),
        ("NATIONAL", 2026, Day(2026, 10, 1)),
        ("AUTUMN_TERM", 2026, Day(2026, 9, 1)),
    ],
)
def test_festivals_fall_on_the_published_days(festival: str, year: int, day: Day) -> None:
    assert calendar.festival_day(festival, year) == day


def test_festivals_around_new_year_are_in_order() -> None:
    found = calendar.festivals_between(("MID_AUTUMN", "SPRING", "NATIONAL"), Day(2026, 9, 1), Day(2027, 3, 1))
    assert [name for name, _ in found] == ["MID_AUTUMN", "NATIONAL", "SPRING"]


@pytest.mark.parametrize(
    ("day", "key"),
    [
        (Day(2026, 9, 1), "2026-1"),
        (Day(2027, 1, 10), "2026-1"),
        (Day(2027, 2, 10), None),
        (Day(2027, 3, 1), "2026-2"),
        (Day(2027, 8, 1), None),
    ],
)
def test_terms_cross_the_new_year(day: Day, key: str | None) -> None:
    term = calendar.term_of(day)
    assert (term.key if term else None) == key


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (Day(2026, 2, 17), False),  # 春节
        (Day(2026, 2, 14), True),  # a Saturday worked for it
        (Day(2026, 11, 20), True),
        (Day(2026, 11, 22), False),
        (Day(2055, 1, 4), True),  # a Monday beyond what is published
        (Day(2055, 1, 3), False),
    ],
)
def test_working_days_are_the_published_ones_and_weekdays_beyond(day: Day, works: bool) -> None:
    assert is_working_day(day) is works
