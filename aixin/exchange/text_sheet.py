"""A sheet for long tables of literal text: rows are written as they come, several times faster than cell by cell."""

import re
from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

LONGEST = 32_767
# What XML cannot hold, written as Excel does; and what it would take for such a code.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


class TextSheet(Worksheet):
    """A worksheet of a workbook in constant memory, to which whole rows of text can be added."""

    def __init__(self) -> None:
        super().__init__()
        self._columns: list[tuple[str, int]] = []

    def set_styles(self, formats: Iterable[Any]) -> None:
        """Set the formats of the cells of a row of texts, from the first column on."""
        self._columns = [(xl_col_to_name(at), made._get_xf_index()) for at, made in enumerate(formats)]

    def write_texts(self, row: int, texts: Sequence[str]) -> None:
        """Write a row of texts; rows go downwards only. No cell is a formula, a link or rich text."""
        if row > self.previous_row:
            self._write_single_row(row)
        self._check_dimensions(row, len(texts) - 1)
        number = row + 1
        cells = [
            _cell(f"{name}{number}", style, text)
            for (name, style), text in zip(self._columns, texts, strict=True)
        ]
        self.fh.write(f'<row r="{number}">{"".join(cells)}</row>')


def _cell(place: str, style: int, text: str) -> str:
    if not text:
        return f'<c r="{place}" s="{style}"/>'
    return (
        f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{_inline(text)}</t></is></c>'
    )


def _inline(text: str) -> str:
    if text.isalnum():
        return text
    return escape(_CONTROL.sub(lambda found: f"_x{ord(found.group()):04X}_", text[:LONGEST]))
