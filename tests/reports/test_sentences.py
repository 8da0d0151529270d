"""Sentences made of figures: right units, 增加 or 减少, nothing said of what is not known."""

import datetime
import re
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports import sentences
from reports.periods import Kind, Period
from reports.sentences import FEW, amount, changed, opening_sentences, told, whole_of

OCTOBER = Period.parse("2026-10")


@dataclass
class Given:
    """Figures by hand."""

    totals: dict[str, Any]
    period: Period = OCTOBER
    as_of: datetime.date = OCTOBER.last
    region: Any = field(default_factory=lambda: SimpleNamespace(name="吕梁市", code="1411"))


def compared(now: dict[str, Any], before: dict[str, Any], year_ago: dict[str, Any] | None = None) -> Any:
    return SimpleNamespace(now=Given(now), before=Given(before), year_ago=Given(year_ago or {}))


NOW = {
    "volunteers": 2845, "registered": 1488, "eligible": 1412, "paired": 1290, "unpaired": 122, "coverage": 91.4,
    "visits": 352, "visited": 300,
}  # fmt: skip
BEFORE = {**NOW, "volunteers": 2840, "registered": 1490, "coverage": 90.2, "visits": 352}


def test_a_report_opens_with_three_sentences() -> None:
    assert opening_sentences(compared(NOW, BEFORE, {"visits": 340})) == [
        "截至2026年10月31日，全市共有爱心妈妈2845名，比上月增加5名；在册儿童1488名，比上月减少2名。",
        "应结对儿童1412名，已结对1290名，与上月持平；结对率91.4%，比上月提高1.2个百分点；应结未结122名。",
        "2026年10月，走访352次，与上月持平，比去年同期增加12次，看望儿童300名。",
    ]


def test_everybody_paired_is_said_so() -> None:
    said = opening_sentences(compared({"paired": 5, "eligible": 5, "unpaired": 0, "coverage": 100.0}, {}))
    assert said == ["应结对儿童5名，已结对5名；结对率100.0%，应结尽结。"]


def test_rates_and_their_changes_keep_one_decimal() -> None:
    of = told(compared({**NOW, "coverage": 64.0}, {**BEFORE, "coverage": 38.0}))
    assert "结对率64.0%，比上月提高26.0个百分点" in sentences.opening(of)[1]


def test_a_period_without_anything_has_no_data_and_no_praise() -> None:
    nothing = dict.fromkeys(NOW, 0) | {"coverage": None}
    assert opening_sentences(compared(nothing, nothing)) == ["这一期没有数据。"]
    of = told(compared({**nothing, "volunteers": 3}, nothing))
    assert "应结尽结" not in "".join([*sentences.opening(of), *sentences.places(of, [])])


def test_nothing_is_said_of_what_is_not_there() -> None:
    of = told(compared({}, {}))
    assert opening_sentences(compared({}, {})) == []
    for chapter in (
        sentences.overview,
        sentences.care,
        sentences.clear_and_visited,
        sentences.matters,
        sentences.supervision,
    ):
        assert chapter(of) == []
    assert sentences.structure(of, []) == []


def test_a_running_period_says_until_when() -> None:
    one = compared(NOW, BEFORE)
    one.now.as_of = datetime.date(2026, 10, 12)
    assert opening_sentences(one)[2] == "2026年10月（截至10月12日），走访352次，看望儿童300名。"


def test_a_year_is_compared_once() -> None:
    one = compared(NOW, {**NOW, "visits": 300}, {"visits": 300})
    one.now.period = Period.parse("2025")
    one.now.as_of = one.now.period.last
    assert opening_sentences(one)[2] == "2025年，走访352次，比上年增加52次，看望儿童300名。"


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("山西省", "全省"), ("广西壮族自治区", "全区"), ("吕梁市", "全市"), ("文水县", "全县"), ("离石区", "全区"),
        ("凤城镇", "全镇"), ("滨河街道", "全街道"), ("云周村", "云周村"),
    ],
)  # fmt: skip
def test_all_of_a_region_has_its_word(name: str, whole: str) -> None:
    assert whole_of(name) == whole


def test_few_are_not_told_and_not_compared() -> None:
    """Neither now nor by the difference to what is known (DOMAIN section 6)."""
    assert amount(FEW, "名") == ""
    assert changed(FEW, 7, "名") == changed(7, FEW, "名") == ""
    of = told(compared({"unpaired": FEW}, {}))
    assert sentences.places(of, [("兴县", FEW), ("文水县", 0)]) == ["各地应结未结的情况，为保护隐私不列。"]
    assert sentences.places(of, [("兴县", FEW), ("文水县", 9)]) == [
        "还有应结未结的是文水县9名，其余为保护隐私不列。"
    ]


def test_where_children_wait() -> None:
    of = told(compared(NOW, BEFORE))
    many = [("文水县", 9), ("兴县", 3), ("临县", 30), ("柳林县", 0), ("石楼县", 7)]
    assert sentences.places(of, many) == ["应结未结较多的是临县30名、文水县9名、石楼县7名。"]
    assert sentences.places(of, many[:2]) == ["还有应结未结的是文水县9名、兴县3名。"]


KEYS = [
    "volunteers",
    "registered",
    "eligible",
    "paired",
    "unpaired",
    "pairings",
    "visits",
    "visited",
    "contacts",
    "households",
    "entered",
    "left",
    "paired_new",
    "pairings_ended",
    "volunteers_new",
    "volunteers_gone",
    "volunteers_paired",
    "idle_capacity",
    "never_visited",
    "overdue",
    "clear",
    "duties_due",
    "duties_done",
    "duties_overdue",
    "concerns_raised",
    "concerns_closed",
    "findings_open",
    "findings_closed",
    "findings_overdue",
]
RATES = ("coverage", "agreement_rate", "clearance_rate", "visited_rate", "clear_rate", "on_time_rate")
COUNTS = st.sampled_from([None, FEW, 0, 1, 5, 1488, 36_000])
PERCENT = st.sampled_from([None, 0.0, 0.1, 91.4, 99.9, 100.0])
TOTALS = st.fixed_dictionaries({**dict.fromkeys(KEYS, COUNTS), **dict.fromkeys(RATES, PERCENT)})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(now=TOTALS, before=TOTALS, year_ago=TOTALS, kind=st.sampled_from(Kind))
def test_whatever_the_figures_sentences_are_sound(now: Any, before: Any, year_ago: Any, kind: Kind) -> None:
    one = compared(now, before, year_ago)
    one.now.period = Period.containing(datetime.date(2025, 5, 1), kind)
    of = told(one)
    said = [
        *opening_sentences(one), *sentences.overview(of), *sentences.care(of), *sentences.clear_and_visited(of),
        *sentences.matters(of), *sentences.supervision(of), *sentences.structure(of, [("孤儿", now.get("paired"))]),
        *sentences.places(of, [("甲县", now.get("unpaired")), ("乙县", before.get("unpaired"))]),
    ]  # fmt: skip
    for sentence in said:
        assert sentence.endswith("。")
        assert "None" not in sentence
        assert "<" not in sentence
        assert not re.search(r"(增加|减少|提高|下降)(-|0(?![.\d])|0\.0)", sentence), sentence
        assert not re.search(r"-\d|，，|，。|；。|。。|，；", sentence), sentence
        assert not re.search(r"\d\.\d{2,}", sentence), sentence


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_change_adds_up(now: int, before: int) -> None:
    said = changed(now, before, "名")
    if now == before:
        assert said == "持平"
    else:
        assert int(re.sub(r"\D", "", said)) == abs(now - before)
        assert said.startswith("增加" if now > before else "减少")
