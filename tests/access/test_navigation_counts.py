"""The counts in the navigation: one's own doings show at once, and nobody sees another's."""

import re

from django.test import Client

from tests.cast import XIJIE, XINGXIAN_VILLAGE, Cast
from tests.conftest import Session
from tests.factories import ChildFactory


def children_counted(client: Client) -> str:
    page = client.get("/account/").content.decode()
    found = re.search(r'href="/children/"[^>]*>(.*?)</a>', page, re.DOTALL)
    assert found
    return re.sub(r"<[^>]+>|\s|儿童", "", found[1])


def registers(client: Client) -> None:
    body = {
        "name": "郑小新", "region": XIJIE, "birth": "2015-06-01", "category": "LEFT_BEHIND", "consent": "GIVEN",
        "guardian_name": "郑奶奶", "guardian_relation": "祖母", "guardian_phone": "13912345678", "sex": "F",
    }  # fmt: skip
    assert client.post("/children/new/", body).status_code == 302


def test_what_she_has_done_is_counted_on_the_next_page(cast: Cast) -> None:
    client = Session(cast.fengcheng)
    before = int(children_counted(client))
    registers(client)
    assert int(children_counted(client)) == before + 1


def test_what_others_have_done_is_counted_seconds_later(cast: Cast, settings: object) -> None:
    client = Session(cast.fengcheng)
    before = int(children_counted(client))
    ChildFactory(region_id=XIJIE)
    assert int(children_counted(client)) == before
    settings.NAVIGATION_COUNTS_SECONDS = 0  # type: ignore[attr-defined]
    client.post("/account/stay/")
    assert int(children_counted(client)) == before + 1


def test_each_sees_her_own_counts(cast: Cast) -> None:
    ChildFactory.create_batch(2, region_id=XINGXIAN_VILLAGE)
    found = [children_counted(Session(user)) for user in (cast.xingxian, cast.fengcheng, cast.city)]
    assert found == ["3", "2", "6"]


def test_asking_by_post_counts_nothing_anew(cast: Cast) -> None:
    client = Session(cast.fengcheng)
    before = children_counted(client)
    ChildFactory(region_id=XIJIE)
    client.post("/search/", {"q": "没有这个人"})
    assert children_counted(client) == before
