"""Blank rosters: for every registered roster, with the scope's own places, and what is filled in comes in as it is."""

import io
import re
import zipfile
from typing import Any
from xml.sax.saxutils import escape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx.oxml import parse_xml
from python_calamine import CalamineWorkbook
from xlsxwriter.utility import xl_col_to_name

from aixin.access.scope import acting
from aixin.exchange.jobs import NO_ROWS, load_table
from aixin.exchange.models import ImportJob
from aixin.exchange.reading.model import WorkbookError
from aixin.exchange.roster import RosterResource, roster_kinds, roster_of
from children.models import Child
from tests.cast import Cast
from tests.conftest import Session
from tests.exchange.exports import cells, member
from tests.pages import text_of

pytestmark = pytest.mark.django_db
KINDS = sorted(roster_kinds())
HEAD, EXAMPLE, FIRST = 3, 4, 5
SHEET = "xl/worksheets/sheet1.xml"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def fetched(user: Any, kind: str) -> bytes:
    answer = Session(user).get(reverse("imports:template", args=[kind]))
    assert answer.status_code == 200
    content: bytes = answer.content
    return content


def headings(content: bytes) -> list[str]:
    return cells(content)[HEAD - 1]


def filled(content: bytes, row: dict[str, str]) -> bytes:
    """Return the blank with one row typed in under the headings, below the example."""
    heads = headings(content)
    typed = "".join(
        f'<c r="{xl_col_to_name(heads.index(title))}{FIRST}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        for title, value in row.items()
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == SHEET:
                part = part.replace(b"</sheetData>", f'<row r="{FIRST}">{typed}</row></sheetData>'.encode())
            new.writestr(name, part)
    return buffer.getvalue()


def resource(user: Any, kind: str) -> RosterResource:
    return roster_of(kind)(user)


@pytest.mark.parametrize("kind", KINDS)
def test_every_heading_is_read_as_the_column_it_was_made_of(cast: Cast, kind: str) -> None:
    content = fetched(cast.wenshui, kind)
    columns = roster_of(kind).columns()
    with acting(cast.wenshui):
        table = load_table(
            resource(cast.wenshui, kind), filled(content, {columns[0].title: "张小花"}), "模板.xlsx", {}
        )
    assert [table.mapping[at] for at in sorted(table.mapping)] == [column.key for column in columns]
    assert len(table.rows) == 1, "the example is no data"


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_blank_is_refused_in_words(cast: Cast, kind: str) -> None:
    content = fetched(cast.wenshui, kind)
    with acting(cast.wenshui), pytest.raises(WorkbookError, match="没有填写内容"):
        load_table(resource(cast.wenshui, kind), content, "模板.xlsx", {})


def test_the_page_says_that_nothing_was_filled_in(cast: Cast) -> None:
    blank = SimpleUploadedFile("模板.xlsx", fetched(cast.wenshui, "children"))
    answer = Session(cast.wenshui).post("/children/import/", {"file": blank})
    assert NO_ROWS in text_of(answer.content.decode())
    assert not ImportJob.objects.exists()


def test_what_is_filled_in_comes_in_without_a_hand_s_turn(cast: Cast) -> None:
    child = {
        "姓名": "童一一", "性别": "女", "出生日期": "2015-03-04", "乡镇（街道）": "凤城镇",
        "村（社区）": "西街社区居民委员会", "儿童类别": "留守儿童", "健康状况": "健康", "是否寄宿": "是",
        "监护人姓名": "高奶奶", "监护人电话": "13900001111", "享受救助": "低保、医疗", "父亲状况": "外出务工",
    }  # fmt: skip
    upload = SimpleUploadedFile("模板.xlsx", filled(fetched(cast.wenshui, "children"), child))
    session = Session(cast.wenshui)
    sent = session.post("/children/import/", {"file": upload})
    session.post(sent.headers["Location"] + "confirm/")
    found = Child.objects.get(name="童一一")
    assert (found.region.name, found.health, found.boarding) == ("西街社区居民委员会", "HEALTHY", True)
    assert found.aid == ["MINIMUM_LIVING", "MEDICAL"]
    assert found.main_guardian.phone == "13900001111"
    assert found.parents.get().status == "AWAY"


@pytest.mark.parametrize("kind", KINDS)
def test_every_word_offered_means_its_own_code(kind: str) -> None:
    for column in roster_of(kind).columns():
        for code, words in column.vocabulary.items():
            assert column.parse(words[0]) == [code], f"{column.title}：{words[0]}"


def validations(content: bytes) -> dict[str, tuple[str, str]]:
    """Return source of the drop-down and note of each column, by its heading."""
    heads = {xl_col_to_name(at): title for at, title in enumerate(headings(content))}
    found = parse_xml(member(content, SHEET).encode()).iter(f"{MAIN}dataValidation")
    return {
        heads[re.match("[A-Z]+", rule.get("sqref", ""))[0]]: (  # type: ignore[index]
            rule.findtext(f"{MAIN}formula1") or "",
            rule.get("prompt", ""),
        )
        for rule in found
    }


def sheet_rows(content: bytes, name: str) -> list[list[Any]]:
    return list(CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python())


def words_in(content: bytes, source: str) -> list[str]:
    first, last = (int(row) for row in re.findall(r"\$A\$(\d+)", source))
    return [str(row[0]) for row in sheet_rows(content, source.partition("!")[0])[first - 1 : last]]


def test_drop_downs_offer_the_vocabulary_and_the_places_of_the_scope(cast: Cast) -> None:
    content = fetched(cast.wenshui, "children")
    lists = {title: source for title, (source, _) in validations(content).items()}
    assert words_in(content, lists["儿童类别"])[:2] == ["留守儿童", "事实无人抚养"]
    assert words_in(content, lists["性别"]) == ["男", "女"]
    towns = words_in(content, lists["乡镇（街道）"])
    assert "凤城镇" in towns
    assert len(towns) == len(set(towns))
    assert "OFFSET" in lists["村（社区）"], "the villages of the row's township"
    assert member(content, "xl/workbook.xml").count('state="hidden"') == 2
    assert ["凤城镇", "西街社区居民委员会"] in sheet_rows(content, "地点")


def test_a_township_is_offered_its_own_places_only(cast: Cast) -> None:
    assert {row[0] for row in sheet_rows(fetched(cast.fengcheng, "children"), "地点")} == {"凤城镇"}


def test_numbers_stay_text_and_required_columns_are_coloured(cast: Cast) -> None:
    content = fetched(cast.wenshui, "children")
    sheet = parse_xml(member(content, SHEET).encode())
    styles = parse_xml(member(content, "xl/styles.xml").encode())
    formats = [found.get("numFmtId") for found in styles.iterfind(f"{MAIN}cellXfs/{MAIN}xf")]
    columns = sheet.findall(f"{MAIN}cols/{MAIN}col")
    assert {formats[int(found.get("style", "0"))] for found in columns} == {"49"}, "text, whatever is typed"
    heads = [int(cell.get("s", "0")) for cell in sheet.findall(f"{MAIN}sheetData/{MAIN}row")[HEAD - 1]]
    plain = heads[0]
    red = [title for title, style in zip(headings(content), heads, strict=True) if style != plain]
    assert red == ["姓名", "乡镇（街道）", "儿童类别"]
    notes = {title: note for title, (_, note) in validations(content).items()}
    assert notes["姓名"].startswith("必填")
    assert "18 位" in notes["身份证号"]


def test_both_pages_offer_it(cast: Cast) -> None:
    address = reverse("imports:template", args=["volunteers"])
    session = Session(cast.wenshui)
    for page in ("/imports/", "/volunteers/import/"):
        assert address in session.get(page).content.decode()
