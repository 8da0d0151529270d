"""SMS go through an outbox to a gateway over HTTP; a dead gateway loses nothing and doubles nothing."""

import datetime
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from aixin.access.scope import NOTHING, opened, scope_of
from aixin.notify.models import Sms, SmsState
from aixin.notify.services import post_sms
from aixin.notify.tasks import send_sms, tend_outbox
from tests.cast import Cast
from tests.conftest import Session

pytestmark = pytest.mark.django_db
PHONE = "13912345601"


class Gateway(ThreadingHTTPServer):
    """A gateway on this machine that keeps what it took and answers as told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.taken: list[dict[str, Any]] = []
        self.tokens: list[str] = []
        self.status = 200


class Handler(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.tokens.append(self.headers["Authorization"])
        if self.server.status == 200:
            self.server.taken.append(json.loads(body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    server = Gateway()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.SMS_GATEWAY_URL = f"http://127.0.0.1:{server.server_port}/send"
    settings.SMS_GATEWAY_TOKEN = "a-token"
    yield server
    server.shutdown()
    server.server_close()


def posted(**changes: Any) -> Sms:
    until = timezone.now() + datetime.timedelta(minutes=5)
    return post_sms("login_code", PHONE, "验证码 123456", changes.pop("expires_at", until), **changes)


def now(sms: Sms) -> Sms:
    return Sms.objects.get(pk=sms.pk)


def test_a_message_reaches_the_gateway_once(gateway: Gateway) -> None:
    sms = posted()
    send_sms(str(sms.pk))
    send_sms(str(sms.pk))
    tend_outbox()
    assert gateway.taken == [{"phone": PHONE, "text": "验证码 123456"}]
    assert gateway.tokens == ["Bearer a-token"]
    assert (now(sms).state, now(sms).attempts) == (SmsState.SENT, 1)


def test_a_refusing_gateway_is_asked_again_later(gateway: Gateway) -> None:
    sms = posted()
    gateway.status = 503
    send_sms(str(sms.pk))
    assert (now(sms).state, now(sms).error) == (SmsState.WAITING, "HTTP 503")
    gateway.status = 200
    tend_outbox()
    assert gateway.taken == [], "not at once"
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=61)):
        tend_outbox()
    assert len(gateway.taken) == 1
    assert now(sms).state == SmsState.SENT


def test_a_gateway_that_is_gone_leaves_the_error_to_be_seen(settings: Any) -> None:
    settings.SMS_GATEWAY_URL = "http://127.0.0.1:9/"
    sms = posted()
    send_sms(str(sms.pk))
    assert (now(sms).state, now(sms).error) == (SmsState.WAITING, "ConnectionError")


def test_after_five_attempts_it_has_failed(gateway: Gateway) -> None:
    gateway.status = 500
    sms = posted(expires_at=timezone.now() + datetime.timedelta(hours=1))
    start = timezone.now()
    for minute in range(0, 12, 2):
        with time_machine.travel(start + datetime.timedelta(minutes=minute)):
            tend_outbox()
    assert (now(sms).state, now(sms).attempts) == (SmsState.FAILED, 5)


def test_a_redirect_is_not_followed_with_the_number(gateway: Gateway) -> None:
    gateway.status = 302
    sms = posted()
    send_sms(str(sms.pk))
    assert now(sms).error == "HTTP 302"


def test_a_message_past_its_time_never_goes_out_and_is_forgotten(gateway: Gateway) -> None:
    sms = posted(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    send_sms(str(sms.pk))
    tend_outbox()
    assert gateway.taken == []
    found = now(sms)
    assert (found.state, found.phone, found.text) == (SmsState.EXPIRED, "", "")


def test_a_sent_message_is_forgotten_once_it_has_expired(gateway: Gateway) -> None:
    sms = posted()
    tend_outbox()
    assert now(sms).text
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=6)):
        tend_outbox()
    assert (now(sms).state, now(sms).phone, now(sms).text) == (SmsState.SENT, "", "")


def test_a_withheld_message_never_goes_out(gateway: Gateway) -> None:
    sms = posted(withheld=True)
    send_sms(str(sms.pk))
    tend_outbox()
    assert gateway.taken == []


def test_nobody_but_the_worker_reads_the_outbox(cast: Cast) -> None:
    posted()
    for scope in (NOTHING, *(scope_of(user) for user in cast.users.values())):
        with opened(scope):
            assert not Sms.objects.exists()


def test_the_local_outbox_is_no_page_of_production(client: Client, settings: Any) -> None:
    posted()
    assert "验证码 123456" in client.get("/accounts/outbox/").content.decode()
    settings.LOCAL_OUTBOX = False
    assert client.get("/accounts/outbox/").status_code == 404


def test_the_system_administrator_sees_fates_only(cast: Cast) -> None:
    posted()
    page = Session(cast.sysadmin).get("/inbox/outbox/").content.decode()
    assert "待发送" in page
    assert PHONE not in page
    assert "123456" not in page
