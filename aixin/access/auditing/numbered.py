"""Finding a person by public number within one's own scope; each roster registers its rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aixin.access.numbers import Kind, is_valid


@dataclass(frozen=True)
class Roster:
    """Which persons a user may see, and where a person's page is."""

    rows: Callable[[Any], Any]
    url: Callable[[Any], str]


_rosters: dict[str, Roster] = {}


def register_numbered(kind: Kind, roster: Roster) -> None:
    """Let a higher app have its persons found by number."""
    _rosters[kind.value] = roster


def person_with(user: Any, number: str) -> tuple[Any, str] | None:
    """Return the person with a public number in the user's scope and the address of her page, or None."""
    roster = _rosters.get(number[:1])
    found = roster.rows(user).filter(no=number).first() if roster and is_valid(number) else None
    return (found, roster.url(found)) if roster and found is not None else None
