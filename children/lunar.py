"""Lunar dates as people say them."""

import datetime

from lunardate import LunarDate

_MONTHS = ("正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊")
_TENS = ("初", "十", "廿")
_DIGITS = "一二三四五六七八九十"


def lunar_text(day: datetime.date) -> str:
    """Return the lunar month and day of a solar date, such as 六月初三 or 闰四月廿一."""
    lunar = LunarDate.from_solar_date(day.year, day.month, day.day)
    leap = "闰" if lunar.is_leap_month else ""
    return f"{leap}{_MONTHS[lunar.month - 1]}月{_day_text(lunar.day)}"


def _day_text(day: int) -> str:
    if day in {10, 20, 30}:
        return {10: "初十", 20: "二十", 30: "三十"}[day]
    return _TENS[day // 10] + _DIGITS[day % 10 - 1]
