"""A roster's rows on their way in, and what becomes of what their cells say."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from aixin.access.models import Region
from aixin.exchange.columns import Column
from aixin.exchange.reading.model import Cell
from aixin.exchange.reading.values import clean_text
from aixin.exchange.reasons import REASONS

CREATED, UPDATED, UNCHANGED, REJECTED = "created", "updated", "unchanged", "rejected"
STATUSES = (CREATED, UPDATED, UNCHANGED, REJECTED)
OPTIONAL_FAULTS = {"father_idno": "parent_id_invalid", "mother_idno": "parent_id_invalid"}


@dataclass(slots=True)
class Change:
    """One field that an import changes, as the preview shows it. `key` names it within the row."""

    key: str
    label: str
    old: str
    new: str
    taken: bool = True


@dataclass(frozen=True, slots=True)
class Stored:
    """What is left of a row's record when it is stored: its key."""

    pk: int


@dataclass(slots=True)
class Draft:
    """A row on its way in: what it says, why it may not, and what it changes."""

    number: int
    cells: dict[str, Cell]
    values: dict[str, Any] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    extra_notes: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    # Keys of the changes that are not to go in.
    dropped: set[str] = field(default_factory=set)
    region: Region | None = None
    target: Any = None
    status: str = ""
    sheet: str = ""
    # What names the row in its file.
    mark: str = ""

    def let_go(self) -> None:
        """Forget what was parsed and all of the record but its key: the row is stored and told of."""
        self.cells, self.values, self.target = {}, {}, Stored(self.target.pk) if self.target else None

    def takes(self, key: str) -> bool:
        """Return whether the change of a field goes in."""
        return key not in self.dropped

    def get(self, key: str) -> Any:
        """Return a parsed value, or None where the file says nothing."""
        value = self.values.get(key)
        return None if value in ("", [], ([], "")) else value

    def reject(self, code: str) -> None:
        if code not in self.reasons:
            self.reasons.append(code)

    def warn(self, code: str) -> None:
        if code not in self.warnings:
            self.warnings.append(code)


# 138****1234, 141***********1234, 高**, 欧阳**: what our own lists show of a number or a name.
_HIDDEN = re.compile(r"\d\*{2,}|\A\s*[\u3400-\u9fff]{1,2}\*+\s*\Z")


def is_hidden(cell: Cell) -> bool:
    """Return whether a cell holds what a list of ours has masked: an edited export says nothing there."""
    return isinstance(cell, str) and "*" in cell and _HIDDEN.search(cell) is not None


@dataclass(frozen=True)
class Outcome:
    """What an import did, or in a dry run would do."""

    drafts: list[Draft]

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(draft.status for draft in self.drafts)
        return {status: found[status] for status in STATUSES}

    @property
    def written(self) -> list[Draft]:
        """The rows that were created or updated."""
        return [draft for draft in self.drafts if draft.status in {CREATED, UPDATED}]


def fate_of(changes: Iterable[Change]) -> str:
    """Return the fate of a row about somebody on the roster: whether any of its changes goes in."""
    return UPDATED if any(change.taken for change in changes) else UNCHANGED


def note_fault(draft: Draft, column: Column, cell: Cell, code: str) -> None:
    """Reject the row, or where the fault is no reason to, keep what was typed."""
    draft.values[column.key] = None
    if column.key in OPTIONAL_FAULTS:
        draft.warn(OPTIONAL_FAULTS[column.key])
    elif code in REASONS:
        draft.reject(code)
    else:
        draft.extra_notes.append(f"{column.title}：{clean_text(cell)}")


def keep_wording(draft: Draft, column: Column, cell: Cell) -> None:
    """Keep words that no vocabulary has, so that nothing typed is lost; a category is rejected instead."""
    text = clean_text(cell)
    if not text:
        return
    if column.fault:
        draft.reject(column.fault)
    else:
        draft.extra_notes.append(f"{column.title}：{text}")


def take_phone(draft: Draft, key: str) -> str:
    """Return the first valid number of a phone cell; what is no number goes to the notes, with a warning.

    Further numbers stand under `<key>_others`: they are phones too, and kept as such.
    """
    numbers, rest = draft.values.get(key) or ([], "")
    draft.values[f"{key}_others"] = "、".join(numbers[1:])
    if rest:
        draft.extra_notes.append(rest)
    if any(map(str.isdigit, rest)):
        draft.warn("phone_invalid")
    return numbers[0] if numbers else ""


def notes_of(draft: Draft) -> str:
    """Return the notes column with everything that found no other place."""
    typed = draft.get("notes")
    return "；".join([*([typed] if typed else []), *draft.extra_notes])[:500]


def follow_merged(drafts: Iterable[Draft], key: str, people: Any) -> None:
    """Let a row that names a merged double by its number mean the record that it went into."""
    numbered = [draft for draft in drafts if draft.get(key)]
    led_to = people.led_to(draft.get(key) for draft in numbered)
    for draft in numbered:
        draft.values[key] = led_to.get(draft.get(key), draft.get(key))
