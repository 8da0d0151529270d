"""Issuing and taking back invitations: a link good for seven days and one use, kept as a digest only."""

import datetime
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from aixin.access.models import User
from aixin.accounts.choices import InvitationKind
from aixin.accounts.models import Account, Invitation
from aixin.accounts.rights import manages, may_invite_from_roster
from aixin.audit.models import Action
from aixin.audit.trail import record

GOOD_FOR = datetime.timedelta(days=7)
TOKEN_BYTES = 32


class AccountError(Exception):
    """What was asked cannot be done; the message is for the user."""


@dataclass(frozen=True)
class Issued:
    """A new invitation and its token, which is known only now."""

    invitation: Invitation
    token: str


def digest_of(token: str) -> str:
    """Return what is stored of a token; it is random, so that a plain digest cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def locked_account(user_id: int) -> Account:
    """Return an account with its state, its row held until the end of the transaction."""
    # The row first, on its own: a user is locked before her invitations, here and wherever both are.
    User.objects.select_for_update(of=("self",)).get(pk=user_id)
    account: Account = Account.objects.for_list().get(pk=user_id)
    return account


@transaction.atomic
def invite(actor: Any, user_id: int) -> Issued:
    """Give an account a new link and return it; earlier ones stop working.

    The link opens an account that waits for its owner, and sets the password of any other anew. Raise
    PermissionDenied for an account that the actor does not manage, AccountError for one that needs no link.
    """
    account = locked_account(user_id)
    if not manages(actor, account):
        raise PermissionDenied
    kind = InvitationKind.JOIN if account.waiting else InvitationKind.RESET
    if kind == InvitationKind.RESET:
        _check_reset(account)
    return issue(actor, kind, account.deciding_posts[0].region_id, user=account)


def _check_reset(account: Account) -> None:
    if not account.is_active:
        raise AccountError("这个账号已停用，请先启用。")
    if account.is_volunteers_alone:
        raise AccountError("爱心妈妈用手机号登录，没有密码，不用重设。")


@transaction.atomic
def invite_from_roster(actor: Any, subject: str, code: str) -> Issued:
    """Give a person on a roster a link by which she gets an account; raise PermissionDenied outside one's right.

    Who she is and whether she may have one is the roster's own matter; its app holds her row meanwhile.
    """
    if not may_invite_from_roster(actor) or not actor.acting_post.covers(code):
        raise PermissionDenied
    return issue(actor, InvitationKind.ROSTER, code, subject=subject)


def issue(
    actor: Any, kind: InvitationKind, code: str | None, *, user: User | None = None, subject: str = ""
) -> Issued:
    """Write an invitation in place of any open one; the caller has checked the right and holds the row."""
    withdraw(
        Invitation.objects.filter(user_id=user.pk) if user else Invitation.objects.filter(subject=subject)
    )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation.objects.create(
        kind=kind,
        region_id=code,
        user_id=user.pk if user else None,
        subject=subject,
        token_hash=digest_of(token),
        office=actor.acting_post.label,
        invited_by_id=actor.pk,
        expires_at=timezone.now() + GOOD_FOR,
    )
    record(actor, Action.INVITE, invitation, kind=kind, account=user.pk if user else None, subject=subject)
    return Issued(invitation, token)


def withdraw(invitations: Any) -> int:
    """Take back every open invitation of a queryset; return how many there were."""
    return int(invitations.open().update(revoked_at=timezone.now()))


@transaction.atomic
def revoke(actor: Any, invitation: Invitation) -> None:
    """Take back an invitation; of one that was accepted or taken back meanwhile nothing changes."""
    if withdraw(Invitation.objects.visible_to(actor).filter(pk=invitation.pk)):
        record(actor, Action.REVOKE, invitation)


@transaction.atomic
def reissue(actor: Any, user_ids: Iterable[int]) -> list[Issued]:
    """Give several accounts new links, for a sheet to print; those that need none are left out."""
    issued = []
    for user_id in sorted(set(user_ids)):
        try:
            issued.append(invite(actor, user_id))
        except AccountError:
            continue
    return issued
