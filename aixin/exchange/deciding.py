"""Taking a clerk's decisions about an open job: the preview follows at once, nothing is written to a roster."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from aixin.access.models import User
from aixin.access.querysets import within
from aixin.exchange.alarms import sounds_alarm
from aixin.exchange.decisions import Decisions
from aixin.exchange.drafts import REJECTED, STATUSES, Change, fate_of
from aixin.exchange.jobs import refresh, refresh_row
from aixin.exchange.models import ImportJob
from aixin.exchange.roster import roster_of

TOWNSHIP_LENGTH = 9


@transaction.atomic
def set_policy(job: ImportJob, policy: str) -> None:
    """Say for the whole file whose values stand; rows decided one by one keep their decisions."""

    def decide(decisions: Decisions) -> None:
        decisions.policy = policy

    _settle(job, decide)


@transaction.atomic
def choose(job: ImportJob, mark: str, chosen: dict[str, str], keys: list[str]) -> None:
    """Say for a row's changed fields whose values stand."""
    _settle(job, lambda decisions: decisions.choose(mark, chosen, keys))


@sounds_alarm
@transaction.atomic
def leave_out(user: User, job: ImportJob, mark: str, *, out: bool) -> None:
    """Keep a row out of the import, or let it in again. Raises WorkbookError."""
    _judge(user, job, mark, lambda decisions: decisions.leave_out(mark, out=out))


@sounds_alarm
@transaction.atomic
def correct(user: User, job: ImportJob, mark: str, cells: dict[str, str]) -> None:
    """Take corrected cells of a row and judge it again. Raises WorkbookError."""
    _judge(user, job, mark, lambda decisions: decisions.correct(mark, cells))


@transaction.atomic
def note_staying(job: ImportJob, pk: int) -> None:
    """Remember that somebody who is not in the file rightly stands on the roster."""
    locked = job.locked()
    decisions = locked.decisions()
    decisions.stays(pk)
    locked.keep_decisions(decisions)
    locked.save(update_fields=["decided"])


def _settle(job: ImportJob, decide: Callable[[Decisions], None]) -> None:
    """Decide, and give the rows their fate anew by what their changes are: no file is read."""
    locked = job.locked()
    if not locked.is_open:
        return
    decisions = locked.decisions()
    decide(decisions)
    rows = locked.rows()
    for row in rows:
        if row["changes"] and row["status"] != REJECTED:
            _settle_row(row, decisions)
    found = Counter(row["status"] for row in rows)
    locked.keep_decisions(decisions)
    locked.outcome = json.dumps(rows, ensure_ascii=False)
    locked.counts = {status: found[status] for status in STATUSES}
    locked.save(update_fields=["decided", "outcome", "counts"])


def _settle_row(row: dict[str, Any], decisions: Decisions) -> None:
    changes = [Change(**change) for change in row["changes"]]
    for change, kept in zip(changes, row["changes"], strict=True):
        change.taken = kept["taken"] = decisions.takes(row["mark"], change.key, change.old)
    row["status"] = fate_of(changes)


def _judge(user: User, job: ImportJob, mark: str, decide: Callable[[Decisions], None]) -> None:
    """Decide, and judge anew: a short file as a whole, in a long one the row alone."""
    locked = job.locked()
    if not locked.is_open:
        return
    decisions = locked.decisions()
    decide(decisions)
    locked.keep_decisions(decisions)
    if locked.is_large:
        refresh_row(user, locked, mark)
    else:
        refresh(user, locked)
    locked.save()


def places_in(job: ImportJob) -> set[str]:
    """Return the codes of the townships that a file has good rows of; a row of no township counts for its region."""
    return {row["region"][:TOWNSHIP_LENGTH] for row in job.rows() if row["region"]}


def not_in_file(user: User, job: ImportJob) -> QuerySet[Any] | None:
    """Return who stands on the roster in the file's places and not in the file, but for those said to stay.

    Nobody leaves the roster by that: each is for the clerk to decide. None for a roster without that question.
    """
    expected = roster_of(job.kind).expected(user)
    if expected is None:
        return None
    rows = job.rows()
    named = {row["target"] for row in rows if row["target"]}
    places = Q(pk__in=[])
    for code in places_in(job):
        places |= within(code) if len(code) == TOWNSHIP_LENGTH else Q(region_id=code)
    return expected.filter(places).exclude(pk__in=named | set(job.decisions().staying))
