"""A region's report for a period: what its figures say, its tables, its charts, and what offices wrote."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone

from aixin.access.models import Region
from aixin.access.replica import read_report
from aixin.exchange.word_filling import Picture
from children.choices import Category
from reports import sentences
from reports.dimensions import DIMENSIONS
from reports.figures import Comparison, Figures, compared
from reports.models import Chapter
from reports.naming import texts_for
from reports.periods import Period
from reports.sentences import FEW, Few, Told, Value, amount
from reports.small import (
    HIDDEN,
    LEGEND,
    TOTAL,
    Cover,
    Covers,
    covers_of,
    hidden_parts,
    months_shown,
    sees_small,
)
from reports.written.drawing import Bar, bars, font_path, line

COLUMNS = (
    "registered", "eligible", "paired", "coverage", "unpaired", "volunteers", "visits", "visited", "never_visited",
    "overdue",
)  # fmt: skip
# As they are published: one sum, and what it is of (DOMAIN section 6).
PUBLISHED = "留守困境儿童"
AMONG = "其中："
TOGETHER = tuple(str(code.label) for code in (Category.LEFT_BEHIND, Category.DIFFICULT))
STRUCTURE = ("registered", "eligible", "paired", "unpaired")
MONTHS = 6
PICTURE_MM = 160
LONGEST_CHART = 20
NUMERALS = "一二三四五六七八九十"
NOTHING = "本期没有这方面的数据。"
NOT_TOLD = "数字小，为保护隐私不列。"
# What the sentences of a section rest on, where a small place may have nothing else to say.
RESTS_ON = {
    "care": ("visits", "visited_rate", "overdue"),
    "duties": ("clear", "duties_due"),
    "matters": ("concerns_raised",),
    "overview": ("pairings",),
}


@dataclass(frozen=True)
class Section:
    """A chapter made of figures: its heading without number, and its sentences."""

    key: str
    heading: str
    paragraphs: list[str]


@dataclass(frozen=True)
class TableRow:
    """A line of a table: its name, and its cells as they are written."""

    name: str
    cells: list[str]


@dataclass(frozen=True)
class Part:
    """What one office wrote for a chapter."""

    office: str
    text: str
    by: str
    at: datetime.datetime


@dataclass
class Report:
    """A written report, before it is a page or a file."""

    region: Region
    period: Period
    day: str
    opening: list[str]
    sections: list[Section]
    places: list[TableRow]
    structure: list[TableRow]
    chapters: list[tuple[str, list[Part]]] = field(default_factory=list)
    next_steps: str = ""
    pictures: dict[str, bytes] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"{self.region.name}{self.period.name}“爱心妈妈”结对关爱工作情况"


SECTIONS = (
    ("overview", "总体情况"), ("places", "各地情况"), ("structure", "儿童结构"), ("care", "走访关爱"),
    ("duties", "三必清三必访"), ("matters", "问题办理"), ("supervision", "督导"),
)  # fmt: skip


def report_of(user: Any, region: Region, period: Period, *, today: datetime.date | None = None) -> Report:
    """Return the report of a region and period as the user may read it (DOMAIN section 6)."""
    day = today or timezone.localdate()

    def count(using: str) -> tuple[Comparison, Covers]:
        comparison = compared(region, period, today=day, using=using)
        return comparison, covers_of(user, comparison, day, using)

    report = composed(user, *read_report(count))
    report.chapters, report.next_steps = _written(user, region.code, period.key)
    return report


def composed(user: Any, comparison: Comparison, covers: Covers) -> Report:
    """Return the report of figures, without what offices wrote and without pictures."""
    now = comparison.now
    of = told_to(comparison, covers)
    if of.is_empty:
        return Report(now.region, now.period, of.day, sentences.opening(of), [], [], [])
    rows = _places(now, covers.now)
    unpaired = [(name, values.get("unpaired")) for name, values in rows]
    said = {
        "overview": sentences.overview(of),
        "places": sentences.places(of, unpaired) if rows else [],
        "structure": _structure(user, now, of, covers.now),
        "care": sentences.care(of),
        "duties": sentences.clear_and_visited(of),
        "matters": sentences.matters(of),
        "supervision": sentences.supervision(of),
    }
    tables = {"places": _table(rows, "合计", _shown(now.totals, covers.now), COLUMNS) if rows else []}
    tables["structure"] = _structure_rows(user, now, covers.now)
    for key, table in tables.items():
        if any(HIDDEN in row.cells for row in table):
            said[key].append(LEGEND)
    return Report(
        region=now.region,
        period=now.period,
        day=of.day,
        opening=sentences.opening(of),
        sections=[
            Section(key, heading, said[key] or [_silence(key, now, covers.now)]) for key, heading in SECTIONS
        ],
        places=tables["places"],
        structure=tables["structure"],
    )


def _silence(section: str, now: Figures, cover: Cover) -> str:
    """Return why a section says nothing: its figures are not to be told, or there are none."""
    asked = RESTS_ON.get(section, ())
    return NOT_TOLD if any(cover.hides(TOTAL, key, now.totals) for key in asked) else NOTHING


def told_to(comparison: Comparison, covers: Covers) -> Told:
    """Return what sentences may tell of a comparison: of what is covered nothing, nor how it changed."""
    now = covers.now.shown(TOTAL, comparison.now.totals, None)
    before, year_ago = (
        {
            key: None if covers.now.hides_change(key, now.get(key), value) else value
            for key, value in cover.shown(TOTAL, one.totals, None).items()
        }
        for one, cover in ((comparison.before, covers.before), (comparison.year_ago, covers.year_ago))
    )
    return sentences.told(comparison, now, before, year_ago)


def _shown(values: Mapping[str, Any], cover: Cover, place: str = TOTAL) -> dict[str, Value]:
    """Return values as tables may show them."""
    shown: Mapping[str, Value] = values
    return cover.shown(place, shown, FEW)


def _places(now: Figures, cover: Cover) -> list[tuple[str, dict[str, Value]]]:
    """Return the places below with their values, as they may be shown."""
    return [
        (place.name, _shown(place.values, cover, place.code))
        for place in now.places
        if place.is_shown(COLUMNS)
    ]


def _table(
    rows: Iterable[tuple[str, Mapping[str, Value]]],
    whole: str,
    totals: Mapping[str, Value],
    columns: Sequence[str],
) -> list[TableRow]:
    return [
        TableRow(name, [_cell(values.get(key)) for key in columns])
        for name, values in [*rows, (whole, totals)]
    ]


def _cell(value: Value) -> str:
    if value is None:
        return "–"
    return repr(value) if isinstance(value, Few) else amount(value, "")


def _parts(
    user: Any, now: Figures, cover: Cover, dimension: str, keys: Sequence[str]
) -> dict[str, list[tuple[str, Value]]]:
    """Return figures by the values of a dimension, as the user may know them."""
    parts = {key: now.cell(key, dimension) for key in keys}
    few: set[tuple[str, str]] = set()
    if not sees_small(user):
        few = hidden_parts(parts, now.totals, [key for key in keys if cover.hides(TOTAL, key, now.totals)])
    return {
        key: [
            (name, FEW if (value, key) in few else split[value])
            for value, name in DIMENSIONS[dimension].values
            if value in split
        ]
        for key, split in parts.items()
    }


def _structure(user: Any, now: Figures, of: Told, cover: Cover) -> list[str]:
    categories = _parts(user, now, cover, "category", STRUCTURE)["registered"]
    published = _published(categories)
    said = sentences.structure(of, published)
    if said and published != categories:
        among = sentences.divided([one for one in categories if one[0] in TOGETHER])
        said += [f"{PUBLISHED}中，{among}。"]
    for head, dimension in (("按年龄，", "age"), ("按性别，", "sex"), ("按就学，", "stage")):
        there = sentences.divided(_parts(user, now, cover, dimension, STRUCTURE)["registered"])
        said += [f"{head}{there}。"] if there else []
    return said


def _structure_rows(user: Any, now: Figures, cover: Cover) -> list[TableRow]:
    by_key = {key: dict(parts) for key, parts in _parts(user, now, cover, "category", STRUCTURE).items()}
    together = [name for name in TOGETHER if by_key["registered"].get(name)]
    others = [name for name in by_key["registered"] if by_key["registered"][name] and name not in together]
    rows = [TableRow(name, [_cell(by_key[key].get(name, 0)) for key in STRUCTURE]) for name in others]
    if not together:
        return rows
    parts = [
        TableRow(f"{AMONG}{name}", [_cell(by_key[key].get(name, 0)) for key in STRUCTURE])
        for name in together
    ]
    sums = [_cell(_sum([by_key[key].get(name, 0) for name in together])) for key in STRUCTURE]
    return [TableRow(PUBLISHED, sums), *parts, *rows]


def _published(categories: list[tuple[str, Value]]) -> list[tuple[str, Value]]:
    """Return categories with 留守 and 困境 as the sum in which they are published, where both may be told."""
    known = dict(categories)
    together = [name for name in TOGETHER if known.get(name)]
    whole = _sum([known[name] for name in together])
    if not together or isinstance(whole, Few):
        return categories
    return [(PUBLISHED, whole), *((name, value) for name, value in categories if name not in together)]


def _sum(values: list[Value]) -> Value:
    """Return a sum; of what its reader is not to know there is none to be told."""
    known = [value for value in values if isinstance(value, int | float)]
    return sum(known) if len(known) == len(values) else FEW


def _written(user: Any, code: str, period: str) -> tuple[list[tuple[str, list[Part]]], str]:
    """Return the chapters that offices wrote, by their titles in order, and what the region does next."""
    rows = list(Chapter.objects.visible_to(user).in_report(code, period))
    texts = texts_for(user, [row.text for row in rows])
    chapters: dict[str, list[Part]] = {}
    next_steps = ""
    for row, text in zip(rows, texts, strict=True):
        if row.title is None:
            next_steps = text
            continue
        part = Part(row.region.name, text, row.written_by.get_full_name(), row.written_at)
        chapters.setdefault(row.title.title, []).append(part)
    return list(chapters.items()), next_steps


def with_pictures(user: Any, report: Report, *, today: datetime.date | None = None) -> Report:
    """Return the report with its charts; without any where the server has no Chinese font."""
    if font_path() is None or not report.sections:
        return report
    day = today or timezone.localdate()
    until = Period.containing(report.period.until(day))
    months = months_shown(user, report.region, until, MONTHS, ["visits"], today=day)
    visits = [values["visits"] for _, values in months]
    pictures = {}
    # A line with a point left out would be drawn through nought.
    if None not in visits:
        pictures["chart_visits"] = line(
            [f"{one.first.month}月" for one, _ in months], [number or 0 for number in visits]
        )
    rates = _bars(report.places[:-1], COLUMNS.index("coverage"), "%")
    if 0 < len(rates) <= LONGEST_CHART:
        pictures["chart_places"] = bars(rates, top=100)
    parts = _bars([row for row in report.structure if row.name != PUBLISHED], 0, "名")
    if parts:
        pictures["chart_structure"] = bars(parts)
    return replace(report, pictures=pictures)


def _bars(rows: list[TableRow], column: int, unit: str) -> list[Bar]:
    known = [(row.name, row.cells[column]) for row in rows]
    return [
        Bar(name.removeprefix(AMONG), float(said), f"{said}{unit}")
        for name, said in known
        if said.replace(".", "", 1).isdigit()
    ]


def words_of(report: Report) -> dict[str, Any]:
    """Return the words and pictures that the report's template may name."""
    by_key = {section.key: section.paragraphs for section in report.sections}
    start = len(SECTIONS)
    chapters = [
        {
            "heading": f"{numeral(start + place)}、{title}",
            "parts": [
                {"text": f"{part.office}：{text}"}
                for part in parts
                for text in part.text.splitlines()
                if text
            ],
        }
        for place, (title, parts) in enumerate(report.chapters, start=1)
    ]
    return {
        "title": report.title,
        "region": report.region.name,
        "period": report.period.name,
        "day": report.day,
        **{key: [{"text": text} for text in by_key.get(key, [NOTHING])] for key, _ in SECTIONS},
        "opening": [{"text": text} for text in report.opening],
        "place_rows": [
            {"name": row.name, **dict(zip(COLUMNS, row.cells, strict=True))} for row in report.places
        ],
        "structure_rows": [
            {"name": row.name, **dict(zip(STRUCTURE, row.cells, strict=True))} for row in report.structure
        ],
        "chapters": chapters,
        "next_heading": f"{numeral(start + len(chapters) + 1)}、下一步打算",
        "next_steps": [{"text": text} for text in report.next_steps.splitlines() if text],
        **{
            name: Picture(report.pictures[name], PICTURE_MM) if name in report.pictures else ""
            for name in ("chart_places", "chart_structure", "chart_visits")
        },
    }


def numeral(number: int) -> str:
    """Return a chapter's number: 八, 十, 十二, 二十一."""
    tens, ones = divmod(number, 10)
    if not tens:
        return NUMERALS[ones - 1]
    return ("" if tens == 1 else NUMERALS[tens - 1]) + "十" + (NUMERALS[ones - 1] if ones else "")
