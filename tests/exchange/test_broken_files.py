"""Whatever is wrong with a file, reading it ends soon, in a table or in one Chinese sentence."""

import io
import random
import re
import struct
import time
import zipfile
import zlib
from functools import cache

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from aixin.exchange.reading.model import WorkbookError
from aixin.exchange.reading.table import find_best_table
from aixin.exchange.reading.workbook import read_workbook
from tests.exchange.generated.files import Page, as_ods, as_xls
from tests.exchange.generated.pages import Roster, make_roster
from tests.exchange.generated.shapes import Form, Shape
from tests.exchange.specs import CHILDREN

FORMS: tuple[Form, ...] = ("xlsx", "xls", "ods", "utf-8,", "gb18030\t", "utf-16;")
NAMES = ("名册.xlsx", "名册.xls", "名册.ods", "名册.csv", "名册.et", "名册", "")
CODES = {"wrong_type", "empty", "encrypted", "corrupt", "too_large", "no_header"}
SENTENCE = re.compile(r"[^a-z]*[\u4e00-\u9fff].*。\Z", re.DOTALL)
#: Far above what reading takes, far below what a person waits: a file that hangs the reader is not found by luck.
SECONDS = 5


@cache
def roster(form: Form) -> Roster:
    return make_roster(Shape(7, form, 3, 2, "merged", "towns", hidden=True, footer=True))


@cache
def page(form: Form) -> bytes:
    """Return a web page as offices' systems export it under the name .xls."""
    rows = "".join(f"<tr><td>童{n}<td>14112120140629848{n % 10}<td>凤城镇</tr>" for n in range(40))
    text = f"<html><table><tr><th>姓名<th>身份证号<th>乡镇</tr>{rows}</table></html>"
    return text.encode("gb18030" if form == "xls" else "utf-8")


def code_of(data: bytes, name: str) -> str:
    """Return how reading ends: `ok`, or the code of the sentence. Anything but WorkbookError fails the test."""
    began = time.perf_counter()
    failure = _failure(data, name)
    assert time.perf_counter() - began < SECONDS
    if failure is None:
        return "ok"
    assert failure.code in CODES
    assert SENTENCE.match(str(failure)), str(failure)
    return failure.code


def _failure(data: bytes, name: str) -> WorkbookError | None:
    try:
        find_best_table(read_workbook(data, name), CHILDREN)
    except WorkbookError as error:
        return error
    return None


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Return a good file with bytes flipped, cut off, cut out, doubled or overwritten."""
    form = draw(st.sampled_from(FORMS))
    data = bytearray(draw(st.sampled_from((roster(form).data, page(form)))))
    rnd = random.Random(draw(st.integers(0, 10**6)))
    at, length = rnd.randrange(len(data)), rnd.choice((1, 4, 60, 800))
    way = draw(st.sampled_from(("flipped", "cut off", "cut out", "doubled", "noise", "zeros", "head")))
    if way == "flipped":
        for _ in range(rnd.choice((1, 2, 10, 100))):
            data[rnd.randrange(len(data))] ^= 1 << rnd.randrange(8)
    elif way == "cut off":
        del data[at:]
    elif way == "cut out":
        del data[at : at + length]
    elif way == "doubled":
        data[at:at] = data[at : at + length]
    elif way == "noise":
        data[at : at + length] = rnd.randbytes(length)
    elif way == "zeros":
        data[at : at + length] = bytes(length)
    else:
        data[:length] = b""
    return bytes(data)


def _inside(data: bytes, rnd: random.Random) -> bytes:
    """Damage a zip's parts and pack them again, so that no checksum catches it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            part = bytearray(old.read(name))
            for _ in range(rnd.choice((0, 0, 1, 3, 30))):
                at = rnd.randrange(len(part))
                part[at : at + rnd.choice((0, 1, 1, 9))] = rnd.choice(
                    (b"", b"9", b"<", b"-1", b"99999999", rnd.randbytes(2))
                )
            new.writestr(name, bytes(part))
    return buffer.getvalue()


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=damaged(), name=st.sampled_from(NAMES))
def test_damage_ends_in_a_sentence(data: bytes, name: str) -> None:
    code_of(data, name)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(form=st.sampled_from(("xlsx", "ods")), seed=st.integers(0, 10**6))
@example("xlsx", 679)  # an encoding that nobody knows
def test_damage_inside_the_zip_ends_in_a_sentence(form: Form, seed: int) -> None:
    code_of(_inside(roster(form).data, random.Random(seed)), f"名册.{form}")


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    head=st.sampled_from(
        (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"<html><table>", b"sep=;\n")
    ),
    tail=st.binary(max_size=3000),
)  # fmt: skip
def test_any_bytes_end_in_a_sentence(head: bytes, tail: bytes) -> None:
    code_of(head + tail, "名册.xls")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_extension_does_not_matter(form: Form, name: str) -> None:
    assert code_of(roster(form).data, name) == "ok"


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _zip(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return buffer.getvalue()


def _locked(name: str = "EncryptedPackage") -> bytes:
    """Return a workbook under a password: a compound file whose stream is the encrypted package."""
    plain = as_xls([Page("名册", [["姓名"]])])
    old, new = "Workbook".encode("utf-16-le"), name.encode("utf-16-le")
    at = plain.index(old)
    return plain[:at] + new.ljust(64, b"\0") + struct.pack("<H", len(new) + 2) + plain[at + 66 :]


PNG = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">2I5B", 1, 1, 8, 2, 0, 0, 0)) + _chunk(b"IEND", b"")
BOMB = _zip(
    xl__workbook_dot_xml=b"<workbook/>",
    xl__worksheets__sheet1_dot_xml=b"<worksheet><sheetData>" + b"<row><c><v>1</v></c></row>" * 4_000_000,
)
FAR = (
    '<table:table-row table:number-rows-repeated="900000">'
    '<table:table-cell office:value-type="string" table:number-columns-repeated="900"><text:p>x</text:p>'
)
ODS = as_ods([Page("名册", [["姓名", "性别"]])])


@pytest.mark.parametrize(
    ("data", "name", "codes"),
    [
        (b"", "名册.xlsx", {"empty"}),
        (b"\0" * 5000, "名册.xlsx", {"empty"}),
        (b"\xef\xbb\xbf", "名册.csv", {"empty"}),
        (_zip(), "名册.xlsx", {"corrupt", "wrong_type"}),
        (PNG, "名册.xlsx", {"wrong_type"}),
        (b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(400), "名册.jpg", {"wrong_type"}),
        (b"BM" + struct.pack("<I", 900) + bytes(900), "名册.bmp", {"wrong_type"}),
        (b"%PDF-1.7\n" + bytes(400), "名册.xls", {"wrong_type"}),
        (_locked(), "名册.xlsx", {"encrypted"}),
        (BOMB, "名册.xlsx", {"too_large", "corrupt"}),
        (_zip(a_dot_zip=_zip(a_dot_xml=b" " * 10_000_000)), "名册.xlsx", {"wrong_type"}),
        (b"<html><body>" + "您的登录已过期".encode(), "名册.xls", {"empty"}),
        (b"<html><table><tr><td colspan=99999 rowspan=99999>x" * 50, "名册.xls", {"too_large", "no_header"}),
        ("没有表头,的文件\n甲,乙\n".encode(), "名册.csv", {"no_header"}),
        (b'a,"' + b"x" * 300_000, "名册.csv", {"corrupt", "no_header"}),
        (b"<table>" * 20_000, "名册.xls", {"empty", "no_header"}),
    ],
    # A zip's size differs by when it was made; each worker must know the tests by the same names.
    ids=lambda value: "+".join(sorted(value)) if isinstance(value, set) else "",
)  # fmt: skip
def test_what_is_no_roster_says_so(data: bytes, name: str, codes: set[str]) -> None:
    assert code_of(data, name) in codes


def test_an_open_document_that_repeats_a_cell_without_end_is_too_large() -> None:
    with zipfile.ZipFile(io.BytesIO(ODS)) as archive:
        content = archive.read("content.xml").decode()
    end = "</table:table-cell></table:table-row></table:table>"
    content = content.replace("</table:table>", f"{FAR}{end}")
    parts = _zip(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_dot_xml=content.encode())
    assert code_of(parts, "名册.ods") == "too_large"
