"""Long imports in earnest: a real worker over the real broker, killed in the middle, and two offices at once."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from celery.schedules import crontab
from django.conf import settings
from django.db import connection, transaction

from aixin.audit.models import Action, Entry
from aixin.celery import app
from aixin.exchange.background import PATIENCE
from aixin.exchange.choices import ImportState
from aixin.exchange.models import ImportImage, ImportJob
from aixin.notify.models import Notice
from children.models import Child, Guardian
from tests.cast import Cast, make_cast
from tests.conftest import Session
from tests.exchange.rosters import child_row, idno_of, roster_rows, uploaded
from tests.factories import ChildFactory
from tests.workers import WORKER, Workers, queue, workers

__all__ = ["queue", "workers"]
ROWS = 1200


def state_of(job: ImportJob) -> str:
    job.refresh_from_db(fields=["state", "counts", "failure", "attempts"])
    return job.state


def checked(workers: Workers, user: Any, rows: list[list[str]]) -> ImportJob:
    job = uploaded(user, rows)
    assert job.state == ImportState.CHECKING
    workers.until(lambda: state_of(job) == ImportState.PREVIEW)
    return job


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        # In a transaction the list of sessions stays as first read: a worker that connects later would never be seen.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
            " WHERE NOT l.granted AND l.locktype = 'transactionid' AND a.datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


def nobody_is_at(job: ImportJob) -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [f"import-job:{job.pk}"])
        return bool(cursor.fetchone()[0])


def confirm_elsewhere(job: ImportJob, cast: Cast) -> None:
    """Confirm outside the transaction that the test holds open."""

    def click() -> int:
        try:
            return int(Session(cast.wenshui).post(f"/imports/{job.pk}/confirm/").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(click).result() == 302


def new_children() -> int:
    return Child.objects.filter(name__startswith="童").count()


def test_beat_looks_after_imports() -> None:
    tended, erased = (settings.CELERY_BEAT_SCHEDULE[name] for name in ("tend-imports", "erase-imports"))
    assert (tended["task"], tended["schedule"]) == ("aixin.exchange.tasks.tend_imports", 60.0)
    assert erased["task"] == "aixin.exchange.tasks.erase_imports"
    assert erased["schedule"] == crontab(hour=3, minute=40)
    app.loader.import_default_modules()
    assert {tended["task"], erased["task"], "aixin.exchange.tasks.work_on_import"} <= set(app.tasks)


def test_a_worker_checks_imports_and_takes_back(workers: Workers) -> None:
    cast = make_cast()
    before = roster_rows()
    workers.start(*WORKER)
    job = checked(workers, cast.wenshui, [child_row(number) for number in range(ROWS)])
    assert job.counts == {"created": ROWS, "updated": 0, "unchanged": 0, "rejected": 0}
    assert roster_rows() == before

    session = Session(cast.wenshui)
    session.post(f"/imports/{job.pk}/confirm/")
    workers.until(lambda: state_of(job) == ImportState.DONE)
    assert (new_children(), ImportImage.objects.count()) == (ROWS, 3)
    events = Child.events.rel.related_model.objects.filter(name__startswith="童")  # type: ignore[attr-defined]
    assert events.count() == ROWS
    assert events.first().pgh_context.metadata["user"] == cast.wenshui.pk

    session.post(f"/imports/{job.pk}/undo/")
    workers.until(lambda: state_of(job) == ImportState.UNDONE)
    assert roster_rows() == before
    told = Notice.objects.filter(addressee=f"user:{cast.wenshui.pk}", kind="import").order_by("id")
    assert [notice.title for notice in told] == [
        "儿童花名册：核对好了，等您确认", "儿童花名册：导入完成", "儿童花名册：导入已撤销",
    ]  # fmt: skip


def test_a_worker_killed_in_mid_import_leaves_nothing_and_the_next_finishes_it_once(
    workers: Workers, queue: str
) -> None:
    cast = make_cast()
    first = workers.start(*WORKER)
    job = checked(workers, cast.wenshui, [child_row(number) for number in range(ROWS)])
    before = roster_rows()
    with transaction.atomic():
        # An ID of the second portion is being registered by hand: the worker waits, its first portion written.
        ChildFactory(name="别人", idno=idno_of(ROWS - 50), birth=datetime.date(2012, 1, 1))
        confirm_elsewhere(job, cast)
        workers.until(somebody_waits)
        workers.kill(first)
        transaction.set_rollback(True)
    workers.until(lambda: nobody_is_at(job))
    assert roster_rows() == before
    assert (state_of(job), job.attempts) == (ImportState.RUNNING, 1)

    ImportJob.objects.filter(pk=job.pk).update(queued_at=job.queued_at - PATIENCE)
    workers.start(*WORKER)
    app.send_task("aixin.exchange.tasks.tend_imports", queue=queue)
    workers.until(lambda: state_of(job) == ImportState.DONE)
    assert job.counts == {"created": ROWS, "updated": 0, "unchanged": 0, "rejected": 0}
    assert (new_children(), Guardian.objects.filter(child__name__startswith="童").count()) == (ROWS, ROWS)
    assert Entry.objects.filter(action=Action.IMPORT, object_id=job.pk).count() == 1
    assert job.attempts == 2
