"""Formulas between columns, written as offices write them: 2+3, 2-3, 3/2; the numbers are those of the columns."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reports.metrics import rate

Number = int | float
_TERMS = re.compile(r"\d{1,2}(?:[+-]\d{1,2})*", re.ASCII)
_RATIO = re.compile(r"(\d{1,2})/(\d{1,2})", re.ASCII)
_TERM = re.compile(r"([+-]?)(\d{1,2})", re.ASCII)
# What people type for the signs.
_WRITTEN = str.maketrans("−–÷", "--/")


def tidy(value: Number) -> Number:
    """Return a sum without what binary fractions add to it."""
    return value if isinstance(value, int) else round(value, 2)


class FormulaError(ValueError):
    """A text that is no formula; the message is for the user."""


@dataclass(frozen=True)
class Formula:
    """A sum of columns with their signs, or the share in percent that one has of another."""

    terms: tuple[tuple[int, int], ...]
    is_rate: bool = False

    @property
    def columns(self) -> tuple[int, ...]:
        """The numbers of the columns that it names."""
        return tuple(column for _, column in self.terms)

    def __str__(self) -> str:
        if self.is_rate:
            return "/".join(str(column) for column in self.columns)
        said = "".join(f"{'-' if sign < 0 else '+'}{column}" for sign, column in self.terms)
        return said.removeprefix("+")

    def renumbered(self, numbers: Mapping[int, int]) -> "Formula":
        """Return it with other numbers for the same columns; raise KeyError for one that is gone."""
        return Formula(tuple((sign, numbers[column]) for sign, column in self.terms), self.is_rate)

    def value(self, values: Callable[[int], Number | None]) -> Number | None:
        """Return what it comes to; None where a value is missing or there is nothing to divide by."""
        found = [values(column) for column in self.columns]
        if any(value is None for value in found):
            return None
        known: Sequence[Number] = [value for value in found if value is not None]
        if self.is_rate:
            return rate(known[0], known[1])
        return tidy(sum(sign * value for (sign, _), value in zip(self.terms, known, strict=True)))

    def words(self, name: Callable[[int], str]) -> str:
        """Return it with the columns' names."""
        if self.is_rate:
            return " ÷ ".join(name(column) for column in self.columns)
        said = "".join(f" {'－' if sign < 0 else '＋'} {name(column)}" for sign, column in self.terms)
        return said.removeprefix(" ＋ ").strip()


def parsed(text: str) -> Formula:
    """Return the formula that a text writes; raise FormulaError for anything else."""
    plain = unicodedata.normalize("NFKC", text).translate(_WRITTEN).replace(" ", "").replace("栏", "")
    ratio = _RATIO.fullmatch(plain)
    if ratio:
        return Formula(((1, int(ratio[1])), (1, int(ratio[2]))), is_rate=True)
    if not _TERMS.fullmatch(plain):
        raise FormulaError("公式写成 2+3、2-3 或 3/2（百分比），数字是栏次。")
    signed = ((-1 if sign == "-" else 1, int(column)) for sign, column in _TERM.findall(plain))
    return Formula(tuple(signed))
