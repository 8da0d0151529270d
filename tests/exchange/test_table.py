"""Header rows, data rows, and what blank, merged and 同上 cells stand for."""

# ruff: noqa: E501 — tables of cases read better in rows, and a Chinese character counts as two

from __future__ import annotations

import pytest

from aixin.exchange.reading.model import Cell, Merge, Sheet, WorkbookError
from aixin.exchange.reading.table import Table, find_best_table, find_table

from .specs import CHILDREN, PAIRINGS

HEAD = "序号 县区 乡镇 村 姓名 身份证号 监护人 联系电话 备注"
ID = "141121201406298485"


def sheet(*lines: str, merges: tuple[Merge, ...] = (), name: str = "名册") -> Sheet:
    """Return a sheet; cells are parted by spaces, a lone · is an empty one and ~ stands for a space."""
    rows: list[list[Cell]] = [
        [cell.replace("·", "").replace("~", " ") for cell in line.split(" ")] for line in lines
    ]
    width = max(map(len, rows))
    return Sheet(name, [row + [""] * (width - len(row)) for row in rows], list(merges))


def table(*lines: str, merges: tuple[Merge, ...] = ()) -> Table:
    return find_table(sheet(HEAD, *lines, merges=merges), CHILDREN)


def column(found: Table, key: str) -> list[Cell]:
    return [found.record(row)[key] for row in found.rows]


def numbers(found: Table) -> list[int]:
    return [row.number for row in found.rows]


ROW = f"1 · 凤城镇 南街 张三 {ID} 李四 13800138000"


@pytest.mark.parametrize(
    "line",
    [
        "小计", "· 小~计 · 20人", "合计 · · · 20", "· 凤城镇小计 5", "· · 凤城镇 小计 5人", "共计：20人", "· · 合计 · 20 · 男12人 女8人", "总~~计 0",
        "全县合计 30", "共20人", "本页小计 20", "合计（20人）", "9", "99 · · · ·", HEAD, "序号 · · · 姓名 身份证号", "填表人：张三 · · 审核人：李四",
        "填表人： 张三 · 审核人： 李四", "负责人签字：", "填报单位：文水县妇联", "备注：1、本表一式两份", "说明：请如实填写", "注：仅供内部使用", "填报日期：2026年10月",
        "· · · · · · 2026年10月28日", "· · · · · 文水县妇联", "（盖章）", "例 · 凤城镇 南街 张三", "制表：王五 · 联系电话：13800138000", "· · 开栅镇", "开栅镇留守儿童台账", "二、开栅镇", "附件2", "· · · · 开栅镇儿童花名册",
    ],
)  # fmt: skip
def test_rows_that_are_no_data(line: str) -> None:
    found = table(ROW, line, ROW)
    assert numbers(found) == [2, 4]
    assert found.dropped[0][0] == 3


@pytest.mark.parametrize(
    "line",
    [
        f"2 · 凤城镇 南街 · {ID} 李四 13800138000",
        f"2 · 凤城镇 南街 合小计 {ID}",
        "2 · 凤城镇 南街 合计 · 李四 13800138000",
        "2 · 凤城镇 南街 张三 · · · 合计三次家访",
        f"2 · 凤城镇 南街 张三 {ID} · · 备注：在外",
        "· · · · 张三",
        "2 · · · · · 李四 13800138000 ·",
        "2 · 凤城镇 南街",
    ],
)
def test_rows_that_are_data(line: str) -> None:
    assert numbers(table(ROW, line)) == [2, 3]


def test_a_town_written_once_reaches_down_past_subtotals() -> None:
    found = table(
        ROW, f"2 · · 北街 李四 {ID}", "· 小计 · 2人", "·", f"3 · · 北街 王五 {ID}", f"4 · 开栅镇 · 赵六 {ID}"
    )
    assert column(found, "township") == ["凤城镇", "凤城镇", "凤城镇", "开栅镇"]
    assert column(found, "village") == ["南街", "北街", "北街", ""]


def test_a_new_county_ends_the_town() -> None:
    found = table(f"1 文水县 凤城镇 · 甲一 {ID}", f"2 · · · 乙二 {ID}", f"3 兴县 · · 丙三 {ID}")
    assert column(found, "county") == ["文水县", "文水县", "兴县"]
    assert column(found, "township") == ["凤城镇", "凤城镇", ""]


def test_a_line_across_the_table_names_the_town() -> None:
    merges = (Merge(1, 0, 1, 8), Merge(3, 0, 3, 8))
    found = table(
        "一、凤城镇（1人）", f"1 · · · 张三 {ID}", "二、开栅镇", f"2 · · · 李四 {ID}", merges=merges
    )
    assert column(found, "township") == ["凤城镇", "开栅镇"]


def test_blank_cells_of_other_columns_stay_blank_unless_merged() -> None:
    lines = (f"1 · 凤城镇 南街 张三 {ID} 李四 138", f"2 · · · 王五 {ID}", f"3 · · · 赵六 {ID}")
    assert column(table(*lines), "guardian") == ["李四", "", ""]
    assert column(table(*lines, merges=(Merge(1, 6, 2, 6),)), "guardian") == ["李四", "李四", ""]


@pytest.mark.parametrize("mark", ["同上", "〃", "″", '"', "同前", "ditto", "~同上~"])
def test_ditto_is_resolved_row_by_row(mark: str) -> None:
    found = table(ROW, f"2 · 同上 {mark} 李四 {ID}", "· 小计 2人", f"3 · {mark} {mark} 王五 {ID} {mark}")
    assert column(found, "village") == ["南街"] * 3
    assert column(found, "township") == ["凤城镇"] * 3
    assert column(found, "guardian") == ["李四", "", ""]


def test_ditto_is_not_resolved_in_names_and_ids() -> None:
    found = table(ROW, "2 · 同上 同上 同上 同上 李四")
    assert column(found, "name")[1] == "同上"
    assert column(found, "idno")[1] == "同上"


def test_ditto_of_a_volunteer_in_pairings() -> None:
    found = find_table(sheet("爱心妈妈 电话 儿童姓名", "赵一 138 张三", "同上 同上 李四"), PAIRINGS)
    assert column(found, "volunteer_name") == ["赵一", "赵一"]


def test_grouped_header_without_merged_cells() -> None:
    found = find_table(
        sheet(
            "序号 儿童情况 · 监护人情况 · · 备注", "· 姓名 性别 姓名 关系 电话 ·", "1 张三 男 李四 父亲 138"
        ),
        CHILDREN,
    )
    assert list(found.mapping.values()) == ["name", "sex", "guardian", "relation", "phone", "notes"]
    assert found.header_rows == (1, 2)
    assert found.headings[3].text == "监护人情况 / 姓名"


def test_partly_grouped_header_with_merged_cells() -> None:
    found = find_table(
        sheet(
            "· · · 监护人情况 · ·",
            "姓名 性别 乡镇 姓名 关系 备注",
            "张三 男 凤城镇 李四 父亲 x",
            merges=(Merge(0, 3, 0, 4),),
        ),
        CHILDREN,
    )
    assert list(found.mapping.values()) == ["name", "sex", "township", "guardian", "relation", "notes"]


def test_a_row_that_numbers_the_columns_is_no_data() -> None:
    found = find_table(sheet("姓名 性别 乡镇 村", "1 2 3 4", "张三 男 凤城镇 南街"), CHILDREN)
    assert numbers(found) == [3]


def test_a_number_in_the_header_does_not_hide_it() -> None:
    found = find_table(sheet("姓名 性别 乡镇 x", "张三 男 凤城镇 y"), CHILDREN)
    sheet_with_number = sheet("姓名 性别 乡镇 x", "张三 男 凤城镇 y")
    sheet_with_number.rows[0][3] = 2026.0
    assert find_table(sheet_with_number, CHILDREN).mapping == found.mapping


def test_no_header_says_what_is_wanted() -> None:
    with pytest.raises(WorkbookError) as caught:
        find_table(sheet("甲 乙 丙", "1 2 3"), CHILDREN)
    assert caught.value.code == "no_header"
    assert "姓名" in str(caught.value)


def test_the_users_choice_wins() -> None:
    found = find_table(sheet("甲 乙 丙 姓名", "张三 男 x y"), CHILDREN, {0: "name", 1: "sex", 3: None})
    assert found.mapping == {0: "name", 1: "sex"}
    assert numbers(found) == [2]
    assert [heading.text for heading in found.unmapped] == ["丙", "姓名"]
    assert [spec.key for spec in found.missing] == ["township", "category"]


def test_the_best_sheet_is_taken() -> None:
    notes = sheet("填写说明 请看", name="说明")
    blank = sheet(HEAD, name="空表")
    full = sheet(HEAD, ROW, name="名册")
    assert find_best_table([notes, blank, full], CHILDREN).sheet_name == "名册"
    assert find_best_table([notes, blank], CHILDREN).sheet_name == "空表"
    with pytest.raises(WorkbookError):
        find_best_table([notes], CHILDREN)
