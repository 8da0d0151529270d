"""Cleaning the text of cells: what a cell says, without what typing and exporting left in it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from .model import Cell

#: Marks for "as above".
DITTO = frozenset(
    {"同上", "同 上", "同前", "同左", "〃", "″", '"', "''", "”", "“", "＂", "ditto", "Ditto", "〃〃"}
)

#: What offices write for "nothing".
NOTHING = frozenset(
    {"", "/", "\\", "-", "--", "—", "——", "无", "暂无", "没有", "空", "不详", "未知", "N/A", "n/a", "/ /"}
)

_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe]"
)
_SPACES = re.compile(r"\s+")
_EXPORTED = re.compile(r'="(.*)"\Z', re.DOTALL)
_CLEAN = re.compile(r"[!-&(-<>-~\u4e00-\u9fa5]+\Z")  # no space, apostrophe or equals sign, nothing to change

# Width only: full-width letters, digits and signs, but no Chinese punctuation or other compatibility form.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "（），：；！？～"} | {
    0x3000: 0x20
}


def clean_text(cell: Cell | None) -> str:
    """Return what the cell says: half-width letters and digits, single spaces, nothing invisible.

    Never raises. Chinese punctuation and rare characters stay. A leading apostrophe and an exporter's ="…"
    are dropped; other text that begins with = + - @ is kept as it is. Numbers are written without a needless
    .0, dates as 2014-06-29.
    """
    if isinstance(cell, str):
        return cell if _CLEAN.match(cell) else _clean(cell)
    return _number_or_date(cell)


def _clean(text: str) -> str:
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text).translate(_WIDE)).strip()
    if exported := _EXPORTED.match(text):
        text = exported[1].strip()
    return text.lstrip("'‘’").lstrip() if text[:1] in "'‘’" and text.strip("'‘’") else text


def _number_or_date(cell: Cell | None) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.strftime("%Y-%m-%d %H:%M") if (cell.hour or cell.minute) else cell.date().isoformat()
    return str(cell)


def is_blank(cell: Cell | None) -> bool:
    """Return whether the cell shows nothing."""
    return cell is None or (isinstance(cell, str) and (cell == "" or cell.isspace() or not clean_text(cell)))


def half_width(cell: Cell | None) -> str:
    """Return the cell's text with every compatibility form resolved, for numbers, dates and codes."""
    text = clean_text(cell)
    return text if text.isascii() else unicodedata.normalize("NFKC", text)
