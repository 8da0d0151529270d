"""Long imports: what runs in a task, what the page shows meanwhile, and every way in which it can fail."""

import datetime
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.db import connection, transaction
from django.utils import timezone

from aixin.access.models import Post, Role
from aixin.audit.models import Action, Entry
from aixin.exchange import progress
from aixin.exchange.background import ATTEMPTS, PATIENCE, tend, work_on
from aixin.exchange.choices import ImportState
from aixin.exchange.models import ImportImage, ImportJob
from aixin.exchange.progress import Reporter, progress_of
from aixin.exchange.roster import RosterResource
from aixin.exchange.tasks import erase_imports
from aixin.notify.models import Notice
from children.models import Child, Guardian
from tests.caching import forget_everything
from tests.cast import WENSHUI, Cast, make_user
from tests.conftest import Session
from tests.exchange.rosters import child_row, confirmed, roster_rows, uploaded
from tests.pages import text_of
from tests.workers import queue

__all__ = ["queue"]
pytestmark = pytest.mark.django_db
ROWS = [child_row(number) for number in range(4)]


@pytest.fixture
def short_patience(settings: Any) -> None:
    """Four rows are a long roster."""
    settings.IMPORT_IN_PAGE_ROWS = 3


def worked(job: ImportJob) -> ImportJob:
    """Let a worker come by."""
    work_on(job.pk)
    job.refresh_from_db()
    return job


def page(user: Any, job: ImportJob, rest: str = "") -> str:
    return text_of(Session(user).get(f"/imports/{job.pk}/{rest}").content.decode())


def click(user: Any, job: ImportJob, what: str) -> ImportJob:
    Session(user).post(f"/imports/{job.pk}/{what}/")
    job.refresh_from_db()
    return job


def test_up_to_the_limit_everything_happens_on_the_page(cast: Cast, settings: Any) -> None:
    assert settings.IMPORT_IN_PAGE_ROWS == 500
    settings.IMPORT_IN_PAGE_ROWS = 4
    job = confirmed(cast.wenshui, ROWS)
    assert (job.state, job.queued_at) == (ImportState.DONE, None)
    assert not Notice.objects.filter(kind="import").exists()


@pytest.mark.usefixtures("short_patience")
class TestLong:
    def test_it_is_checked_imported_and_taken_back_by_tasks(self, cast: Cast) -> None:
        before = roster_rows()
        job = uploaded(cast.wenshui, ROWS)
        assert (job.state, job.counts, job.total) == (ImportState.CHECKING, {}, 4)
        assert worked(job).state == ImportState.PREVIEW
        assert roster_rows() == before
        assert click(cast.wenshui, job, "confirm").state == ImportState.RUNNING
        assert roster_rows() == before
        assert worked(job).state == ImportState.DONE
        assert Child.objects.filter(name__startswith="童").count() == 4
        assert click(cast.wenshui, job, "undo").state == ImportState.UNDOING
        assert worked(job).state == ImportState.UNDONE
        assert roster_rows() == before

    def test_only_the_job_s_id_goes_through_the_broker(
        self, cast: Cast, queue: str, django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            job = uploaded(cast.wenshui, ROWS)
        with current_app.connection_for_read() as broker:
            message = broker.default_channel.basic_get(queue, no_ack=True)
        assert message.headers["argsrepr"] == f"[{job.pk}]"
        assert message.headers["kwargsrepr"] == "{}"
        assert message.payload[0] == [job.pk]

    def test_delivered_twice_it_works_once(self, cast: Cast) -> None:
        job = worked(uploaded(cast.wenshui, ROWS))
        click(cast.wenshui, job, "confirm")
        worked(worked(job))
        work_on(0)
        assert Child.objects.filter(name__startswith="童").count() == 4
        assert Entry.objects.filter(action=Action.IMPORT, object_id=job.pk).count() == 1

    def test_the_page_shows_how_far_it_is_and_may_be_left(self, cast: Cast) -> None:
        job = uploaded(cast.wenshui, ROWS)
        assert "已排队，马上开始" in page(cast.wenshui, job)
        report = Reporter(job.progress_key, progress.IMPORTING)
        report.began -= 10
        report.step("核对", 4)
        report.step("与名册比对", 4)
        report.step("写入名册", 36000)
        report.step_began -= 6
        report.told -= 1
        report.advance(18000)
        for shown in ("正在写入名册", "18,000 / 36,000 行", "每秒", "58%", "还需约 7 秒"):
            assert shown in page(cast.wenshui, job)
            assert shown in page(cast.wenshui, job, "progress/")
        for path in ("/imports/", "/children/import/"):
            said = text_of(Session(cast.wenshui).get(path).content.decode())
            assert "核对中" in said
            assert "58%" in said

    def test_a_lost_cache_loses_the_bar_only(self, cast: Cast) -> None:
        job = uploaded(cast.wenshui, ROWS)
        Reporter(job.progress_key, progress.CHECKING).step("核对", 4)
        forget_everything()
        assert progress_of(job.progress_key) is None
        assert "已排队" in page(cast.wenshui, job, "progress/")
        assert worked(job).state == ImportState.PREVIEW

    def test_the_fragment_asks_again_until_the_work_is_done_and_not_for_ever(self, cast: Cast) -> None:
        job = uploaded(cast.wenshui, ROWS)
        session = Session(cast.wenshui)
        address = f"/imports/{job.pk}/progress/"
        assert "hx-trigger" in session.get(address).content.decode()
        with time_machine.travel(timezone.now() + datetime.timedelta(minutes=21)):
            answer = session.get(address)
            assert "hx-trigger" not in answer.content.decode()
            assert "刷新看进度" in answer.content.decode()
            assert "HX-Refresh" not in answer.headers
        worked(job)
        assert session.get(address).headers["HX-Refresh"] == "true"

    def test_whoever_left_is_told(self, cast: Cast) -> None:
        worked(uploaded(cast.wenshui, [*ROWS, child_row(9, 姓名="")]))
        notice = Notice.objects.get(kind="import")
        assert notice.addressee == f"user:{cast.wenshui.pk}"
        assert (notice.title, notice.body) == ("儿童花名册：核对好了，等您确认", "新增 4，更新 0，退回 1")

    def test_a_message_is_settled_by_what_follows(self, cast: Cast) -> None:
        job = worked(uploaded(cast.wenshui, ROWS))
        assert Notice.objects.open().filter(kind="import").count() == 1
        click(cast.wenshui, job, "confirm")
        assert not Notice.objects.open().filter(kind="import").exists()
        worked(job)
        assert Notice.objects.open().get(kind="import").title == "儿童花名册：导入完成"

    def test_abandoned_while_it_is_checked_it_stays_abandoned(self, cast: Cast) -> None:
        job = uploaded(cast.wenshui, ROWS)
        assert click(cast.wenshui, job, "abandon").state == ImportState.ABANDONED
        assert worked(job).state == ImportState.ABANDONED

    def test_in_work_it_can_be_neither_abandoned_nor_confirmed_again_nor_remapped(self, cast: Cast) -> None:
        job = click(cast.wenshui, worked(uploaded(cast.wenshui, ROWS)), "confirm")
        queued = job.queued_at
        for what in ("abandon", "confirm", "retry", "undo", "mapping"):
            assert click(cast.wenshui, job, what).state == ImportState.RUNNING
        assert job.queued_at == queued

    def test_a_corrected_heading_is_checked_in_a_task_too(self, cast: Cast) -> None:
        job = worked(uploaded(cast.wenshui, ROWS))
        known = [
            "name",
            "idno",
            "birth",
            "township",
            "village",
            "category",
            "guardian",
            "phone",
            "",
            "need",
            "",
        ]
        fields = {f"column-{number}": key for number, key in enumerate(known)}
        Session(cast.wenshui).post(f"/imports/{job.pk}/mapping/", fields)
        job.refresh_from_db()
        assert job.state == ImportState.CHECKING
        assert worked(job).state == ImportState.PREVIEW
        assert [h["key"] for h in job.understood()["headings"]] == known

    def test_a_file_that_cannot_be_read_is_told_at_once_and_leaves_nothing(self, cast: Cast) -> None:
        with pytest.raises(AssertionError, match="表头"):
            uploaded(cast.wenshui, ROWS, head=["甲"] * 11)
        assert not ImportJob.objects.exists()


class Failing:
    """A resource's step that fails with an exception of one's choice."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise self.error


@pytest.mark.usefixtures("short_patience")
class TestFailures:
    def test_an_error_in_the_check_ends_in_a_sentence_and_can_be_tried_again(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        job = uploaded(cast.wenshui, ROWS)
        with monkeypatch.context() as patch:
            patch.setattr(RosterResource, "run", Failing(ValueError("童零 13900001111")))
            assert worked(job).state == ImportState.FAILED
        assert "系统出错，没有完成，名册没有变化" in page(cast.wenshui, job)
        assert "ValueError" in caplog.text
        assert "13900001111" not in caplog.text
        assert click(cast.wenshui, job, "retry").state == ImportState.CHECKING
        assert worked(job).state == ImportState.PREVIEW
        assert job.failure == ""

    def test_an_error_in_the_import_leaves_the_roster_and_can_be_tried_again(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        job = worked(uploaded(cast.wenshui, ROWS))
        before = roster_rows()
        click(cast.wenshui, job, "confirm")
        with monkeypatch.context() as patch:
            patch.setattr(Guardian.objects, "bulk_create", Failing(ValueError()))
            assert worked(job).state == ImportState.PREVIEW
        assert roster_rows() == before
        assert not ImportImage.objects.exists()
        assert "没有完成，名册没有变化" in page(cast.wenshui, job)
        assert Notice.objects.filter(title="儿童花名册：没有完成").count() == 1
        click(cast.wenshui, job, "confirm")
        assert worked(job).state == ImportState.DONE

    def test_whoever_lost_her_post_meanwhile_imports_nothing(self, cast: Cast) -> None:
        job = click(cast.wenshui, worked(uploaded(cast.wenshui, ROWS)), "confirm")
        Post.objects.filter(user=cast.wenshui).update(
            ends_on=timezone.localdate() - datetime.timedelta(days=1)
        )
        assert worked(job).state == ImportState.PREVIEW
        assert "已不在上传时的岗位" in job.failure
        assert not Child.objects.filter(name__startswith="童").exists()

    def test_she_acts_in_the_post_in_which_she_uploaded(self, cast: Cast) -> None:
        Post.objects.create(user=cast.fengcheng, role=Role.STAFF, region_id="141123")
        job = worked(uploaded(cast.fengcheng, [*ROWS, child_row(9, 乡镇="蔚汾镇", 村="")]))
        assert (job.region_id, job.counts["created"], job.counts["rejected"]) == ("141121100", 4, 1)

    def test_more_ids_than_the_hour_allows_ends_in_a_sentence(self, cast: Cast, settings: Any) -> None:
        settings.ID_LOOKUPS_PER_HOUR = 3
        job = worked(uploaded(cast.wenshui, ROWS))
        assert job.state == ImportState.FAILED
        assert "一小时内核对的身份证号太多" in job.failure
        assert Entry.objects.filter(action=Action.ALARM, user=cast.wenshui).count() == 1

    def test_a_file_that_kills_its_workers_is_given_up(self, cast: Cast) -> None:
        job = uploaded(cast.wenshui, ROWS)
        ImportJob.objects.filter(pk=job.pk).update(attempts=ATTEMPTS)
        assert worked(job).state == ImportState.FAILED
        assert "试了几次都没有完成" in job.failure

    def test_what_stands_in_the_way_of_undoing_is_told_and_the_import_stays_done(self, cast: Cast) -> None:
        job = worked(uploaded(cast.wenshui, ROWS))
        worked(click(cast.wenshui, job, "confirm"))
        click(cast.wenshui, job, "undo")
        Child.objects.filter(name="童一").update(school="第九小学")
        assert worked(job).state == ImportState.DONE
        assert "有 1 处后来的改动，不能撤销" in page(cast.wenshui, job)


@contextmanager
def held(job: ImportJob) -> Iterator[None]:
    """Hold what a worker at the job holds."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"import-job:{job.pk}"])
        yield


@pytest.mark.usefixtures("short_patience")
class TestTending:
    def test_a_job_nobody_is_at_is_sent_again_and_a_fresh_one_is_not(self, cast: Cast) -> None:
        job = uploaded(cast.wenshui, ROWS)
        assert tend() == 0
        with time_machine.travel(timezone.now() + PATIENCE + datetime.timedelta(seconds=1)):
            assert tend() == 1
            assert tend() == 0
        worked(job)
        with time_machine.travel(timezone.now() + datetime.timedelta(days=1)):
            assert tend() == 0

    @pytest.mark.django_db(transaction=True)
    def test_a_job_somebody_is_at_is_left_to_her(self, cast: Cast) -> None:
        job = uploaded(cast.wenshui, ROWS)

        def tended(_: Any) -> tuple[int, str]:
            try:
                work_on(job.pk)
                return tend(), ImportJob.objects.get(pk=job.pk).state
            finally:
                connection.close()

        ImportJob.objects.filter(pk=job.pk).update(queued_at=timezone.now() - PATIENCE * 2)
        with held(job), ThreadPoolExecutor(1) as pool:
            assert pool.submit(tended, None).result() == (0, ImportState.CHECKING)
        assert tend() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("short_patience")
def test_two_clerks_at_once_through_tasks_are_both_right(cast: Cast) -> None:
    """The same children from two files: created once, and each file's own words stand in the end."""
    other = make_user("wenshui2", Role.STAFF, WENSHUI)
    same = [child_row(number, 学校="第一小学") for number in range(4)]
    jobs = [
        worked(uploaded(cast.wenshui, [*same, child_row(10)])),
        worked(uploaded(other, [*same, child_row(11)])),
    ]
    for job, user in zip(jobs, (cast.wenshui, other), strict=True):
        click(user, job, "confirm")

    def work(job: ImportJob) -> None:
        try:
            work_on(job.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, jobs))
    for job in jobs:
        job.refresh_from_db()
    assert [job.state for job in jobs] == [ImportState.DONE] * 2
    assert sorted((job.counts["created"], job.counts["unchanged"]) for job in jobs) == [(1, 4), (5, 0)]
    assert Child.objects.filter(name__startswith="童").count() == 6
    assert Guardian.objects.filter(child__name__startswith="童").count() == 6


class TestRetention:
    BAD = child_row(9, 姓名="")

    def test_rejected_rows_are_given_out_for_seven_days(self, cast: Cast) -> None:
        job = confirmed(cast.wenshui, [*ROWS, self.BAD])
        session = Session(cast.wenshui)
        assert session.get(f"/imports/{job.pk}/rejected.xlsx").status_code == 200
        with time_machine.travel(timezone.now() + datetime.timedelta(days=7, minutes=1)):
            late = Session(cast.wenshui)
            answer = late.get(f"/imports/{job.pk}/rejected.xlsx", follow=True)
            assert "退回行已过下载期限" in answer.content.decode()
            assert "下载退回行" not in answer.content.decode()
            erase_imports()
        job.refresh_from_db()
        assert (job.rejected, job.erased_at) == ("", None)
        assert job.rows()

    def test_the_file_and_all_of_it_is_gone_after_thirty_days(self, cast: Cast) -> None:
        job = confirmed(cast.wenshui, [*ROWS, self.BAD])
        fresh = timezone.now() + datetime.timedelta(days=29)
        with time_machine.travel(fresh):
            erase_imports()
            assert "童零" in page(cast.wenshui, job)
        with time_machine.travel(fresh + datetime.timedelta(days=1, minutes=1)):
            # Not shown any more, whether the task has run or not.
            assert "童零" not in page(cast.wenshui, job)
            assert "上传已满 30 天，文件和逐行结果已清除" in page(cast.wenshui, job)
            erase_imports()
            said = page(cast.wenshui, job)
        assert "上传已满 30 天" in said
        assert "新增 4" in said
        job.refresh_from_db()
        assert (job.content, job.outcome, job.rejected, job.layout) == ("", "", "", "")
        assert job.state == ImportState.DONE
        assert not ImportImage.objects.exists()

    def test_an_import_never_confirmed_is_over_too(self, cast: Cast) -> None:
        job = uploaded(cast.wenshui, ROWS)
        with time_machine.travel(timezone.now() + datetime.timedelta(days=30, minutes=1)):
            assert "确认导入" not in page(cast.wenshui, job)
            assert click(cast.wenshui, job, "confirm").state == ImportState.PREVIEW
            erase_imports()
            job.refresh_from_db()
            assert job.state == ImportState.ABANDONED
            assert "没有确认，名册没有变化" in page(cast.wenshui, job)
        assert not Child.objects.filter(name__startswith="童").exists()
