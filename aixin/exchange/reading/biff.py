"""Guards for old binary workbooks (.xls): the cells are measured before the engine reads them.

As with zipped workbooks the engine allocates a sheet's whole rectangle at once, so a damaged record that
names a far cell must be found first.
"""

from __future__ import annotations

import struct

from .model import Limits, WorkbookError, corrupt, encrypted, wrong_type

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_END = 0xFFFFFFF0  # this and above: end of chain, free, or table sectors
_FILEPASS = 0x002F
_BOF = 0x0809
_DIMENSIONS = 0x0200
#: Number, label, shared string, RK, formula, boolean or error, rich string; blank cells do not count.
_CELLS = frozenset({0x0203, 0x0204, 0x00FD, 0x027E, 0x0006, 0x0205, 0x00D6, 0x0207})
_MULTIPLE = 0x00BD


class _Container:
    """A compound file: sectors chained by an allocation table, with a directory of named streams."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        head = struct.unpack_from("<HH", data, 30)
        self.size, self.mini_size = 1 << min(head[0], 20), 1 << min(head[1], 20)
        directory, _, cutoff, mini, _, difat = struct.unpack_from("<6I", data, 48)
        self.cutoff = cutoff
        self.table = self._allocation_table(difat)
        self.entries = self._directory(self.chain(directory))
        self.mini_table = _numbers(self.chain(mini))

    def sector(self, number: int) -> bytes:
        return self.data[(number + 1) * self.size : (number + 2) * self.size]

    def _allocation_table(self, difat: int) -> tuple[int, ...]:
        sectors = list(struct.unpack_from("<109I", self.data, 76))
        seen: set[int] = set()
        while difat < _END and difat not in seen:
            seen.add(difat)
            numbers = _numbers(self.sector(difat))
            sectors.extend(numbers[:-1])
            difat = numbers[-1] if numbers else _END
        return _numbers(b"".join(self.sector(number) for number in dict.fromkeys(sectors) if number < _END))

    def chain(self, start: int) -> bytes:
        return b"".join(map(self.sector, _follow(self.table, start)))

    def _directory(self, data: bytes) -> dict[str, tuple[int, int]]:
        entries: dict[str, tuple[int, int]] = {}
        for at in range(0, len(data) - 127, 128):
            length = struct.unpack_from("<H", data, at + 64)[0]
            name = data[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
            entries.setdefault(name.lower(), struct.unpack_from("<II", data, at + 116))
        return entries

    def stream(self, name: str) -> bytes:
        start, length = self.entries[name]
        if length >= self.cutoff:
            return self.chain(start)[:length]
        root = self.chain(self.entries.get("root entry", (_END, 0))[0])
        pieces = (
            root[n * self.mini_size : (n + 1) * self.mini_size] for n in _follow(self.mini_table, start)
        )
        return b"".join(pieces)[:length]


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack_from(f"<{len(data) // 4}I", data)


def _follow(table: tuple[int, ...], start: int) -> list[int]:
    chain: dict[int, None] = {}
    while start < len(table) and start not in chain:
        chain[start] = None
        start = table[start]
    return list(chain)


def check_binary(data: bytes, limits: Limits) -> None:
    """Raise WorkbookError (corrupt, encrypted, too_large, wrong_type) when the engine must not read this."""
    try:
        container = _Container(data)
        stream = container.stream(_name_of_workbook(container.entries))
    except WorkbookError:
        raise
    except (struct.error, KeyError, ValueError, IndexError) as fault:
        raise corrupt() from fault
    _measure(stream, limits)


def _name_of_workbook(entries: dict[str, tuple[int, int]]) -> str:
    if "encryptedpackage" in entries:
        raise encrypted()
    for name in ("workbook", "book"):
        if name in entries:
            return name
    if "worddocument" in entries:
        raise wrong_type("Word 文档")
    if "powerpoint document" in entries:
        raise wrong_type("演示文稿")
    raise wrong_type() if entries else corrupt()


def _measure(stream: bytes, limits: Limits) -> None:
    """Walk the records and check the furthest cell of each sheet. Raises WorkbookError."""
    at, end, rows, columns = 0, len(stream) - 4, 0, 0
    unpack = struct.Struct("<HHHH").unpack_from
    padded = stream + bytes(16)
    while at <= end:
        kind, length, row, column = unpack(padded, at)
        if kind in _CELLS:
            rows, columns = max(rows, row + 1), max(columns, column + 1)
        elif kind == _MULTIPLE:
            last = struct.unpack_from("<H", padded, at + 2 + length)[0] if length >= 6 else column
            rows, columns = max(rows, row + 1), max(columns, column + 1, last + 1)
        elif kind == _FILEPASS:
            raise encrypted()
        elif kind == _BOF:
            limits.check_extent(rows, columns)
            rows = columns = 0
        elif kind == _DIMENSIONS:
            _check_declared(padded, at, length)
        at += 4 + length
    limits.check_extent(rows, columns)


def _check_declared(data: bytes, at: int, length: int) -> None:
    """The engine reserves room by the declared size; an impossible one is damage."""
    if length >= 14:
        first, last, left, right = struct.unpack_from("<IIHH", data, at + 4)
    else:
        first, last, left, right = struct.unpack_from("<HHHH", data, at + 4)
    if last > 65_536 or right > 256 or first > last or left > right:
        raise corrupt()
