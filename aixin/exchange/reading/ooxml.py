"""Guards for zipped workbooks: nothing is handed to the engine before its true size is known.

The engine allocates a sheet's whole rectangle at once, so one cell at XFD1048576 would end the process; and a
zip may declare less than it unpacks to. Each part is therefore unpacked here once, in pieces, within limits.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import deque
from collections.abc import Iterator
from xml.parsers import expat

from .model import Limits, WorkbookError, corrupt, encrypted, too_large, wrong_type

_CHUNK = 1 << 20
_XML_PARTS = (".xml", ".rels", ".vml")
_PLAIN_CELL = b'<c r="'
_ROW = re.compile(rb'<row r="(\d{1,9})"')
_FAR_COLUMN = re.compile(rb'<c r="([A-Z]{2,6})')
_FAR_ROW = re.compile(rb'<c r="[A-Z]+\d{6}')
_REFERENCE = re.compile(r"([A-Z]{1,6})(\d{1,9})\Z")


def open_zip(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """Return the archive, its declared sizes checked. Raises WorkbookError: corrupt, encrypted, too_large."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeError) as fault:
        raise corrupt() from fault
    entries = archive.infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        raise encrypted()
    if len(entries) > 5000 or sum(entry.file_size for entry in entries) > limits.unpacked:
        raise too_large("文件解压后过大，无法读取。请删去图片和多余的工作表后再上传。")
    return archive


def kind_of_zip(archive: zipfile.ZipFile) -> str:
    """Return 'xlsx' or 'ods'. Raises WorkbookError (wrong_type) for any other archive."""
    names = set(archive.namelist())
    if "xl/workbook.bin" in names:
        raise wrong_type("二进制工作簿（.xlsb）")
    if "word/document.xml" in names:
        raise wrong_type("Word 文档")
    if "ppt/presentation.xml" in names:
        raise wrong_type("演示文稿")
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if "content.xml" in names and "mimetype" in names:
        return _kind_of_opendocument(archive)
    raise wrong_type("压缩包")


def _kind_of_opendocument(archive: zipfile.ZipFile) -> str:
    mimetype = read_part(archive, "mimetype")[:200]
    if b"opendocument.spreadsheet" not in mimetype:
        raise wrong_type("OpenDocument 文档")
    if b"encryption-data" in read_part(archive, "META-INF/manifest.xml", missing=b""):
        raise encrypted()
    return "ods"


def read_part(archive: zipfile.ZipFile, name: str, missing: bytes | None = None) -> bytes:
    """Return one part's bytes, or `missing` when it is absent. Raises WorkbookError (corrupt)."""
    if missing is not None and name not in archive.namelist():
        return missing
    return b"".join(_pieces(archive, name))


def _pieces(archive: zipfile.ZipFile, name: str | zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a part in pieces; the archive's own length and checksum are verified on the way."""
    try:
        with archive.open(name) as part:
            while piece := part.read(_CHUNK):
                yield piece
    except WorkbookError:
        raise
    except Exception as fault:  # zipfile raises many kinds on damaged archives
        raise corrupt() from fault


def check_workbook(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Unpack every XML part once and measure the sheets. Raises WorkbookError: corrupt, too_large."""
    for entry in archive.infolist():
        if entry.filename.lower().endswith(_XML_PARTS):
            _check_part(archive, entry, limits)


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> None:
    pieces = _pieces(archive, entry)
    first = next(pieces, b"")
    if b"worksheet" not in first[:4096]:
        deque(pieces, maxlen=0)  # only to see that it unpacks to what it declares
        return
    data = b"".join([first, *pieces])
    if _is_plain(data) and limits.allow(*_extent_when_plain(data)):
        return
    _check_exactly(data, limits)


def _is_plain(data: bytes) -> bool:
    """Return whether all cells are written `<c r="…"`, as all common programs do."""
    cells = (
        data.count(b"<c ")
        + data.count(b"<c>")
        + data.count(b"<c/")
        + data.count(b"<c\n")
        + data.count(b"<c\t")
    )
    return cells == data.count(_PLAIN_CELL) and b":c " not in data and b":c>" not in data


def _extent_when_plain(data: bytes) -> tuple[int, int]:
    """Return at least (rows, columns) in use, quickly: cells that hold only a format are counted too."""
    rows = max(map(int, _ROW.findall(data)), default=0)
    columns = max((_column(letters.decode()) for letters in set(_FAR_COLUMN.findall(data))), default=26)
    return (rows, columns) if not _FAR_ROW.search(data) else (10**7, columns)


def _position(reference: str) -> tuple[int, int]:
    found = _REFERENCE.match(reference)
    if not found:
        raise corrupt()
    return int(found[2]), _column(found[1])


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


class _Extent:
    """Follows a sheet's elements and keeps the furthest cell with content."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.row = self.column = self.rows = self.columns = 0
        self.inside = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if self.inside:
            self._note_content()
        elif tag == "row":
            self.row = int(attributes["r"]) if attributes.get("r", "").isdigit() else self.row + 1
            self.column = 0
        elif tag == "c":
            self.inside = True
            self._enter_cell(attributes.get("r", ""))

    def _note_content(self) -> None:
        """Take note of the cell; one beyond the limits ends the reading at once, however much follows."""
        if self.row > self.rows or self.column > self.columns:
            self.rows, self.columns = max(self.rows, self.row), max(self.columns, self.column)
            self.limits.check_extent(self.rows, self.columns)

    def _enter_cell(self, reference: str) -> None:
        if reference:
            self.row, self.column = _position(reference.upper())
        else:
            self.column += 1

    def end(self, tag: str) -> None:
        if tag.rpartition(":")[2] == "c":
            self.inside = False


def _check_exactly(data: bytes, limits: Limits) -> None:
    """Measure a sheet that is written in an unusual way; slower. Raises WorkbookError: corrupt, too_large."""
    extent = _Extent(limits)
    parser = expat.ParserCreate()
    parser.StartElementHandler = extent.start
    parser.EndElementHandler = extent.end
    try:
        parser.Parse(data, True)  # noqa: FBT003
    except (expat.ExpatError, ValueError, LookupError) as fault:
        raise corrupt() from fault
