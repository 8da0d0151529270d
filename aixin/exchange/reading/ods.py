"""OpenDocument spreadsheets, read here because the engine does not tell their merged cells."""

from __future__ import annotations

import datetime as dt
from xml.parsers import expat

from .model import Cell, Limits, Merge, Sheet, WorkbookError, corrupt, empty_file, squared

_CELL_TAGS = frozenset({"table-cell", "covered-table-cell"})


def read_ods(content: bytes, limits: Limits) -> list[Sheet]:
    """Return the sheets of a content.xml. Raises WorkbookError: corrupt, empty, too_large."""
    reader = _Reader(limits)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        parser.Parse(content, True)  # noqa: FBT003
    except WorkbookError:
        raise
    except (expat.ExpatError, ValueError, OverflowError, LookupError) as fault:
        raise corrupt() from fault
    if not reader.sheets:
        raise empty_file()
    for sheet in reader.sheets:
        squared(sheet.rows)
    return reader.sheets


def _whole(attributes: dict[str, str], name: str) -> int:
    return max(int(attributes.get(name, "1")), 1)


class _Reader:
    """Collects sheets from the parser's events; empty cells and rows are written once content follows."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.sheets: list[Sheet] = []
        self.row: list[Cell] = []
        self.text: list[str] = []
        self.cell: dict[str, str] | None = None
        self.row_repeat = self.empty_rows = self.empty_cells = self.skipping = self.paragraphs = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if self.skipping or name == "annotation":
            self.skipping += 1
        elif name == "table" and tag.startswith("table:"):
            self._start_sheet(attributes)
        elif name == "table-row":
            self.row, self.empty_cells = [], 0
            self.row_repeat = _whole(attributes, "table:number-rows-repeated")
        elif name in _CELL_TAGS:
            self.cell, self.text, self.paragraphs = attributes, [], 0
        elif self.cell is not None:
            self._start_text(name, attributes)

    def _start_sheet(self, attributes: dict[str, str]) -> None:
        self.sheets.append(Sheet(attributes.get("table:name", ""), []))
        self.empty_rows = 0

    def _start_text(self, name: str, attributes: dict[str, str]) -> None:
        if name == "p":
            self.text.append("\n" if self.paragraphs else "")
            self.paragraphs += 1
        elif name == "s":
            self.text.append(" " * min(_whole(attributes, "text:c"), 1000))
        elif name in ("tab", "line-break"):
            self.text.append("\n" if name == "line-break" else " ")

    def characters(self, data: str) -> None:
        if self.paragraphs and not self.skipping:
            self.text.append(data)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if self.skipping:
            self.skipping -= 1
        elif name in _CELL_TAGS:
            self._end_cell()
        elif name == "table-row" and self.sheets:
            self._end_row()

    def _end_cell(self) -> None:
        attributes = self.cell or {}
        self.cell, self.paragraphs = None, 0
        repeat = _whole(attributes, "table:number-columns-repeated")
        self._note_merge(attributes)
        value = _value(attributes, "".join(self.text))
        if value == "":
            self.empty_cells += repeat
            return
        self.limits.check_extent(1, len(self.row) + self.empty_cells + repeat)
        self.row.extend([""] * self.empty_cells + [value] * repeat)
        self.empty_cells = 0

    def _note_merge(self, attributes: dict[str, str]) -> None:
        down = _whole(attributes, "table:number-rows-spanned")
        across = _whole(attributes, "table:number-columns-spanned")
        if (down > 1 or across > 1) and self.sheets:
            top, left = len(self.sheets[-1].rows) + self.empty_rows, len(self.row) + self.empty_cells
            self.sheets[-1].merges.append(Merge(top, left, top + down - 1, left + across - 1))

    def _end_row(self) -> None:
        if not self.row:
            self.empty_rows += self.row_repeat
            return
        rows = self.sheets[-1].rows
        self.limits.check_extent(len(rows) + self.empty_rows + self.row_repeat, len(self.row))
        rows.extend([] for _ in range(self.empty_rows))
        rows.extend(list(self.row) for _ in range(self.row_repeat))
        self.empty_rows = 0


def _value(attributes: dict[str, str], text: str) -> Cell:
    kind = attributes.get("office:value-type", attributes.get("calcext:value-type", "string"))
    if kind in ("float", "percentage", "currency") and "office:value" in attributes:
        return float(attributes["office:value"])
    if kind == "date" and "office:date-value" in attributes:
        return _date(attributes["office:date-value"])
    if kind == "boolean" and "office:boolean-value" in attributes:
        return attributes["office:boolean-value"] == "true"
    return attributes.get("office:string-value", text)


def _date(text: str) -> Cell:
    try:
        return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)
    except ValueError:
        return text
