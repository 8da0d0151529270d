"""Long imports as tasks: queued once they are committed, done in one transaction, found again when a worker dies.

A job is alone with whoever holds its advisory lock, which the database lets go with the transaction, however that
ends. A killed worker's import is rolled back whole; `tend` sends the job again.
"""

import datetime
import logging
import traceback
from collections import Counter
from functools import partial

from celery import current_app
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from aixin.access.authority import staff_at
from aixin.access.elsewhere import alarm_of_lookups
from aixin.access.models import Role, User
from aixin.access.permissions import may_edit
from aixin.access.scope import EVERYTHING, acting, opened
from aixin.access.signals import message_due, message_settled
from aixin.exchange.alarms import LOOKUP_LIMIT, sounds_alarm
from aixin.exchange.choices import BUSY_STATES, ImportState
from aixin.exchange.jobs import check_job, confirm_job, load_table, new_job, refresh, table_of_job
from aixin.exchange.learnt import learn
from aixin.exchange.models import ImportJob
from aixin.exchange.progress import CHECKING, IMPORTING, Reporter, forget
from aixin.exchange.reading.learnt import heading_key
from aixin.exchange.reading.model import WorkbookError
from aixin.exchange.roster import roster_of
from aixin.exchange.undo import UndoError, is_undoable, may_undo, undo_job

logger = logging.getLogger(__name__)

TASK = "aixin.exchange.tasks.work_on_import"
# A message is taken for lost after this long without anybody at work; one too many does no harm.
PATIENCE = datetime.timedelta(minutes=2)
ATTEMPTS = 5
POST_LOST = "上传人已不在上传时的岗位，没有继续。名册没有变化。"
UNEXPECTED = "系统出错，没有完成，名册没有变化。请再试一次；还不行，请告诉系统管理员。"
TOO_OFTEN = "试了几次都没有完成，名册没有变化。请把文件拆小后再试，或告诉系统管理员。"

# What each kind of work does, and where the job stands when that fails.
_WORK = {
    ImportState.CHECKING: (check_job, CHECKING, ImportState.FAILED),
    ImportState.RUNNING: (confirm_job, IMPORTING, ImportState.PREVIEW),
    ImportState.UNDOING: (undo_job, {}, ImportState.DONE),
}


@sounds_alarm
@transaction.atomic
def upload(user: User, kind: str, data: bytes, filename: str) -> ImportJob:
    """Keep an uploaded roster and check it, a long one in a task; return the job.

    Raises WorkbookError for a file that cannot be read, and then keeps nothing.
    """
    table = load_table(roster_of(kind)(user), data, filename, {})
    job = new_job(user, kind, data, filename)
    job.total, job.sheet = len(table.rows), table.sheet_name
    if not job.is_large:
        refresh(user, job)
    job.save()
    if job.is_large:
        _queue(job, ImportState.CHECKING)
    return job


@sounds_alarm
@transaction.atomic
def recheck(user: User, job: ImportJob, mapping: dict[str, str]) -> ImportJob:
    """Check an open job again with the clerk's mapping, or one whose check has failed. Raises WorkbookError.

    What she corrects is remembered for the files of her county.
    """
    locked = job.locked()
    if not (locked.is_open or (locked.state == ImportState.FAILED and not locked.is_over)):
        return locked
    learn(user, locked.kind, _corrections(locked, mapping))
    locked.mapping = mapping
    return _check_again(user, locked)


@sounds_alarm
@transaction.atomic
def choose_sheet(user: User, job: ImportJob, sheet: str) -> ImportJob:
    """Check an open job again with another sheet of its file, or with an empty name all of the best one's shape.

    What was decided about the rows of the former sheet is dropped. Raises WorkbookError.
    """
    locked = job.locked()
    if not locked.is_open:
        return locked
    locked.sheet, locked.mapping, locked.decided = sheet, {}, ""
    return _check_again(user, locked)


def _check_again(user: User, job: ImportJob) -> ImportJob:
    job.failure = ""
    table = table_of_job(roster_of(job.kind)(user), job)
    job.total = len(table.rows)
    if job.is_large:
        job.save(update_fields=["mapping", "sheet", "decided", "total"])
        _queue(job, ImportState.CHECKING)
    else:
        refresh(user, job)
        job.state = ImportState.PREVIEW
        job.save()
    return job


def _corrections(job: ImportJob, mapping: dict[str, str]) -> dict[str, str]:
    """Return what the clerk says otherwise than the page did, by heading; one that stands there twice is left out."""
    headings = [(heading_key(tuple(h["path"])), h) for h in job.understood()["headings"]]
    times = Counter(name for name, _ in headings)
    return {
        name: mapping[str(heading["column"])]
        for name, heading in headings
        if times[name] == 1 and mapping.get(str(heading["column"]), heading["key"]) != heading["key"]
    }


@sounds_alarm
@transaction.atomic
def confirm(user: User, job: ImportJob) -> ImportJob:
    """Import an open job, a long one in a task; a second click changes nothing. Raises WorkbookError."""
    locked = job.locked()
    if not locked.is_open:
        return locked
    if not locked.is_large:
        return confirm_job(user, locked)
    _queue(locked, ImportState.RUNNING)
    return locked


@transaction.atomic
def undo(user: User, job: ImportJob) -> ImportJob:
    """Take a job back, a long one in a task; a second click changes nothing. Raises UndoError."""
    locked = job.locked()
    if not is_undoable(locked):
        return locked
    if not locked.is_large:
        return undo_job(user, locked)
    locked.undone_by = user
    locked.save(update_fields=["undone_by"])
    _queue(locked, ImportState.UNDOING)
    return locked


@transaction.atomic
def abandon(job: ImportJob) -> None:
    """Drop a job that nothing was imported from; one that is past that stays as it is."""
    droppable = [ImportState.CHECKING, ImportState.PREVIEW, ImportState.FAILED]
    if ImportJob.objects.filter(pk=job.pk, state__in=droppable).update(state=ImportState.ABANDONED):
        message_settled.send(ImportJob, key=_matter(job))


def _matter(job: ImportJob) -> str:
    return f"import:{job.pk}"


def _queue(job: ImportJob, state: ImportState) -> None:
    job.state, job.queued_at, job.attempts, job.failure = state, timezone.now(), 0, ""
    job.save(update_fields=["state", "queued_at", "attempts", "failure"])
    forget(job.progress_key)
    # She has read the last message, or will get a newer one.
    message_settled.send(ImportJob, key=_matter(job))
    _send_later(job.pk)


def _send_later(job_id: int) -> None:
    # A broker that is away must not fail what is committed: `tend` sends it when it is back.
    transaction.on_commit(partial(current_app.send_task, TASK, [job_id]), robust=True)


def work_on(job_id: int) -> None:
    """Do what a job waits for, unless somebody is at it or it is done. A failure leaves a sentence on the job."""
    job = _begun(job_id)
    if job is None:
        return
    user = _actor(job)
    if user is None:
        _give_up(job, POST_LOST)
    elif job.attempts > ATTEMPTS:
        _give_up(job, TOO_OFTEN)
    else:
        _attempt(user, job)


def _begun(job_id: int) -> ImportJob | None:
    """Count an attempt, so that a file which kills its worker is not tried for ever; return the job if it waits."""
    with opened(EVERYTHING):
        waiting = ImportJob.objects.filter(pk=job_id, state__in=BUSY_STATES)
        job: ImportJob | None = (
            waiting.without_files().select_for_update(of=("self",), skip_locked=True).first()
        )
        if job is None or not _is_alone(job_id):
            return None
        ImportJob.objects.filter(pk=job_id).update(attempts=F("attempts") + 1)
        job.attempts += 1
        return job


def _is_alone(job_id: int) -> bool:
    """Return whether nobody else is at work on a job, and keep everybody else away until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [f"import-job:{job_id}"])
        return bool(cursor.fetchone()[0])


def _actor(job: ImportJob) -> User | None:
    """Return who wants the work done, in the post she asked in: a head who undoes, else the uploader."""
    if job.state != ImportState.UNDOING:
        user = staff_at(job.created_by_id, job.region_id)
        return user if user and may_edit(user) else None
    assert job.undone_by is not None
    undoer = job.undone_by
    for post in undoer.current_posts if undoer.is_active else []:
        undoer.act_as(post)
        if post.role == Role.STAFF and post.covers(job.region_id) and may_undo(undoer, job):
            return undoer
    return None


def _attempt(user: User, job: ImportJob) -> None:
    try:
        with acting(user):
            if _is_alone(job.pk):
                work, shares, _ = _WORK[ImportState(job.state)]
                _tell(user, work(user, ImportJob.objects.get(pk=job.pk), Reporter(job.progress_key, shares)))
                forget(job.progress_key)
    except (WorkbookError, UndoError) as error:
        _give_up(job, str(error), user)
        if getattr(error, "code", "") == LOOKUP_LIMIT:
            with acting(user):
                alarm_of_lookups(user)
    except (OperationalError, InterfaceError):
        # The database went away or chose another transaction: `tend` sends the job again.
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the clerk gets a sentence and the job an end
        # Without its message, in which the database may repeat a row.
        where = "".join(traceback.format_tb(error.__traceback__))
        logger.error("import %s: %s\n%s", job.pk, type(error).__name__, where)  # noqa: TRY400
        _give_up(job, UNEXPECTED, user)


def _give_up(job: ImportJob, sentence: str, user: User | None = None) -> None:
    _, _, state = _WORK[ImportState(job.state)]
    forget(job.progress_key)
    with opened(EVERYTHING):
        waiting = ImportJob.objects.filter(pk=job.pk, state=job.state)
        if waiting.update(state=state, failure=sentence[:200]) and user:
            _notice(user, job, f"{roster_of(job.kind).roster_title}：没有完成", sentence)


_TITLES = {
    ImportState.PREVIEW: "核对好了，等您确认",
    ImportState.DONE: "导入完成",
    ImportState.UNDONE: "导入已撤销",
}


def _tell(user: User, job: ImportJob) -> None:
    """Tell whoever may have left the page that the work is done."""
    if job.state in _TITLES:
        counts = "，".join(
            f"{label} {job.counts.get(key, 0):,}"
            for key, label in (("created", "新增"), ("updated", "更新"), ("rejected", "退回"))
        )
        _notice(user, job, f"{roster_of(job.kind).roster_title}：{_TITLES[ImportState(job.state)]}", counts)


def _notice(user: User, job: ImportJob, title: str, body: str) -> None:
    message_due.send(
        ImportJob,
        to=[user],
        code=job.region_id,
        kind="import",
        key=f"{_matter(job)}:{job.state}:{timezone.now():%Y%m%d%H%M%S}",
        title=title,
        body=body,
        link=reverse("imports:detail", args=[job.pk]),
    )


def tend() -> int:
    """Send the jobs again that nobody is at work on; return how many there were."""
    now = timezone.now()
    with opened(EVERYTHING):
        waiting = ImportJob.objects.left_alone(now - PATIENCE).values_list("pk", flat=True)
        left = [pk for pk in waiting if _is_alone(pk)]
        ImportJob.objects.filter(pk__in=left).update(queued_at=now)
        for pk in left:
            _send_later(pk)
    return len(left)


__all__ = [
    "UndoError",
    "WorkbookError",
    "abandon",
    "choose_sheet",
    "confirm",
    "recheck",
    "tend",
    "undo",
    "upload",
    "work_on",
]
