"""The figures of a region and of each place one level below it, for a period: one query, whatever is asked of them."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from aixin.access.models import Region
from aixin.access.regions import Level
from reports.counting import EVERYWHERE, Counts, counted
from reports.metrics import METRICS, WINDOW_DAYS, Kind, Metric, rate
from reports.periods import Period

Value = int | float | None
Values = dict[str, Value]
ONE_DAY = datetime.timedelta(days=1)
OWN = "（本级）"


@dataclass(frozen=True)
class PlaceFigures:
    """The figures of one place and everything below it; `is_rest` where they are the region's own rows."""

    code: str
    name: str
    values: Values
    is_rest: bool = False

    def is_shown(self, keys: Iterable[str]) -> bool:
        """Return whether it stands in a table of some figures: a region's own rows only where there are any."""
        return not self.is_rest or any(self.values[key] for key in keys)


@dataclass(frozen=True)
class Figures:
    """A region's figures for a period; its places add up to the totals, but for rates."""

    region: Region
    period: Period
    as_of: datetime.date
    # Up to when what happened in the period is counted: earlier than its last day beside one that still runs.
    flows_until: datetime.date
    totals: Values
    places: list[PlaceFigures]
    counts: Counts = field(repr=False)

    def cell(self, key: str, dimension: str) -> dict[str, int]:
        """Return a figure's parts by the values of a dimension; values that nobody has are left out."""
        return self.place_cell("", key, dimension)

    def place_cell(self, code: str, key: str, dimension: str) -> dict[str, int]:
        """Return the same of one place."""
        metric = METRICS[key]
        place = code or EVERYWHERE
        parts = _split(self.counts, metric.counted, dimension, place, self)
        for value, number in _split(self.counts, metric.less, dimension, place, self).items():
            parts[value] = parts.get(value, 0) - number
        return {value: number for value, number in parts.items() if number}


@dataclass(frozen=True)
class Comparison:
    """The same figures for a period, the one before and the same one a year ago.

    While a period runs, what happened in it stands beside as many days of the others; stocks beside their last day.
    """

    now: Figures
    before: Figures
    year_ago: Figures


def figures_of(
    region: Region, period: Period, *, today: datetime.date | None = None, using: str = "default"
) -> Figures:
    """Return a region's figures for a period: stocks as of its last day, or of today while it runs."""
    day = today or timezone.localdate()
    span = _Span(period, day)
    counts = counted(region.code, span.days, using=using)
    return _figures(region, span, counts, _names(region, counts))


def compared(
    region: Region, period: Period, *, today: datetime.date | None = None, using: str = "default"
) -> Comparison:
    """Return the figures of a period beside the one before and the same one a year ago, in one query."""
    day = today or timezone.localdate()
    elapsed = period.until(day) - period.first if day < period.last else None
    spans = [_Span(one, day, elapsed) for one in (period, period.previous, period.year_before)]
    counts = counted(region.code, [each for span in spans for each in span.days], using=using)
    names = _names(region, counts)
    return Comparison(*(_figures(region, span, counts, names) for span in spans))


def figures_by_month(
    region: Region,
    until: Period,
    months: int,
    keys: Sequence[str],
    *,
    today: datetime.date | None = None,
    using: str = "default",
) -> list[Figures]:
    """Return some figures for each of the months up to one, the earliest first."""
    day = today or timezone.localdate()
    periods = [until]
    while len(periods) < months:
        periods.insert(0, periods[0].previous)
    wanted = [METRICS[key] for key in keys]
    measures = {name for metric in wanted for name in (metric.counted, metric.less) if name}
    spans = [_Span(one, day) for one in periods]
    counts = counted(
        region.code, [each for span in spans for each in (span.as_of, span.before)], measures, using
    )
    names = _names(region, counts)
    return [_figures(region, span, counts, names, wanted) for span in spans]


@dataclass(frozen=True)
class _Span:
    """The days that the figures of a period need: its last one, the one before it, the one before the last thirty."""

    period: Period
    today: datetime.date
    # How many days after the first what happens in the period is counted; None is all of it.
    elapsed: datetime.timedelta | None = None

    @property
    def as_of(self) -> datetime.date:
        return self.period.until(self.today)

    @property
    def before(self) -> datetime.date:
        return self.period.first - ONE_DAY

    @property
    def window(self) -> datetime.date:
        return self.as_of - WINDOW_DAYS * ONE_DAY

    @property
    def flows_until(self) -> datetime.date:
        return self.as_of if self.elapsed is None else min(self.as_of, self.period.first + self.elapsed)

    @property
    def days(self) -> tuple[datetime.date, ...]:
        return (self.as_of, self.before, self.window, self.flows_until)

    def bounds(self, kind: Kind) -> tuple[datetime.date, datetime.date | None]:
        """Return up to which day a figure is summed, and up to which day that is taken off again."""
        if kind == Kind.FLOW:
            return self.flows_until, self.before
        return self.as_of, self.window if kind == Kind.WINDOW else None


def _figures(
    region: Region,
    span: _Span,
    counts: Counts,
    names: list[tuple[str, str, bool]],
    metrics: Sequence[Metric] | None = None,
) -> Figures:
    places = [
        PlaceFigures(code, name, _values(counts, span, code, metrics), is_rest)
        for code, name, is_rest in names
    ]
    totals = _values(counts, span, EVERYWHERE, metrics)
    return Figures(region, span.period, span.as_of, span.flows_until, totals, places, counts)


def _values(counts: Counts, span: _Span, place: str, metrics: Iterable[Metric] | None = None) -> Values:
    values: Values = {}
    for metric in METRICS.values() if metrics is None else metrics:
        values[metric.key] = _rate(metric, values) if metric.parts else _number(metric, counts, span, place)
    return values


def _number(metric: Metric, counts: Counts, span: _Span, place: str) -> int:
    until, since = span.bounds(metric.kind)
    part = f"per={span.period.kind}" if metric.key == "visited" else None
    number = counts.whole(metric.counted, until, place, part)
    if metric.less:
        number -= counts.whole(metric.less, until, place)
    return number - counts.whole(metric.counted, since, place, part) if since else number


def _rate(metric: Metric, values: Values) -> float | None:
    assert metric.parts is not None
    part, whole = (values[key] for key in metric.parts)
    assert isinstance(part, int)
    assert isinstance(whole, int)
    return rate(part, whole)


def _split(counts: Counts, measure: str, dimension: str, place: str, figures: Figures) -> dict[str, int]:
    if not measure:
        return {}
    is_flow = METRICS.get(measure, METRICS["registered"]).kind == Kind.FLOW
    parts = counts.split(measure, dimension, figures.flows_until if is_flow else figures.as_of, place)
    if is_flow:
        earlier = counts.split(measure, dimension, figures.period.first - ONE_DAY, place)
        parts = {value: number - earlier.get(value, 0) for value, number in parts.items()}
    return parts


def _names(region: Region, counts: Counts) -> list[tuple[str, str, bool]]:
    """Return code and name of every place below, and of the region's own rows where there are any."""
    below = [
        (code, name, False)
        for code, name in Region.objects.children_of(region.code).values_list("code", "name")
    ]
    known = {code for code, _, _ in below} | {region.code}
    gone = Region.objects.filter(code__in=counts.places() - known).values_list("code", "name")
    retired = [(code, name, False) for code, name in gone]
    # Where no place is known below a county, all that it has is its own.
    has_own = counts.has_any(region.code) and (below or region.level <= Level.COUNTY)
    own = [(region.code, f"{region.name}{OWN}", True)] if has_own else []
    return [*below, *retired, *own]
