"""A return as offices print it: A4 across, title, 填报单位 and unit, headings in groups, signatures, watermark."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from aixin.exchange.writing import watermark
from reports.returns.definition import Column, Definition
from reports.returns.hiding import Cell
from reports.returns.sheets import Line, Sheet
from reports.returns.showing import HIDDEN, NONE, change

TITLE_ROW, OFFICE_ROW, GROUP_ROW, HEAD_ROW, NUMBER_ROW, FIRST_ROW = range(6)
NAME_WIDTH, WIDTH, NARROW = 18, 12, 9
MANY = 10
ROW_HEIGHT = 20
RATE_FORMAT, COUNT_FORMAT, BROKEN_FORMAT = "0.0", "#,##0", "#,##0.0#"


@dataclass(frozen=True)
class Head:
    """What stands around the table."""

    title: str
    period: str
    office: str
    author: str
    day: str
    as_of: str
    mark: str
    note: str = ""


@dataclass(frozen=True)
class Printed:
    """The values to print: the sheet, the lines to stand below it, the cells that stay hidden."""

    definition: Definition
    sheets: dict[str, Sheet]
    hidden: dict[str, set[Cell]]


def return_xlsx(head: Head, printed: Printed) -> bytes:
    """Return the workbook: numbers as numbers, text as text, never a formula."""
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(buffer, options) as book:
        page = _Page(book, printed.definition)
        page.set_up(head)
        page.write_head(head)
        page.write_headings()
        page.write_body(printed)
        page.write_foot(head)
    return buffer.getvalue()


class _Page:
    """One sheet, written from the top down; `row` is where the next line goes."""

    def __init__(self, book: Any, definition: Definition) -> None:
        self.sheet = book.add_worksheet("报表")
        self.definition, self.last, self.row = definition, len(definition.columns), FIRST_ROW
        self.looks = _looks(book)

    def set_up(self, head: Head) -> None:
        watermark(self.sheet, head.mark)
        self.sheet.repeat_rows(TITLE_ROW, NUMBER_ROW)
        self.sheet.freeze_panes(FIRST_ROW, 1)
        self.sheet.set_default_row(ROW_HEIGHT)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.7)
        self.sheet.center_horizontally()
        self.sheet.set_column(0, 0, NAME_WIDTH)
        self.sheet.set_column(1, self.last, NARROW if self.last > MANY else WIDTH)

    def write_head(self, head: Head) -> None:
        self.sheet.set_row(TITLE_ROW, 34)
        self._across(TITLE_ROW, 0, self.last, head.title, "title")
        middle = (self.last + 1) // 2
        self._across(OFFICE_ROW, 0, max(middle - 1, 0), f"填报单位：{head.office}", "line")
        said = f"{head.period}　截至 {head.as_of}　单位：{self.definition.units}"
        self._across(OFFICE_ROW, middle, self.last, said, "end_line")

    def write_headings(self) -> None:
        self.sheet.set_row(GROUP_ROW, 22)
        self.sheet.set_row(HEAD_ROW, 50 if self.last > MANY else 36)
        self.sheet.merge_range(GROUP_ROW, 0, HEAD_ROW, 0, "项目", self.looks["head"])
        self.sheet.write_string(NUMBER_ROW, 0, "栏次", self.looks["number"])
        for first, end, group in _groups(self.definition.columns):
            if group:
                self._across(GROUP_ROW, first, end, group, "head")
        for number, column in self.definition.numbered():
            self._write_heading(number, column)

    def _write_heading(self, number: int, column: Column) -> None:
        text = f"{column.title}\n（{column.unit}）" if column.unit else column.title
        if column.group:
            self.sheet.write_string(HEAD_ROW, number, text, self.looks["head"])
        else:
            self.sheet.merge_range(GROUP_ROW, number, HEAD_ROW, number, text, self.looks["head"])
        formula = f"={column.formula}" if column.formula else ""
        self.sheet.write_string(NUMBER_ROW, number, f"{number}{formula}", self.looks["number"])

    def write_body(self, printed: Printed) -> None:
        now = printed.sheets["now"]
        for line in now.lines:
            self._write_line(line.title, line, printed.hidden["now"], "")
        if now.total:
            self._write_line("合计", now.total, printed.hidden["now"], "sum_")
            for which, title, gap in (
                ("before", "上期", "比上期增减"),
                ("year_ago", "去年同期", "比去年同期增减"),
            ):
                other = printed.sheets[which].total
                if other:
                    self._write_line(title, other, printed.hidden[which], "")
                    hidden = {number for _, number in printed.hidden["now"] | printed.hidden[which]}
                    self._write_changes(gap, now.total, other, hidden)

    def _write_line(self, title: str, line: Line, hidden: set[Cell], prefix: str) -> None:
        self.sheet.write_string(self.row, 0, title, self.looks[f"{prefix}name"])
        for number, column in self.definition.numbered():
            value = line.value(number)
            look = self.looks[f"{prefix}{_kind(value, column)}"]
            if (line.key, number) in hidden:
                self.sheet.write_string(self.row, number, HIDDEN, look)
            elif value is None:
                self.sheet.write_blank(self.row, number, None, look)
            else:
                self.sheet.write_number(self.row, number, value, look)
        self.row += 1

    def _write_changes(self, title: str, now: Line, before: Line, hidden: set[int]) -> None:
        self.sheet.write_string(self.row, 0, title, self.looks["name"])
        for number, column in self.definition.numbered():
            gap = change(now.value(number), before.value(number), is_rate=column.is_rate)
            look = self.looks[f"change_{_kind(gap, column)}"]
            if number in hidden:
                self.sheet.write_string(self.row, number, HIDDEN, look)
            elif gap is None:
                self.sheet.write_string(self.row, number, NONE, look)
            else:
                self.sheet.write_number(self.row, number, gap, look)
        self.row += 1

    def write_foot(self, head: Head) -> None:
        if head.note:
            self._across(self.row, 0, self.last, head.note, "line")
            self.row += 1
        self.sheet.set_row(self.row, 30)
        third = (self.last + 1) // 3
        bounds = [(0, third - 1), (third, 2 * third - 1), (2 * third, self.last)]
        said = (f"负责人：{'　' * 6}填报人：{head.author}", "联系电话：", f"填报日期：{head.day}")
        if third < 1:
            self._across(self.row, 0, self.last, "　".join(said), "line")
            return
        for (first, end), text in zip(bounds, said, strict=True):
            self._across(self.row, first, end, text, "line")

    def _across(self, row: int, first: int, end: int, text: str, look: str) -> None:
        if end > first:
            self.sheet.merge_range(row, first, row, end, text, self.looks[look])
        elif end == first:
            self.sheet.write_string(row, first, text, self.looks[look])


def _groups(columns: Sequence[Column]) -> list[tuple[int, int, str]]:
    """Return the stretches of columns below the same wider heading, with their numbers."""
    found: list[tuple[int, int, str]] = []
    for number, column in enumerate(columns, start=1):
        if found and found[-1][2] == column.group:
            found[-1] = (found[-1][0], number, column.group)
        else:
            found.append((number, number, column.group))
    return found


def signed(number_format: str) -> str:
    """Return a number format that shows the sign of a change, and nought as it is."""
    return f"+{number_format};-{number_format};0"


def _kind(value: Any, column: Column) -> str:
    if column.is_rate:
        return "rate"
    return "broken" if isinstance(value, float) else "count"


def _looks(book: Any) -> dict[str, Any]:
    base = {"valign": "vcenter", "font_name": "宋体", "font_size": 11}
    boxed = {**base, "border": 1, "text_wrap": True}
    number = {**boxed, "align": "right"}
    bold = {"bold": True, "bg_color": "#F2F3F5"}
    made: dict[str, dict[str, Any]] = {
        "title": {**base, "font_name": "黑体", "font_size": 18, "align": "center"},
        "line": base,
        "end_line": {**base, "align": "right"},
        "head": {**boxed, "bold": True, "align": "center"},
        "number": {**boxed, "align": "center", "font_size": 9, "font_color": "#666666"},
        "name": boxed,
        "count": {**number, "num_format": COUNT_FORMAT},
        "rate": {**number, "num_format": RATE_FORMAT},
        "broken": {**number, "num_format": BROKEN_FORMAT},
        "change_count": {**number, "num_format": signed(COUNT_FORMAT)},
        "change_rate": {**number, "num_format": signed(RATE_FORMAT)},
        "change_broken": {**number, "num_format": signed(BROKEN_FORMAT)},
        "sum_name": {**boxed, **bold},
        "sum_count": {**number, **bold, "num_format": COUNT_FORMAT},
        "sum_broken": {**number, **bold, "num_format": BROKEN_FORMAT},
        "sum_rate": {**number, **bold, "num_format": RATE_FORMAT},
    }
    return {name: book.add_format(properties) for name, properties in made.items()}
