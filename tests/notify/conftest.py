"""A county whose ways are open, a gateway, and the clock at ten in the morning."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from aixin.notify.models import ChannelSettings, Notice
from tests.cast import WENSHUI, XIJIE, Cast
from tests.notify.servers import Gateway, serving

ZONE = timezone.get_default_timezone()
TEN = datetime.datetime(2026, 11, 18, 10, tzinfo=ZONE)


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    with serving(Gateway()) as server:
        settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_TOKEN = server.url, "a-token"
        yield server


@pytest.fixture
def ten_o_clock() -> Iterator[None]:
    with time_machine.travel(TEN, tick=False):
        yield


@pytest.fixture
def county(ten_o_clock: None, cast: Cast) -> ChannelSettings:
    """文水县 sends SMS; the mothers have their numbers."""
    for user, phone in (
        (cast.mama, "13900000001"),
        (cast.mama2, "13900000002"),
        (cast.wenshui, "13900000003"),
    ):
        user.phone = phone
        user.save()
    type(cast.volunteer).objects.update(phone="", phone_index=None)
    return ChannelSettings.objects.create(region_id=WENSHUI, sms_on=True)


def notice_to(addressee: str, key: str, **changes: Any) -> Notice:
    """Return a notice that names a child, as those of the inbox do."""
    values = {"region_id": XIJIE, "kind": "test", "title": "张小明：已40天没有联系", "link": "/", **changes}
    found: Notice = Notice.objects.create(addressee=addressee, key=key, **values)
    return found
