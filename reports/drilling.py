"""From a figure to its rows: the address of the list behind a number, and what that list reads out of it."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from aixin.access.extension import Figure, Sum
from aixin.access.regions import LENGTHS, is_code
from aixin.access.scoped import is_id
from reports import teams
from reports.counting import ANY, WHOLE, RowsBehind
from reports.dimensions import DIMENSIONS
from reports.metrics import CHILDREN, CONCERNS, METRICS, WINDOW_DAYS, Kind, Metric
from reports.periods import Kind as PeriodKind
from reports.periods import Period

MARK = "counted"
_BETWEEN = "~"


@dataclass(frozen=True)
class Drill:
    """One number: a metric at a place in a period up to a day, whole or one value of a dimension."""

    metric: Metric
    code: str
    period: Period
    as_of: datetime.date
    dimension: str = ""
    value: str = ""

    @property
    def key(self) -> str:
        """How an address writes it; `read` reads it again."""
        cell = f"{self.dimension}={self.value}" if self.dimension else ""
        parts = (MARK, self.metric.key, self.code, self.period.key, self.as_of.isoformat(), cell)
        return _BETWEEN.join(parts)

    @property
    def name(self) -> str:
        """How the list names what it shows: 2026年10月 走访（电话）."""
        when = f"截至{self.as_of}" if self.metric.kind == Kind.STOCK else self.period.name
        which = f"（{self._value_name}）" if self.dimension else ""
        return f"{when} {self.metric.name}{which}"

    @property
    def _value_name(self) -> str:
        if self._is_of_team:
            return teams.name_of_team(self.value)
        return DIMENSIONS[self.dimension].name_of(self.value)

    @property
    def _is_of_team(self) -> bool:
        return self.dimension == teams.DIMENSION

    def narrow(self, rows: Any) -> Any:
        """Return which of the rows the number counts."""
        if self._is_of_team:
            return rows.filter(pk__in=teams.rows_in_team(self.code, self.as_of, self.value))
        counted = rows.filter(pk__in=self._behind(self.metric.counted).keys())
        return counted.exclude(pk__in=self._behind(self.metric.less).keys()) if self.metric.less else counted

    def number(self) -> int:
        """Return how many rows the number counts, also those that its reader may not open."""
        less = self._behind(self.metric.less).number() if self.metric.less else 0
        return self._behind(self.metric.counted).number() - less

    def total(self, rows: Any) -> int:
        """Return what some of the rows say together, of a metric that adds up."""
        return self._behind(self.metric.counted).amount_of(rows)

    def _behind(self, measure: str) -> RowsBehind:
        if self.metric.key == "visited":
            part = f"per={self.period.kind}"
        else:
            part = f"{self.dimension}={self.value}" if self.dimension else WHOLE.get(measure, "") + ANY
        return RowsBehind(self.code, measure, part, self._since, self.as_of)

    @property
    def _since(self) -> datetime.date | None:
        if self.metric.kind == Kind.FLOW:
            return self.period.first
        if self.metric.kind == Kind.WINDOW:
            return self.as_of - datetime.timedelta(days=WINDOW_DAYS - 1)
        return None


def address(drill: Drill, today: datetime.date) -> str:
    """Return the list behind a number; empty where it counts no rows."""
    metric = drill.metric
    if not metric.rows:
        return ""
    if metric.figure and not drill.dimension and drill.as_of == today:
        query = {"figure": metric.figure, "region": drill.code}
    else:
        query = {"figure": drill.key, "region": drill.code}
    return f"{reverse(metric.rows)}?{urlencode(query)}"


def read(key: str) -> Drill | None:
    """Return the number that a key writes; None for anything else."""
    parts = key.split(_BETWEEN)
    if len(parts) != len(("mark", "metric", "code", "period", "day", "cell")) or parts[0] != MARK:
        return None
    metric = METRICS.get(parts[1])
    if metric is None or not metric.rows or not is_code(parts[2]) or len(parts[2]) not in LENGTHS:
        return None
    dimension, _, value = parts[5].partition("=")
    if dimension and not _is_cell(metric, dimension, value):
        return None
    try:
        return Drill(metric, parts[2], Period.parse(parts[3]), _day(parts[4]), dimension, value)
    except ValueError:
        return None


def _is_cell(metric: Metric, dimension: str, value: str) -> bool:
    if dimension == teams.DIMENSION:
        return metric.key == teams.METRIC and is_id(value)
    return dimension in metric.dimensions and value in dict(DIMENSIONS[dimension].values)


def _day(text: str) -> datetime.date:
    if not text.isascii():
        raise ValueError(text)
    return datetime.date.fromisoformat(text)


def counting(list_url: str) -> Callable[[str], Figure | None]:
    """Return what reads the counted figures of one list, and of no other."""

    def figure(key: str) -> Figure | None:
        drill = read(key)
        if drill is None or drill.metric.rows != list_url:
            return None
        sum_of = Sum(drill.total, drill.metric.unit) if drill.metric.adds_up else None
        # A child that has left, and what belongs to it, is opened by the county alone.
        number = drill.number if list_url in (CHILDREN, CONCERNS) else None
        return Figure(key, drill.name, drill.narrow, sum_of=sum_of, number=number, place=drill.code)

    return figure


def current(code: str, key: str, today: datetime.date) -> str:
    """Return the list behind a metric as it is today."""
    drill = Drill(METRICS[key], code, Period.containing(today, PeriodKind.MONTH), today)
    return address(drill, today)
