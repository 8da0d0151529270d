"""What the dashboard shows: numbers with their change, places, structure, trend, each with the list behind it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from aixin.access.models import Region, Role
from aixin.access.replica import read_report
from reports import teams
from reports.dimensions import DIMENSIONS
from reports.drilling import Drill, address
from reports.figures import Comparison, Figures, PlaceFigures, Value, Values, by_month, compared
from reports.metrics import METRICS, Kind, Metric, rate
from reports.periods import Period
from reports.small import HIDDEN, hidden, is_small_place, sees_small
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
    today: datetime.date
    now: Figures = field(init=False)

    @classmethod
    def of(cls, user: Any, region: Region, period: Period, today: datetime.date) -> "Board":
        """Return a region's board, counted on the replica where there is one."""

        def count(using: str) -> tuple[Comparison, list[tuple[Period, Values]]]:
            comparison = compared(region, period, today=today, using=using)
            last = Period.containing(comparison.now.as_of)
            return comparison, by_month(region, last, TREND_MONTHS, TREND, today=today, using=using)

        comparison, months = read_report(count)
        return cls(user, comparison, months, today)

    def __post_init__(self) -> None:
        self.now = self.comparison.now

    @property
    def code(self) -> str:
        return self.now.region.code

    @property
    def opens_rows(self) -> bool:
        return bool(self.user.acting_post.role == Role.STAFF)

    def totals(self, keys: tuple[str, ...]) -> list[Cell]:
        """Return figures of the whole region, each with its change against the period before."""
        return [self._total(METRICS[key]) for key in keys]

    def _total(self, metric: Metric) -> Cell:
        cell = self._cell(metric, self.code, self.now.totals)
        if cell.value is None:
            return cell
        runs = self.now.as_of < self.now.period.last and metric.kind == Kind.FLOW
        against = "较上期同期" if runs else "较上期"
        note, trend = _change(metric, cell.value, self.comparison.before.totals[metric.key], against)
        return Cell(metric, cell.text, cell.value, cell.url, note, trend)

    def problems(self) -> list[Cell]:
        """Return what somebody should look at: the figures that an office wants small and are not zero."""
        return [cell for cell in self.totals(PROBLEMS) if cell.value]

    def places(self, columns: tuple[str, ...] = COLUMNS) -> list[Row]:
        """Return a line for each place below."""
        covered = self._hidden_places()
        return [self._place(place, columns, covered) for place in self.now.places if place.is_shown(COLUMNS)]

    def _hidden_places(self) -> dict[str, set[str]]:
        if sees_small(self.user) or not any(is_small_place(place.code) for place in self.now.places):
            return {}
        return {
            key: hidden({place.code: place.values[key] for place in self.now.places})
            for key in COLUMNS
            if METRICS[key].is_about_children
        }

    def _place(self, place: PlaceFigures, columns: tuple[str, ...], covered: dict[str, set[str]]) -> Row:
        cells = [
            Cell(METRICS[key], HIDDEN)
            if place.code in covered.get(key, ())
            else self._cell(METRICS[key], place.code, place.values, is_rest=place.is_rest)
            for key in columns
        ]
        leads = len(place.code) < 12 and not place.is_rest
        return Row(place.name, cells, self.url(region=place.code) if leads else "")

    def structure(self, dimension: str) -> list[Row]:
        """Return the children by the values of a dimension; values that nobody has are left out."""
        parts = {key: self.now.cell(key, dimension) for key in STRUCTURE}
        covered = {key: set() if sees_small(self.user) else hidden(parts[key]) for key in STRUCTURE}
        shown = [
            (value, name) for value, name in DIMENSIONS[dimension].values if parts["registered"].get(value)
        ]
        return [
            Row(
                name,
                [
                    self._part(key, dimension, value, parts[key].get(value, 0), covered[key])
                    for key in STRUCTURE
                ],
            )
            for value, name in shown
        ]

    def split(self, key: str, dimension: str) -> list[Row]:
        """Return one figure by the values of a dimension."""
        parts = self.now.cell(key, dimension)
        return [
            Row(name, [self._part(key, dimension, value, parts[value], set())])
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

    def _part(self, key: str, dimension: str, value: str, number: int, covered: set[str]) -> Cell:
        metric = METRICS[key]
        if value in covered:
            return Cell(metric, HIDDEN)
        drill = Drill(metric, self.code, self.now.period, self.now.as_of, dimension, value)
        return Cell(metric, text_of(metric, number), number, self._address(drill) if number else "")

    def _cell(self, metric: Metric, code: str, values: Values, *, is_rest: bool = False) -> Cell:
        value = values[metric.key]
        if self._is_hidden(metric, code, value):
            return Cell(metric, HIDDEN)
        drill = Drill(metric, code, self.now.period, self.now.as_of)
        # A region's own rows cannot be told from those below it by a list's filter.
        url = "" if is_rest or not value else self._address(drill)
        return Cell(metric, text_of(metric, value), value, url)

    def _is_hidden(self, metric: Metric, code: str, value: Value) -> bool:
        return (
            not sees_small(self.user)
            and metric.is_about_children
            and is_small_place(code)
            and bool(hidden({code: value}))
        )

    def _address(self, drill: Drill) -> str:
        return address(drill, self.user, self.today) if self.opens_rows else ""

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
        is_small = not sees_small(self.user) and is_small_place(place.code)
        return {
            "code": place.code,
            "name": place.name,
            "value": place.values["coverage"],
            "url": self.url(region=place.code),
            "note": "" if is_small else f"已结对 {paired} / 应结对 {eligible} 人",
        }

    def trend(self) -> list[tuple[str, Values]]:
        """Return visits of the last twelve months up to the period."""
        return [(month.name, values) for month, values in self.months]


def trend_chart(months: list[tuple[str, Values]]) -> dict[str, Any]:
    """Return the visits by month for a line."""
    return {
        "unit": "",
        "labels": [name.partition("年")[2] for name, _ in months],
        "series": [
            {
                "name": f"{METRICS[key].name}（{METRICS[key].unit}）",
                "values": [values[key] for _, values in months],
            }
            for key in TREND
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
