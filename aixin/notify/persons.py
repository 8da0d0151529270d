"""Whose account stands behind an addressee, and by which number she is reached.

A notice may be addressed to a row of a roster. The app that keeps the roster says here whose account that is.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from aixin.access.models import Post, Role, User
from aixin.access.regions import Level


@dataclass(frozen=True)
class Person:
    """A row of a roster that has an account: its key, the account, the number on the roster, and its page."""

    pk: int
    user_id: int
    phone: str
    page: str


Finder = Callable[[Literal["pk", "user_id"], Collection[int]], Iterable[Person]]
_rosters: dict[str, Finder] = {}


def register_persons(prefix: str, finder: Finder) -> None:
    """Let a higher app find those of its rows who serve and have an account, by row or by account."""
    _rosters[prefix] = finder


def accounts_of(addressees: Iterable[str]) -> dict[str, int]:
    """Return the account behind each addressee; one without an account is left out."""
    by_prefix: dict[str, set[int]] = {}
    for addressee in addressees:
        prefix, _, number = addressee.partition(":")
        if number.isdecimal():
            by_prefix.setdefault(prefix, set()).add(int(number))
    found = {f"user:{pk}": pk for pk in by_prefix.get("user", ())}
    for prefix, finder in _rosters.items():
        people = finder("pk", by_prefix.get(prefix, ()))
        found.update((f"{prefix}:{person.pk}", person.user_id) for person in people)
    return found


def persons_behind(users: Collection[int]) -> dict[int, Person]:
    """Return the row of a roster behind each account that has one."""
    return {person.user_id: person for finder in _rosters.values() for person in finder("user_id", users)}


def audiences_of(users: Collection[int]) -> dict[int, str]:
    """Return the role in which each account serves today: volunteer, or staff of a county or below.

    Whoever has no such post today, or whose account is closed, is left out: she gets nothing outside the platform.
    """
    posts = Post.objects.current().filter(user__in=users, user__is_active=True)
    found: dict[int, str] = {}
    for post in posts.filter(role__in=(Role.STAFF, Role.VOLUNTEER)):
        if post.role == Role.VOLUNTEER:
            found.setdefault(post.user_id, Role.VOLUNTEER)
        elif post.level is not None and post.level >= Level.COUNTY:
            found[post.user_id] = Role.STAFF
    return found


def phones_of(users: Collection[int]) -> dict[int, str]:
    """Return the number of each account: the roster's, which the office corrects, before that of the log-in."""
    behind = persons_behind(users)
    return {
        user.pk: (behind[user.pk].phone if user.pk in behind else "") or user.phone
        for user in User.objects.filter(pk__in=users).only("pk", "phone")
    }
