"""An import from upload to result. The preview writes nothing to a roster; confirming runs the same steps again."""

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from aixin.access.models import User
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.exchange.alarms import sounds_alarm
from aixin.exchange.choices import ImportState
from aixin.exchange.columns import NUMBER_KINDS
from aixin.exchange.drafts import REJECTED, STATUSES, Draft, Outcome
from aixin.exchange.images import Camera
from aixin.exchange.learnt import learnt_by_county
from aixin.exchange.models import ImportJob
from aixin.exchange.reading.model import WorkbookError
from aixin.exchange.reading.table import Table, find_best_table, find_table
from aixin.exchange.reading.values import clean_text
from aixin.exchange.reading.workbook import read_workbook
from aixin.exchange.reasons import faulty_columns, sentences
from aixin.exchange.roster import RosterResource, Watch, roster_of

EXAMPLE_LENGTH, SHEET_LENGTH = 12, 60
NO_ROWS = "文件里只有表头，没有填写内容。请从表头（示例行）下面一行填起，保存后再上传。"


def load_table(
    resource: RosterResource, data: bytes, filename: str, mapping: Mapping[int, str | None], sheet: str = ""
) -> Table:
    """Return the table of a sheet, or of the best one and all others of its shape, with a row at least.

    Raises WorkbookError with a sentence for the user.
    """
    table = _found_table(resource, data, filename, mapping, sheet)
    if not table.rows:
        raise WorkbookError("no_rows", NO_ROWS)
    return table


def _found_table(
    resource: RosterResource, data: bytes, filename: str, mapping: Mapping[int, str | None], sheet: str
) -> Table:
    sheets = read_workbook(data, filename)
    specs, learnt = resource.specs(), learnt_by_county(resource.scope, resource.roster_kind)
    chosen = next((found for found in sheets if found.name == sheet), None)
    if chosen is not None:
        return find_table(chosen, specs, mapping, learnt)
    return find_best_table(sheets, specs, learnt, mapping)


def table_of_job(resource: RosterResource, job: ImportJob) -> Table:
    """Return the table of a job's file, as the clerk has mapped it; raise WorkbookError."""
    return load_table(resource, job.file_bytes(), job.filename, job.chosen_mapping(), job.sheet)


@sounds_alarm
@transaction.atomic
def import_file(
    user: User, kind: str, data: bytes, filename: str, *, commit: bool
) -> tuple[RosterResource, Outcome]:
    """Import a file in one go, as the command line does; return the resource and the outcome. Raises WorkbookError.

    What is committed leaves a job like one from the page, which can be looked at and undone.
    """
    resource = roster_of(kind)(user)
    table = load_table(resource, data, filename, {})
    if not commit:
        return resource, resource.run(table, commit=False)
    job = new_job(user, kind, data, filename)
    job.save()
    return resource, _import(user, job, resource, table, Watch())


@transaction.atomic
def import_table(user: User, resource: RosterResource, table: Table, name: str) -> tuple[ImportJob, Outcome]:
    """Import a table that was put together here; return the job, which keeps just these rows as its file, and outcome.

    Raises WorkbookError.
    """
    job = new_job(user, resource.roster_kind, _as_file(table), f"{name}.csv")
    job.save()
    return job, _import(user, job, resource, table, Watch())


def _as_file(table: Table) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerow([heading.text for heading in table.headings])
    csv.writer(text).writerows([clean_text(cell) for cell in row.cells] for row in table.rows)
    return text.getvalue().encode()


def new_job(user: User, kind: str, data: bytes, filename: str) -> ImportJob:
    """Return an unsaved job with an uploaded file."""
    post = user.acting_post
    assert post is not None
    assert post.region_id is not None
    job = ImportJob(kind=kind, filename=filename[-120:], created_by=user, region_id=post.region_id)
    job.keep_content(data)
    return job


def refresh(user: User, job: ImportJob, watch: Watch | None = None) -> None:
    """Compute the preview and keep its rows and counts on the job, unsaved. Raises WorkbookError."""
    resource = roster_of(job.kind)(user, job.decisions())
    table = table_of_job(resource, job)
    _keep(job, resource, table, resource.run(table, commit=False, watch=watch))


def refresh_row(user: User, job: ImportJob, mark: str) -> None:
    """Judge one row of a job anew, with the others as they were, and keep that on the job, unsaved.

    Whether it stands twice in the file is seen when all is judged again at the import. Raises WorkbookError.
    """
    resource = roster_of(job.kind)(user, job.decisions())
    table = table_of_job(resource, job)
    table.rows = [row for row in table.rows if row.mark == mark]
    rows, rejected = _kept(resource, table, resource.run(table, commit=False))
    others = [row for row in job.rejected_rows() if row["mark"] != mark]
    fresh = {row["mark"]: row for row in rows}
    all_rows = [fresh.get(row["mark"], row) for row in job.rows()]
    order = {row["mark"]: place for place, row in enumerate(all_rows)}
    job.keep_rows(all_rows, sorted([*others, *rejected], key=lambda row: order[row["mark"]]))
    found = Counter(row["status"] for row in all_rows)
    job.counts = {status: found[status] for status in STATUSES}


@transaction.atomic
def check_job(user: User, job: ImportJob, watch: Watch | None = None) -> ImportJob:
    """Compute the preview of a job in check and open it to the clerk; one that she has abandoned stays so."""
    refresh(user, job, watch)
    waiting = ImportJob.objects.select_for_update().filter(pk=job.pk, state=ImportState.CHECKING)
    if waiting.exists():
        job.state = ImportState.PREVIEW
        job.save(update_fields=["state", "sheet", "total", "layout", "counts", "outcome", "rejected"])
    return job


@transaction.atomic
def confirm_job(user: User, job: ImportJob, watch: Watch | None = None) -> ImportJob:
    """Import the good rows and keep the bad ones with their reasons; a second call changes nothing."""
    locked = job.locked()
    if not locked.is_open and locked.state != ImportState.RUNNING:
        return locked
    resource = roster_of(locked.kind)(user, locked.decisions())
    _import(user, locked, resource, table_of_job(resource, locked), watch or Watch())
    return locked


def _import(user: User, job: ImportJob, resource: RosterResource, table: Table, watch: Watch) -> Outcome:
    store = Camera(job, resource).store if resource.footprint else None
    outcome = resource.run(table, commit=True, watch=watch, store=store)
    _keep(job, resource, table, outcome)
    job.state, job.confirmed_at, job.failure = ImportState.DONE, timezone.now(), ""
    job.save()
    subjects = resource.subjects(outcome.written)
    record(user, Action.IMPORT, job, subjects=subjects, kind=job.kind, counts=outcome.counts)
    return outcome


def _keep(job: ImportJob, resource: RosterResource, table: Table, outcome: Outcome) -> None:
    job.counts, job.total, job.sheet = outcome.counts, len(table.rows), table.sheet_name[:SHEET_LENGTH]
    job.keep_rows(*_kept(resource, table, outcome))
    job.keep_layout(layout_of(resource, table))


def _kept(
    resource: RosterResource, table: Table, outcome: Outcome
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return what is kept of each row, and of each that stays out."""
    by_mark = {row.mark: row for row in table.rows}
    rejected = [draft for draft in outcome.drafts if draft.status == REJECTED]
    return (
        [_row(resource, draft) for draft in outcome.drafts],
        [_rejected_row(draft, by_mark[draft.mark].cells, table.mapping) for draft in rejected],
    )


def _row(resource: RosterResource, draft: Draft) -> dict[str, Any]:
    name, place = resource.summary(draft)
    return {
        "row": draft.number,
        "mark": draft.mark,
        "sheet": draft.sheet,
        "status": draft.status,
        "name": name,
        "place": place,
        "region": "" if draft.reasons else resource.place_of(draft),
        "target": draft.target.pk if draft.target and not draft.reasons else None,
        "reasons": sentences(draft.reasons),
        "codes": draft.reasons,
        "warnings": sentences(draft.warnings),
        # That an ID is missing is told, and no reason to doubt.
        "doubtful": bool({*draft.warnings} - {"id_missing"}),
        "changes": [asdict(change) for change in draft.changes],
    }


def _rejected_row(draft: Draft, cells: tuple[Any, ...], mapping: dict[int, str]) -> dict[str, Any]:
    """Return a row as it is given back: its cells, with the clerk's corrections, and which of them are at fault."""
    faulty = faulty_columns(draft.reasons)
    texts = [clean_text(draft.cells.get(mapping.get(column, ""), cell)) for column, cell in enumerate(cells)]
    return {
        "row": draft.number,
        "sheet": draft.sheet,
        "mark": draft.mark,
        "cells": texts,
        "faulty": [column for column, key in mapping.items() if key in faulty],
        "reasons": sentences(draft.reasons),
    }


def layout_of(resource: RosterResource, table: Table) -> dict[str, Any]:
    """Return each heading of the file, what it was taken for and an example, and which fields were not found."""
    kinds = {column.key: column.kind for column in resource.columns()}
    first = table.rows[0].cells if table.rows else ()
    headings = [
        {
            "column": heading.column,
            "path": list(heading.path),
            "text": heading.text,
            "key": (key := table.mapping.get(heading.column, "")),
            "example": _example(first, heading.column, kinds.get(key, "")),
            "learnt": heading.column in table.learnt,
        }
        for heading in table.headings
    ]
    return {
        "headings": headings,
        "missing": [spec.title for spec in table.missing],
        "width": len(first),
        "sheets": list(table.sheets),
        "other_sheets": list(table.others),
    }


def _example(cells: tuple[Any, ...], column: int, kind: str) -> str:
    """Return a column's first cell, hidden where it is a number of a person."""
    text = str(cells[column]) if column < len(cells) else ""
    hidden = kind in NUMBER_KINDS or sum(map(str.isdigit, text)) > 6
    return f"{text[:3]}…" if hidden and text else text[:EXAMPLE_LENGTH]


__all__ = [
    "WorkbookError",
    "check_job",
    "confirm_job",
    "import_file",
    "import_table",
    "load_table",
    "new_job",
    "refresh",
    "refresh_row",
    "table_of_job",
]
