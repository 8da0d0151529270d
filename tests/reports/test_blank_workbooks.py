"""The province's own blank workbook: guarded when it comes in, mapped by cells, given back filled and else untouched."""

import datetime
import io
import re
import zipfile
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from aixin.access.scope import acting
from children.models import Child
from reports.models import FormWorkbook, WorkbookValue
from reports.periods import Period
from reports.returns.cells import position, reference, sheet_parts, with_values
from reports.returns.workbooks import KEPT_DAYS, WorkbookRefusedError, check, drop_unused
from tests.cast import CITY, WENSHUI, XINGXIAN, Cast
from tests.conftest import Session


def blank(*, formula: bool = False, **cells: str) -> bytes:
    """Return a sheet as a province sends it: a merged title, headings, counties, styles, a second sheet."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        boxed, title = book.add_format({"border": 1, "bg_color": "#EEEEEE"}), book.add_format({"bold": True})
        sheet = book.add_worksheet("汇总表")
        sheet.merge_range("A1:D1", "全省关爱服务情况表", title)
        sheet.write_row("A2", ["地区", "在册儿童", "其中女童", "活动经费"], boxed)
        for row, name in enumerate(["文水县", "兴　县", "合计"], start=2):
            sheet.write_string(row, 0, name, boxed)
            for column in (1, 2, 3):
                sheet.write_blank(row, column, None, boxed)
        if formula:
            sheet.write_formula("B5", "=SUM(B3:B4)", boxed, 999)
        for name, text in cells.items():
            sheet.write_string(name, text)
        book.add_worksheet("填表说明").write_string(0, 0, "请于5日前报送")
    return buffer.getvalue()


def changed_zip(data: bytes, **members: bytes) -> bytes:
    """Return an archive with members added, or put in the place of those of the same name (dots as __)."""
    buffer = io.BytesIO()
    added = {name.replace("__", "."): content for name, content in members.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in added:
                new.writestr(name, old.read(name))
        for name, content in added.items():
            new.writestr(name, content)
    return buffer.getvalue()


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def read(data: bytes, sheet: str = "汇总表") -> list[list[Any]]:
    rows: list[list[Any]] = (
        CalamineWorkbook.from_filelike(io.BytesIO(data))
        .get_sheet_by_name(sheet)
        .to_python(skip_empty_area=False)
    )
    return rows


def upload(user: Any, content: bytes, **more: str) -> Any:
    body = {"title": "省表", "period_kind": "month", "file": SimpleUploadedFile("空表.xlsx", content), **more}
    return Session(user).post(reverse("reports:workbook_new"), body)


def map_to(user: Any, pk: int, **body: Any) -> Any:
    return Session(user).post(reverse("reports:workbook", args=[pk]), body)


def test_a_workbook_comes_back_filled_with_every_other_part_as_it_was(cast: Cast) -> None:
    data = blank(formula=True)
    assert upload(cast.city, data).status_code == 302
    book = FormWorkbook.objects.get()
    by_row = {"source": "registered", "place": "row"}
    assert map_to(cast.city, book.pk, cells=["B3", "B4"], **by_row).status_code == 302
    assert map_to(cast.city, book.pk, cells=["C3", "C4"], cell="sex:F", **by_row).status_code == 302
    assert map_to(cast.city, book.pk, cells=["C5"], cell="sex:F", source="registered").status_code == 302
    assert (
        map_to(cast.city, book.pk, cells=["D5"], source="hand", label="活动经费（万元）").status_code == 302
    )
    period = Period.containing(timezone.localdate())
    fill = reverse("reports:workbook_fill", args=[book.pk, period.key])
    client = Session(cast.city)
    assert client.post(fill, {"value-D5": "39.6", "source-D5": ""}).status_code == 422
    assert client.post(fill, {"value-D5": "39.6", "source-D5": "财务台账"}).status_code == 302
    typed = WorkbookValue.objects.get()
    assert (typed.value, typed.source, typed.typed_by) == ("39.6", "财务台账", cast.city)

    filled = client.get(reverse("reports:workbook_file", args=[book.pk, period.key])).content
    rows = read(filled)
    assert rows[0][0] == "全省关爱服务情况表"
    assert [row[:3] for row in rows[2:4]] == [["文水县", 3.0, 3.0], ["兴　县", 1.0, 1.0]]
    assert rows[4][2:] == [4.0, 39.6]
    before, after = members(data), members(filled)
    assert list(before) == list(after)
    assert [name for name in before if before[name] != after[name]] == ["xl/worksheets/sheet1.xml"]
    # Styles, merges and the formula stay; its stored result goes, so that it is worked out anew.
    sheet = after["xl/worksheets/sheet1.xml"].decode()
    assert '<mergeCell ref="A1:D1"/>' in sheet
    assert "SUM(B3:B4)" in sheet
    assert "999" not in sheet
    for name in ("B3", "C4", "D5"):
        assert f'<c r="{name}" s="2">' in sheet


def test_a_cell_may_ask_for_two_things_at_once(cast: Cast) -> None:
    """女童 among one category, whole and by place, as the province's tables ask for it."""
    upload(cast.city, blank())
    book = FormWorkbook.objects.get()
    girls = {"source": "registered", "cell": f"category:{cast.child.category}", "across": "sex:F"}
    assert map_to(cast.city, book.pk, cells=["C3"], place=WENSHUI, **girls).status_code == 302
    assert map_to(cast.city, book.pk, cells=["C5"], **girls).status_code == 302
    session = Session(cast.city)
    assert (
        "类别 留守儿童 · 性别 女 · 文水县"
        in session.get(reverse("reports:workbook", args=[book.pk])).content.decode()
    )
    mine = Child.objects.registered().filter(category=cast.child.category, sex="F")
    period = Period.containing(timezone.localdate())
    rows = read(session.get(reverse("reports:workbook_file", args=[book.pk, period.key])).content)
    county, city = (mine.within_region(place).count() for place in (WENSHUI, CITY))
    assert county
    assert (rows[2][2], rows[4][2]) == (county, city)


def test_what_is_printed_is_covered_only_by_who_says_so(cast: Cast) -> None:
    upload(cast.city, blank())
    book = FormWorkbook.objects.get()
    answer = map_to(cast.city, book.pk, cells=["A1"], source="registered")
    assert answer.status_code == 422
    assert "A1“全省关爱服务情况表”原来有文字，填了就盖掉" in answer.content.decode()
    assert map_to(cast.city, book.pk, cells=["A1"], source="registered", replaces="on").status_code == 302


@pytest.mark.parametrize(
    ("typed", "filled", "warned"),
    [("1,234.5", 1234.5, False), ("１２３４", 1234, False), ("5万", "5万", True), ("9" * 40, "9" * 40, True),
     ("-5", -5, False), ("张三", "张三", False)],
)  # fmt: skip
def test_a_number_is_taken_as_people_write_it_and_half_a_one_is_told_of(
    cast: Cast, typed: str, filled: Any, warned: bool
) -> None:
    upload(cast.city, blank())
    book = FormWorkbook.objects.get()
    map_to(cast.city, book.pk, cells=["D3"], source="hand", label="经费")
    key, session = Period.containing(timezone.localdate()).key, Session(cast.city)
    fill = reverse("reports:workbook_fill", args=[book.pk, key])
    page = session.post(fill, {"value-D3": typed, "source-D3": "台账"}, follow=True).content.decode()
    assert ("不是纯数字" in page) == warned
    assert read(session.get(reverse("reports:workbook_file", args=[book.pk, key])).content)[2][3] == filled


def test_a_workbook_without_anything_in_it_is_called_empty(cast: Cast) -> None:
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data)
    book.add_worksheet("空")
    book.close()
    assert "工作表是空的" in upload(cast.city, data.getvalue()).content.decode()


def test_the_mapping_is_remembered_and_a_value_is_of_one_period(cast: Cast) -> None:
    upload(cast.city, blank())
    book = FormWorkbook.objects.get()
    map_to(cast.city, book.pk, cells=["D3"], source="hand", label="经费")
    client, period = Session(cast.city), Period.containing(timezone.localdate())
    client.post(
        reverse("reports:workbook_fill", args=[book.pk, period.key]), {"value-D3": "5", "source-D3": "账"}
    )
    earlier = client.get(reverse("reports:workbook_file", args=[book.pk, period.previous.key])).content
    assert read(earlier)[2][3] == ""
    assert map_to(cast.city, book.pk, cells=["D3"], source="nothing").status_code == 302
    book.refresh_from_db()
    assert book.mapping == {}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"source": "registered"}, "先在表里勾选"),
        ({"cells": ["B5"], "source": "registered"}, "只勾选表里的单元格"),
        ({"cells": ["ZZ99"], "source": "registered"}, "只勾选表里的单元格"),
        ({"cells": ["C5"], "source": "registered", "place": "row"}, "没有找到下级地区"),
        ({"cells": ["C3"], "source": "volunteers", "cell": "sex:F"}, "不能按"),
        ({"cells": ["C3"], "source": "hand"}, "请写明"),
        ({"cells": ["C3"], "source": "registered", "across": "sex:F"}, "请先选“只数其中”"),
        (
            {"cells": ["C3"], "source": "visits", "cell": "way:PHONE", "across": "way:VIDEO"},
            "不能既按方式又按方式分",
        ),
        (
            {"cells": ["C3"], "source": "registered", "cell": "sex:F", "across": "sex:M"},
            "不能既按性别又按性别分",
        ),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused_in_words(
    cast: Cast, body: dict[str, Any], said: str
) -> None:
    upload(cast.city, blank(formula=True))
    book = FormWorkbook.objects.get()
    answer = map_to(cast.city, book.pk, **body)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    book.refresh_from_db()
    assert book.mapping == {}


def test_a_place_s_value_is_that_place_s_alone(cast: Cast) -> None:
    upload(cast.city, blank())
    book = FormWorkbook.objects.get()
    map_to(cast.city, book.pk, cells=["B3", "B4"], source="registered", place="row")
    book.refresh_from_db()
    assert {name: what["place"] for name, what in book.mapping.items()} == {"B3": WENSHUI, "B4": XINGXIAN}
    assert book.region_id == CITY
    for other in (cast.wenshui, cast.outsider):
        assert Session(other).get(reverse("reports:workbook", args=[book.pk])).status_code == 404
    with acting(cast.xingxian):
        assert not FormWorkbook.objects.exists()


GOOD = blank()
EXTERNAL = (
    b'<Relationships><Relationship TargetMode="External" Target="http://example.org/"/></Relationships>'
)


def in_utf_16(part: bytes) -> bytes:
    return ('<?xml version="1.0" encoding="UTF-16"?>' + part.decode()).encode("utf-16")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"no workbook at all", "不是 Excel"),
        (GOOD[:900], "不是 Excel"),
        (changed_zip(GOOD, **{"xl/vbaProject__bin": b"x"}), "宏"),
        (changed_zip(GOOD, **{"xl/embeddings/oleObject1__bin": b"x"}), "宏"),
        (changed_zip(GOOD, **{"xl/externalLinks/externalLink1__xml": b"<a/>"}), "外部"),
        (changed_zip(GOOD, **{"xl/worksheets/_rels/sheet1__xml__rels": EXTERNAL}), "外部"),
        (changed_zip(GOOD, **{"xl/worksheets/_rels/sheet1__xml__rels": in_utf_16(EXTERNAL)}), "外部"),
        (
            changed_zip(
                GOOD, **{"xl/worksheets/_rels/sheet1__xml__rels": EXTERNAL.replace(b"Ex", b"E&#120;")}
            ),
            "外部",
        ),
        (
            changed_zip(GOOD, **{"xl/worksheets/sheet2__xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}),
            "不是 Excel",
        ),
        (changed_zip(GOOD, **{"xl/theme/theme1__xml": in_utf_16(b"<!DOCTYPE a []><a/>")}), "不是 Excel"),
        (changed_zip(GOOD, **{"xl/theme/theme1__xml": b"<a"}), "不常见"),
        (changed_zip(GOOD, **{"xl/media/image1__png": b"\0" * (41 << 20)}), "太大"),
        (b"PK" + b"\0" * (3 << 20), "太大"),
        (blank(E3="张小明 991121201401010000"), "身份证号"),
        (blank(E3="联系电话 13912345678"), "电话"),
    ],
)
def test_what_is_no_plain_blank_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(WorkbookRefusedError, match=said):
        check(data)


def test_a_macro_workbook_under_another_name_is_refused() -> None:
    types = members(GOOD)["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    with pytest.raises(WorkbookRefusedError, match="宏"):
        check(changed_zip(GOOD, **{"[Content_Types]__xml": types}))


def test_a_refused_file_is_answered_on_the_page_and_not_kept(cast: Cast) -> None:
    answer = upload(cast.city, b"no workbook")
    assert answer.status_code == 422
    assert "不是 Excel" in answer.content.decode()
    wrong_sheet = upload(cast.city, GOOD, sheet="没有这张")
    assert "汇总表、填表说明" in wrong_sheet.content.decode()
    assert not FormWorkbook.objects.exists()


def test_a_cell_that_the_sheet_does_not_write_is_made_in_its_place() -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        path = sheet_parts(archive)[0].path
    values: dict[str, int | float | str] = {"F3": 7, "A9": "<备注> & ", "B1": 2.5, "AA2": "末"}
    filled = with_values(GOOD, path, values)
    rows = read(filled)
    assert (rows[2][5], rows[8][0], rows[1][26]) == (7.0, "<备注> & ", "末")
    sheet = members(filled)[path].decode()
    found = [position(cell) for cell in re.findall(r'<c r="([A-Z]+\d+)"', sheet)]
    assert found == sorted(found)


def test_cells_are_named_as_spreadsheets_name_them() -> None:
    for name in ("A1", "Z9", "AA10", "AZ3", "BA1", "XFD80"):
        assert reference(*position(name)) == name


def test_a_blank_that_nobody_uses_goes_after_a_good_year(cast: Cast) -> None:
    upload(cast.city, GOOD)
    today = timezone.localdate()
    assert drop_unused(today + datetime.timedelta(days=KEPT_DAYS)) == 0
    assert drop_unused(today + datetime.timedelta(days=KEPT_DAYS + 1)) == 1
    assert not FormWorkbook.objects.exists()


def test_a_cell_to_fill_in_is_named_by_its_row_and_column_and_takes_no_formula(cast: Cast) -> None:
    upload(cast.city, blank(formula=True))
    book = FormWorkbook.objects.get()
    map_to(cast.city, book.pk, cells=["D3", "D4"], source="hand", label="经费（万元）")
    client, period = Session(cast.city), Period.containing(timezone.localdate())
    fill = reverse("reports:workbook_fill", args=[book.pk, period.key])
    page = client.get(fill).content.decode()
    assert "文水县 · 活动经费：经费（万元）（D3）" in page
    assert "兴　县 · 活动经费：经费（万元）（D4）" in page
    for formula in ("=1+1", "＝1+1"):
        answer = client.post(fill, {"value-D3": formula, "source-D3": "账"})
        assert answer.status_code == 422
        assert "不能填公式" in answer.content.decode()
    assert not WorkbookValue.objects.exists()


def test_the_grid_has_letters_and_numbers_and_says_what_excel_works_out(cast: Cast) -> None:
    upload(cast.city, blank(formula=True))
    book = FormWorkbook.objects.get()
    period = Period.containing(timezone.localdate())
    for address in (
        reverse("reports:workbook", args=[book.pk]),
        reverse("reports:workbook_fill", args=[book.pk, period.key]),
    ):
        page = Session(cast.city).get(address).content.decode()
        assert re.findall(r'<th scope="col">([A-Z]+)</th>', page) == ["A", "B", "C", "D"]
        assert re.findall(r'<th scope="row">(\d+)</th>', page) == ["1", "2", "3", "4", "5"]
        assert "公式" in page
        assert "999" not in page
