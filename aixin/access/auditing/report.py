"""The yearly compliance report of a region: what the page shows and the Word file holds."""

import io
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from docxtpl import DocxTemplate

from aixin.access.auditing.figures import GROUPS, MEASURES, Chain, Year, chain_of, year_of
from aixin.access.auditing.sentences import change_text, checked_text, label_of, sentences_of

TITLE = "未成年人个人信息处理合规审计报告"
WHOLE_SYSTEM = "全系统"


@dataclass(frozen=True)
class Section:
    """One table of the report: headings, a row for each place, the sums, and what each figure means."""

    title: str
    headings: list[str]
    rows: list[list[str]]
    sums: list[str]
    definition: str


@dataclass(frozen=True)
class Report:
    """A region's year."""

    name: str
    year: int
    sentences: list[str]
    comparison: list[list[str]]
    sections: list[Section]
    chain: Chain
    checked: str

    @property
    def is_sound(self) -> bool:
        return self.chain.checked is not None and not self.chain.checked.faults


def report_of(code: str, name: str, year: int) -> Report:
    """Return the report of a region, of the whole system for an empty code, in a fixed number of queries."""
    this, last, chain = year_of(code, year), year_of(code, year - 1), chain_of(year)
    return Report(
        name=name,
        year=year,
        sentences=sentences_of(name, this, last, chain),
        comparison=_comparison(this, last),
        sections=[_section(number, this) for number in range(len(GROUPS))],
        chain=chain,
        checked=checked_text(chain),
    )


def _comparison(this: Year, last: Year) -> list[list[str]]:
    return [
        [
            label_of(measure.key),
            f"{this.totals[measure.key]:,}",
            f"{last.totals[measure.key]:,}",
            change_text(this.totals[measure.key], last.totals[measure.key]),
        ]
        for measure in MEASURES
    ]


def _section(number: int, this: Year) -> Section:
    title, measures = GROUPS[number]
    keys = [measure.key for measure in measures]
    return Section(
        title=title,
        headings=[label_of(key) for key in keys],
        rows=[[place.name, *(f"{place.figures[key]:,}" for key in keys)] for place in this.places],
        sums=[f"{this.totals[key]:,}" for key in keys],
        definition="；".join(f"{measure.label}：{measure.definition}" for measure in measures)
        + "。除注明的以外，按操作人所在地区计。",
    )


def document_of(report: Report, author: str) -> bytes:
    """Return the report as a Word file, laid out by the office's template."""
    template = DocxTemplate(settings.AUDIT_REPORT_TEMPLATE)
    template.render(_context(report, author), autoescape=True)
    buffer = io.BytesIO()
    template.save(buffer)
    return buffer.getvalue()


def _context(report: Report, author: str) -> dict[str, Any]:
    return {
        "title": TITLE,
        "name": report.name,
        "year": report.year,
        "last_year": report.year - 1,
        "made_on": f"{timezone.localtime():%Y年%m月%d日}",
        "author": author,
        "sentences": report.sentences,
        "comparison": report.comparison,
        "sections": report.sections,
        "chain": report.chain,
        "checked": report.checked,
    }
