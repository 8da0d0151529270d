"""What comes of an attempt: taken, refused for good, put off, turned away, lost; against real servers."""

import datetime
from collections.abc import Iterator
from email.utils import format_datetime
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from aixin.notify import transports
from aixin.notify.choices import Audience, Channel, DeliveryState
from aixin.notify.deliveries import back_off, forget_old, send_due
from aixin.notify.digests import plan
from aixin.notify.models import ChannelChoice, ChannelSettings, Delivery
from tests.cast import WENSHUI, Cast
from tests.notify.conftest import TEN, notice_to
from tests.notify.servers import Answer, Gateway, MailServer, serving

INVALID = Answer(body='{"code": "INVALID_NUMBER", "message": "13900000001 is no number"}')


def after(minutes: float) -> Any:
    return time_machine.travel(timezone.now() + datetime.timedelta(minutes=minutes), tick=False)


@pytest.fixture
def planned(county: ChannelSettings, cast: Cast, gateway: Gateway) -> Delivery:
    """One SMS to one volunteer, ready to go."""
    notice_to(cast.volunteer.addressee, "a")
    plan(timezone.now())
    return Delivery.objects.get()


def now(row: Delivery) -> Delivery:
    return Delivery.objects.get(pk=row.pk)


def test_the_gateway_gets_template_parameters_and_reference(
    planned: Delivery, gateway: Gateway, settings: Any
) -> None:
    settings.SMS_TEMPLATES = {"digest_volunteer": "SMS_1001"}
    send_due()
    assert gateway.asked == [
        {
            "phone": "13900000001",
            "text": "您有1件关爱事项待办，请登录爱心结对查看。",
            "template": "SMS_1001",
            "params": {"count": "1"},
            "reference": str(planned.pk),
        }
    ]
    assert (now(planned).state, now(planned).attempts, now(planned).count) == ("SENT", 1, 1)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(status=500), "HTTP 500"),
        (Answer(status=401), "HTTP 401"),
        (Answer(status=302, headers={"Location": "http://127.0.0.1:9/"}), "HTTP 302"),
        (Answer(body="<html>Bad gateway</html>"), "MALFORMED_ANSWER"),
        (Answer(body="[1]"), "MALFORMED_ANSWER"),
        (Answer(body='{"code": "SOMETHING_ELSE"}'), "GATEWAY_ERROR"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_passing_failure_is_tried_again_later_and_later(
    planned: Delivery, gateway: Gateway, answer: Answer, code: str
) -> None:
    gateway.usual = answer
    minutes = 0.0
    for attempt in range(1, 7):
        with after(minutes):
            send_due()
            send_due()
            row = now(planned)
        assert (row.attempts, row.error_code) == (attempt, code)
        minutes += back_off(attempt).total_seconds() / 60
    assert (row.state, row.is_permanent) == (DeliveryState.FAILED, False)
    with after(minutes):
        send_due()
    assert len(gateway.asked) == 6
    assert {body["reference"] for body in gateway.asked} == {str(planned.pk)}


def test_a_wrong_number_fails_for_good_until_it_is_corrected(
    planned: Delivery, gateway: Gateway, cast: Cast
) -> None:
    gateway.answers = [INVALID]
    send_due()
    row = now(planned)
    assert (row.state, row.error_code, row.is_permanent, row.counted_at) == (
        "FAILED",
        "INVALID_NUMBER",
        True,
        None,
    )
    with after(24 * 60):
        notice_to(cast.volunteer.addressee, "b")
        plan(timezone.now())
        assert Delivery.objects.count() == 1, "not again with the same number"
        cast.mama.phone = "13900000009"
        cast.mama.save()
        plan(timezone.now())
        send_due()
    assert gateway.asked[1]["phone"] == "13900000009"


def test_a_wrong_number_is_known_by_its_code_whatever_the_status(planned: Delivery, gateway: Gateway) -> None:
    gateway.answers = [Answer(status=400, body=INVALID.body)]
    send_due()
    assert now(planned).is_permanent


def test_a_gateway_s_own_codes_are_translated(planned: Delivery, gateway: Gateway, settings: Any) -> None:
    settings.SMS_ERROR_CODES = {"isv.MOBILE_NUMBER_ILLEGAL": "INVALID_NUMBER"}
    gateway.answers = [Answer(body='{"code": "isv.MOBILE_NUMBER_ILLEGAL"}')]
    send_due()
    assert now(planned).error_code == "INVALID_NUMBER"


def test_who_has_no_number_is_shown_to_the_county_and_not_asked_for_each_day(
    planned: Delivery, gateway: Gateway, cast: Cast
) -> None:
    cast.mama.phone = ""
    cast.mama.save()
    send_due()
    assert (now(planned).state, now(planned).error_code) == ("FAILED", "NO_NUMBER")
    with after(24 * 60):
        notice_to(cast.volunteer.addressee, "b")
        plan(timezone.now())
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    ("header", "wait"),
    [("90", 90), ("", 60), (format_datetime(TEN + datetime.timedelta(minutes=3)), 180), ("soon", 60)],
)
def test_a_rate_limit_is_kept_by_everybody_and_costs_no_attempt(
    planned: Delivery, gateway: Gateway, cast: Cast, header: str, wait: int
) -> None:
    notice_to(cast.second_volunteer.addressee, "b")
    plan(timezone.now())
    gateway.answers = [Answer(status=429, headers={"Retry-After": header} if header else {})]
    send_due()
    assert len(gateway.asked) == 1, "the second one waits too"
    with after((wait - 1) / 60):
        send_due()
    assert len(gateway.asked) == 1
    with after((wait + 1) / 60):
        send_due()
    assert sorted(body["phone"] for body in gateway.asked[1:]) == ["13900000001", "13900000002"]
    assert set(Delivery.objects.values_list("state", "attempts")) == {("SENT", 1)}


def test_a_gateway_that_does_not_answer_is_not_waited_for_by_everybody(
    planned: Delivery, gateway: Gateway, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transports, "TIMEOUT_SECONDS", 0.2)
    notice_to(cast.second_volunteer.addressee, "b")
    plan(timezone.now())
    gateway.answers = [Answer(held=True)]
    send_due()
    gateway.release.set()
    assert len(gateway.asked) == 1
    tried = Delivery.objects.get(attempts=1)
    assert (tried.state, tried.error_code) == ("WAITING", "ReadTimeout")
    assert tried.counted_at is not None, "it may have left"
    with after(3):
        send_due()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"SENT"}
    assert len(gateway.sent) == 2, "the gateway knows the double by its reference"


def test_a_gateway_that_is_gone_costs_nothing(planned: Delivery, settings: Any) -> None:
    settings.SMS_GATEWAY_URL = "http://127.0.0.1:9/"
    send_due()
    row = now(planned)
    assert (row.state, row.error_code, row.counted_at) == ("WAITING", "ConnectionError", None)


def test_nothing_leaves_beyond_the_month_s_budget(
    county: ChannelSettings, cast: Cast, gateway: Gateway
) -> None:
    ChannelSettings.objects.update(sms_budget=1)
    for number, volunteer in enumerate((cast.volunteer, cast.second_volunteer)):
        notice_to(volunteer.addressee, str(number))
    plan(timezone.now())
    send_due()
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["OVER_BUDGET", "SENT"]
    assert len(gateway.asked) == 1
    with time_machine.travel(TEN + datetime.timedelta(days=13), tick=False):
        notice_to(cast.second_volunteer.addressee, "c")
        plan(timezone.now())
        send_due()
    assert len(gateway.asked) == 2, "a new month"


def test_what_the_gateway_refused_costs_nothing(
    county: ChannelSettings, cast: Cast, gateway: Gateway
) -> None:
    ChannelSettings.objects.update(sms_budget=1)
    for number, volunteer in enumerate((cast.volunteer, cast.second_volunteer)):
        notice_to(volunteer.addressee, str(number))
    plan(timezone.now())
    gateway.answers = [INVALID]
    send_due()
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["FAILED", "SENT"]


def test_old_fates_are_removed(planned: Delivery) -> None:
    Delivery.objects.update(day="2025-01-01")
    assert forget_old() == 1


@pytest.fixture
def group(county: ChannelSettings, cast: Cast, gateway: Gateway, settings: Any) -> Delivery:
    """The county's group in WeCom, about two matters of two people."""
    settings.WECOM_WEBHOOK_URL, settings.SITE_URL = gateway.url, "https://aixin.example"
    ChannelSettings.objects.update(sms_on=False, wecom_on=True, wecom_key="the-key")
    gateway.usual = Answer(body='{"errcode": 0, "errmsg": "ok"}')
    notice_to(cast.volunteer.addressee, "a")
    notice_to(f"user:{cast.wenshui.pk}", "b")
    notice_to("volunteer:999999", "of nobody who serves")
    plan(timezone.now())
    return Delivery.objects.get()


def test_the_group_gets_one_message_a_day(group: Delivery, gateway: Gateway) -> None:
    send_due()
    plan(timezone.now())
    send_due()
    words = "今天有2件关爱事项待办，请大家登录爱心结对，查看自己名下的事项。\nhttps://aixin.example"
    assert gateway.asked == [{"msgtype": "text", "text": {"content": words}}]
    assert gateway.paths == ["/send?key=the-key"]
    assert (group.region_id, group.addressee) == (WENSHUI, f"county:{WENSHUI}")


@pytest.mark.parametrize(
    ("answer", "code", "permanent"),
    [
        ('{"errcode": 93000}', "INVALID_GROUP", True),
        ('{"errcode": 45009}', "RATE_LIMITED", False),
        ('{"errcode": -1}', "GATEWAY_ERROR", False),
        ("null", "MALFORMED_ANSWER", False),
        ("", "MALFORMED_ANSWER", False),
    ],
)
def test_the_group_s_refusals(
    group: Delivery, gateway: Gateway, answer: str, code: str, *, permanent: bool
) -> None:
    gateway.usual = Answer(body=answer)
    send_due()
    assert (now(group).error_code, now(group).is_permanent) == (code, permanent)


def test_the_group_s_key_stands_in_no_log(
    group: Delivery, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.WECOM_WEBHOOK_URL = "http://127.0.0.1:9/"
    send_due()
    assert now(group).error_code == "ConnectionError"
    assert "the-key" not in caplog.text
    assert str(group.pk) in caplog.text


@pytest.fixture
def post_office(settings: Any) -> Iterator[MailServer]:
    with serving(MailServer()) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_SSL = "127.0.0.1", server.port, False
        settings.DEFAULT_FROM_EMAIL, settings.SITE_URL = "爱心结对 <a@aixin.example>", "https://aixin.example"
        yield server


@pytest.fixture
def mail(county: ChannelSettings, cast: Cast, post_office: MailServer) -> Delivery:
    ChannelSettings.objects.update(sms_on=False, email_on=True)
    ChannelChoice.objects.create(user=cast.mama, email="mama@example.com")
    notice_to(cast.volunteer.addressee, "a")
    notice_to(cast.second_volunteer.addressee, "she has given no address")
    plan(timezone.now())
    return Delivery.objects.get()


def test_a_mail_reaches_its_server(mail: Delivery, post_office: MailServer) -> None:
    send_due()
    assert (now(mail).state, now(mail).kind) == ("SENT", Audience.VOLUNTEER)
    (text,) = post_office.mails
    assert "To: mama@example.com" in text
    assert f"Message-ID: <{mail.pk}@aixin.example>" in text


@pytest.mark.parametrize(
    ("reply", "code", "permanent"),
    [
        ("550 no such user", "INVALID_MAILBOX", True),
        ("450 mailbox busy", "SMTP 450", False),
        ("535 log in first", "SMTP 535", False),
    ],
)
def test_a_refused_recipient(
    mail: Delivery, post_office: MailServer, reply: str, code: str, *, permanent: bool
) -> None:
    post_office.reply_to_recipient = reply
    send_due()
    assert (now(mail).error_code, now(mail).is_permanent) == (code, permanent)


def test_a_mail_server_that_is_gone_is_for_later(mail: Delivery, settings: Any) -> None:
    settings.EMAIL_PORT = 9
    send_due()
    assert (now(mail).state, now(mail).error_code) == ("WAITING", "ConnectionRefusedError")


def test_a_way_that_the_deployment_does_not_have_sends_nothing(
    planned: Delivery, gateway: Gateway, settings: Any
) -> None:
    settings.SMS_GATEWAY_URL, settings.LOCAL_OUTBOX = "", False
    send_due()
    assert now(planned).attempts == 0
    assert Channel.SMS in ChannelSettings.objects.get().channels
