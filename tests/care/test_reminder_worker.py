"""The reminder as it runs in earnest: beat fires, the worker works, both real, over the real broker."""

import datetime

from celery import current_app
from celery.schedules import crontab
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from aixin.celery import app
from aixin.notify.models import Notice
from care.tasks import send_reminders
from care.telling import KIND
from pairing.models import Pairing
from tests.cast import WENSHUI, Cast, make_cast
from tests.factories import let_remind
from tests.workers import WORKER, Workers, queue, workers
from visits.models import Visit

__all__ = ["queue", "workers"]
TASK = "care.tasks.send_reminders"


def make_late() -> Cast:
    cast = make_cast()
    Visit.objects.update(withdrawn_at=timezone.now())
    Pairing.objects.exclude(pk=cast.pairing.pk).update(started_on=timezone.localdate())
    let_remind(WENSHUI)
    return cast


def told() -> QuerySet[Notice]:
    """Return what volunteers were told: on a working day the offices above have a digest beside it."""
    return Notice.objects.filter(kind=KIND)


def test_beat_holds_the_task_for_every_morning() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["send-reminders"]
    assert entry["task"] == TASK == send_reminders.name
    assert entry["schedule"] == crontab(hour=8, minute=0)
    assert settings.CELERY_TIMEZONE == "Asia/Shanghai"
    app.loader.import_default_modules()
    assert TASK in app.tasks
    assert current_app.conf.task_always_eager is False


def test_a_real_worker_sends_the_reminder_that_the_broker_hands_it(workers: Workers, queue: str) -> None:
    cast = make_late()
    workers.start(*WORKER)
    app.send_task(TASK, queue=queue)
    notice = workers.until(lambda: told().first())
    assert notice.addressee == cast.volunteer.addressee
    app.send_task(TASK, queue=queue)
    app.send_task(TASK, queue=queue)

    def all_taken() -> bool:
        with app.connection_for_read() as broker:
            return broker.default_channel.client.llen(queue) == 0

    workers.until(all_taken)
    assert told().count() == 1


def test_real_beat_and_worker_send_it_by_themselves(workers: Workers, queue: str) -> None:
    cast = make_late()
    often = IntervalSchedule.objects.create(every=1, period=IntervalSchedule.SECONDS)
    PeriodicTask.objects.create(name="at once", task=TASK, interval=often, queue=queue)
    workers.start(*WORKER)
    workers.start("beat", "--loglevel", "WARNING", "--pidfile", "", "--max-interval", "1")
    notice = workers.until(lambda: told().first())
    assert (notice.addressee, notice.title[:3]) == (cast.volunteer.addressee, "张小明")

    daily = workers.until(PeriodicTask.objects.filter(name="send-reminders").first)
    assert (daily.task, daily.enabled) == (TASK, True)
    assert (daily.crontab.hour, daily.crontab.minute) == ("8", "0")
    assert str(daily.crontab.timezone) == "Asia/Shanghai"
    assert datetime.date.fromisoformat(str(cast.pairing.started_on)) < timezone.localdate()
