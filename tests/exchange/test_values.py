"""What cells say: names, IDs, dates, phones, words."""

# ruff: noqa: E501, DTZ001, PT017 — tables of cases read better in rows, and a Chinese character counts as two

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aixin.exchange.reading import values
from aixin.exchange.reading.model import Cell
from aixin.exchange.reading.values import Grade, ValueFault

from .layouts import idno as make_idno
from .layouts import random

GOOD = "141121201406298485"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""), (" a　b\n c ", "a b c"), ("'0358", "0358"), ('="0358"', "0358"), ("=1+1", "=1+1"), ("@a", "@a"), ("-x", "-x"), ("+x", "+x"),
        ("（低保）Ａ１：", "（低保）A1："), ("\ufeff张\u200b三\x07", "张三"), (3.0, "3"), (3.5, "3.5"), (True, "是"), (12, "12"),
        (dt.date(2014, 6, 9), "2014-06-09"), (dt.datetime(2014, 6, 9), "2014-06-09"), ("𠮷䶮﨑", "𠮷䶮﨑"),
    ],
)  # fmt: skip
def test_clean_text(cell: Cell | None, text: str) -> None:
    assert values.clean_text(cell) == text


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("田　建", "田建"), (" 闫小 ", "闫小"), ("欧阳 娜 娜", "欧阳娜娜"), ("阿依古丽•买买提", "阿依古丽·买买提"), ("阿依 ・ 买买提", "阿依·买买提"),
        ("阿依．买买提", "阿依·买买提"), ("John Smith", "John Smith"), ("𠮷　䶮", "𠮷䶮"), ("張﨑", "張﨑"), ("同上", ""), ("/", ""), (None, ""),
    ],
)  # fmt: skip
def test_clean_name(cell: Cell | None, name: str) -> None:
    assert values.clean_name(cell) == name


@pytest.mark.parametrize(
    "cell",
    [
        GOOD, f" {GOOD} ", "141121 20140629 8485", "１４１１２１２０１４０６２９８４８５", f"'{GOOD}", f'="{GOOD}"', "141121-20140629-8485",
        f"{GOOD}\t", f"\u200b{GOOD}", "1411 2120 1406 2984 85",
    ],
)  # fmt: skip
def test_an_id_in_any_notation(cell: str) -> None:
    assert values.parse_idno(cell) == GOOD


@pytest.mark.parametrize("cell", ["14112120191123583x", "14112120191123583Ｘ", "14112120191123583×"])
def test_the_x_of_an_id(cell: str) -> None:
    assert values.parse_idno(cell) == "14112120191123583X"


@pytest.mark.parametrize("cell", ["", None, "  ", "无", "/", "无户籍"])
def test_no_id(cell: Cell | None) -> None:
    assert values.parse_idno(cell) is None


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (1.41121201312272e17, "id_precision_lost"), (141121201312272000, "id_precision_lost"), ("1.41121E+17", "id_precision_lost"),
        ("1.41121201312272e+17", "id_precision_lost"), ("141121201406298486", "id_checksum"), ("141121201509082960", "id_checksum"),
        ("141121140629848", "id_format"), (141121.0, "id_format"), ("14112120140629848", "id_format"), ("1411212014062984855", "id_format"),
        ("1411212014O6298485", "id_format"), ("同上", "id_format"), ("141121********8485", "id_format"),
    ],
)  # fmt: skip
def test_what_is_no_id_says_why(cell: Cell, code: str) -> None:
    with pytest.raises(ValueFault) as caught:
        values.parse_idno(cell)
    assert caught.value.code == code


def with_check_digit(head: str) -> str:
    return next(head + last for last in "0123456789X" if _passes(head + last))


def _passes(number: str) -> bool:
    try:
        values.parse_idno(number)
    except ValueFault as fault:
        return fault.code != "id_checksum"
    return True


@pytest.mark.parametrize("county", ["810000", "820000", "830000", "159999", "661234", "469099"])
def test_residence_permits_and_new_counties_pass(county: str) -> None:
    number = with_check_digit(f"{county}20140629848")
    assert values.parse_idno(number) == number


@pytest.mark.parametrize("born", ["20140231", "20141301", "18991231", "20140600"])
def test_an_impossible_birth_date_is_no_id(born: str) -> None:
    with pytest.raises(ValueFault) as caught:
        values.parse_idno(with_check_digit(f"141121{born}848"))
    assert caught.value.code == "id_format"


@given(st.dates(dt.date(1930, 1, 1), dt.date(2029, 12, 31)), st.sampled_from("男女"), st.integers(0, 999))
def test_an_id_tells_birth_and_sex(born: dt.date, sex: str, seed: int) -> None:
    number = values.parse_idno(make_idno(random.Random(seed), born, sex))
    assert number is not None
    assert (values.birth_from_idno(number), values.sex_from_idno(number)) == (born, sex)


DAY: list[Cell] = [
    "20140609", "2014-06-09", "2014/6/9", "2014.6.9", "2014年6月9日", "2014年06月09号", " 2014-6-9 ", "２０１４年６月９日", "2014。6。9", "2014、6、9",
    "2014 6 9", "二〇一四年六月九日", "二零一四年六月九日", "14年6月9日", "14.6.9", "2014-06-09 00:00:00", "2014-06-09T08:00:00", "2014.0609",
    "140609", "41799", 41799, 41799.5, 20140609, 20140609.0, 2014.0609, dt.date(2014, 6, 9), dt.datetime(2014, 6, 9, 8), "公历2014年6月9日",
    "农历2014年五月十二", "农历二〇一四年五月十二", "2014年5月12日（农历）", "2014.6.9.", "2014年6月9日出生",
]  # fmt: skip
MONTH: list[Cell] = [
    "2014.6", "2014-06", "2014/6", "2014年6月", "2014年06月份", "201406", 201406, 201406.0, 2014.6, "二〇一四年六月", "14年6月", "2014.06", "2014.6 ",
]  # fmt: skip


@pytest.mark.parametrize("cell", DAY)
def test_a_day_in_any_notation(cell: Cell) -> None:
    date = values.parse_date(cell)
    assert date is not None
    assert (date.value, date.precision) == (dt.date(2014, 6, 9), "day")
    assert date.lunar == ("农历" in str(cell))


@pytest.mark.parametrize("cell", MONTH)
def test_a_month_in_any_notation(cell: Cell) -> None:
    date = values.parse_date(cell)
    assert date is not None
    assert (date.value, date.precision) == (dt.date(2014, 6, 1), "month")


@pytest.mark.parametrize(
    ("cell", "value", "precision"),
    [
        (2014.1, "2014-01-01", "month"), ("2014.10", "2014-10-01", "month"), (2014.12, "2014-12-01", "month"), ("2014", "2014-01-01", "year"),
        (2014, "2014-01-01", "year"), ("2014年", "2014-01-01", "year"), ("98.5", "1998-05-01", "month"), ("6/29/2014", "2014-06-29", "day"),
        ("29/6/2014", "2014-06-29", "day"), ("一九九八年十二月", "1998-12-01", "month"), ("190612", "2019-06-12", "day"),
        ("农历2014年闰九月初二", "2014-10-25", "day"), ("农历2014年腊月三十", "2015-02-18", "day"), ("2014年十月初二", "2014-11-23", "day"),
        ("农历2014年6月", "2014-06-27", "month"), ("二〇二二年二月二十八日", "2022-02-28", "day"),
    ],
)  # fmt: skip
def test_other_dates(cell: Cell, value: str, precision: str) -> None:
    date = values.parse_date(cell)
    assert date is not None
    assert (str(date.value), date.precision) == (value, precision)


@pytest.mark.parametrize(
    "cell",
    ["2014-06-31", "20140631", "2014.13", 2014.13, "x", "3000-01-01", "6/5/2014", 3, "12岁", True, dt.time(1, 2), "农历2014年13月1日",
     "201400", "2014年0月", "2023级", 1e300, "九十九年", -5.0],
)  # fmt: skip
def test_impossible_dates(cell: Cell) -> None:
    with pytest.raises(ValueFault) as caught:
        values.parse_date(cell)
    assert caught.value.code == "date_invalid"


@pytest.mark.parametrize("cell", ["", None, " ", "无", "/"])
def test_no_date(cell: Cell | None) -> None:
    assert values.parse_date(cell) is None


@pytest.mark.parametrize(
    ("cell", "numbers", "rest"),
    [
        ("138-2089-8189", ["13820898189"], ""), ("+8618645916868", ["18645916868"], ""), ("0086 138 0013 8000", ["13800138000"], ""),
        ("177 3881 3587", ["17738813587"], ""), (17759043101.0, ["17759043101"], ""), (17759043101, ["17759043101"], ""),
        ("13800138000/13900139000", ["13800138000", "13900139000"], ""), ("13800138000 13900139000", ["13800138000", "13900139000"], ""),
        ("138 0013 8000\n139 0013 9000", ["13800138000", "13900139000"], ""), ("13800138000、13800138000", ["13800138000"], ""),
        ("0358-3022222", ["0358-3022222"], ""), ("(0358)3022222", ["0358-3022222"], ""), ("（0358）3022222", ["0358-3022222"], ""),
        ("010-62345678", ["010-62345678"], ""), ("0358-3022222-801", ["0358-3022222-801"], ""), ("+86 358 3022222", ["0358-3022222"], ""),
        ("１３８００１３８０００", ["13800138000"], ""), ("'13800138000", ["13800138000"], ""), ("13800138000；0358-3022222", ["13800138000", "0358-3022222"], ""),
        ("1380013", [], "1380013"), ("138001380001", [], "138001380001"), ("12800138000", [], "12800138000"), ("3022222", [], "3022222"),
        ("13800138000;1380013", ["13800138000"], "1380013"), ("13800138000（奶奶）", ["13800138000"], "奶奶"), ("138 0013 8000 1", [], "138 0013 8000 1"),
        ("无", [], ""), ("", [], ""), (None, [], ""), ("/", [], ""), ("1.38E+10", [], "1.38E+10"),
    ],
)  # fmt: skip
def test_phones(cell: Cell | None, numbers: list[str], rest: str) -> None:
    assert values.parse_phone(cell) == (numbers, rest)


@pytest.mark.parametrize(
    ("cell", "sex"),
    [
        ("男", "男"),
        ("女 ", "女"),
        ("男孩", "男"),
        ("女性", "女"),
        ("男童", "男"),
        ("M", "男"),
        ("f", "女"),
        (1, "男"),
        (2.0, "女"),
        ("", None),
        ("不详", None),
    ],
)
def test_sex(cell: Cell, sex: str | None) -> None:
    assert values.parse_sex(cell) == sex


@pytest.mark.parametrize(
    "cell", ["是", "√", "✓", "有", "已签", "已签订", "Y", "1", 1, 1.0, True, " 是 ", "是（2026年）"]
)
def test_yes(cell: Cell) -> None:
    assert values.parse_bool(cell) is True


@pytest.mark.parametrize("cell", ["否", "×", "无", "未签", "没有", "N", 0, 0.0, False, "不是", "尚未签订"])
def test_no(cell: Cell) -> None:
    assert values.parse_bool(cell) is False


@pytest.mark.parametrize("cell", ["", None, "/", "?", "待定"])
def test_neither_yes_nor_no(cell: Cell | None) -> None:
    assert values.parse_bool(cell) is None


@pytest.mark.parametrize(
    ("cell", "count"),
    [(3, 3), (3.0, 3), ("3人", 3), ("三", 3), ("两人", 2), ("十二", 12), ("二十", 20), ("3个孩子", 3), ("", None), (None, None), (0, 0)],
)  # fmt: skip
def test_counts(cell: Cell | None, count: int | None) -> None:
    assert values.parse_count(cell) == count


@pytest.mark.parametrize("cell", ["不限", "2-3人", 2.5, "人"])
def test_no_count(cell: Cell) -> None:
    with pytest.raises(ValueFault) as caught:
        values.parse_count(cell)
    assert caught.value.code == "count_invalid"


@pytest.mark.parametrize(
    ("cell", "text", "stage"),
    [
        ("三年级", "三年级", "小学"), ("小学三年级", "三年级", "小学"), ("3年级", "三年级", "小学"), ("三（2）班", "三年级", "小学"), ("三年级2班", "三年级", "小学"),
        (3.0, "三年级", "小学"), ("小三", "三年级", "小学"), ("七年级", "七年级", "初中"), ("初一", "七年级", "初中"), ("初中一年级", "七年级", "初中"),
        ("初三(5)班", "九年级", "初中"), ("高二", "高二", "高中"), ("高中二年级", "高二", "高中"), ("高一3班", "高一", "高中"), ("幼儿园中班", "中班", "幼儿园"),
        ("中班", "中班", "幼儿园"), ("学前班", "学前班", "幼儿园"), ("中职一年级", "中职一年级", "中职"), ("职高二年级", "中职二年级", "中职"),
        ("2023级", "2023级", None), ("大一", "大一", None), ("小学", "小学", "小学"), ("辍学", "辍学", "辍学"), ("", "", None), ("高三复读", "高三复读", None),
        ("特校三年级", "三年级", "特教"),
    ],
)  # fmt: skip
def test_grades(cell: Cell, text: str, stage: str | None) -> None:
    assert values.parse_grade(cell) == Grade(text, stage)


CATEGORIES = {
    "LEFT_BEHIND": ("留守", "留守儿童", "农村留守儿童"),
    "DE_FACTO_UNSUPPORTED": ("事实无人抚养", "事实无人抚养儿童", "事实孤儿"),
    "ORPHAN_SCATTERED": ("孤儿", "散居孤儿", "社会散居孤儿"),
    "ORPHAN_INSTITUTION": ("集中养育孤儿", "机构养育"),
    "DIFFICULT": ("困境", "困境儿童"),
    "MIGRANT": ("流动", "流动儿童", "随迁"),
}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("留守", ["LEFT_BEHIND"]), ("农村留守儿童", ["LEFT_BEHIND"]), ("事实孤儿", ["DE_FACTO_UNSUPPORTED"]), ("社会散居孤儿", ["ORPHAN_SCATTERED"]),
        ("集中养育孤儿", ["ORPHAN_INSTITUTION"]), ("困境（低保家庭）", ["DIFFICULT"]), ("困境-重病", ["DIFFICULT"]), ("留守、困境", ["LEFT_BEHIND", "DIFFICULT"]),
        ("困境儿童 留守儿童", ["DIFFICULT", "LEFT_BEHIND"]), ("留守困境儿童", ["LEFT_BEHIND", "DIFFICULT"]), ("非留守", []), ("", []), ("其他", []),
        ("left_behind", ["LEFT_BEHIND"]), ("事实 无人抚养", ["DE_FACTO_UNSUPPORTED"]),
    ],
)  # fmt: skip
def test_choices(text: str, codes: list[str]) -> None:
    assert values.match_choice(text, CATEGORIES) == codes


PARSERS: list[Callable[[Cell | None], object]] = [
    values.clean_text, values.clean_name, values.parse_idno, values.parse_date, values.parse_phone, values.parse_sex, values.parse_bool,
    values.parse_count, values.parse_grade, values.parse_relation, lambda cell: values.match_choice(cell, CATEGORIES),
]  # fmt: skip
ROSTER_TEXT = st.text(
    st.sampled_from("0123456789年月日.-/ 一二十廿初农历闰正EeXx+()（），、号人级班'\"=\n　１９·"), max_size=24
)


@pytest.mark.parametrize("parse", PARSERS)
@given(
    cell=st.none() | st.booleans() | st.integers() | st.floats() | st.text() | ROSTER_TEXT | st.dates() | st.datetimes()
    | st.times() | st.timedeltas()
)  # fmt: skip
def test_nothing_but_faults_is_raised(parse: Callable[[Cell | None], object], cell: Cell | None) -> None:
    try:
        parse(cell)
    except ValueFault as fault:
        assert fault.code in (
            "id_precision_lost",
            "id_checksum",
            "id_format",
            "date_invalid",
            "count_invalid",
        )
