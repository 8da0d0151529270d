"""A ledger as offices print it (.xlsx, A4 across) or as separated text for another system (.csv).

Every cell is text: neither formula nor link, and no number loses its zeros. Rows are written as they come.
"""

import csv
import io
import re
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from aixin.exchange.ledgers import LedgerRows
from aixin.exchange.text_sheet import TextSheet
from aixin.exchange.writing import watermark

TEXT = 49
NUMBER, NUMBER_WIDTH = "序号", 6
TITLE_ROW, MARK_ROW, OFFICE_ROW, GROUP_ROW, HEAD_ROW, FIRST_ROW = range(6)
# What a spreadsheet would take for a formula, and a number so long that it would be rounded.
_RISKY = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_LONG = re.compile(r"\d{12,}[\dXx]?\Z")


@dataclass(frozen=True)
class LedgerHead:
    """What stands above and below the rows: title, office, day, unit of the count, watermark and note."""

    title: str
    sheet: str
    office: str
    day: str
    unit: str
    mark: str
    note: str


def ledger_xlsx(head: LedgerHead, rows: LedgerRows) -> bytes:
    """Return the ledger as a workbook ready to print."""
    buffer = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet(head.sheet[:31], TextSheet)
        formats = _formats(book)
        _set_page(sheet, head, rows.columns)
        _write_title(sheet, head, len(rows.columns), formats)
        _write_headings(sheet, rows.columns, formats["head"])
        sheet.set_styles([formats["middle"], *(formats["cell"] for _ in rows.columns)])
        number = 0
        for number, cells in enumerate(rows, start=1):
            sheet.write_texts(FIRST_ROW + number - 1, [str(number), *cells])
        _write_foot(sheet, head, rows, number, formats)
    return buffer.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    base = {"num_format": TEXT, "valign": "vcenter"}
    boxed = {**base, "border": 1, "text_wrap": True}
    centred = {**boxed, "align": "center"}
    made = {
        "title": {**base, "bold": True, "font_size": 18, "align": "center"},
        "mark": {**base, "font_size": 8, "font_color": "#808080"},
        "line": base,
        "middle_line": {**base, "align": "center"},
        "end_line": {**base, "align": "right"},
        "head": {**centred, "bold": True, "bg_color": "#F2F3F5"},
        "middle": centred,
        "cell": boxed,
        "sum": {**centred, "bold": True},
    }
    return {name: book.add_format(properties) for name, properties in made.items()}


def _set_page(sheet: Any, head: LedgerHead, columns: Any) -> None:
    watermark(sheet, head.mark)
    sheet.repeat_rows(TITLE_ROW, HEAD_ROW)
    sheet.freeze_panes(FIRST_ROW, 3)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.7)
    sheet.center_horizontally()
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    sheet.set_column(0, 0, NUMBER_WIDTH)
    for at, column in enumerate(columns, start=1):
        sheet.set_column(at, at, column.width)


def _write_title(sheet: Any, head: LedgerHead, last: int, formats: dict[str, Any]) -> None:
    sheet.set_row(TITLE_ROW, 32)
    sheet.merge_range(TITLE_ROW, 0, TITLE_ROW, last, head.title, formats["title"])
    sheet.merge_range(MARK_ROW, 0, MARK_ROW, last, f"{head.mark}　{head.note}", formats["mark"])
    said = (f"填报单位：{head.office}", f"填报日期：{head.day}", f"单位：{head.unit}")
    _write_thirds(sheet, OFFICE_ROW, last, said, formats)


def _write_thirds(sheet: Any, row: int, last: int, said: tuple[str, ...], formats: dict[str, Any]) -> None:
    """Write three texts across a row: to the left, in the middle, to the right."""
    bounds = [0, (last + 1) // 3, last + 1 - (last + 1) // 3, last + 1]
    for at, (text, name) in enumerate(zip(said, ("line", "middle_line", "end_line"), strict=True)):
        first, end = bounds[at], bounds[at + 1] - 1
        if end > first:
            sheet.merge_range(row, first, row, end, text, formats[name])
        else:
            sheet.write_string(row, first, text, formats[name])


def _write_headings(sheet: Any, columns: Any, head: Any) -> None:
    """Write two rows of headings. Written row by row, because a sheet of constant memory never goes back up."""
    groups, titles = ["", *(c.group for c in columns)], [NUMBER, *(c.title for c in columns)]
    sheet.set_row(GROUP_ROW, 22)
    sheet.set_row(HEAD_ROW, 32)
    for at, (group, title) in enumerate(zip(groups, titles, strict=True)):
        begins = at == 0 or group != groups[at - 1]
        sheet.write_string(GROUP_ROW, at, (group if begins else "") if group else title, head)
    for at, (group, title) in enumerate(zip(groups, titles, strict=True)):
        sheet.write_string(HEAD_ROW, at, title if group else "", head)
    for first, last, group in _spans(groups):
        if group and last > first:
            sheet.merge.append([GROUP_ROW, first, GROUP_ROW, last])
        elif not group:
            sheet.merge.extend([GROUP_ROW, at, HEAD_ROW, at] for at in range(first, last + 1))


def _spans(groups: list[str]) -> list[tuple[int, int, str]]:
    """Return the stretches of columns with the same wider heading."""
    spans: list[tuple[int, int, str]] = []
    for at, group in enumerate(groups):
        if spans and spans[-1][2] == group:
            spans[-1] = (spans[-1][0], at, group)
        else:
            spans.append((at, at, group))
    return spans


def _write_foot(sheet: Any, head: LedgerHead, rows: LedgerRows, number: int, formats: dict[str, Any]) -> None:
    """Write sums, tallies and the line for signatures; the import knows them for no data."""
    row, last = FIRST_ROW + number, len(rows.columns)
    sheet.write_string(row, 0, "合计", formats["sum"])
    for at, column in enumerate(rows.columns, start=1):
        said = f"{number}{head.unit}" if at == 1 else rows.sum_of(column.key) if column.adds_up else ""
        sheet.write_string(row, at, said, formats["sum"])
    if rows.said:
        sheet.merge_range(row + 1, 0, row + 1, last, f"注：{rows.said}。", formats["line"])
    sheet.set_row(row + 2, 30)
    _write_thirds(sheet, row + 2, last, ("填表人：", "审核人：", "负责人："), formats)


def ledger_csv(head: LedgerHead, rows: LedgerRows) -> bytes:
    """Return the ledger as UTF-8 with a mark that Excel knows: one row of headings, the rows, the watermark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([NUMBER, *(column.title for column in rows.columns)])
    for number, cells in enumerate(rows, start=1):
        writer.writerow([number, *map(harmless, cells)])
    writer.writerow([f"注：{harmless(head.mark)}　{head.note}"])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def harmless(cell: str) -> str:
    """Return a text that no spreadsheet calculates and none rounds: behind an apostrophe or a tab."""
    if _RISKY.match(cell):
        return "'" + cell
    return f"\t{cell}" if _LONG.match(cell) else cell
