"""Writing workbooks: every cell is text or a number, never a formula (DESIGN section 3.4)."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from django.http import HttpResponse

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTH = 16
HEAD_ROWS = 3
# Excel takes 255 characters, its codes included; a longer header would be left out.
MARK_LENGTH = 200


class Faulty(str):
    """A cell's text in which the fault lies: coloured."""

    __slots__ = ()


def workbook_bytes(
    title: str, note: str, headings: Sequence[str], rows: Iterable[Sequence[Any]], *, mark: str
) -> bytes:
    """Return an .xlsx with a title line, a line saying what it is, headings and rows, all as literal text.

    `mark` says who took it, when and what for: it stands in the sheet's first lines, which are repeated on every
    printed page, and in its header and footer.
    """
    buffer = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet(title[:31])
        bold, head, text, faulty = _formats(book)
        watermark(sheet, mark)
        sheet.repeat_rows(0, HEAD_ROWS - 1)
        sheet.freeze_panes(HEAD_ROWS, 0)
        sheet.set_column(0, max(len(headings) - 1, 0), WIDTH, text)
        sheet.write_string(0, 0, title, bold)
        sheet.write_string(1, 0, f"{mark}　{note}")
        for column, heading in enumerate(headings):
            sheet.write_string(HEAD_ROWS - 1, column, heading, head)
        for number, row in enumerate(rows, start=HEAD_ROWS):
            for column, value in enumerate(row):
                look = faulty if isinstance(value, Faulty) else text
                sheet.write_string(number, column, "" if value is None else str(value), look)
    return buffer.getvalue()


def watermark(sheet: Any, mark: str) -> None:
    """Put the watermark on every page of a sheet, A4 across; an ampersand would start one of Excel's codes."""
    line = mark.replace("&", "＆")[:MARK_LENGTH]
    sheet.set_header(f"&C&K999999{line}")
    sheet.set_footer(f"&L&K999999{line}&R&P / &N")
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _formats(book: Any) -> tuple[Any, Any, Any, Any]:
    bold = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bg_color": "#F2F3F5", "border": 1, "num_format": "@"})
    text = {"num_format": "@"}
    return bold, head, book.add_format(text), book.add_format({**text, "bg_color": "#FFD9D6", "border": 1})


def workbook_response(filename: str, content: bytes) -> HttpResponse:
    """Return a workbook as a download that is never cached."""
    return file_response(filename, content, XLSX)


def file_response(filename: str, content: bytes, content_type: str) -> HttpResponse:
    """Return a download that is never cached."""
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{_quoted(filename)}"
    response.headers["Cache-Control"] = "no-store"
    return response


def _quoted(filename: str) -> str:
    return "".join(f"%{byte:02X}" for byte in filename.encode())
