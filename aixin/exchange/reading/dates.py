"""Dates in the many ways that offices write them."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from lunardate import LunarDate

from .cells import NOTHING, half_width
from .faults import ValueFault
from .model import Cell

Precision = Literal["day", "month", "year"]

_EPOCH = dt.date(1899, 12, 30)
_SERIALS = range(20_000, 60_001)  # 1954 to 2064
_YEARS = range(1900, 2101)
#: Two-digit years below this are 20.., the others 19..: children are born from 2000 on, volunteers from 1940.
_PIVOT = 40

_YMD = re.compile(
    r"(?P<year>\d{4}|\d{2})\s?(?:年|[-/.。、,·\s])\s?(?P<month>\d{1,2})"
    r"(?:\s?(?:月份?|[-/.。、,·\s])\s?(?:(?P<day>\d{1,2})\s?[日号.]?)?)?(?:\s?(?:出?生|左右))?\Z"
)
_YEAR = re.compile(r"(?P<year>\d{4})年?(?:出?生)?\Z")
_COMPACT = re.compile(r"(?P<year>(?:19[3-9]|20\d)\d|(?:19|20)\d\d(?=\d{4}\Z))(?P<month>\d\d)(?P<day>\d\d)?\Z")
_COMPACT_SHORT = re.compile(r"(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d)\Z")
_YEAR_AND_DAY = re.compile(r"(?P<year>\d{4})[.](?P<month>\d\d)(?P<day>\d\d)\Z")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\Z")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?\Z")
_TIME = re.compile(r"[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?\Z")
_LUNAR = re.compile(r"[(\[]?(?:农历|阴历|旧历|古历)[)\]]?[:：]?")
_LUNAR_WORDS = re.compile(r"[正冬腊]月|闰|月初[一二三四五六七八九十]")
_SOLAR = re.compile(r"[(\[]?(?:公历|阳历|新历|西历)[)\]]?[:：]?")
_CHINESE = re.compile(r"[〇零○一二两三四五六七八九十廿卅]+")
_LUNAR_MONTHS = (("正月", "1月"), ("冬月", "11月"), ("腊月", "12月"), ("元月", "1月"))
_DIGITS = {char: number for number, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "两": 2}


@dataclass(frozen=True)
class PartialDate:
    """A date as far as it is known; the unknown month and day are 1. `lunar` says that it was given so.

    `or_october` is set for the number 2014.1, which is what a sheet makes of 2014.10: January or October.
    """

    value: dt.date
    precision: Precision = "day"
    lunar: bool = False
    or_october: bool = False

    def agrees_with(self, known: dt.date) -> bool:
        """Return whether a full date is the same as far as this one is known."""
        if self.precision == "year" or self.value.year != known.year:
            return self.value.year == known.year
        if self.or_october and known.month == 10:
            return True
        return self.value.month == known.month and (self.precision == "month" or self.value == known)


def parse_date(cell: Cell | None) -> PartialDate | None:
    """Return the date, or None for a blank cell.

    A number is a date serial, 20140629, 201409, a year, or a month such as 2014.5, where 2014.1 is
    January, or October (`or_october`). Two-digit years below 40 are 20.., others 19... A lunar date comes
    back as its solar day (a lunar month as the first day of that month). Raises ValueFault (date_invalid).
    """
    if isinstance(cell, dt.datetime):
        return _made(cell.year, cell.month, cell.day)
    if isinstance(cell, dt.date):
        return _made(cell.year, cell.month, cell.day)
    if isinstance(cell, bool | dt.time | dt.timedelta):
        raise ValueFault("date_invalid")
    if isinstance(cell, float) and not math.isfinite(cell):
        raise ValueFault("date_invalid")
    if isinstance(cell, float) and int(cell) in _SERIALS:
        return _from_serial(cell)
    text = half_width(cell)
    if text in NOTHING:
        return None
    found = _from_text(text)
    return replace(found, or_october=True) if _is_tenth(cell, found) else found


def _is_tenth(cell: Cell | None, found: PartialDate) -> bool:
    """Return whether a number such as 2014.1 was taken for January, which as a number 2014.10 is too."""
    return isinstance(cell, float) and found.precision == "month" and cell < 10_000 and found.value.month == 1


def _from_serial(number: float) -> PartialDate:
    return PartialDate(_EPOCH + dt.timedelta(days=int(number)))


def _made(year: int, month: int | None = None, day: int | None = None) -> PartialDate:
    if year < 100:
        year += 2000 if year < _PIVOT else 1900
    try:
        value = dt.date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError as fault:
        raise ValueFault("date_invalid") from fault
    if year not in _YEARS:
        raise ValueFault("date_invalid")
    return PartialDate(value, "year" if month is None else "month" if day is None else "day")


@lru_cache(maxsize=16_384)
def _from_text(text: str) -> PartialDate:
    if _LUNAR.search(text) or _LUNAR_WORDS.search(text):
        return _from_lunar(_LUNAR.sub("", text).strip())
    text = _TIME.sub("", _SOLAR.sub("", text)).strip().rstrip(".。")
    if _SERIAL.match(text) and int(float(text)) in _SERIALS:
        return _from_serial(float(text))
    return _from_parts(_in_digits(text))


def _from_parts(text: str) -> PartialDate:
    for pattern in (_YEAR_AND_DAY, _COMPACT, _YMD, _YEAR, _COMPACT_SHORT):
        if found := pattern.match(text):
            parts = {"month": None, "day": None, **found.groupdict()}
            year, month, day = (parts[name] for name in ("year", "month", "day"))
            return _made(int(year or 0), *(int(part) if part else None for part in (month, day)))
    return _from_day_first(text)


def _from_day_first(text: str) -> PartialDate:
    """29/6/2014 and 6/29/2014 are taken, 6/5/2014 could be either."""
    found = _DAY_FIRST.match(text)
    if not found:
        raise ValueFault("date_invalid")
    one, two, year = (int(part) for part in found.groups())
    if one > 12 or one == two:
        return _made(year, two, one)
    if two > 12:
        return _made(year, one, two)
    raise ValueFault("date_invalid")


def _in_digits(text: str) -> str:
    """Return the text with Chinese numerals in digits."""
    return text if text.isascii() else _CHINESE.sub(lambda found: _number(found[0]), text)


def _number(numeral: str) -> str:
    """二〇一四 is 2014, 二十九 is 29, 廿三 is 23."""
    numeral = numeral.replace("廿", "二十").replace("卅", "三十")
    if "十" not in numeral:
        return "".join(str(_DIGITS[char]) for char in numeral)
    tens, _, units = numeral.partition("十")
    if not all(char in _DIGITS for char in tens + units):
        raise ValueFault("date_invalid")
    return str((_DIGITS[tens[-1]] if tens else 1) * 10 + (_DIGITS[units[-1]] if units else 0))


def _from_lunar(text: str) -> PartialDate:
    leap = "闰" in text
    text = text.replace("闰", "").replace("初", "")
    for name, month in _LUNAR_MONTHS:
        text = text.replace(name, month)
    given = _lunar_parts(_in_digits(text))
    if len(given) == 1:
        return replace(_made(*given), lunar=True)
    try:
        solar = LunarDate(given[0], given[1], given[2] if len(given) > 2 else 1, leap).to_solar_date()
    except (ValueError, IndexError, OverflowError) as fault:
        raise ValueFault("date_invalid") from fault
    return PartialDate(solar, "day" if len(given) > 2 else "month", lunar=True)


def _lunar_parts(text: str) -> list[int]:
    """Return year, month and day as far as given; a lunar February may well have 30 days."""
    for pattern in (_COMPACT, _YMD, _YEAR):
        if found := pattern.match(text):
            parts = [int(part) for part in found.groups() if part]
            return [parts[0] + (0 if parts[0] > 99 else 2000 if parts[0] < _PIVOT else 1900), *parts[1:]]
    raise ValueFault("date_invalid")
