"""Coverage of a region and of each place one level below it, counted by the database from the rows themselves."""

from collections import Counter
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection
from django.utils import timezone

from aixin.access.models import Region
from aixin.access.regions import LENGTHS
from children.choices import Category
from reports.metrics import METRICS, rate

KEYS = tuple(METRICS)
CATEGORY_KEYS = ("registered", "eligible", "paired", "unpaired")


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
    """Return the coverage of a region, and of each place one level below it."""
    counts = figures_of(region)
    places = [_place(code, name, counts) for code, name in _names(region, counts)]
    totals = {key: sum(counts[key].values()) for key in KEYS}
    return Coverage(region, PlaceFigures(region.code, region.name, totals), places)


def figures_of(region: Region) -> dict[str, Counter[str]]:
    """Return each metric's counts by place; rows at the region itself stand under its own code."""
    counts: dict[str, Counter[str]] = {key: Counter() for key in KEYS}
    for metric, place, _, number in counted(region.code):
        counts[metric][place] += number
    return counts


def counted(code: str) -> list[tuple[str, str, str, int]]:
    """Return (metric, place, category, number) from the database, which lets only counts out.

    Empty where the transaction's scope does not allow the region's figures (DESIGN section 3.2).
    """
    position = LENGTHS.index(len(code))
    width = LENGTHS[min(position + 1, len(LENGTHS) - 1)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM aixin_coverage_counts(%s, %s, %s, %s)",
            [code, width, timezone.localdate(), settings.CONTACT_CADENCE_DAYS],
        )
        return list(cursor.fetchall())


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
    tallies: dict[str, Counter[str]] = {key: Counter() for key in CATEGORY_KEYS}
    for metric, _, category, number in counted(region.code):
        if metric in tallies:
            tallies[metric][category] += number
    return [
        CategoryFigures(code, str(label), *(tallies[key][code] for key in CATEGORY_KEYS))
        for code, label in Category.choices
    ]
