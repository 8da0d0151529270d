"""换届: a village's women's chair hands over to the next in one step (DOMAIN section 4: the chair is the liaison)."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from aixin.access.models import Post, Region, Role, User
from aixin.accounts.invitations import AccountError, Issued
from aixin.accounts.models import Account, is_chair
from aixin.accounts.rights import handles, may_invite_from_roster, may_mark_head
from aixin.accounts.services import Grant, Newcomer, check_grant, close, create_account, give, locked_post
from aixin.accounts.signals import chair_succeeded
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.privacy.fields import index_of

Count = Callable[[User, Region], int]


@dataclass(frozen=True)
class Moved:
    """What goes over from one chair to the next, and how many of it there are."""

    label: str
    unit: str
    count: Count


_moved: list[Moved] = []


def register_moved(moved: Moved) -> None:
    """Let an app say before a succession what its receiver of `chair_succeeded` will move."""
    _moved.append(moved)


def what_moves(post: Post) -> list[tuple[Moved, int]]:
    """Return what would go over to the successor of a chair, each with its number."""
    assert post.region is not None
    return [(moved, moved.count(post.user, post.region)) for moved in _moved]


def may_succeed(actor: Any, post: Post) -> bool:
    """Return whether the actor may hand a chair's post on: she edits the village's records, for they move too."""
    return (
        is_chair(post) and post.user_id != actor.pk and may_invite_from_roster(actor) and handles(actor, post)
    )


@dataclass(frozen=True)
class Succession:
    """The new chair, and her invitation where she had no account yet."""

    user: User
    issued: Issued | None


@transaction.atomic
def succeed(actor: Any, post_id: int, successor: Newcomer, day: datetime.date) -> Succession:
    """End a chair's post on a day and let her successor's begin; what was hers in the village goes over.

    Raise PermissionDenied outside the actor's right, AccountError when the post has ended already, the day does not
    fit, or the phone is another's. A second call finds the post ended.
    """
    post = locked_post(actor, post_id)
    if not may_succeed(actor, post):
        raise PermissionDenied
    _check_day(post, day)
    grant = Grant(Role.STAFF, post.region_id, is_head=post.is_head and may_mark_head(actor), starts_on=day)
    close(actor, post, day)
    succession = _appoint(actor, post, successor, grant)
    record(actor, Action.UPDATE, post, reason="村妇联主席换届", successor=succession.user.pk)
    chair_succeeded.send(Post, old_user=post.user, new_user=succession.user, region=post.region, actor=actor)
    return succession


def _check_day(post: Post, day: datetime.date) -> None:
    today = timezone.localdate()
    if post.ends_on is not None and post.ends_on < today:
        raise AccountError("这个岗位已经结束，不用再换届。")
    if day > today:
        raise AccountError("换届日期不能晚于今天。")
    if day < post.starts_on:
        raise AccountError(f"换届日期不能早于现任的起始日期（{post.starts_on:%Y-%m-%d}）。")


def _appoint(actor: Any, post: Post, successor: Newcomer, grant: Grant) -> Succession:
    user = _held_by(actor, post, successor)
    if user is None:
        issued = create_account(actor, successor, grant)
        assert issued.invitation.user is not None
        return Succession(issued.invitation.user, issued)
    check_grant(actor, grant)
    give(actor, user, grant)
    return Succession(user, None)


def _held_by(actor: Any, post: Post, successor: Newcomer) -> User | None:
    """Return the account that the successor has already, or None; raise AccountError when her phone is another's."""
    index = index_of(successor.phone)
    if index is None:
        return None
    found = list(User.objects.select_for_update(of=("self",)).filter(phone_index=index))
    if not found:
        return None
    user = found[0]
    if user.pk == post.user_id:
        raise AccountError("新主席的手机号与现任的一样，请核对。")
    known = Account.objects.visible_to(actor).filter(pk=user.pk).exists()
    if len(found) > 1 or not known or user.display_name != successor.name:
        raise AccountError("这个手机号已是别人的登录号码，请核对。")
    return user
