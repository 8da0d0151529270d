"""大屏 and the dashboard's words: places in turns, the period asked for, what an office that cannot act is not told."""

import html
import re

import pytest
from django.utils import timezone

from reports.board import Row
from reports.periods import Period
from reports.screen_views import PLACES_SHOWN, Turns
from tests.cast import FENGCHENG, WENSHUI, XIJIE, Cast
from tests.conftest import Session
from tests.factories import ChildFactory
from tests.pages import rows_on, text_of
from visits.models import Visit

WALL = "/reports/screen/"


def shown(cast: Cast, who: str, address: str) -> str:
    response = Session(cast.users[who]).get(address)
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.mark.parametrize(
    ("places", "lengths"),
    [(0, [0]), (13, [13]), (14, [14]), (15, [8, 7]), (26, [13, 13]), (33, [11, 11, 11])],
)
def test_places_are_shown_in_turns_of_nearly_equal_length(places: int, lengths: list[int]) -> None:
    rows = [Row(f"第{n}村", []) for n in range(places)]
    turns, found = Turns(rows, ""), []
    for _ in lengths:
        found.append(turns.shown)
        turns = Turns(rows, str(turns.following))
    assert [len(part) for part in found] == lengths
    assert [row for part in found for row in part] == rows
    assert turns.current == 0, "after the last turn comes the first"


@pytest.mark.parametrize("asked", ["2", "-1", "²", "x", "1" * 99])
def test_a_turn_that_is_none_is_the_first(asked: str) -> None:
    assert Turns([Row("村", [])] * (PLACES_SHOWN + 1), asked).current == 0


def next_of(page: str) -> str:
    found = re.search(r'hx-get="\?([^"]*)"', page)
    assert found
    return html.unescape(found[1])


def test_the_screen_turns_by_itself_and_keeps_region_and_period(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.screen_views.PLACES_SHOWN", 1)
    ChildFactory(region_id="141121101200")
    month = Period.containing(timezone.localdate()).key
    first = shown(cast, "city", f"{WALL}?region={WENSHUI}&period={month}")
    assert next_of(first) == f"region={WENSHUI}&period={month}&turn=1"
    second = shown(cast, "city", f"{WALL}?{next_of(first)}")
    assert "第 1 屏" in first
    assert "第 2 屏" in second
    in_table = [re.findall(r'<th scope="row">\s*(\S+?)\s*</th>', page)[0] for page in (first, second)]
    assert in_table[0] != in_table[1]
    # The bars are those of the places in the table.
    assert [in_table[0] in first, in_table[1] in first] == [True, False]


def test_a_screen_without_a_period_moves_on_with_the_month(cast: Cast) -> None:
    assert next_of(shown(cast, "wenshui", WALL)) == ""


def test_the_screen_shows_the_period_asked_for(cast: Cast) -> None:
    last = Period.containing(timezone.localdate()).previous
    text = text_of(shown(cast, "city", f"{WALL}?period={last.key}"))
    assert f"{last.name} · 截至 {last.last.year}年{last.last.month}月{last.last.day}日" in text
    for period in ("2099-01", "x"):
        assert Session(cast.city).get(f"{WALL}?period={period}").status_code == 404


def test_a_change_says_against_what_and_which_way(cast: Cast) -> None:
    ChildFactory(region_id=XIJIE, registered_on=timezone.localdate())
    page = text_of(shown(cast, "wenshui", "/reports/"))
    assert re.search(r"4 人 较上期 \+[1-4] 人", page)
    assert not re.search(r"\d (人|个百分点|次)较上期", page)
    last = Period.containing(timezone.localdate()).previous
    assert "较上期持平" in text_of(shown(cast, "wenshui", f"/reports/?period={last.key}"))


def test_a_village_has_no_empty_box_of_places(cast: Cast) -> None:
    village = text_of(shown(cast, "official", f"/reports/?region={XIJIE}"))
    assert "各地情况" not in village
    assert "各地结对率" not in village
    assert "点上面的数字" not in village
    assert "各地情况" in text_of(shown(cast, "official", f"/reports/?region={FENGCHENG}"))


def test_a_period_before_everything_shows_a_sentence_instead_of_zeros(cast: Cast) -> None:
    page = shown(cast, "wenshui", "/reports/?period=2025-01")
    assert "这一期没有数据" in page
    assert "fact-row" not in page


def test_only_who_can_record_is_told_to(cast: Cast) -> None:
    Visit.objects.all().delete()
    told = {who: "可以补录" in shown(cast, who, "/reports/") for who in ("wenshui", "city", "official")}
    assert told == {"wenshui": True, "city": False, "official": False}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/children/?figure=paired", "已结对 {} 人 · 在册共 3 人"),
        ("/children/?figure=unpaired&category=LEFT_BEHIND", "等待结对、留守儿童 {} 人 · 在册共 3 人"),
        ("/volunteers/?figure=free", "还能结对 {} 人 · 合格在岗共 2 人"),
        ("/pairings/?figure=active", "{} 对 · 已结对共 2 对"),
    ],
)
def test_a_list_says_what_it_shows_and_of_how_many(cast: Cast, address: str, said: str) -> None:
    response = Session(cast.wenshui).get(address)
    assert said.format(rows_on(response)) in text_of(response.content.decode())
    whole = text_of(shown(cast, "wenshui", address.partition("?")[0]))
    assert said.partition("· ")[2] in whole
    assert said.partition("· ")[0].format(rows_on(response)) not in whole
