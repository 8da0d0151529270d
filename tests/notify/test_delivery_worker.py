"""A worker killed in mid-send, in earnest: the message goes out again, and the gateway drops the double."""

import datetime
import subprocess
import sys

from django.utils import timezone

from aixin.notify.deliveries import send_due
from aixin.notify.models import ChannelSettings, Delivery
from tests.cast import WENSHUI, make_cast
from tests.notify.conftest import gateway, notice_to
from tests.notify.servers import Answer, Gateway
from tests.workers import Workers, queue, workers

__all__ = ["gateway", "queue", "workers"]
# What the worker does, in a process of its own, without the seconds that Celery takes to start.
SEND = "import django; django.setup(); from aixin.notify.tasks import tend_deliveries; tend_deliveries()"


def test_a_killed_worker_s_message_is_sent_once(workers: Workers, gateway: Gateway) -> None:
    cast = make_cast()
    cast.mama.phone = "13900000001"
    cast.mama.save()
    # Not quiet at any hour: the worker's clock is the real one.
    never = datetime.time(0)
    ChannelSettings.objects.create(region_id=WENSHUI, sms_on=True, quiet_from=never, quiet_until=never)
    notice_to(cast.volunteer.addressee, "a")
    today = timezone.localdate()
    row = Delivery.objects.create(
        region_id=WENSHUI, channel="SMS", addressee=f"user:{cast.mama.pk}", kind="VOLUNTEER", day=today
    )
    gateway.answers = [Answer(body='{"code": "OK"}', held=True)]
    workers.environment["SMS_GATEWAY_URL"] = gateway.url
    process = subprocess.Popen([sys.executable, "-c", SEND], env=workers.environment)
    workers.until(lambda: gateway.asked)
    process.kill()
    process.wait()
    gateway.release.set()
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("WAITING", 1)
    send_due()
    assert len(gateway.asked) == 1, "its lease is not over"

    Delivery.objects.update(next_try_at=timezone.now(), day=timezone.localdate())
    send_due()
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("SENT", 2)
    assert [body["reference"] for body in gateway.asked] == [str(row.pk)] * 2
    assert list(gateway.sent) == [str(row.pk)]
