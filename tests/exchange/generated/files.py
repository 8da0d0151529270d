"""Pages written as .xlsx, .xls, .ods and separated text. The .xls and .ods writers know just what a roster needs."""

# ruff: noqa: DTZ001 — a sheet's dates have no zone

import csv
import datetime as dt
import io
import struct
import zipfile
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Value = str | int | float | dt.date
EPOCH = dt.date(1899, 12, 30)


@dataclass
class Page:
    """A sheet before it is written; merges are 0-based (top, left, bottom, right)."""

    name: str
    rows: list[list[Value]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    def add(self, row: list[Value], width: int = 0) -> int:
        """Append a row and return its number, 1-based."""
        self.rows.append([*row, *[""] * (width - len(row))])
        return len(self.rows)


def as_xlsx(pages: list[Page]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        for page in pages:
            sheet = book.add_worksheet(page.name)
            _lay_out(sheet, page)
            for number, cells in enumerate(page.rows):
                for column, value in enumerate(cells):
                    _write_cell(sheet, number, column, value, date)
    return buffer.getvalue()


def _lay_out(sheet: Worksheet, page: Page) -> None:
    for merge in page.merges:
        sheet.merge_range(*merge, "")
    for row in page.hidden_rows:
        sheet.set_row(row, None, None, {"hidden": True})
    for column in page.hidden_columns:
        sheet.set_column(column, column, None, None, {"hidden": True})


def _write_cell(sheet: Worksheet, row: int, column: int, value: Value, date: Format) -> None:
    if isinstance(value, dt.date):
        sheet.write_datetime(row, column, dt.datetime(value.year, value.month, value.day), date)
    elif not isinstance(value, str):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, value)


def as_text(page: Page, separator: str, encoding: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(page.rows)
    return text.getvalue().encode(encoding)


def as_ods(pages: list[Page]) -> bytes:
    tables = "".join(map(_ods_table, pages))
    spaces = "".join(f' xmlns:{name}="urn:x:{name}"' for name in ("office", "table", "text"))
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    content = f"<office:document-content{spaces}>{body}</office:document-content>"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return buffer.getvalue()


def _ods_table(page: Page) -> str:
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in page.merges}
    rows = []
    for number, cells in enumerate(page.rows):
        inside = "".join(_ods_cell(cell, spans.get((number, column))) for column, cell in enumerate(cells))
        hidden = ' table:visibility="collapse"' if number in page.hidden_rows else ""
        rows.append(f"<table:table-row{hidden}>{inside}</table:table-row>")
    return f"<table:table table:name={quoteattr(page.name)}>{''.join(rows)}</table:table>"


def _ods_cell(value: Value, span: tuple[int, int] | None) -> str:
    about = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"' if span else ""
    if value == "":
        return f"<table:table-cell{about}/>"
    if isinstance(value, dt.date):
        about += f' office:value-type="date" office:date-value="{value.isoformat()}"'
    elif not isinstance(value, str):
        about += f' office:value-type="float" office:value="{value!r}"'
    else:
        about += ' office:value-type="string"'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(value).split("\n"))
    return f"<table:table-cell{about}>{lines}</table:table-cell>"


def as_xls(pages: list[Page]) -> bytes:
    """Return a workbook of the old binary kind: its records in the one stream of a compound file."""
    sheets = [_biff_sheet(page) for page in pages]
    names = [_biff_text(page.name, "<BB") for page in pages]
    opening = _record(0x0809, struct.pack("<4H2I", 0x0600, 5, 0, 0, 0, 0)) + _formats()
    at = len(opening) + sum(4 + 6 + len(name) for name in names) + 4
    bounds = b""
    for sheet, name in zip(sheets, names, strict=True):
        bounds += _record(0x0085, struct.pack("<IH", at, 0) + name)
        at += len(sheet)
    return _compound(opening + bounds + _record(0x000A) + b"".join(sheets))


def _record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _formats() -> bytes:
    """Return two cell formats: 0 is general, 1 is a date."""
    return b"".join(_record(0x00E0, struct.pack("<HHH", 0, kind, 0) + bytes(14)) for kind in (0, 14))


def _biff_text(text: str, head: str) -> bytes:
    units = text.encode("utf-16-le")
    return struct.pack(head, len(units) // 2, 1) + units


def _biff_sheet(page: Page) -> bytes:
    width = max(map(len, page.rows))
    parts = [
        _record(0x0809, struct.pack("<4H2I", 0x0600, 0x10, 0, 0, 0, 0)),
        _record(0x0200, struct.pack("<2I3H", 0, len(page.rows), 0, width, 0)),
    ]
    for number, cells in enumerate(page.rows):
        for column, value in enumerate(cells):
            if value != "":
                parts.append(_biff_cell(number, column, value))
    merges = b"".join(
        struct.pack("<4H", top, bottom, left, right) for top, left, bottom, right in page.merges
    )
    if merges:
        parts.append(_record(0x00E5, struct.pack("<H", len(page.merges)) + merges))
    return b"".join(parts) + _record(0x000A)


def _biff_cell(row: int, column: int, value: Value) -> bytes:
    if isinstance(value, str):
        return _record(0x0204, struct.pack("<3H", row, column, 0) + _biff_text(value, "<HB"))
    is_date = isinstance(value, dt.date)
    number = float((value - EPOCH).days) if isinstance(value, dt.date) else float(value)
    return _record(0x0203, struct.pack("<3Hd", row, column, int(is_date), number))


def _compound(stream: bytes) -> bytes:
    """Return a compound file of 512-byte sectors: allocation table, directory, stream."""
    stream = stream.ljust(4096, b"\0")
    length = -(-len(stream) // 512)
    tables = 1
    while tables * 128 < tables + 1 + length:
        tables += 1
    first = tables + 1
    chain = [*range(first + 1, first + length), 0xFFFFFFFE]
    table = [0xFFFFFFFD] * tables + [0xFFFFFFFE] + chain
    table += [0xFFFFFFFF] * (tables * 128 - len(table))
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
        + struct.pack("<9I", 0, tables, tables, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
        + struct.pack("<109I", *range(tables), *[0xFFFFFFFF] * (109 - tables))
    )  # fmt: skip
    directory = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry(
        "Workbook", 2, 0xFFFFFFFF, first, len(stream)
    )
    body = struct.pack(f"<{len(table)}I", *table) + directory.ljust(512, b"\0")
    return head + body + stream.ljust(length * 512, b"\0")


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<3I", 0xFFFFFFFF, 0xFFFFFFFF, child)
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBB", len(text), kind, 1)
        + links
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
