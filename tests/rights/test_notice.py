"""The public notice: everybody may read it, and finds it where she is."""

from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast
from tests.conftest import Session

pytestmark = pytest.mark.django_db


def test_it_says_what_the_law_asks_for_to_anybody(settings: Any) -> None:
    settings.PRIVACY_CONTACT_PHONE, settings.RETENTION_YEARS_AFTER_LEAVING = "0358-1112222", 4
    page = Client().get("/privacy/").content.decode()
    for word in (
        "为什么收集",
        "收集什么",
        "存在哪里",
        "存多久",
        "谁能看到",
        "您的权利",
        "不同意会怎样",
        "投诉",
    ):
        assert word in page
    assert "0358-1112222" in page
    assert "满 4 年删除" in page


def test_it_is_linked_before_the_door_and_from_the_account(cast: Cast) -> None:
    assert 'href="/privacy/"' in Client().get("/accounts/login/").content.decode()
    for who in ("wenshui", "mama", "official"):
        assert 'href="/privacy/"' in Session(cast.users[who]).get("/account/").content.decode()
