"""Files that hold an erased person: an uploaded roster goes as a whole with what would take it back, and its log loses
her rows; an export is emptied.

Every kept job is opened, whatever office uploaded it: a file may name people whom it could not bring in.
"""

import json
from collections.abc import Sequence

from django.utils import timezone

from aixin.access.erasure import ERASED_NAME, Subject
from aixin.exchange.choices import ImportState
from aixin.exchange.filling import destroy_exports_of
from aixin.exchange.images import images_of
from aixin.exchange.models import ImportJob
from aixin.exchange.reading.model import Cell, WorkbookError
from aixin.exchange.reading.values import clean_text
from aixin.exchange.reading.workbook import read_workbook

CHUNK = 20
NOT_IMPORTED = {ImportState.CHECKING, ImportState.PREVIEW, ImportState.FAILED, ImportState.RUNNING}


def forget_imports(subject: Subject) -> dict[str, int]:
    """Drop the files and redact the rows in which the person stands; return how many there were."""
    files = rows = 0
    for job in ImportJob.objects.select_for_update(of=("self",)).order_by("pk").iterator(chunk_size=CHUNK):
        redacted = _redact(subject, job)
        dropped = _drop_file(subject, job, named=bool(redacted))
        files, rows = files + dropped, rows + redacted
        if dropped or redacted:
            job.save()
    return {"导入的文件": files, "导入记录的行": rows}


def forget_exports(subject: Subject) -> dict[str, int]:
    """Empty the exported files in which the person stands; return how many there were."""
    return {"导出的文件": destroy_exports_of(subject.label, subject.pk)}


def _redact(subject: Subject, job: ImportJob) -> int:
    """Empty the rows of a job's log that name the person, and return how many there are."""
    kept = json.loads(job.outcome or "[]")
    naming = [row for row in kept if subject.is_in(json.dumps(row, ensure_ascii=False))]
    for row in naming:
        row.update(name=ERASED_NAME, place="", changes=[])
    if naming:
        job.outcome = json.dumps(kept, ensure_ascii=False)
    return len(naming)


def _drop_file(subject: Subject, job: ImportJob, *, named: bool) -> bool:
    """Drop a job's file and all that was kept to return or undo its rows when the person stands in it.

    Returns whether it went; a job that is not yet imported ends with it.
    """
    if job.erased_at or not (
        named or subject.is_in(job.filename) or _is_pictured(subject, job) or _stands_in(subject, job)
    ):
        return False
    job.content = job.rejected = job.decided = job.layout = job.sheet = ""
    job.filename, job.erased_at = subject.without(job.filename), timezone.now()
    job.images.all().delete()
    if job.state in NOT_IMPORTED:
        job.state = ImportState.ABANDONED
    return True


def _is_pictured(subject: Subject, job: ImportJob) -> bool:
    """Return whether the import wrote the person's own row, under whatever name the file had for her."""
    return any(
        table.label == subject.label and any(row.pk == subject.pk for row in table.rows)
        for image in images_of(job)
        for table in image.tables
    )


def _stands_in(subject: Subject, job: ImportJob) -> bool:
    try:
        sheets = read_workbook(job.file_bytes(), job.filename)
    except WorkbookError:
        # What cannot be read any more cannot be cleared either.
        return True
    return any(subject.is_in(_line(row)) for sheet in sheets for row in sheet.rows)


def _line(cells: Sequence[Cell]) -> str:
    """Return a row as text; blanks go, because offices space out names of two characters."""
    return "\n".join(clean_text(cell).replace(" ", "") for cell in cells)
