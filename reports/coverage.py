"""Coverage of a region and of each place one level below it, counted from the rows themselves."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import Left

from aixin.access.models import Region
from aixin.access.querysets import within
from aixin.access.regions import LENGTHS
from children.choices import Category
from pairing.models import Pairing
from pairing.querysets import paired, unpaired
from reports.metrics import METRICS, rate

KEYS = tuple(METRICS)


@dataclass(frozen=True)
class PlaceFigures:
    """The figures of one place and everything below it."""

    code: str
    name: str
    figures: dict[str, int]
    is_rest: bool = False

    @property
    def rate(self) -> float | None:
        """结对率, percent: paired of eligible."""
        return rate(self.figures["paired"], self.figures["eligible"])

    @property
    def rate_text(self) -> str:
        """结对率 as the page shows it: 91.8, or a dash where nobody is eligible."""
        return "–" if self.rate is None else f"{self.rate:.1f}"


@dataclass(frozen=True)
class Coverage:
    """A region's totals and its places; the places add up to the totals."""

    region: Region
    totals: PlaceFigures
    places: list[PlaceFigures] = field(default_factory=list)


def coverage_of(region: Region) -> Coverage:
    """Return the coverage of a region: one query a figure, grouped by the places one level below."""
    counts = {key: _grouped(metric.rows(), region.code) for key, metric in METRICS.items()}
    places = [_place(code, name, counts) for code, name in _names(region, counts)]
    totals = {key: sum(counts[key].values()) for key in KEYS}
    return Coverage(region, PlaceFigures(region.code, region.name, totals), places)


def _grouped(rows: QuerySet[Any], code: str) -> Counter[str]:
    """Count rows by the place one level below `code`; rows at the region itself stand under its own code."""
    position = LENGTHS.index(len(code))
    width = LENGTHS[min(position + 1, len(LENGTHS) - 1)]
    inside = rows.filter(within(code)).order_by()
    found = inside.values(place=Left("region_id", width)).annotate(n=Count("pk", distinct=True))
    return Counter({str(row["place"]): int(row["n"]) for row in found})


def _names(region: Region, counts: dict[str, Counter[str]]) -> list[tuple[str, str]]:
    """Return code and name of every place below, and of the region's own rows where there are any."""
    below = list(Region.objects.children_of(region.code).values_list("code", "name"))
    known = {code for code, _ in below} | {region.code}
    counted = {code for tally in counts.values() for code in tally}
    retired = list(Region.objects.filter(code__in=counted - known).values_list("code", "name"))
    own = [(region.code, f"{region.name}（本级）")] if region.code in counted and below else []
    return [*below, *retired, *own]


def _place(code: str, name: str, counts: dict[str, Counter[str]]) -> PlaceFigures:
    return PlaceFigures(
        code, name, {key: counts[key][code] for key in KEYS}, is_rest=name.endswith("（本级）")
    )


@dataclass(frozen=True)
class CategoryFigures:
    """The figures of one primary category."""

    code: str
    name: str
    registered: int
    eligible: int
    paired: int
    unpaired: int

    @property
    def rate(self) -> float | None:
        return rate(self.paired, self.eligible)


def by_category(region: Region) -> list[CategoryFigures]:
    """Return the figures of each primary category; they add up to the region's totals."""
    rows: Any = METRICS["registered"].rows().filter(within(region.code))
    pairings = Pairing.objects.all()
    tallies = [
        _by_category(found)
        for found in (rows, rows.eligible(), paired(rows, pairings), unpaired(rows, pairings))
    ]
    return [
        CategoryFigures(code, str(label), *(tally[code] for tally in tallies))
        for code, label in Category.choices
    ]


def _by_category(rows: QuerySet[Any]) -> Counter[str]:
    found = rows.order_by().values("category").annotate(n=Count("pk"))
    return Counter({str(row["category"]): int(row["n"]) for row in found})
