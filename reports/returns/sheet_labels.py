"""What the sheet itself says beside a cell and above it: whose row and which column a value is asked for."""

import re
from collections.abc import Iterable

from reports.returns.cells import position, reference
from reports.returns.workbooks import GridCell

_NUMBER = re.compile(r"[\d.,\s%]+")
SHOWN = 12


def letters_of(grid: list[list[GridCell]]) -> list[str]:
    """Return the letters of a grid's columns: A, B, C."""
    across = sum(cell.across for cell in grid[0]) if grid else 0
    return [reference(1, column).removesuffix("1") for column in range(1, across + 1)]


class Labels:
    """The texts of a blank sheet by row and column, merged cells everywhere they reach."""

    def __init__(self, grid: Iterable[Iterable[GridCell]]) -> None:
        self.texts: dict[tuple[int, int], str] = {}
        for cell in (cell for row in grid for cell in row if _says_something(cell)):
            top, left = position(cell.name)
            for row in range(top, top + cell.down):
                for column in range(left, left + cell.across):
                    self.texts[row, column] = cell.text

    def of(self, name: str) -> str:
        """Return what a cell's row and column are called, as far as the sheet says: 文水县 · 活动经费."""
        row, column = position(name)
        if (asks := self.texts.get((row, column - 1), "")).endswith(("：", ":")):
            return asks[:-1].strip()
        beside = (self.texts.get((row, place), "") for place in range(1, column))
        above = (self.texts.get((place, column), "") for place in range(row - 1, 0, -1))
        said = (next(filter(None, texts), "")[:SHOWN] for texts in (beside, above))
        return " · ".join(filter(None, said))


def _says_something(cell: GridCell) -> bool:
    """Return whether a cell's text names something: a number counts rows (序号) or columns (栏次)."""
    return bool(cell.text) and not cell.is_formula and not _NUMBER.fullmatch(cell.text)
