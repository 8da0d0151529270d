"""Writing workbooks: every cell is text or a number, never a formula (DESIGN section 3.4)."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from django.http import HttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTH = 16


def workbook_bytes(title: str, note: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return an .xlsx with a title line, a line saying what it is, headings and rows, all as literal text."""
    buffer = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet(title[:31])
        bold, head, text = _formats(book)
        sheet.set_column(0, max(len(headings) - 1, 0), WIDTH, text)
        sheet.write_string(0, 0, title, bold)
        sheet.write_string(1, 0, note)
        for column, heading in enumerate(headings):
            sheet.write_string(2, column, heading, head)
        for number, row in enumerate(rows, start=3):
            for column, value in enumerate(row):
                sheet.write_string(number, column, "" if value is None else str(value), text)
    return buffer.getvalue()


def _formats(book: Any) -> tuple[Any, Any, Any]:
    bold = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bg_color": "#F2F3F5", "border": 1, "num_format": "@"})
    return bold, head, book.add_format({"num_format": "@"})


def workbook_response(filename: str, content: bytes) -> HttpResponse:
    """Return a download that is never cached."""
    response = HttpResponse(content, content_type=XLSX)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{_quoted(filename)}"
    response.headers["Cache-Control"] = "no-store"
    return response


def _quoted(filename: str) -> str:
    return "".join(f"%{byte:02X}" for byte in filename.encode())
