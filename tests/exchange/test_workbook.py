"""Files of every kind are told by their content, and whatever is wrong comes out as WorkbookError."""

# ruff: noqa: PT017 — tables of cases read better in rows, and a Chinese character counts as two

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from aixin.exchange.reading.model import Limits, Merge
from aixin.exchange.reading.workbook import WorkbookError, read_workbook

SAMPLES = sorted(
    path for path in (Path(__file__).parent.parent / "samples").iterdir() if path.suffix != ".json"
)
ROWS = [["姓名", "身份证号"], ["张三", "141121201406298485"]]


def workbook(*cells: tuple[int, int, object]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for row, column, value in cells:
            sheet.write(row, column, value)
    return buffer.getvalue()


def repacked(data: bytes, **changes: str) -> bytes:
    """Return the workbook with its first sheet's XML changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                for before, after in changes.items():
                    text = text.replace(before.encode(), after.encode())
            new.writestr(name, text)
    return buffer.getvalue()


def zipped(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return buffer.getvalue()


def code_of(data: bytes, name: str = "a.xlsx", limits: Limits | None = None) -> str:
    with pytest.raises(WorkbookError) as caught:
        read_workbook(data, name, limits)
    assert str(caught.value).endswith("。")
    return caught.value.code


def contained(name: str) -> bytes:
    """Return an old compound file with one empty stream of this name."""
    sector = b"\xff\xff\xff\xff" * 128
    table = b"\xfd\xff\xff\xff\xfe\xff\xff\xff" + sector[8:]
    entry = name.encode("utf-16-le").ljust(64, b"\0") + (len(name) * 2 + 2).to_bytes(2, "little") + bytes(62)
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\0\x03\0\xfe\xff\x09\0\x06\0" + bytes(14)
        + (1).to_bytes(4, "little") + bytes(4) + (4096).to_bytes(4, "little") + b"\xfe\xff\xff\xff" + bytes(4)
        + b"\xfe\xff\xff\xff" + bytes(4) + bytes(4) + b"\xff\xff\xff\xff" * 108
    )  # fmt: skip
    return head + table + entry.ljust(512, b"\0")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_separated_text(encoding: str, separator: str) -> None:
    text = "\r\n".join(separator.join(row) for row in ROWS)
    assert read_workbook(text.encode(encoding), "名单.txt")[0].rows == ROWS


def test_quoted_cells_and_the_separator_hint() -> None:
    sheet = read_workbook('sep=;\n姓名;备注\n张三;"甲;乙\n丙"\n'.encode(), "a.csv")[0]
    assert sheet.rows == [["姓名", "备注"], ["张三", "甲;乙\n丙"]]


def test_the_tabs_that_keep_ids_as_text_do_not_separate() -> None:
    sheet = read_workbook(
        "姓名,身份证\n张三,141121201406298485\t\n李四,141121201406298485\t\n".encode(), "a.csv"
    )[0]
    assert len(sheet.rows[0]) == 2


@pytest.mark.parametrize("name", ["a.xls", "a.csv", "a.pdf", "", "没有扩展名"])
def test_the_name_does_not_matter(name: str) -> None:
    assert read_workbook(workbook((0, 0, "姓名")), name)[0].rows == [["姓名"]]


def test_html_named_xls() -> None:
    page = (
        "<html><style>td{}</style><table><tr><th rowspan=2>乡镇</th><th colspan=2>儿童</th></tr>"
        "<tr><td>姓名<td>性别</tr><tr><td>凤城镇</td><td>张&nbsp;三</td><td>男</td></tr></table></html>"
    )
    sheet = read_workbook(page.encode("gb18030"), "a.xls")[0]
    assert sheet.rows == [["乡镇", "儿童", ""], ["", "姓名", "性别"], ["凤城镇", "张\xa0三", "男"]]
    assert sheet.merges == [Merge(0, 0, 1, 0), Merge(0, 1, 0, 2)]


def test_open_document() -> None:
    cell = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'
    spanned = cell.format(' table:number-rows-spanned="2"', "张<text:s/>三")
    content = (
        '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><table:table table:name="名册">'
        f"<table:table-row>{cell.format('', '姓名')}{cell.format('', '数')}</table:table-row>"
        '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="9"/>'
        f"</table:table-row><table:table-row>{spanned}"
        '<table:table-cell office:value-type="float" office:value="3"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>'
        "</table:table></office:document-content>"
    )
    data = zipped(
        mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_dot_xml=content.encode()
    )
    sheet = read_workbook(data, "a.ods")[0]
    assert sheet.rows == [["姓名", "数"], ["", ""], ["", ""], ["张 三", 3.0]]
    assert sheet.merges == [Merge(3, 0, 4, 0)]


def test_formulas_give_their_value_and_text_stays_text() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write_formula(0, 0, "=1+1", None, 2)
        sheet.write_string(0, 1, "=HYPERLINK(1)")
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.write_string(1, 0, "@张三")
    assert read_workbook(buffer.getvalue(), "a.xlsx")[0].rows == [[2.0, "=HYPERLINK(1)"], ["@张三", ""]]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n\0", "empty"),
        (workbook(), "empty"),
        (b"%PDF-1.7 x", "wrong_type"),
        (b"\x89PNG\r\n\x1a\n0000", "wrong_type"),
        (b"\xff\xd8\xff\xe0aaaa", "wrong_type"),
        (bytes(range(256)) * 8, "wrong_type"),
        (zipped(a_dot_txt=b"x"), "wrong_type"),
        (zipped(word__document_dot_xml=b"<x/>"), "wrong_type"),
        (zipped(xl__workbook_dot_bin=b"x"), "wrong_type"),
        (contained("WordDocument"), "wrong_type"),
        (contained("EncryptedPackage"), "encrypted"),
        (workbook((0, 0, "姓名"))[:900], "corrupt"),
        (b"PK\x03\x04" + b"x" * 100, "corrupt"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 900, "corrupt"),
        ("姓名,电话\n张三,1\n".encode("gb18030") * 20 + b"\xff\xff,\n", "corrupt"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_limits() -> None:
    data = workbook((0, 0, "姓名"), (30, 5, "x"))
    assert code_of(data, limits=Limits(size=100)) == "too_large"
    assert code_of(data, limits=Limits(rows=30)) == "too_large"
    assert code_of(data, limits=Limits(columns=5)) == "too_large"
    assert code_of(data, limits=Limits(unpacked=1000)) == "too_large"
    assert code_of(b"a,b\n" * 40, limits=Limits(rows=30)) == "too_large"
    assert len(read_workbook(data, "a.xlsx", Limits(rows=31, columns=6))[0].rows) == 31


@pytest.mark.parametrize("far", ["XFD1048576", "A1048576", "KP2", "AAAAAA9", "A99999999"])
@pytest.mark.parametrize("spelling", ['r="{}"', "r='{}'", 's="0" r="{}"'])
def test_a_far_cell_never_reaches_the_engine(far: str, spelling: str) -> None:
    data = repacked(workbook((0, 0, "姓名"), (1, 0, 5)), **{'r="A2"': spelling.format(far)})
    assert code_of(data) in ("too_large", "corrupt")


def test_a_far_cell_with_only_a_format_does_not_count() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "姓名")
        sheet.write_blank(1048575, 16383, None, book.add_format({"bold": True}))
    assert read_workbook(buffer.getvalue(), "a.xlsx")[0].rows == [["姓名"]]


def test_a_zip_that_unpacks_to_more_than_it_declares() -> None:
    data = bytearray(zipped(xl__workbook_dot_xml=b"<x>" + b" " * 4_000_000 + b"</x>"))
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = (1000).to_bytes(4, "little")
    assert code_of(bytes(data)) == "corrupt"


def damaged(rnd: random.Random, data: bytearray) -> bytes:
    at = rnd.randrange(len(data))
    way = rnd.randrange(4)
    if way == 0:
        return bytes(data[:at])
    if way == 1:
        for _ in range(rnd.choice((1, 3, 20, 200))):
            data[rnd.randrange(len(data))] = rnd.randrange(256)
    elif way == 2:
        del data[at : at + rnd.randrange(1, 2000)]
    else:
        data[at : at + 300] = rnd.randbytes(300)
    return bytes(data)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name[:2])
def test_damage_raises_nothing_but_workbook_error(path: Path) -> None:
    rnd = random.Random(path.name)
    original = path.read_bytes()
    for _ in range(250):
        try:
            read_workbook(damaged(rnd, bytearray(original)), path.name)
        except WorkbookError as error:
            assert error.code in ("wrong_type", "empty", "encrypted", "corrupt", "too_large")


@pytest.mark.parametrize("seed", range(60))
def test_damage_inside_the_zip(seed: int) -> None:
    """Damage the sheet's XML itself and pack it again, so that the checksums do not catch it."""
    rnd = random.Random(seed)
    buffer = io.BytesIO()
    with zipfile.ZipFile(SAMPLES[1]) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(
                name, damaged(rnd, bytearray(part)) if "sheet1" in name or rnd.random() < 0.1 else part
            )
    try:
        read_workbook(buffer.getvalue(), "a.xlsx")
    except WorkbookError as error:
        assert error.code in ("wrong_type", "empty", "corrupt", "too_large")
