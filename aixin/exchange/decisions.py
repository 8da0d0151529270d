"""What a clerk decides between preview and import: whose value stands, rows left out, cells corrected."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

MINE, BLANK, KEEP = "mine", "blank", "keep"
# For the whole file: the file's values, only those the roster has none of, or none for people already there.
POLICIES = {MINE: "用文件里的", BLANK: "只补名册里空着的", KEEP: "保留名册里的"}


@dataclass
class Decisions:
    """A clerk's decisions about one file. Rows are named by their `mark`, changed fields by the change's key."""

    policy: str = MINE
    # Row, to changed field, to MINE or KEEP: goes before the policy.
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    # Row, to column, to the cell's text as corrected.
    corrections: dict[str, dict[str, str]] = field(default_factory=dict)
    # Keys of roster rows that are rightly not in the file.
    staying: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Decisions":
        """Return the decisions that `stored` gave."""
        return cls(**stored)

    def stored(self) -> dict[str, Any]:
        """Return them as JSON takes them."""
        return asdict(self)

    def takes(self, mark: str, key: str, old: str) -> bool:
        """Return whether the file's value of a field goes in where the roster says `old`."""
        chosen = self.choices.get(mark, {}).get(key)
        if chosen:
            return chosen == MINE
        return self.policy == MINE or (self.policy == BLANK and not old)

    def choose(self, mark: str, chosen: dict[str, str], known: Iterable[str]) -> None:
        """Take the choices for a row's changed fields; others than the known ones are ignored."""
        taken = {key: chosen[key] for key in known if chosen.get(key) in {MINE, KEEP}}
        self.choices[mark] = self.choices.get(mark, {}) | taken

    def correct(self, mark: str, cells: dict[str, str]) -> None:
        """Take corrected cells of a row, beside those that were corrected before."""
        self.corrections[mark] = self.corrections.get(mark, {}) | cells

    def leave_out(self, mark: str, *, out: bool) -> None:
        """Keep a row out of the import, or let it in again."""
        self.left_out = sorted({*self.left_out} - {mark} | ({mark} if out else set()))

    def stays(self, pk: int) -> None:
        """Take note that somebody rightly is not in the file."""
        self.staying = sorted({*self.staying, pk})
