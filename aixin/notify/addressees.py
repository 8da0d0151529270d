"""Who a user is to the inbox. An addressee exists before an account does: a volunteer may get hers later."""

from collections.abc import Callable, Iterable
from typing import Any

Resolver = Callable[[Any], Iterable[str]]
_resolvers: list[Resolver] = []


def register_addressee(resolver: Resolver) -> None:
    """Let a higher app say under which names a user receives notices."""
    _resolvers.append(resolver)


def personal_addressee(user: Any) -> str:
    """Return the name under which a user receives what is for her account."""
    return account_addressee(user.pk)


def account_addressee(pk: int) -> str:
    """Return the name of an account, by its key."""
    return f"user:{pk}"


def addressees_of(user: Any) -> list[str]:
    """Return every addressee that the user answers to."""
    return [personal_addressee(user), *(name for resolver in _resolvers for name in resolver(user))]
