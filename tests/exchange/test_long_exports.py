"""Long ledgers: made by the worker, once, found again when it dies; what their requester sees meanwhile."""

import datetime
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.conf import settings as configured
from django.db import connection
from django.utils import timezone

from aixin.access.models import Post, Role
from aixin.audit.models import Action, Entry
from aixin.celery import app
from aixin.exchange import filling
from aixin.exchange.choices import ExportState
from aixin.exchange.filling import ATTEMPTS, PATIENCE, tend, work_on
from aixin.exchange.models import Export
from aixin.exchange.progress import WRITING, Reporter, progress_of
from aixin.notify.models import Notice
from children.models import Child
from tests.cast import WENSHUI, Cast, make_cast, make_user
from tests.conftest import Session
from tests.exchange.exports import ask, ask_full, decide, download, text_of
from tests.pages import text_of as words_of
from tests.workers import WORKER, Workers, queue, workers

__all__ = ["queue", "workers"]


@pytest.fixture(autouse=True)
def short_patience(settings: Any) -> None:
    """Every ledger is a long one."""
    settings.EXPORT_IN_PAGE_ROWS = 0


def worked(export: Export) -> Export:
    """Let a worker come by."""
    work_on(export.pk)
    export.refresh_from_db()
    return export


def page(user: Any, export: Export, rest: str = "") -> str:
    return words_of(Session(user).get(f"/exports/{export.pk}/{rest}").content.decode())


def told(user: Any) -> list[str]:
    notices = Notice.objects.filter(addressee=f"user:{user.pk}", kind="export").order_by("id")
    return [notice.title for notice in notices]


@pytest.mark.django_db
class TestLong:
    def test_a_short_one_is_there_at_once(self, cast: Cast, settings: Any) -> None:
        settings.EXPORT_IN_PAGE_ROWS = 3
        assert ask(cast.wenshui).state == ExportState.READY

    def test_a_long_one_is_made_by_the_worker_and_told(self, cast: Cast) -> None:
        export = ask(cast.wenshui)
        assert (export.state, export.content, export.expires_at) == (ExportState.WAITING, "", None)
        assert download(cast.wenshui, export).status_code == 302
        assert worked(export).state == ExportState.READY
        assert cast.child.no in text_of(download(cast.wenshui, export).content)
        assert told(cast.wenshui) == ["导出儿童信息台账：可以下载了"]

    def test_only_its_id_goes_through_the_broker(
        self, cast: Cast, queue: str, django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            export = ask(cast.wenshui)
        with current_app.connection_for_read() as broker:
            message = broker.default_channel.basic_get(queue, no_ack=True)
        assert message.payload[:2] == [[export.pk], {}]

    def test_delivered_twice_it_is_made_once(self, cast: Cast) -> None:
        export = worked(ask(cast.wenshui))
        made = export.content
        assert worked(export).content == made
        work_on(0)
        assert len(told(cast.wenshui)) == 1

    def test_the_page_shows_how_far_it_is(self, cast: Cast) -> None:
        export = ask(cast.wenshui)
        assert "已排队，马上开始" in page(cast.wenshui, export)
        report = Reporter(export.progress_key, WRITING)
        report.step("写入文件", 36000)
        report.told -= 1
        report.advance(18000)
        for rest in ("", "progress/"):
            assert "18,000 / 36,000 行" in page(cast.wenshui, export, rest)
        worked(export)
        assert progress_of(export.progress_key) is None
        answer = Session(cast.wenshui).get(f"/exports/{export.pk}/progress/")
        assert answer.headers["HX-Refresh"] == "true"

    def test_full_numbers_are_made_after_the_decision(self, cast: Cast) -> None:
        clerk = make_user("clerk", Role.STAFF, WENSHUI)
        export = ask_full(clerk)
        assert export.state == ExportState.REQUESTED
        work_on(export.pk)
        said = decide(cast.wenshui, export)
        export.refresh_from_db()
        assert export.state == ExportState.WAITING
        assert "正在生成文件" in words_of(
            Session(cast.wenshui).get(said.headers["Location"]).content.decode()
        )
        assert cast.child.idno in text_of(download(clerk, worked(export)).content)
        assert told(clerk) == ["导出儿童信息台账（含完整号码）已批准", "导出儿童信息台账：可以下载了"]

    def test_it_holds_the_rows_as_the_requester_sees_them_when_it_is_made(self, cast: Cast) -> None:
        export = ask(cast.wenshui)
        Child.objects.filter(pk=cast.child.pk).update(region_id=cast.outsider_child.region_id)
        assert cast.child.no not in text_of(download(cast.wenshui, worked(export)).content)
        assert export.rows == len(export.row_ids) == 2

    def test_who_lost_her_post_gets_no_file(self, cast: Cast) -> None:
        export = ask(cast.wenshui)
        Post.objects.filter(user=cast.wenshui).update(
            ends_on=timezone.localdate() - datetime.timedelta(days=1)
        )
        assert worked(export).state == ExportState.FAILED
        assert export.content == ""

    def test_a_fault_ends_in_a_sentence(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        export = ask(cast.wenshui)
        monkeypatch.setattr(filling, "ledger_xlsx", lambda *_: 1 / 0)
        assert worked(export).state == ExportState.FAILED
        assert "文件没有生成" in page(cast.wenshui, export)
        assert told(cast.wenshui) == ["导出儿童信息台账：没有生成"]

    def test_what_kills_its_worker_is_not_tried_for_ever(self, cast: Cast) -> None:
        export = ask(cast.wenshui)
        Export.objects.filter(pk=export.pk).update(attempts=ATTEMPTS)
        assert worked(export).state == ExportState.FAILED

    def test_a_lost_message_is_sent_again(self, cast: Cast) -> None:
        ask(cast.wenshui)
        assert tend() == 0
        with time_machine.travel(timezone.now() + PATIENCE + datetime.timedelta(seconds=1), tick=False):
            assert (tend(), tend()) == (1, 0)


def test_beat_looks_after_exports() -> None:
    tended = configured.CELERY_BEAT_SCHEDULE["tend-exports"]
    assert (tended["task"], tended["schedule"]) == ("aixin.exchange.tasks.tend_exports", 60.0)
    app.loader.import_default_modules()
    assert {tended["task"], filling.TASK} <= set(app.tasks)


def test_a_worker_killed_over_a_file_leaves_it_to_the_next(workers: Workers, queue: str) -> None:
    cast = make_cast()
    first = workers.start(*WORKER)
    with connection.cursor() as cursor:
        # As an erasure does, of whose end the file waits.
        cursor.execute("SELECT pg_advisory_lock(hashtext('aixin.exports'))")
        export = ask(cast.wenshui)
        workers.until(_somebody_waits)
        workers.kill(first)
        cursor.execute("SELECT pg_advisory_unlock(hashtext('aixin.exports'))")
    export.refresh_from_db()
    assert (export.state, export.attempts) == (ExportState.WAITING, 1)

    Export.objects.filter(pk=export.pk).update(queued_at=export.queued_at - PATIENCE)
    workers.start(*WORKER)
    app.send_task("aixin.exchange.tasks.tend_exports", queue=queue)
    workers.until(lambda: Export.objects.filter(pk=export.pk, state=ExportState.READY).exists())
    assert Entry.objects.filter(action=Action.CREATE, object_id=export.pk).count() == 1
    assert len(told(cast.wenshui)) == 1


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'advisory')")
        return bool(cursor.fetchone()[0])
