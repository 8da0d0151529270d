"""Writing what offices add to a report, and the city's list of chapters: once a period, audited, without names."""

from typing import Any

from django.db import transaction

from aixin.access.models import Region
from aixin.audit.models import Action
from aixin.audit.trail import record
from reports.models import Chapter, ChapterTitle
from reports.naming import without_names
from reports.periods import Period

LONGEST_TEXT = 2000


class ChapterChangedError(Exception):
    """Somebody has written another text since the page was opened."""


@transaction.atomic
def write_chapter(
    actor: Any, region: Region, title: ChapterTitle | None, period: Period, text: str, seen: str = ""
) -> Chapter:
    """Store what an office writes for a chapter of a period, in place of what it wrote before, and return it.

    Without a title it is the office's own 下一步打算. The same text again changes nothing. `seen` is the `mark` of the text
    that stood there when the page was opened; raises ChapterChangedError where another stands there now.
    """
    kept = without_names(text, region.code)[:LONGEST_TEXT]
    place: dict[str, Any] = {"region": region, "title": title, "period": period.key}
    row: Chapter | None = Chapter.objects.select_for_update(of=("self",)).filter(**place).first()
    if row is not None and row.text == kept:
        return row
    if seen != (row.mark if row else ""):
        raise ChapterChangedError
    found: Chapter
    found, created = Chapter.objects.update_or_create(**place, defaults={"text": kept, "written_by": actor})
    record(actor, Action.CREATE if created else Action.UPDATE, found, period=period.key)
    return found


@transaction.atomic
def save_titles(actor: Any, region: Region, titles: list[str]) -> None:
    """Make these the chapters that a city asks for, in this order; others are asked for no more, what stands stays."""
    known = {row.title: row for row in ChapterTitle.objects.select_for_update().filter(region=region)}
    for place, title in enumerate(titles):
        row = known.pop(title, None) or ChapterTitle(region=region, title=title)
        row.place, row.retired = place, False
        row.save()
    ChapterTitle.objects.filter(pk__in=[row.pk for row in known.values()]).update(retired=True)
    record(actor, Action.UPDATE, region, chapters=len(titles))
