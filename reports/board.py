"""What the dashboard shows: numbers with their change, places, structure, trend, each with the list behind it."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from aixin.access.models import Region, Role
from aixin.access.replica import read_report
from reports import teams
from reports.dimensions import DIMENSIONS
from reports.drilling import Drill, address
from reports.figures import Comparison, Figures, PlaceFigures, Value, Values, compared
from reports.metrics import METRICS, Kind, Metric, rate
from reports.periods import Period
from reports.sentences import ANYTHING
from reports.small import (
    HIDDEN,
    LEGEND,
    SHORT_LEGEND,
    TOTAL,
    Covers,
    covers_of,
    hidden_parts,
    months_shown,
    points_to_children,
    sees_small,
)
from reports.teams import TeamNumber

HEADLINES = (
    "registered",
    "coverage",
    "unpaired",
    "volunteers",
    "visited",
    "visits",
    "never_visited",
    "overdue",
)
BESIDE = (
    "eligible", "paired", "pairings", "visits_total", "visits_30d", "volunteers_paired", "volunteers_teamed",
    "idle_capacity", "clear_rate", "agreement_rate", "clearance_rate", "on_time_rate", "duties_overdue", "concerns_open",
    "findings_open", "refused", "institution",
)  # fmt: skip
COLUMNS = (
    "registered", "eligible", "paired", "coverage", "unpaired", "volunteers", "visited", "visits", "never_visited",
    "overdue", "clear_rate",
)  # fmt: skip
STRUCTURE = ("registered", "eligible", "paired", "unpaired")
MOVES = ("entered", "left", "paired_new", "pairings_ended", "volunteers_new", "volunteers_gone",
         "concerns_raised", "concerns_closed", "findings_closed", "contacts", "households")  # fmt: skip
PROBLEMS = ("unpaired", "never_visited", "overdue", "duties_overdue", "concerns_open", "findings_overdue")
TREND_MONTHS, TREND = 12, ("visits", "contacts")


@dataclass(frozen=True)
class Cell:
    """A number as it is shown, with the list behind it and its change against the period before."""

    metric: Metric
    text: str
    value: Value = None
    url: str = ""
    note: str = ""
    trend: str = ""

    def plus(self, others: Iterable["Cell"]) -> "Cell":
        """Return the sum with other numbers of the same metric; hidden where one of them is."""
        cells = [self, *others]
        if any(cell.value is None for cell in cells):
            return Cell(self.metric, HIDDEN)
        total = sum(cell.value or 0 for cell in cells)
        return Cell(self.metric, text_of(self.metric, total), total)


@dataclass(frozen=True)
class Row:
    """A line of a table: what it is about, where that leads, its cells."""

    name: str
    cells: list[Cell]
    url: str = ""
    is_part: bool = False


def text_of(metric: Metric, value: Value) -> str:
    """Return a number as it is written: 1,488, 91.8, or a dash where nothing is known."""
    return "–" if value is None else f"{value:,.{metric.digits}f}"


@dataclass
class Board:
    """The dashboard of a region and period for one user, out of what was counted once."""

    user: Any
    comparison: Comparison
    months: list[tuple[Period, Values]]
    covers: Covers
    today: datetime.date
    now: Figures = field(init=False)

    @classmethod
    def of(cls, user: Any, region: Region, period: Period, today: datetime.date) -> "Board":
        """Return a region's board, counted on the replica where there is one."""

        def count(using: str) -> tuple[Comparison, list[tuple[Period, Values]], Covers]:
            comparison = compared(region, period, today=today, using=using)
            last = Period.containing(comparison.now.as_of)
            months = months_shown(user, region, last, TREND_MONTHS, TREND, today=today, using=using)
            return comparison, months, covers_of(user, comparison, today, using)

        return cls(user, *read_report(count), today)

    def __post_init__(self) -> None:
        self.now = self.comparison.now

    @property
    def code(self) -> str:
        return self.now.region.code

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing yet: a page of zeros says less than a sentence."""
        return not any(self.now.totals[key] for key in ANYTHING)

    @property
    def opens_rows(self) -> bool:
        return bool(self.user.acting_post.role == Role.STAFF)

    @property
    def legend(self) -> str:
        """The line that says what stands for a number that is not shown; nothing for who sees all."""
        return "" if sees_small(self.user) else LEGEND

    def totals(self, keys: tuple[str, ...]) -> list[Cell]:
        """Return figures of the whole region, each with its change against the period before."""
        return [self._total(METRICS[key]) for key in keys]

    def _total(self, metric: Metric) -> Cell:
        cell = self._cell(metric, self.code, self.now.totals, TOTAL)
        earlier = self.comparison.before.totals
        if (
            cell.value is None
            or self.covers.before.hides(TOTAL, metric.key, earlier)
            or self.covers.now.hides_change(metric.key, cell.value, earlier[metric.key])
        ):
            return cell
        runs = self.now.as_of < self.now.period.last and metric.kind == Kind.FLOW
        against = "较上期同期" if runs else "较上期"
        note, trend = _change(metric, cell.value, earlier[metric.key], against)
        return Cell(metric, cell.text, cell.value, cell.url, note, trend)

    def problems(self) -> list[Cell]:
        """Return what somebody should look at: the figures that an office wants small and are not zero."""
        return [cell for cell in self.totals(PROBLEMS) if cell.value]

    def places(self, columns: tuple[str, ...] = COLUMNS) -> list[Row]:
        """Return a line for each place below."""
        return [self._place(place, columns) for place in self.now.places if place.is_shown(COLUMNS)]

    def _place(self, place: PlaceFigures, columns: tuple[str, ...]) -> Row:
        cells = [
            self._cell(METRICS[key], place.code, place.values, place.code, is_rest=place.is_rest)
            for key in columns
        ]
        leads = len(place.code) < 12 and not place.is_rest
        return Row(place.name, cells, self.url(region=place.code) if leads else "")

    def structure(self, dimension: str) -> list[Row]:
        """Return the children by the values of a dimension; values that nobody has are left out."""
        parts = {key: self.now.cell(key, dimension) for key in STRUCTURE}
        covered = self._hidden_parts(parts)
        shown = [
            (value, name) for value, name in DIMENSIONS[dimension].values if parts["registered"].get(value)
        ]
        return [
            Row(
                name,
                [self._part(key, dimension, value, parts[key].get(value, 0), covered) for key in STRUCTURE],
            )
            for value, name in shown
        ]

    def _hidden_parts(self, parts: dict[str, dict[str, int]]) -> set[tuple[str, str]]:
        if sees_small(self.user):
            return set()
        totals = self.now.totals
        hidden_totals = [key for key in parts if self.covers.now.hides(TOTAL, key, totals)]
        return hidden_parts(parts, totals, hidden_totals)

    def split(self, key: str, dimension: str) -> list[Row]:
        """Return one figure by the values of a dimension."""
        parts = self.now.cell(key, dimension)
        covered = self._hidden_parts({key: parts}) if points_to_children(METRICS[key]) else set()
        return [
            Row(name, [self._part(key, dimension, value, parts[value], covered)])
            for value, name in DIMENSIONS[dimension].values
            if value in parts
        ]

    def teams(self, numbers: Iterable[TeamNumber]) -> list[Row]:
        """Return the volunteers by team."""
        metric = METRICS[teams.METRIC]
        return [
            Row(one.name, [self._part(metric.key, teams.DIMENSION, str(one.team), one.number, set())])
            for one in numbers
        ]

    def _part(
        self, key: str, dimension: str, value: str, number: int, covered: Collection[tuple[str, str]]
    ) -> Cell:
        metric = METRICS[key]
        if (value, key) in covered:
            return Cell(metric, HIDDEN)
        drill = Drill(metric, self.code, self.now.period, self.now.as_of, dimension, value)
        return Cell(metric, text_of(metric, number), number, self._address(drill) if number else "")

    def _cell(self, metric: Metric, code: str, values: Values, row: str, *, is_rest: bool = False) -> Cell:
        value = values[metric.key]
        if self.covers.now.hides(row, metric.key, values):
            return Cell(metric, HIDDEN)
        drill = Drill(metric, code, self.now.period, self.now.as_of)
        # A region's own rows cannot be told from those below it by a list's filter.
        url = "" if is_rest or not value else self._address(drill)
        return Cell(metric, text_of(metric, value), value, url)

    def _address(self, drill: Drill) -> str:
        return address(drill, self.today) if self.opens_rows else ""

    def url(self, **changes: str) -> str:
        """Return the dashboard's address with another region or period."""
        query = {"region": self.code, "period": self.now.period.key, **changes}
        return reverse("reports:dashboard") + "?" + "&".join(f"{key}={value}" for key, value in query.items())

    def rates_chart(self) -> dict[str, Any]:
        """Return the pairing rates by place for bars and map."""
        shown = [place for place in self.now.places if not place.is_rest]
        items = [self._rate_item(place) for place in shown]
        known = [item["value"] for item in items if item["value"] is not None]
        lowest = max(0, int(min(known, default=0)) // 5 * 5 - 5)
        return {"name": "结对率", "unit": "%", "min": lowest, "max": 100, "items": items}

    def _rate_item(self, place: PlaceFigures) -> dict[str, Any]:
        paired, eligible = place.values["paired"], place.values["eligible"]
        is_hidden = self.covers.now.hides(place.code, "coverage", place.values)
        return {
            "code": place.code,
            "name": place.name,
            "value": None if is_hidden else place.values["coverage"],
            "url": self.url(region=place.code),
            "note": SHORT_LEGEND if is_hidden else f"已结对 {paired} / 应结对 {eligible} 人",
        }

    def trend(self) -> list[Row]:
        """Return visits of the last twelve months up to the period."""
        return [
            Row(month.name, [self._of_month(month, METRICS[key], values[key]) for key in TREND])
            for month, values in self.months
        ]

    def _of_month(self, month: Period, metric: Metric, value: Value) -> Cell:
        if value is None:
            return Cell(metric, HIDDEN)
        drill = Drill(metric, self.code, month, month.until(self.today))
        return Cell(metric, text_of(metric, value), value, self._address(drill) if value else "")


def trend_chart(months: list[Row]) -> dict[str, Any]:
    """Return the visits by month for a line, broken where a month is not shown."""
    return {
        "unit": "",
        "labels": [month.name.partition("年")[2] for month in months],
        "series": [
            {
                "name": f"{METRICS[key].name}（{METRICS[key].unit}）",
                "values": [month.cells[place].value for month in months],
            }
            for place, key in enumerate(TREND)
        ],
    }


def parts_chart(rows: list[Row], name: str, unit: str) -> dict[str, Any]:
    """Return a split figure for bars; hidden parts are left out."""
    items = [{"name": row.name, "value": row.cells[0].value, "url": row.cells[0].url} for row in rows]
    return {"name": name, "unit": unit, "items": [item for item in items if item["value"] is not None]}


def share(part: Value, whole: Value) -> str:
    """Return a percentage as text; a dash where either is hidden or nothing is there."""
    if not isinstance(part, int) or not isinstance(whole, int):
        return "–"
    found = rate(part, whole)
    return "–" if found is None else f"{found:.1f}"


def _change(metric: Metric, now: Value, before: Value, against: str) -> tuple[str, str]:
    if now is None or before is None:
        return "", ""
    difference = round(now - before, metric.digits)
    if not difference:
        return f"{against}持平", ""
    unit = "个百分点" if metric.kind == Kind.RATE else metric.unit
    sign, trend = ("+", "up") if difference > 0 else ("−", "down")
    return f"{against} {sign}{abs(difference):,.{metric.digits}f} {unit}", trend
