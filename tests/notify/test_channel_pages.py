"""The county decides what leaves and sees what became of it; a person mutes a way, never the inbox."""

import datetime
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from aixin.access.erasure import close_account
from aixin.audit.models import Entry
from aixin.notify.choices import Channel, DeliveryState
from aixin.notify.deliveries import send_due
from aixin.notify.digests import plan
from aixin.notify.models import ChannelChoice, ChannelSettings, Delivery
from tests.cast import WENSHUI, XINGXIAN, Cast
from tests.conftest import Session
from tests.notify.conftest import TEN, notice_to
from tests.notify.servers import Answer, Gateway
from tests.pages import text_of

URL, AGAIN, MINE = "/messages/channels/", "/messages/channels/again/", "/inbox/channels/"
KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
ROBOT = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"
TYPED = {"sms_on": "on", "sms_budget": "500", "quiet_from": "20:30", "quiet_until": "08:30"}


def settings_of(code: str = WENSHUI) -> ChannelSettings:
    return ChannelSettings.objects.get(region=code)


def test_a_county_opens_its_ways(cast: Cast) -> None:
    body = {**TYPED, "wecom_on": "on", "wecom_address": f" {ROBOT} "}
    assert Session(cast.wenshui).post(URL, body).status_code == 302
    row = settings_of()
    assert (row.channels, row.sms_budget) == ([Channel.SMS, Channel.WECOM], 500)
    assert (row.quiet_from, row.quiet_until) == (datetime.time(20, 30), datetime.time(8, 30))
    assert row.wecom_key == KEY
    page = Session(cast.wenshui).get(URL).content.decode()
    assert KEY not in page
    assert "已设置；要换才填。" in page
    Session(cast.wenshui).post(URL, {**TYPED, "wecom_on": "on"})
    assert settings_of().wecom_key == KEY, "left blank, it stays"
    assert KEY not in " ".join(str(entry.detail) for entry in Entry.objects.all())


ELSEWHERE = (
    "http://127.0.0.1:6379/?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa",
    ROBOT.replace("https", "http"),
    ROBOT.replace("qyapi.weixin.qq.com", "qyapi.weixin.qq.com.example.com"),
    ROBOT.replace("qyapi.weixin.qq.com", "qyapi.weixin.qq.com@example.com"),
    f"{ROBOT}&to=x",
    f"{ROBOT}\nhttps://example.com",
    "",
)


def test_no_other_address_is_ever_called(cast: Cast) -> None:
    client = Session(cast.wenshui)
    for address in ELSEWHERE:
        page = client.post(URL, {**TYPED, "wecom_on": "on", "wecom_address": address})
        assert page.status_code == 200, address
        assert "群机器人" in page.content.decode()
    assert not ChannelSettings.objects.exists()


def test_a_way_that_the_deployment_lacks_cannot_be_opened(cast: Cast, settings: Any) -> None:
    settings.LOCAL_OUTBOX = False
    assert "本系统还没有接通" in Session(cast.wenshui).get(URL).content.decode()
    Session(cast.wenshui).post(URL, TYPED)
    assert settings_of().channels == []


@pytest.mark.parametrize(
    ("who", "status"), [("city", 403), ("fengcheng", 403), ("mama", 403), ("official", 403)]
)
def test_nobody_else_decides_for_a_county(cast: Cast, who: str, status: int) -> None:
    assert Session(cast.users[who]).post(URL, TYPED).status_code == status
    assert Session(cast.users[who]).post(AGAIN, {"what": "failed"}).status_code == status
    assert not ChannelSettings.objects.exists()


def test_each_county_has_its_own(cast: Cast) -> None:
    Session(cast.wenshui).post(URL, TYPED)
    Session(cast.xingxian).post(URL, {**TYPED, "sms_budget": "7"})
    assert (settings_of().sms_budget, settings_of(XINGXIAN).sms_budget) == (500, 7)


@pytest.fixture
def failed(county: ChannelSettings, cast: Cast, gateway: Gateway) -> Delivery:
    gateway.answers = [Answer(body='{"code": "INVALID_NUMBER"}')]
    notice_to(cast.volunteer.addressee, "a")
    plan(timezone.now())
    send_due()
    return Delivery.objects.get()


def test_who_was_not_reached_stands_there_with_what_to_do(failed: Delivery, cast: Cast) -> None:
    page = Session(cast.wenshui).get(URL).content.decode()
    shown = text_of(page)
    for words in ("mama姓名", "139****0001", "号码空号或停机", "请核对手机号", "短信还剩 1,000 条"):
        assert words in shown
    assert "13900000001" not in page
    assert f"/volunteers/{cast.volunteer.pk}/edit/" in page
    assert "号码空号" not in Session(cast.xingxian).get(URL).content.decode()


def test_one_who_was_reached_later_stands_there_no_more(failed: Delivery, cast: Cast) -> None:
    Delivery.objects.create(
        region_id=WENSHUI, channel="SMS", addressee=failed.addressee, kind="VOLUNTEER", state="SENT",
        day=failed.day + datetime.timedelta(days=1),
    )  # fmt: skip
    assert "都发出去了" in Session(cast.wenshui).get(URL).content.decode()


def test_again_sends_today_s_at_once(failed: Delivery, cast: Cast, gateway: Gateway) -> None:
    for stranger in (cast.xingxian, cast.outsider):
        Session(stranger).post(AGAIN, {"what": str(failed.pk)})
    assert Delivery.objects.get().state == DeliveryState.FAILED
    Session(cast.wenshui).post(AGAIN, {"what": str(failed.pk)})
    Session(cast.wenshui).post(AGAIN, {"what": str(failed.pk)})
    send_due()
    assert (len(gateway.asked), Delivery.objects.get().state) == (2, DeliveryState.SENT)


def test_again_lets_an_earlier_day_s_be_planned_anew(failed: Delivery, cast: Cast, gateway: Gateway) -> None:
    with time_machine.travel(TEN + datetime.timedelta(days=1), tick=False):
        plan(timezone.now())
        assert Delivery.objects.count() == 1
        Session(cast.wenshui).post(AGAIN, {"what": "failed"})
        plan(timezone.now())
        send_due()
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["EXPIRED", "SENT"]


def test_again_with_nothing_to_send_says_so(cast: Cast) -> None:
    client = Session(cast.wenshui)
    for what in ("", "x", "²", "failed", "over_budget", "00000000-0000-0000-0000-000000000000"):
        assert "没有要重发的。" in client.post(AGAIN, {"what": what}, follow=True).content.decode(), what


def test_a_used_up_month_is_said_and_sent_once_there_is_more(
    county: ChannelSettings, cast: Cast, gateway: Gateway
) -> None:
    ChannelSettings.objects.update(sms_budget=0)
    notice_to(cast.volunteer.addressee, "a")
    plan(timezone.now())
    send_due()
    assert "有 1 条短信因为条数用完没有发" in text_of(Session(cast.wenshui).get(URL).content.decode())
    ChannelSettings.objects.update(sms_budget=5)
    Session(cast.wenshui).post(AGAIN, {"what": "over_budget"})
    send_due()
    assert len(gateway.asked) == 1


def test_the_city_reads_how_its_counties_fare(failed: Delivery, cast: Cast) -> None:
    page = text_of(Session(cast.city).get(URL).content.decode())
    assert "文水县" in page
    assert "mama" not in page
    assert "小店区" not in page


@pytest.mark.parametrize("who", ["mama", "wenshui", "fengcheng", "city"])
def test_a_person_mutes_a_way_for_herself(cast: Cast, who: str) -> None:
    body = {"sms": "off", "mail": "on", "email": "a@example.com", "user": cast.mama2.pk}
    client = Session(cast.users[who])
    assert client.post(MINE, body).status_code == 302
    choice = ChannelChoice.objects.get()
    assert (choice.user, choice.muted, choice.email) == (cast.users[who], [Channel.SMS], "a@example.com")
    assert "a@example.com" in client.get(MINE).content.decode()
    assert "始终接收" in client.get(MINE).content.decode()
    client.post(MINE, {**body, "sms": "on"})
    assert ChannelChoice.objects.get().muted == []


def test_an_empty_body_changes_nothing(cast: Cast) -> None:
    assert "请选一项。" in Session(cast.mama).post(MINE, {}).content.decode()
    Session(cast.wenshui).post(URL, {})
    assert not ChannelChoice.objects.exists()
    assert not ChannelSettings.objects.exists()


def test_an_erased_person_s_messages_go_with_her(failed: Delivery, cast: Cast) -> None:
    from_erasure = type(cast.mama).objects.get(pk=cast.mama.pk)
    ChannelChoice.objects.create(user=cast.mama, email="a@example.com")
    close_account(from_erasure)
    assert not Delivery.objects.exists()
    assert not ChannelChoice.objects.exists()
