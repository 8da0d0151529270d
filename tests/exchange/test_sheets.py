"""Sheets of the same shape are read as one table; others are named, and any one can be chosen."""

import pytest

from aixin.exchange.reading.contacts import parse_contacts
from aixin.exchange.reading.table import Table, find_best_table
from aixin.exchange.reading.values import parse_date
from aixin.exchange.reading.workbook import read_workbook
from tests.exchange.generated.files import Page, as_ods, as_xlsx
from tests.exchange.specs import CHILDREN

HEAD = ["姓名", "身份证号", "乡镇"]


def read(*pages: Page) -> Table:
    return find_best_table(read_workbook(as_xlsx(list(pages)), "名册.xlsx"), CHILDREN)


def page(name: str, *people: str, head: list[str] = HEAD, above: int = 0) -> Page:
    rows = [[person, f"14112120140629848{number}", "凤城镇"] for number, person in enumerate(people)]
    return Page(name, [*[["", "", ""]] * above, list(head), *rows])


def places(table: Table) -> list[tuple[str, int, object]]:
    return [(row.sheet, row.number, row.cells[0]) for row in table.rows]


def test_sheets_of_the_same_shape_are_one_table_with_the_rows_of_each() -> None:
    table = read(page("凤城镇", "张三", "李四"), page("开栅镇", "王五", above=2))
    assert places(table) == [("凤城镇", 2, "张三"), ("凤城镇", 3, "李四"), ("开栅镇", 4, "王五")]
    assert (table.sheet_name, table.sheets, table.others) == ("", ("凤城镇", "开栅镇"), ())


def test_a_sheet_of_another_shape_is_named_and_not_read() -> None:
    table = read(page("凤城镇", "张三", "李四"), page("开栅镇", "王五", head=["乡镇", "姓名", "身份证号"]))
    assert places(table) == [("", 2, "张三"), ("", 3, "李四")]
    assert (table.sheet_name, table.others) == ("凤城镇", ("开栅镇",))


def test_a_sheet_without_rows_is_neither_read_nor_named() -> None:
    table = read(page("凤城镇", "张三"), page("开栅镇"))
    assert (table.sheet_name, table.sheets, table.others) == ("凤城镇", ("凤城镇",), ())


def test_the_choice_of_a_column_holds_for_all_sheets() -> None:
    sheets = read_workbook(as_ods([page("甲", "张三"), page("乙", "李四")]), "名册.ods")
    table = find_best_table(sheets, CHILDREN, None, {2: None})
    assert "township" not in table.mapping.values()
    assert len(table.rows) == 2


@pytest.mark.parametrize(
    ("cell", "persons"),
    [
        ("父亲:张三 13812345678", [("父亲", "张三", ["13812345678"])]),
        ("李四（祖母）139 1234 5678", [("祖母", "李四", ["13912345678"])]),
        ("祖母李四13912345678、0358-3022222", [("祖母", "李四", ["13912345678", "0358-3022222"])]),
        (
            "父亲：张三，13812345678；母亲：李四，13912345678",
            [("父亲", "张三", ["13812345678"]), ("母亲", "李四", ["13912345678"])],
        ),
        ("张三", []),
        ("父亲张三", []),
        ("张三（已故）", []),
        ("张三 1381234567", []),
        ("张三 13812345678、母亲 李四 13912345678", []),
        ("13812345678", []),
        ("阿依古丽·买买提", []),
        (13812345678.0, []),
        ("", []),
    ],
)
def test_persons_of_a_cell(cell: str | float, persons: list[tuple[str, str, list[str]]]) -> None:
    assert [(one.relation, one.name, one.phones) for one in parse_contacts(cell)] == persons


@pytest.mark.parametrize(
    ("cell", "month", "agrees"),
    [(2014.1, 10, True), (2014.1, 1, True), (2014.1, 11, False), ("2014.1", 10, False), (2014.5, 10, False)],
)
def test_the_number_2014_1_is_january_or_october(cell: str | float, month: int, agrees: bool) -> None:
    date, known = parse_date(cell), parse_date(f"2014-{month}-20")
    assert date is not None
    assert known is not None
    assert date.agrees_with(known.value) is agrees
    assert date.or_october is (cell == 2014.1)
