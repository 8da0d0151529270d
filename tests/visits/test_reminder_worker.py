"""The reminder as it runs in earnest: beat fires, the worker works, both real, over the real broker."""

import datetime
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from celery.schedules import crontab
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from aixin.celery import app
from aixin.notify.models import Notice
from pairing.models import Pairing
from tests.cast import Cast, make_cast
from visits.models import Visit
from visits.tasks import send_reminders

TASK = "visits.tasks.send_reminders"
DEADLINE = 60.0
ROOT = Path(__file__).parent.parent.parent


def until(what: Callable[[], Any], processes: list[subprocess.Popen[bytes]], said: Path) -> Any:
    """Return what the question answers as soon as it is something; fail at the deadline or when a process dies."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        if answer := what():
            return answer
        for process in processes:
            with suppress(subprocess.TimeoutExpired):
                code = process.wait(timeout=0.2)
                pytest.fail(f"{process.args} ended with {code}:\n{said.read_text()}")
    return pytest.fail(f"nothing within {DEADLINE:.0f} s:\n{said.read_text()}")


@pytest.fixture
def queue() -> Iterator[str]:
    """A queue of this test's own in the broker, gone afterwards."""
    name = f"test-{os.getpid()}"
    yield name
    with app.connection_for_write() as broker:
        broker.default_channel.queue_delete(name)


@pytest.fixture
def celery(queue: str, tmp_path: Path, transactional_db: None) -> Iterator[Callable[..., None]]:
    """A way to start `celery -A aixin …` beside the test, on its database and queue; all end with the test."""
    environment = {
        **os.environ,
        "DATABASE_URL": os.environ["DATABASE_URL"].rpartition("/")[0]
        + "/"
        + connection.settings_dict["NAME"],
        "DJANGO_SETTINGS_MODULE": "aixin.settings.test",
    }
    started: list[subprocess.Popen[bytes]] = []
    said = tmp_path / "said.txt"

    def start(*arguments: str) -> None:
        command = [sys.executable, "-m", "celery", "-A", "aixin", *arguments]
        with said.open("ab") as log:
            started.append(
                subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
            )

    start.until = lambda what: until(what, started, said)  # type: ignore[attr-defined]
    yield start
    for process in started:
        process.terminate()
    for process in started:
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def make_late() -> Cast:
    cast = make_cast()
    Visit.objects.update(withdrawn_at=timezone.now())
    Pairing.objects.exclude(pk=cast.pairing.pk).update(started_on=timezone.localdate())
    return cast


def test_beat_holds_the_task_for_every_morning() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["send-reminders"]
    assert entry["task"] == TASK == send_reminders.name
    assert entry["schedule"] == crontab(hour=8, minute=0)
    assert settings.CELERY_TIMEZONE == "Asia/Shanghai"
    app.loader.import_default_modules()
    assert TASK in app.tasks
    assert current_app.conf.task_always_eager is False


def test_a_real_worker_sends_the_reminder_that_the_broker_hands_it(
    celery: Callable[..., None], queue: str
) -> None:
    cast = make_late()
    celery(
        "worker",
        "--pool",
        "solo",
        "--queues",
        queue,
        "--loglevel",
        "WARNING",
        "--without-mingle",
        "--without-gossip",
    )
    app.send_task(TASK, queue=queue)
    notice = celery.until(Notice.objects.first)  # type: ignore[attr-defined]
    assert notice.addressee == cast.volunteer.addressee
    app.send_task(TASK, queue=queue)
    app.send_task(TASK, queue=queue)

    def all_taken() -> bool:
        with app.connection_for_read() as broker:
            return broker.default_channel.client.llen(queue) == 0

    celery.until(all_taken)  # type: ignore[attr-defined]
    assert Notice.objects.count() == 1


def test_real_beat_and_worker_send_it_by_themselves(celery: Callable[..., None], queue: str) -> None:
    cast = make_late()
    often = IntervalSchedule.objects.create(every=1, period=IntervalSchedule.SECONDS)
    PeriodicTask.objects.create(name="at once", task=TASK, interval=often, queue=queue)
    celery(
        "worker",
        "--pool",
        "solo",
        "--queues",
        queue,
        "--loglevel",
        "WARNING",
        "--without-mingle",
        "--without-gossip",
    )
    celery("beat", "--loglevel", "WARNING", "--pidfile", "", "--max-interval", "1")
    notice = celery.until(Notice.objects.first)  # type: ignore[attr-defined]
    assert (notice.addressee, notice.title[:3]) == (cast.volunteer.addressee, "张小明")

    daily = celery.until(PeriodicTask.objects.filter(name="send-reminders").first)  # type: ignore[attr-defined]
    assert (daily.task, daily.enabled) == (TASK, True)
    assert (daily.crontab.hour, daily.crontab.minute) == ("8", "0")
    assert str(daily.crontab.timezone) == "Asia/Shanghai"
    assert datetime.date.fromisoformat(str(cast.pairing.started_on)) < timezone.localdate()
