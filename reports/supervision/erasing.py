"""An erased person's name stands in no finding, no step of one, and no chapter of a report."""

from typing import Any

from aixin.access.erasure import Subject
from aixin.access.querysets import within
from aixin.access.regions import county_of
from reports.models import Chapter, Finding, FindingStep


def forget_in_reports(subject: Subject) -> dict[str, int]:
    """Take her name out of what was written about her county; return how many texts there were."""
    county = county_of(subject.region)
    rows: tuple[tuple[Any, str], ...] = (
        (Finding.objects.filter(within(county)), "text"),
        (FindingStep.objects.filter(within(county, "finding__region_id")), "text"),
        (Chapter.objects.filter(within(county)), "text"),
    )
    return {"督导和报告文字中的姓名": sum(_rename(subject, found, name) for found, name in rows)}


def _rename(subject: Subject, rows: Any, field: str) -> int:
    named = [row for row in rows if subject.is_in(getattr(row, field))]
    for row in named:
        limit = row._meta.get_field(field).max_length
        rows.model.objects.filter(pk=row.pk).update(**{field: subject.without(getattr(row, field))[:limit]})
    return len(named)
