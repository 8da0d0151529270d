"""Writes to accounts and posts: atomic, audited, each checking the actor's right again (`rights`)."""

import datetime
import secrets
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from aixin.access.models import Post, Role, User
from aixin.accounts.choices import SYSTEM_ROLES, InvitationKind
from aixin.accounts.invitations import AccountError, Issued, issue, locked_account, withdraw
from aixin.accounts.models import Account, Invitation
from aixin.accounts.rights import handles, manages, may_grant, may_mark_head
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.privacy.fields import index_of


@dataclass(frozen=True)
class Newcomer:
    """Who is to have an account."""

    name: str
    phone: str = ""


@dataclass(frozen=True)
class Grant:
    """A post to be given."""

    role: str
    region_id: str | None
    is_head: bool = False
    starts_on: datetime.date | None = None
    ends_on: datetime.date | None = None


@transaction.atomic
def create_account(actor: Any, newcomer: Newcomer, grant: Grant) -> Issued:
    """Make an account with its first post and return its invitation; nobody but its owner sets its password.

    Raise PermissionDenied outside the actor's right, AccountError for a phone or a person that has one already.
    """
    check_grant(actor, grant)
    hold(f"{grant.region_id}:{newcomer.name}")
    claim_phone(newcomer.phone)
    if not newcomer.phone and _has_namesake(newcomer, grant):
        raise AccountError("这个地方已有同名的账号。如果是同一个人，不用再建；不是，请填上手机号。")
    user = User(
        username=free_username("u"), display_name=newcomer.name, phone=newcomer.phone, is_active=False
    )
    user.set_unusable_password()
    user.save()
    record(actor, Action.CREATE, Account(pk=user.pk))
    give(actor, user, grant)
    return issue(actor, InvitationKind.JOIN, grant.region_id, user=user)


def check_grant(actor: Any, grant: Grant) -> None:
    """Raise PermissionDenied for a post that the actor may not give."""
    if not may_grant(actor, grant.role, grant.region_id):
        raise PermissionDenied
    if grant.is_head and (grant.role != Role.STAFF or not may_mark_head(actor)):
        raise PermissionDenied


def claim_phone(phone: str) -> None:
    """Hold a phone for this transaction; raise AccountError when an account has it: it is the way to log in."""
    index = index_of(phone)
    if index is None:
        return
    hold(index)
    if User.objects.filter(phone_index=index).exists():
        raise AccountError("这个手机号已有账号，请核对；同一个人兼几个岗位，在她的账号里增加岗位。")


def hold(key: str) -> None:
    """Make others who hold the same key wait until the end of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"account:{key}"])


def _has_namesake(newcomer: Newcomer, grant: Grant) -> bool:
    posts = Post.objects.standing().filter(role=grant.role, region_id=grant.region_id)
    return posts.filter(user__display_name=newcomer.name).exists()


def free_username(prefix: str) -> str:
    """Return a user name that nobody has, for an account whose owner has not chosen one."""
    while True:
        name = f"{prefix}{secrets.token_hex(4)}"
        if not User.objects.filter(username=name).exists():
            return name


def give(actor: Any, user: User, grant: Grant) -> Post:
    """Write a post, or let one that has ended begin again, and return it; the caller holds the user's row."""
    _check_duties_apart(user, grant)
    held = Post.objects.filter(user_id=user.pk, role=grant.role, region_id=grant.region_id).first()
    post = held or Post(user_id=user.pk, role=grant.role, region_id=grant.region_id)
    post.is_head = grant.is_head
    post.starts_on = grant.starts_on or timezone.localdate()
    post.ends_on = grant.ends_on
    post.save()
    record(
        actor, Action.GRANT, post, account=user.pk, role=grant.role, region=grant.region_id or "",
        is_head=grant.is_head,
    )  # fmt: skip
    return post


def _check_duties_apart(user: User, grant: Grant) -> None:
    """Raise AccountError where the database would refuse: who runs or checks the system does nothing else."""
    others = set(Post.objects.standing().filter(user_id=user.pk).values_list("role", flat=True)) - {
        grant.role
    }
    if grant.role in SYSTEM_ROLES and others - {Role.OFFICIAL}:
        raise AccountError("系统管理员、审计员必须由专人担任，这个账号还有别的岗位。")
    if grant.role != Role.OFFICIAL and others & SYSTEM_ROLES:
        raise AccountError("这个账号是系统管理员或审计员，不能再兼别的岗位。")


@transaction.atomic
def add_post(actor: Any, user_id: int, grant: Grant) -> Post:
    """Give an account a further post; raise PermissionDenied outside the actor's right, AccountError when it has it."""
    check_grant(actor, grant)
    account = locked_account(user_id)
    if account.pk == actor.pk:
        raise PermissionDenied
    if any((post.role, post.region_id) == (grant.role, grant.region_id) for post in account.standing_posts):
        raise AccountError("这个账号已有这个岗位。")
    return give(actor, account, grant)


def locked_post(actor: Any, post_id: int) -> Post:
    """Return a post below the actor's own, its user's row held; raise PermissionDenied for any other."""
    post: Post = Post.objects.select_related("user", "region").get(pk=post_id)
    User.objects.select_for_update(of=("self",)).get(pk=post.user_id)
    post.refresh_from_db()
    if post.user_id == actor.pk or not handles(actor, post):
        raise PermissionDenied
    return post


@transaction.atomic
def end_post(actor: Any, post_id: int) -> Post:
    """End a post at once and return it: today it no longer works, so yesterday was its last day."""
    post = locked_post(actor, post_id)
    return close(actor, post, timezone.localdate())


def close(actor: Any, post: Post, day: datetime.date) -> Post:
    """End a post so that it does not work on `day` any more; one that has ended stays as it is."""
    last = day - datetime.timedelta(days=1)
    if post.ends_on is None or post.ends_on > last:
        post.ends_on, post.is_head = last, False
        post.save(update_fields=["ends_on", "is_head"])
        record(actor, Action.REVOKE, post, account=post.user_id)
    if not Post.objects.standing().filter(user_id=post.user_id).exists():
        # A link to no post is void; it must not come alive again with the next post.
        withdraw(Invitation.objects.filter(user_id=post.user_id))
    return post


@transaction.atomic
def mark_head(actor: Any, post_id: int, *, is_head: bool) -> Post:
    """Mark who heads an office, or unmark her; by the head of a level above or the system administrator."""
    post = locked_post(actor, post_id)
    if not may_mark_head(actor) or post.role != Role.STAFF:
        raise PermissionDenied
    if post.is_head != is_head:
        post.is_head = is_head
        post.save(update_fields=["is_head"])
        record(actor, Action.GRANT if is_head else Action.REVOKE, post, account=post.user_id, what="is_head")
    return post


def _managed(actor: Any, user_id: int) -> Account:
    account = locked_account(user_id)
    if not manages(actor, account):
        raise PermissionDenied
    return account


@transaction.atomic
def close_account(actor: Any, user_id: int) -> None:
    """Let nobody in by an account any more, at once; its open invitation is taken back."""
    account = _managed(actor, user_id)
    withdraw(Invitation.objects.filter(user_id=account.pk))
    if account.is_active:
        User.objects.filter(pk=account.pk).update(is_active=False)
        record(actor, Action.UPDATE, account, reason="停用账号")


@transaction.atomic
def open_account(actor: Any, user_id: int) -> None:
    """Let an account that was closed in again; raise AccountError for one whose owner has never come."""
    account = _managed(actor, user_id)
    if account.waiting:
        raise AccountError("这个账号还没有激活，请重发邀请。")
    if not account.is_active:
        User.objects.filter(pk=account.pk).update(is_active=True)
        record(actor, Action.UPDATE, account, reason="启用账号")


@transaction.atomic
def reset_second_factor(actor: Any, user_id: int) -> int:
    """Remove the second factor of who lost her phone, so that she sets up a new one; return how many parts it had."""
    account = _managed(actor, user_id)
    removed, _ = Authenticator.objects.filter(user_id=account.pk).delete()
    if removed:
        record(actor, Action.UPDATE, account, reason="重置两步验证")
    return int(removed)


def end_as_volunteer(actor: Any, user_id: int) -> bool:
    """End the volunteer's posts of an account; return whether it is closed thereby, having no other.

    For a volunteer whose two records become one; the caller has checked the actor's right to her record.
    """
    account = locked_account(user_id)
    for post in Post.objects.standing().filter(user_id=account.pk, role=Role.VOLUNTEER):
        close(actor, post, timezone.localdate())
    if Post.objects.standing().filter(user_id=account.pk).exists():
        return False
    User.objects.filter(pk=account.pk).update(is_active=False)
    record(actor, Action.UPDATE, account, reason="合并重复档案，停用账号")
    return True
