"""Reporting periods: a month, quarter or year, the one before it and the same one a year ago."""

import calendar
import datetime
import re
from dataclasses import dataclass
from enum import StrEnum

MONTHS_A_YEAR = 12
_NUMERALS = "一二三四"
_WRITTEN = re.compile(r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?", re.ASCII)
FIRST_YEAR, LAST_YEAR = 2000, 2100


class Kind(StrEnum):
    """How long a period is, in months by `MONTHS`."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


MONTHS = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.YEAR: MONTHS_A_YEAR}
LABELS = {Kind.MONTH: "月报", Kind.QUARTER: "季报", Kind.YEAR: "年报"}


@dataclass(frozen=True, order=True)
class Period:
    """A calendar month, quarter or year; `first` and `last` are its days, both inside."""

    first: datetime.date
    kind: Kind

    @classmethod
    def containing(cls, day: datetime.date, kind: Kind = Kind.MONTH) -> "Period":
        """Return the period of a kind in which a day lies."""
        months = MONTHS[kind]
        return cls(datetime.date(day.year, (day.month - 1) // months * months + 1, 1), kind)

    @classmethod
    def parse(cls, key: str) -> "Period":
        """Return the period that `key` writes: 2026-10, 2026-Q4 or 2026. Raises ValueError for anything else."""
        found = _WRITTEN.fullmatch(key)
        if found is None or not FIRST_YEAR <= int(found["year"]) <= LAST_YEAR:
            raise ValueError(key)
        year = int(found["year"])
        if found["quarter"]:
            return cls(datetime.date(year, int(found["quarter"]) * 3 - 2, 1), Kind.QUARTER)
        if found["month"]:
            return cls(datetime.date(year, int(found["month"]), 1), Kind.MONTH)
        return cls(datetime.date(year, 1, 1), Kind.YEAR)

    @property
    def last(self) -> datetime.date:
        month = self.first.month + MONTHS[self.kind] - 1
        return datetime.date(self.first.year, month, calendar.monthrange(self.first.year, month)[1])

    @property
    def key(self) -> str:
        """How addresses write it."""
        if self.kind == Kind.QUARTER:
            return f"{self.first.year}-Q{self._quarter}"
        return f"{self.first:%Y-%m}" if self.kind == Kind.MONTH else f"{self.first.year}"

    @property
    def name(self) -> str:
        """How pages write it: 2026年10月, 2026年第四季度, 2026年."""
        if self.kind == Kind.QUARTER:
            return f"{self.first.year}年第{_NUMERALS[self._quarter - 1]}季度"
        return f"{self.first.year}年" + (f"{self.first.month}月" if self.kind == Kind.MONTH else "")

    @property
    def _quarter(self) -> int:
        return (self.first.month + 2) // 3

    @property
    def previous(self) -> "Period":
        return Period.containing(self.first - datetime.timedelta(days=1), self.kind)

    @property
    def next(self) -> "Period":
        return Period.containing(self.last + datetime.timedelta(days=1), self.kind)

    @property
    def year_before(self) -> "Period":
        return Period(self.first.replace(year=self.first.year - 1), self.kind)

    def until(self, today: datetime.date) -> datetime.date:
        """Return the day its figures are as of: its last one, or today while it runs."""
        return min(self.last, today)

    def __str__(self) -> str:
        return self.name
