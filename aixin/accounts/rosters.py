"""Rosters whose people may have accounts; the apps above register theirs."""

from collections.abc import Callable
from dataclasses import dataclass

from aixin.access.models import Role, User


@dataclass(frozen=True)
class Invitee:
    """A person on a roster as her account will know her. `obstacle` says why she may not have one yet."""

    name: str
    phone: str
    region_id: str
    obstacle: str = ""


@dataclass(frozen=True)
class PeopleRoster:
    """How a roster's people are found by id, within the transaction's scope, and tied to their accounts.

    `find` holds the person's row until the end of the transaction and returns None for who is not there.
    """

    key: str
    role: Role
    find: Callable[[int], Invitee | None]
    tie: Callable[[int, User], None]

    def subject(self, pk: int) -> str:
        """Return under which name an invitation knows a person."""
        return f"{self.key}:{pk}"


_rosters: dict[str, PeopleRoster] = {}


def register_people(roster: PeopleRoster) -> None:
    """Let the people of a roster be invited."""
    _rosters[roster.key] = roster


def person_of(subject: str) -> tuple[PeopleRoster, int]:
    """Return the roster and the id that a subject names; raise KeyError for an unknown roster."""
    key, _, pk = subject.partition(":")
    return _rosters[key], int(pk)
