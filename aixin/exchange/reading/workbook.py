"""Reading a roster file of any common kind into sheets of plain cells."""

from __future__ import annotations

import io
import re
from pathlib import PurePath

import python_calamine

from . import biff, ooxml
from .delimited import decode, read_delimited
from .model import (
    Cell,
    Limits,
    Merge,
    Sheet,
    WorkbookError,
    corrupt,
    empty_file,
    encrypted,
    squared,
    too_large,
    wrong_type,
)
from .ods import read_ods
from .webpage import read_html

__all__ = ["Cell", "Limits", "Merge", "Sheet", "WorkbookError", "read_workbook"]

_FOREIGN = (
    (b"%PDF", "PDF 文件"),
    (b"{\\rtf", "RTF 文档"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"II*\0", "图片"),
    (b"MM\0*", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"SQLite format", "数据库文件"),
    (b"\x7fELF", "程序文件"),
    (b"MZ", "程序文件"),
)
_PAGE = re.compile(r"<(?:!doctype html|html|table|body|meta)\b", re.IGNORECASE)
_SHEET_XML = "urn:schemas-microsoft-com:office:spreadsheet"


def read_workbook(data: bytes, filename: str, limits: Limits | None = None) -> list[Sheet]:
    """Return the sheets of a .xlsx, .xlsm, .xls, .ods, .csv or .txt file, told by content and not by name.

    Formulas give their stored value and are never evaluated. Raises only WorkbookError, with the code
    wrong_type, empty, encrypted, corrupt or too_large.
    """
    limits = limits or Limits()
    if len(data) > limits.size:
        raise too_large(f"文件超过 {limits.size // (1024 * 1024)} MB，请拆成几个文件后再导入。")
    if not data.strip(b"\0\r\n\t \xef\xbb\xbf"):
        raise empty_file()
    sheets = _read(data, PurePath(filename).stem, limits)
    if not any(sheet.rows for sheet in sheets):
        raise empty_file()
    return sheets


def _read(data: bytes, name: str, limits: Limits) -> list[Sheet]:
    if data.startswith(b"PK"):
        return _read_zip(data, limits)
    if data.startswith(biff.SIGNATURE):
        biff.check_binary(data, limits)
        return _read_by_engine(data, limits)
    _refuse_foreign(data)
    text = decode(data)
    head = text[:3000]
    if _SHEET_XML in head:
        raise wrong_type("XML 电子表格")
    if _PAGE.search(head):
        return read_html(text, limits)
    return [read_delimited(text, name, limits)]


def _refuse_foreign(data: bytes) -> None:
    for signature, what in _FOREIGN:
        if data.startswith(signature):
            raise wrong_type(what)
    if data[4:8] == b"ftyp" or data[8:12] == b"WEBP":
        raise wrong_type("图片")


def _read_zip(data: bytes, limits: Limits) -> list[Sheet]:
    with ooxml.open_zip(data, limits) as archive:
        kind = ooxml.kind_of_zip(archive)
        if kind == "ods":
            return read_ods(ooxml.read_part(archive, "content.xml"), limits)
        ooxml.check_workbook(archive, limits)
    return _read_by_engine(data, limits)


def _read_by_engine(data: bytes, limits: Limits) -> list[Sheet]:
    """Return the sheets as calamine reads them; its panics, which are no Exception, become WorkbookError."""
    try:
        return _sheets(python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)), limits)
    except (WorkbookError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except python_calamine.PasswordError as fault:
        raise encrypted() from fault
    except BaseException as fault:
        raise corrupt() from fault


def _sheets(book: python_calamine.CalamineWorkbook, limits: Limits) -> list[Sheet]:
    if len(book.sheets_metadata) > limits.sheets:
        raise too_large(f"工作表超过 {limits.sheets} 个，请拆成几个文件后再导入。")
    found = []
    for about in book.sheets_metadata:
        if about.typ == python_calamine.SheetTypeEnum.WorkSheet:
            hidden = about.visible != python_calamine.SheetVisibleEnum.Visible
            found.append(_sheet(book.get_sheet_by_name(about.name), hidden=hidden, limits=limits))
    return found


def _sheet(source: python_calamine.CalamineSheet, *, hidden: bool, limits: Limits) -> Sheet:
    limits.check_extent(source.total_height, source.total_width)
    rows: list[list[Cell]] = source.to_python(skip_empty_area=False)
    merges = [Merge(*start, *end) for start, end in source.merged_cell_ranges or ()]
    return Sheet(source.name, squared(rows), merges, hidden)
