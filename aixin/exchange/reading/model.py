"""What a workbook is once read: sheets of plain cells, the limits kept while reading, and the one error."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple

#: A cell as the file holds it. An empty cell is the empty string.
Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta


class WorkbookError(Exception):
    """A file that cannot be read. `str()` is a sentence for the user, `code` is for programs."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Merge(NamedTuple):
    """A merged range, 0-based and inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Sheet:
    """One sheet; `rows[0]` is the sheet's row 1, and all rows have the same width."""

    name: str
    rows: list[list[Cell]]
    merges: list[Merge] = field(default_factory=list)
    hidden: bool = False


@dataclass(frozen=True)
class Limits:
    """How much is read before a file is called too large. Sizes in bytes; `cells` is rows times columns."""

    size: int = 20 * 1024 * 1024
    unpacked: int = 300 * 1024 * 1024
    rows: int = 100_000
    columns: int = 300
    cells: int = 6_000_000
    sheets: int = 60

    def allow(self, rows: int, columns: int) -> bool:
        """Return whether a table of this size is within the limits."""
        return rows <= self.rows and columns <= self.columns and rows * columns <= self.cells

    def check_extent(self, rows: int, columns: int) -> None:
        """Raise `WorkbookError` (too_large) when a table of this size is over the limits."""
        if rows > self.rows:
            raise too_large(f"表格超过 {self.rows:,} 行，请拆成几个文件后再导入。")
        if columns > self.columns:
            raise too_large(f"表格超过 {self.columns} 列，请删去多余的列后再导入。")
        if rows * columns > self.cells:
            raise too_large("表格内容过多，请拆成几个文件后再导入。")


def too_large(message: str) -> WorkbookError:
    """Return the error for a file over the limits."""
    return WorkbookError("too_large", message)


def corrupt() -> WorkbookError:
    """Return the error for a damaged file."""
    return WorkbookError(
        "corrupt", "文件已损坏或不完整，无法读取。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"
    )


def encrypted() -> WorkbookError:
    """Return the error for a workbook that needs a password."""
    return WorkbookError("encrypted", "文件设有打开密码，无法读取。请在 Excel 或 WPS 中取消密码后再上传。")


def wrong_type(what: str = "") -> WorkbookError:
    """Return the error for a file that is no roster; `what` names what it is."""
    kind = f"这是{what}，" if what else "无法识别这个文件，"
    return WorkbookError(
        "wrong_type", f"{kind}不能导入。请上传 Excel 表格（.xlsx、.xls）、.ods 或 .csv 文件。"
    )


def empty_file() -> WorkbookError:
    """Return the error for a file that holds nothing."""
    return WorkbookError("empty", "文件是空的，没有可以导入的内容。")


def squared(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Return the rows, each padded with empty cells to the width of the widest."""
    width = max(map(len, rows), default=0)
    for row in rows:
        if len(row) < width:
            row.extend([""] * (width - len(row)))
    return rows
