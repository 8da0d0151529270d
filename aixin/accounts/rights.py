"""Who may manage which accounts: strictly below one's own level and inside one's own region, whatever the level.

Nobody grants what she lacks, and nobody changes her own posts. `may_edit` is about records; this is about accounts:
city and province staff have it too, a village's staff, having nobody below, has not.
"""

from collections.abc import Iterable
from typing import Any

from aixin.access.models import Post, Role
from aixin.access.permissions import may_edit
from aixin.access.regions import Level, contains
from aixin.accounts.choices import GRANTED_BY_STAFF, GRANTED_BY_SYSTEM, SYSTEM_ROLES
from aixin.accounts.models import Account

MANAGERS: frozenset[str] = frozenset({Role.STAFF, Role.SYSADMIN})


def may_manage(user: Any) -> bool:
    """Return whether the user manages any accounts: staff above a village, and the system administrator."""
    post = getattr(user, "acting_post", None)
    if post is None or not user.is_active:
        return False
    return bool(post.role == Role.SYSADMIN or (post.role == Role.STAFF and post.level < Level.VILLAGE))


def may_invite_from_roster(user: Any) -> bool:
    """Return whether the user invites people of her rosters: who edits them and has an office below."""
    return may_manage(user) and may_edit(user)


def is_system(user: Any) -> bool:
    return bool(user.acting_post.role == Role.SYSADMIN)


def grantable_roles(user: Any) -> tuple[Role, ...]:
    """Return the roles that the user gives by hand."""
    return GRANTED_BY_SYSTEM if is_system(user) else GRANTED_BY_STAFF


def handles(user: Any, post: Post) -> bool:
    """Return whether a post lies below the user's own: what she may end and change."""
    if is_system(user):
        return True
    own = user.acting_post.region_id
    if not may_manage(user) or post.region_id is None or not contains(own, post.region_id):
        return False
    return post.role == Role.VOLUNTEER or (post.role in GRANTED_BY_STAFF and post.region_id != own)


def may_grant(user: Any, role: str, code: str | None) -> bool:
    """Return whether the user may give a post of this role at this region."""
    if not may_manage(user) or role not in grantable_roles(user):
        return False
    if is_system(user):
        return (code is None) == (role in SYSTEM_ROLES)
    own = user.acting_post.region_id
    return code is not None and contains(own, code) and code != own


def may_mark_head(user: Any) -> bool:
    """Return whether the user may mark who heads an office below: its head herself, or the system administrator."""
    return may_manage(user) and (is_system(user) or user.acting_post.is_head)


def manages(user: Any, account: Account) -> bool:
    """Return whether the user may act on an account as a whole: close it, let its password be set anew.

    Every post that it holds must lie below the user's own, or a county could take over a city's account that
    happens to hold a post in one of its villages. Nobody manages herself.
    """
    posts: Iterable[Post] = account.deciding_posts
    if account.pk == user.pk or not may_manage(user):
        return False
    return is_system(user) or (bool(posts) and all(handles(user, post) for post in posts))
