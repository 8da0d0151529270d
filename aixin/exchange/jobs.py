"""An import from upload to result. The preview writes nothing to a roster; confirming runs the same steps again."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from aixin.access.models import User
from aixin.audit.models import Action
from aixin.audit.trail import record, subjects_of
from aixin.exchange.models import ImportJob, ImportState
from aixin.exchange.reading.model import Sheet, WorkbookError
from aixin.exchange.reading.table import Table, find_best_table, find_table
from aixin.exchange.reading.values import clean_text
from aixin.exchange.reading.workbook import read_workbook
from aixin.exchange.reasons import sentences
from aixin.exchange.roster import Outcome, RosterResource, roster_of


@dataclass(frozen=True)
class Preview:
    """A file as understood: its table and what each row would come to."""

    resource: RosterResource
    table: Table
    outcome: Outcome
    sheet_names: list[str]


def load_table(
    resource: RosterResource, data: bytes, filename: str, mapping: dict[int, str | None], sheet: str = ""
) -> tuple[Table, list[Sheet]]:
    """Return the table of a file and all its sheets; raise WorkbookError with a sentence for the user."""
    sheets = read_workbook(data, filename)
    chosen = next((found for found in sheets if found.name == sheet), None)
    if chosen is not None:
        return find_table(chosen, resource.specs(), mapping), sheets
    best = find_best_table(sheets, resource.specs())
    if not mapping:
        return best, sheets
    named = next(found for found in sheets if found.name == best.sheet_name)
    return find_table(named, resource.specs(), mapping), sheets


def import_file(
    user: User, kind: str, data: bytes, filename: str, *, commit: bool
) -> tuple[RosterResource, Outcome]:
    """Import a file in one go, as the command line does; return the resource and the outcome. Raises WorkbookError."""
    resource = roster_of(kind)(user)
    table, _ = load_table(resource, data, filename, {})
    outcome = resource.run(table, commit=commit)
    if commit:
        record(user, Action.IMPORT, subjects=subjects_of(outcome.written), kind=kind, counts=outcome.counts)
    return resource, outcome


@transaction.atomic
def start_job(user: User, kind: str, data: bytes, filename: str) -> ImportJob:
    """Keep an uploaded file and what it would do; return the job. Raises WorkbookError, and then keeps nothing."""
    post = user.acting_post
    assert post is not None
    assert post.region_id is not None
    job = ImportJob(kind=kind, filename=filename[-120:], created_by=user, region_id=post.region_id)
    job.keep_content(data)
    refresh(user, job)
    job.save()
    return job


def preview_of(user: User, job: ImportJob) -> Preview:
    """Return what the job would do now; raise WorkbookError."""
    resource = roster_of(job.kind)(user)
    table, sheets = load_table(resource, job.file_bytes(), job.filename, job.chosen_mapping(), job.sheet)
    return Preview(resource, table, resource.run(table, commit=False), [sheet.name for sheet in sheets])


def refresh(user: User, job: ImportJob) -> Preview:
    """Compute the preview and keep its rows and counts on the job, unsaved; return it. Raises WorkbookError."""
    preview = preview_of(user, job)
    job.sheet = preview.table.sheet_name
    _keep(job, preview.resource, preview.table, preview.outcome)
    return preview


@transaction.atomic
def confirm_job(user: User, job: ImportJob) -> ImportJob:
    """Import the good rows and keep the bad ones with their reasons; a second call changes nothing."""
    locked: ImportJob = ImportJob.objects.select_for_update().get(pk=job.pk)
    if not locked.is_open:
        return locked
    resource = roster_of(locked.kind)(user)
    table, _ = load_table(
        resource, locked.file_bytes(), locked.filename, locked.chosen_mapping(), locked.sheet
    )
    outcome = resource.run(table, commit=True)
    _keep(locked, resource, table, outcome)
    locked.state, locked.confirmed_at = ImportState.DONE, timezone.now()
    locked.save()
    people = subjects_of(outcome.written)
    record(user, Action.IMPORT, locked, subjects=people, kind=locked.kind, counts=outcome.counts)
    return locked


def _keep(job: ImportJob, resource: RosterResource, table: Table, outcome: Outcome) -> None:
    job.counts = outcome.counts
    by_number = {row.number: row for row in table.rows}
    rows = [_row(resource, draft, by_number[draft.number].cells) for draft in outcome.drafts]
    job.keep_rows(rows)


def _row(resource: RosterResource, draft: Any, cells: tuple[Any, ...]) -> dict[str, Any]:
    name, place = resource.summary(draft)
    return {
        "row": draft.number,
        "status": draft.status,
        "name": name,
        "place": place,
        "reasons": sentences(draft.reasons),
        "warnings": sentences(draft.warnings),
        "changes": [[change.label, change.old, change.new] for change in draft.changes],
        "cells": [clean_text(cell) for cell in cells] if draft.reasons else [],
    }


__all__ = [
    "Preview", "WorkbookError", "confirm_job", "import_file", "preview_of", "refresh", "start_job",
]  # fmt: skip
