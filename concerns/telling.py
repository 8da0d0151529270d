"""Messages to an office whose range the writer may not see: the transaction opens it for the message alone."""

from collections.abc import Iterable
from typing import Any

from aixin.access.authority import heads_of
from aixin.access.models import Post, Role, User
from aixin.access.regions import parent_code, upper_bound
from aixin.access.scope import Scope, opened
from aixin.access.signals import message_due


def tell(to: Iterable[Any], code: str, kind: str, key: str, **text: str) -> None:
    """Put a message that names nobody into the inboxes of users, at a place."""
    people = list(to)
    with opened(Scope(lo=code, hi=upper_bound(code))):
        message_due.send(User, to=people, code=code, kind=kind, key=key, **text)


def office_at(code: str) -> list[User]:
    """Return the heads of an office, or all of its staff where nobody heads it."""
    heads = list(heads_of(code))
    if heads:
        return heads
    posts = Post.objects.current().filter(role=Role.STAFF, region_id=code)
    return list(User.objects.filter(is_active=True, pk__in=posts.values("user_id")).order_by("pk"))


def headed_from(code: str | None) -> str | None:
    """Return the nearest region from a place upwards whose office has a head, or None."""
    while code:
        if heads_of(code).exists():
            return code
        code = parent_code(code)
    return None
