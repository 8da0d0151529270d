"""An import from upload to result. The preview writes nothing to a roster; confirming runs the same steps again."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from aixin.access.models import User
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.exchange.choices import ImportState
from aixin.exchange.images import Camera
from aixin.exchange.learnt import learnt_by_county
from aixin.exchange.models import ImportJob
from aixin.exchange.reading.model import WorkbookError
from aixin.exchange.reading.table import Table, find_best_table, find_table
from aixin.exchange.reading.values import clean_text
from aixin.exchange.reading.workbook import read_workbook
from aixin.exchange.reasons import sentences
from aixin.exchange.roster import REJECTED, Draft, Outcome, RosterResource, Watch, roster_of

EXAMPLE_LENGTH = 12
NO_ROWS = "文件里只有表头，没有填写内容。请从表头（示例行）下面一行填起，保存后再上传。"
NUMBER_KINDS = frozenset({"idno", "phone"})


def load_table(
    resource: RosterResource, data: bytes, filename: str, mapping: Mapping[int, str | None], sheet: str = ""
) -> Table:
    """Return the table of a file, which has a row at least; raise WorkbookError with a sentence for the user."""
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
    best = find_best_table(sheets, specs, learnt)
    if not mapping:
        return best
    named = next(found for found in sheets if found.name == best.sheet_name)
    return find_table(named, specs, mapping, learnt)


def table_of_job(resource: RosterResource, job: ImportJob) -> Table:
    """Return the table of a job's file, as the clerk has mapped it; raise WorkbookError."""
    return load_table(resource, job.file_bytes(), job.filename, job.chosen_mapping(), job.sheet)


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
    resource = roster_of(job.kind)(user)
    table = table_of_job(resource, job)
    _keep(job, resource, table, resource.run(table, commit=False, watch=watch))


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
    locked: ImportJob = ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if not locked.is_open and locked.state != ImportState.RUNNING:
        return locked
    resource = roster_of(locked.kind)(user)
    _import(user, locked, resource, table_of_job(resource, locked), watch or Watch())
    return locked


def _import(user: User, job: ImportJob, resource: RosterResource, table: Table, watch: Watch) -> Outcome:
    store = Camera(job, resource).store if resource.footprint else None
    outcome = resource.run(table, commit=True, watch=watch, store=store)
    _keep(job, resource, table, outcome)
    job.state, job.confirmed_at, job.failure = ImportState.DONE, timezone.now(), ""
    job.save()
    record(user, Action.IMPORT, job, kind=job.kind, counts=outcome.counts)
    return outcome


def _keep(job: ImportJob, resource: RosterResource, table: Table, outcome: Outcome) -> None:
    job.counts, job.total, job.sheet = outcome.counts, len(table.rows), table.sheet_name
    by_number = {row.number: row for row in table.rows}
    rejected = [draft for draft in outcome.drafts if draft.status == REJECTED]
    job.keep_rows(
        [_row(resource, draft) for draft in outcome.drafts],
        [_rejected_row(draft, by_number[draft.number].cells) for draft in rejected],
    )
    job.keep_layout(layout_of(resource, table))


def _row(resource: RosterResource, draft: Draft) -> dict[str, Any]:
    name, place = resource.summary(draft)
    return {
        "row": draft.number,
        "status": draft.status,
        "name": name,
        "place": place,
        "reasons": sentences(draft.reasons),
        "warnings": sentences(draft.warnings),
        "changes": [[change.label, change.old, change.new] for change in draft.changes],
    }


def _rejected_row(draft: Draft, cells: tuple[Any, ...]) -> dict[str, Any]:
    texts = [clean_text(cell) for cell in cells]
    return {"row": draft.number, "cells": texts, "reasons": sentences(draft.reasons)}


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
    return {"headings": headings, "missing": [spec.title for spec in table.missing], "width": len(first)}


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
    "load_table",
    "new_job",
    "refresh",
    "table_of_job",
]
