"""What two records say side by side, and what a clerk chooses of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

FIRST, SECOND = "first", "second"


@dataclass(frozen=True)
class Choice:
    """Which side's number stays, and for each matter that differs the side whose value stays."""

    keep: str
    values: dict[str, str]

    def takes(self, name: str) -> bool:
        """Return whether the double's value is to stand in the record that stays."""
        return self.values.get(name, self.keep) != self.keep


@dataclass(frozen=True)
class Number:
    """A masked number with its eye."""

    label: str
    pk: int
    field: str
    shown: str


@dataclass(frozen=True)
class Cell:
    """What one side says."""

    side: str
    text: str
    numbers: Sequence[Number] = ()
    is_default: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.text and not self.numbers


@dataclass(frozen=True)
class Row:
    """One matter of both records. It is chosen where they differ, unless a remark says how it is settled."""

    name: str
    label: str
    cells: tuple[Cell, Cell]
    differs: bool
    remark: str = ""

    @property
    def is_chosen(self) -> bool:
        return self.differs and not self.remark

    @property
    def default(self) -> str:
        return next(cell.side for cell in self.cells if cell.is_default)


def fuller(left: Any, right: Any, better: str) -> str:
    """Return the side that says more; that of the better record where both say something."""
    if bool(left) != bool(right):
        return FIRST if left else SECOND
    if isinstance(left, list) and len(left) != len(right):
        return FIRST if len(left) > len(right) else SECOND
    return better


def numbers_of(row: Any, *fields: str) -> list[Number]:
    """Return the numbers that a row has of some fields, masked."""
    label = row._meta.label_lower
    return [
        Number(label, row.pk, field, getattr(row, f"masked_{field}"))
        for field in fields
        if getattr(row, field)
    ]
