"""Finding the one, two or three rows of a sheet that are its table's header."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .cells import clean_text
from .headers import ColumnSpec, Path, heading_forms, known_words, match_headings
from .model import Cell, Merge, Sheet
from .noise import may_head

_SEARCHED = 60
_DEEPEST = 3


@dataclass
class Header:
    """The header's rows (0-based, inclusive), the path of each column, and which field each column is."""

    first: int
    last: int
    paths: list[Path]
    mapping: dict[int, str]


def find_header(sheet: Sheet, columns: Sequence[ColumnSpec], *, forced: bool = False) -> Header | None:
    """Return the header that explains most columns, or None; `forced`: at least the first row of words."""
    words = known_words(columns)
    hits = [_hits(row, words) for row in sheet.rows[:_SEARCHED]]
    heads = [count > 2 or may_head(row) for row, count in zip(sheet.rows, hits, strict=False)]
    best: Header | None = None
    for first, last in _candidates(hits, heads):
        header = _header(sheet, first, last, columns)
        if best is None or len(header.mapping) > len(best.mapping):
            best = header
    if best is not None and _is_enough(best, columns):
        return best
    row = next((number for number, head in enumerate(heads) if head), None)
    return _header(sheet, row, row, columns) if forced and row is not None else None


def _hits(row: Sequence[Cell], words: frozenset[str]) -> int:
    texts = {text for cell in row if (text := clean_text(cell))}
    return sum(1 for text in texts if not words.isdisjoint(heading_forms(text)))


def _candidates(hits: Sequence[int], heads: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield blocks of header rows about the most promising rows, the shallow ones first."""
    anchors = sorted((row for row, count in enumerate(hits) if count), key=lambda row: (-hits[row], row))[:3]
    for depth in range(_DEEPEST):
        for anchor in anchors:
            for first in range(anchor - depth, anchor + 1):
                if first >= 0 and first + depth < len(heads) and all(heads[first : first + depth + 1]):
                    yield first, first + depth


def _is_enough(header: Header, columns: Sequence[ColumnSpec]) -> bool:
    found = set(header.mapping.values())
    required = any(spec.required and spec.key in found for spec in columns)
    return len(found) > 2 or (len(found) > 1 and required)


def _header(sheet: Sheet, first: int, last: int, columns: Sequence[ColumnSpec]) -> Header:
    paths = _paths(sheet, first, last)
    return Header(first, last, paths, match_headings(paths, columns))


def _paths(sheet: Sheet, first: int, last: int) -> list[Path]:
    rows = [[clean_text(cell) for cell in row] for row in sheet.rows[first : last + 1]]
    merges = [merge for merge in sheet.merges if merge.top <= last and merge.bottom >= first]
    for merge in merges:
        _fill(rows, sheet, merge, first)
    if not any(merge.right > merge.left for merge in merges):
        _spread_groups(rows)
    return [_path(texts) for texts in zip(*rows, strict=True)]


def _fill(rows: list[list[str]], sheet: Sheet, merge: Merge, first: int) -> None:
    text = clean_text(sheet.rows[merge.top][merge.left]) if merge.left < len(rows[0]) else ""
    for row in rows[max(merge.top - first, 0) : merge.bottom - first + 1]:
        for column in range(merge.left, min(merge.right + 1, len(row))):
            row[column] = text


def _spread_groups(rows: list[list[str]]) -> None:
    """Let a group's heading, which without merged cells stands over its first column only, reach further."""
    for upper, lower in pairwise(rows):
        for column in range(1, len(upper)):
            if not upper[column] and lower[column] and lower[column - 1]:
                upper[column] = upper[column - 1]


def _path(texts: Sequence[str]) -> Path:
    path: list[str] = []
    for text in texts:
        if text and text not in path[-1:]:
            path.append(text)
    return tuple(path)
