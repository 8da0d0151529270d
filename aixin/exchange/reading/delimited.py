"""Text files: finding the encoding and the separator."""

from __future__ import annotations

import codecs
import csv
import io
from itertools import islice

from .model import Cell, Limits, Sheet, corrupt, squared, too_large, wrong_type

_SEPARATORS = ",\t;，；|"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes) -> str:
    """Return the text of UTF-8, UTF-16 or GB18030 bytes.

    Raises WorkbookError: corrupt, or wrong_type when it is no text.
    """
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if _looks_like_text(text):
            return text
    raise corrupt() if _was_text(data) else wrong_type()


def _was_text(data: bytes) -> bool:
    """Return whether these bytes are Chinese text but for a few of them."""
    text = data.decode("gb18030", "replace")
    return _looks_like_text(text) and text.count("\ufffd") <= len(text) // 20


def _encodings(data: bytes) -> tuple[str, ...]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return (encoding,)
    head = data[:4000]
    if head.count(b"\0") > len(head) // 10:
        little = head[1::2].count(b"\0") >= head[::2].count(b"\0")
        return ("utf-16-le", "utf-16-be") if little else ("utf-16-be", "utf-16-le")
    return ("utf-8", "gb18030")


def _looks_like_text(text: str) -> bool:
    head = text[:4000]
    strange = sum(1 for char in head if char < " " and char not in "\t\r\n\f")
    return "\0" not in head and strange <= len(head) // 100


def read_delimited(text: str, name: str, limits: Limits) -> Sheet:
    """Return the one sheet of a separated text. Raises WorkbookError: corrupt, too_large."""
    separator, text = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, quotechar='"')
    try:
        rows: list[list[Cell]] = [list(row) for row in islice(reader, limits.rows + 1)]
    except csv.Error as fault:
        raise corrupt() from fault
    if len(rows) > limits.rows:
        raise too_large(f"表格超过 {limits.rows:,} 行，请拆成几个文件后再导入。")
    while rows and not any(cell.strip() for cell in rows[-1] if isinstance(cell, str)):
        rows.pop()
    limits.check_extent(len(rows), max(map(len, rows), default=0))
    return Sheet(name, squared(rows))


def _separator(text: str) -> tuple[str, str]:
    """Return the separator and the text without the `sep=` line that only tells it."""
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[4], rest
    lines = [line for line in text[:50_000].splitlines() if line.strip()][:40]
    counts = {separator: sum(line.count(separator) for line in lines) for separator in ",\t;"}
    best = max(counts, key=counts.__getitem__)
    if counts[best] >= len(lines) // 2:
        return best, text
    return max(_SEPARATORS, key=lambda mark: sum(line.count(mark) for line in lines)), text
