"""The rows below a header: which are data, and what their blank, merged and 同上 cells stand for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import noise
from .cells import DITTO, clean_text, is_blank
from .header_rows import Header
from .headers import ColumnSpec, heading_forms
from .model import Cell, Merge, Sheet

_SEQUENCE = frozenset({"序号", "序", "编号", "no", "顺序号", "行号", "号"})
_TOWN_LINE = re.compile(
    r"(?:[一二三四五六七八九十\d]{1,3}[、.．])?([^\d、.．（(:：]{1,12}(?:镇|乡|街道|街道办事处|办事处))"
    r"(?:[（(][^）)]*[）)])?[:：]?\d{0,5}人?\Z"
)


def data_rows(
    sheet: Sheet, header: Header, columns: Sequence[ColumnSpec]
) -> tuple[list[tuple[int, list[Cell]]], list[tuple[int, str]]]:
    """Return the data rows as (1-based number, resolved cells), and the rows left out as (number, why)."""
    reader = _Reader(sheet, header, columns)
    for index in range(header.last + 1, len(sheet.rows)):
        reader.take(index, sheet.rows[index])
    return reader.rows, reader.dropped


class _Reader:
    """Goes down the rows and remembers what the next ones may refer to."""

    def __init__(self, sheet: Sheet, header: Header, columns: Sequence[ColumnSpec]) -> None:
        specs = {spec.key: spec for spec in columns}
        by_column = {column: specs[key] for column, key in header.mapping.items() if key in specs}
        self.words = [
            frozenset(form for text in path for form in heading_forms(text)) for path in header.paths
        ]
        self.above = {clean_text(cell) for row in sheet.rows[: header.first] for cell in row} - {""}
        self.sequence = {c for c, words in enumerate(self.words) if words & _SEQUENCE and c not in by_column}
        self.mapped = frozenset(by_column)
        self.name = next((c for c, spec in by_column.items() if spec.kind == "name"), None)
        self.ids = [column for column, spec in by_column.items() if spec.kind == "idno"]
        self.ditto = [column for column, spec in by_column.items() if not spec.unique]
        order = {spec.key: number for number, spec in enumerate(columns)}
        self.inherited = sorted(
            (c for c, s in by_column.items() if s.fill_down), key=lambda c: order[header.mapping[c]]
        )
        self.places = frozenset(self.inherited)
        self.spans = _lines_across(sheet.merges, header)
        self.merged = _merged_values(sheet, header)
        self.rows: list[tuple[int, list[Cell]]] = []
        self.dropped: list[tuple[int, str]] = []
        self.last: list[Cell] = []
        self.towns: dict[int, Cell] = {}

    def take(self, index: int, row: list[Cell]) -> None:
        """Add the row to the data, or to the rows left out."""
        if any(noise.begins_as_id(row[column]) for column in self.ids):
            self._add(index, row)
            return
        shown = noise.shown_cells(row)
        if not shown:
            return
        why = self._why_no_data(index, row, shown)
        if why:
            self.dropped.append((index + 1, why))
        else:
            self._add(index, row)

    def _why_no_data(self, index: int, row: list[Cell], shown: noise.Shown) -> str:
        own = [
            (column, text)
            for column, text in shown
            if column not in self.sequence or not noise.is_number(text)
        ]
        if not own or (len(own) == 1 and own[0][0] not in self.mapped and noise.is_number(own[0][1])):
            return "number_only"
        if noise.is_total(own, self.places):
            return "total"
        if noise.repeats_header(shown, self.words) or self._repeats_title(shown):
            return "header"
        if noise.is_signed(own) or (noise.is_signature(own) and not self._is_person(own)):
            return "footer"
        if noise.is_example(shown):
            return "example"
        if not self.rows and noise.numbers_columns(row, shown):
            return "header"
        return self._why_no_record(index, row, own)

    def _why_no_record(self, index: int, row: list[Cell], own: noise.Shown) -> str:
        if len(own) == 1 and self._is_title(index, row, own[0][0]):
            self._enter_town(own[0][1])
            return "title"
        if self.places.issuperset(column for column, _ in own):
            self._inherit(index, list(row))
            return "place_only"
        return "footer" if noise.is_stray_line(own) else ""

    def _is_title(self, index: int, row: list[Cell], column: int) -> bool:
        """Return whether a row's only cell is a line across the table and no field."""
        return index in self.spans or column in self.sequence or clean_text(row[column]) in self.above

    def _repeats_title(self, shown: noise.Shown) -> bool:
        """Return whether all of several cells stand above the header, or in it, already."""
        return len(shown) > 1 and all(
            text in self.above or not self.words[column].isdisjoint(heading_forms(text))
            for column, text in shown
        )

    def _is_person(self, own: noise.Shown) -> bool:
        """A row with a name in its column and other fields is data, whatever its first cell says."""
        return len(own) > 2 and any(column == self.name for column, _ in own) and own[0][0] != self.name

    def _enter_town(self, text: str) -> None:
        """A line such as 一、凤城镇（20人） across the table names the town of the rows below it."""
        found = _TOWN_LINE.match(text)
        if found and self.inherited:
            self.towns[self.inherited[-1]] = found[1]

    def _add(self, index: int, row: list[Cell]) -> None:
        cells = list(row)
        for column, value in self.merged.get(index, ()):
            if is_blank(cells[column]):
                cells[column] = value
        if self.last:
            self._resolve_ditto(cells)
        if self.inherited:
            self._inherit(index, cells)
        self.rows.append((index + 1, cells))
        self.last = cells

    def _resolve_ditto(self, cells: list[Cell]) -> None:
        for column in self.ditto:
            cell = cells[column]
            if isinstance(cell, str) and cell and (cell in DITTO or cell.strip() in DITTO):
                cells[column] = self.last[column]

    def _inherit(self, index: int, cells: list[Cell]) -> None:
        """Fill blank places from above; a new wider place ends the narrower ones."""
        for rank, column in enumerate(self.inherited):
            if is_blank(cells[column]):
                cells[column] = self.towns.get(column, "")
            elif clean_text(cells[column]) != clean_text(self.towns.get(column, "")):
                self.towns[column] = cells[column]
                for narrower in self.inherited[rank + 1 :]:
                    self.towns.pop(narrower, None)


def _merged_values(sheet: Sheet, header: Header) -> dict[int, list[tuple[int, Cell]]]:
    """Return for each row the (column, value) that a cell merged down from above gives it."""
    values: dict[int, list[tuple[int, Cell]]] = {}
    height, width = len(sheet.rows), len(header.paths)
    for merge in sheet.merges:
        if merge.bottom > merge.top > header.last and merge.top < height and merge.left < width:
            value = sheet.rows[merge.top][merge.left]
            for row in range(merge.top + 1, min(merge.bottom + 1, height)):
                values.setdefault(row, []).append((merge.left, value))
    return values


def _lines_across(merges: Sequence[Merge], header: Header) -> set[int]:
    """Return the rows below the header of which one cell spans a good part of the table."""
    wide = max(3, len(header.paths) // 3)
    return {merge.top for merge in merges if merge.top > header.last and merge.right - merge.left + 1 >= wide}
