"""What the database lets a transaction see: settings that row-level security reads (DESIGN section 3.2).

Set in one place for requests, tasks and commands, always local to a transaction: nothing outlives it, so that a
pooled connection carries no scope from one user to the next. No scope is no rows and no writes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields, replace
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from aixin.access.models import Post, Role
from aixin.access.regions import Level, county_of, upper_bound


@dataclass(frozen=True)
class Scope:
    """The settings `aixin.<field>`; an empty one closes what it stands for.

    `lo` and `hi` bound the region codes whose rows staff see and write; `reach_*` those of volunteers whom a
    township may choose from; `figures` is the region whose aggregates may be asked; `user_id` is a volunteer's account.
    `accounts` is the region whose invitations an office handles, `*` for all of them; `invitation` is the digest of
    the one whose link somebody holds, `application` that of the sign-up whose link she holds, `liaison` that of the
    link by which an organisation claims children. `self_id` is the acting account's own id, whatever its post: it opens
    what an account keeps about itself. `head` is the region whose office the post heads, for what a head alone may read,
    `*` for tasks that must forget a person everywhere.
    """

    lo: str = ""
    hi: str = ""
    reach_lo: str = ""
    reach_hi: str = ""
    figures: str = ""
    user_id: str = ""
    accounts: str = ""
    invitation: str = ""
    application: str = ""
    liaison: str = ""
    self_id: str = ""
    head: str = ""


NOTHING = Scope()
# For tasks that serve every region, such as the daily reminders: all codes begin with a digit.
EVERYTHING = Scope(lo="0", hi=":", reach_lo="0", reach_hi=":", figures="", accounts="*", head="*")


def scope_of(user: Any) -> Scope:
    """Return the scope of the post that a user acts in; nothing without one."""
    post = getattr(user, "acting_post", None)
    if post is None or not user.is_active:
        return NOTHING
    return replace(_scope_of_post(user, post), self_id=str(user.pk))


def _scope_of_post(user: Any, post: Any) -> Scope:
    if post.role == Role.STAFF:
        return _scope_of_staff(post)
    if post.role == Role.VOLUNTEER:
        return Scope(user_id=str(user.pk))
    if post.role == Role.SYSADMIN:
        return Scope(accounts="*")
    return Scope(figures=post.region_id or "") if post.role == Role.OFFICIAL else NOTHING


def _scope_of_staff(post: Post) -> Scope:
    assert post.region_id is not None
    assert post.level is not None
    code, level = post.region_id, post.level
    reach = county_of(code) if level > Level.COUNTY else code
    accounts = code if level < Level.VILLAGE else ""
    head = code if post.is_head else ""
    return Scope(code, upper_bound(code), reach, upper_bound(reach), code, accounts=accounts, head=head)


@contextmanager
def opened(scope: Scope) -> Iterator[None]:
    """Run a block in a transaction that sees the scope; inside another transaction, its scope returns afterwards."""
    before = present_scope() if connection.in_atomic_block else None
    with transaction.atomic():
        if before == scope:
            yield
            return
        apply_scope(scope)
        yield
        if before is not None:
            apply_scope(before)


@contextmanager
def acting(user: Any) -> Iterator[None]:
    """Run a block as a user, as the command line does."""
    with opened(scope_of(user)):
        yield


_NAMES = [f"aixin.{field.name}" for field in fields(Scope)]
_SET = "SELECT " + ", ".join("set_config(%s, %s, true)" for _ in _NAMES)
_READ = "SELECT " + ", ".join("coalesce(current_setting(%s, true), '')" for _ in _NAMES)


def apply_scope(scope: Scope, using: str = DEFAULT_DB_ALIAS) -> None:
    """Let the open transaction of a connection see a scope, to its end."""
    pairs = zip(_NAMES, astuple(scope), strict=True)
    with connections[using].cursor() as cursor:
        cursor.execute(_SET, [part for pair in pairs for part in pair])


def present_scope() -> Scope:
    """Return what the open transaction sees."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, _NAMES)
        return Scope(*cursor.fetchone())
