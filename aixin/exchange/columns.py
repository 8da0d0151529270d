"""A roster's column, declared once: heading and synonyms for reading, parser, and the export's title."""

from collections.abc import Mapping, Sequence
from typing import Any

from import_export.fields import Field

from aixin.exchange.reading import values as parsers
from aixin.exchange.reading.headers import ColumnSpec
from aixin.exchange.reading.model import Cell
from aixin.exchange.reading.values import ValueFault

# Kinds whose cells are numbers of a person, which no page shows in full.
NUMBER_KINDS = frozenset({"idno", "phone"})
Vocabulary = Mapping[str, Sequence[str]]

_PARSERS: dict[str, Any] = {
    "text": parsers.clean_text,
    "region": parsers.clean_text,
    "name": parsers.clean_name,
    "idno": parsers.parse_idno,
    "date": parsers.parse_date,
    "phone": parsers.parse_phone,
    "sex": parsers.parse_sex,
    "bool": parsers.parse_bool,
    "count": parsers.parse_count,
    "grade": parsers.parse_grade,
}


class Column(Field):
    """One column of a roster, of a kind that says how its cells are read.

    `key` is set by the resource from the attribute's name. A choice column has the vocabulary it is matched with.
    """

    key = ""

    def __init__(
        self,
        title: str,
        synonyms: Sequence[str] = (),
        groups: Sequence[str] = (),
        *,
        kind: str = "text",
        vocabulary: Vocabulary | None = None,
        fault: str = "",
        max_length: int = 0,
        leaves: Sequence[str] = (),
        required: bool = False,
        fill_down: bool = False,
        unique: bool = False,
        attribute: str | None = None,
    ) -> None:
        super().__init__(attribute=attribute, column_name=title)
        self.title = title
        self.kind = kind
        self.vocabulary = vocabulary or {}
        self.fault = fault
        self.max_length = max_length
        self._heading = (tuple(synonyms), tuple(groups), tuple(leaves))
        self._flags = {"required": required, "fill_down": fill_down, "unique": unique}

    @property
    def spec(self) -> ColumnSpec:
        """Return how the column is recognised in a sheet."""
        synonyms, groups, leaves = self._heading
        return ColumnSpec(
            key=self.key,
            title=self.title,
            synonyms=synonyms,
            groups=groups,
            leaves=leaves,
            kind=self.kind,
            **self._flags,
        )

    def parse(self, cell: Cell) -> Any:
        """Return the value of a cell; raise ValueFault with the reason's code."""
        if self.kind == "choice":
            return parsers.match_choice(cell, self.vocabulary)
        try:
            value = _PARSERS[self.kind](cell)
        except ValueFault as fault:
            raise ValueFault(self.fault or fault.code) from fault
        return value[: self.max_length] if self.max_length and isinstance(value, str) else value


def vocabulary_of(choices: Any, **synonyms: str) -> dict[str, list[str]]:
    """Return a vocabulary from a choices class: each code with its label and further words, blank-separated."""
    words = {code: [str(label)] for code, label in choices.choices}
    for code, more in synonyms.items():
        words[code].extend(more.split())
    return words
