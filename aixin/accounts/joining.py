"""What the holder of a link may do: see who invites her, and come into her account, once.

Nobody is logged in here and there is no scope. The digest of the token opens its own invitation and nothing else
(the policy on the table); a person on a roster is read in the range of her own place, for that moment only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from aixin.access.models import Post, Region, User
from aixin.access.regions import upper_bound
from aixin.access.scope import Scope, opened
from aixin.accounts.choices import SYSTEM_ROLES, InvitationKind
from aixin.accounts.invitations import AccountError, digest_of, locked_account
from aixin.accounts.models import Account, Invitation, full_label
from aixin.accounts.rosters import Invitee, PeopleRoster, person_of
from aixin.accounts.services import Grant, free_username, give, hold
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.privacy.fields import index_of
from aixin.privacy.masks import mask_name


class InvitationVoid(Exception):  # noqa: N818 - of no use to its holder; no fault of the program
    """The link is unknown, used, taken back or has run out: which of these is not told."""


@dataclass(frozen=True)
class Offer:
    """What a link offers, as far as whoever holds it may see."""

    invitation: Invitation
    shown_name: str
    post: str
    username: str = ""
    obstacle: str = ""

    @property
    def is_from_roster(self) -> bool:
        return self.invitation.kind == InvitationKind.ROSTER

    @property
    def is_reset(self) -> bool:
        return self.invitation.kind == InvitationKind.RESET


def offer_of(token: str) -> Offer:
    """Return what a link offers; raise InvitationVoid."""
    with _found(token) as invitation:
        if invitation.kind == InvitationKind.ROSTER:
            return _offer_from_roster(invitation)
        account: Account = Account.objects.for_list().get(pk=invitation.user_id)
        _check_holder(account, invitation)
        reset = invitation.kind == InvitationKind.RESET
        return Offer(
            invitation,
            mask_name(account.get_full_name()),
            account.post_labels,
            username=account.username if reset else "",
        )


@contextmanager
def _found(token: str) -> Iterator[Invitation]:
    digest = digest_of(token)
    with opened(Scope(invitation=digest)):
        invitation = Invitation.objects.usable().filter(token_hash=digest).first()
        if invitation is None:
            raise InvitationVoid
        yield invitation


def _locked(invitation: Invitation) -> Invitation:
    """Return the invitation, held, if it is still good: of two who use it at once the second finds it used."""
    held: Invitation | None = (
        Invitation.objects.select_for_update(of=("self",)).usable().filter(pk=invitation.pk).first()
    )
    if held is None:
        raise InvitationVoid
    return held


def _check_holder(account: Account, invitation: Invitation) -> None:
    """A link to a post that has ended since, or to an account that was closed, leads nowhere."""
    opens = account.waiting if invitation.kind == InvitationKind.JOIN else account.is_active
    if not opens or not account.standing_posts:
        raise InvitationVoid


def _offer_from_roster(invitation: Invitation) -> Offer:
    roster, _, person = _invitee(invitation)
    place = Region.objects.get(code=person.region_id)
    label = full_label(Post(role=roster.role, region=place))
    return Offer(invitation, mask_name(person.name), label, obstacle=person.obstacle)


def _invitee(invitation: Invitation) -> tuple[PeopleRoster, int, Invitee]:
    roster, pk = person_of(invitation.subject)
    with opened(_place_of(invitation)):
        person = roster.find(pk)
    if person is None:
        raise InvitationVoid
    return roster, pk, person


def _place_of(invitation: Invitation) -> Scope:
    code = invitation.region_id or ""
    return Scope(lo=code, hi=upper_bound(code), invitation=invitation.token_hash) if code else Scope()


@transaction.atomic
def accept(token: str, password: str, username: str = "") -> Account:
    """Come into an account by its link and return it; raise InvitationVoid, or AccountError for a name that is taken.

    The user name counts for a new account only.
    """
    with _found(token) as invitation:
        if invitation.user_id is None:
            raise InvitationVoid
        account = locked_account(invitation.user_id)
        _check_holder(account, invitation)
        held = _locked(invitation)
        if held.kind == InvitationKind.JOIN:
            _name(account, username)
        account.set_password(password)
        account.save(update_fields=["username", "is_active", "password"])
        _use(held, account)
        return account


def _name(account: Account, username: str) -> None:
    hold(f"username:{username.lower()}")
    if User.objects.filter(username__iexact=username).exclude(pk=account.pk).exists():
        raise AccountError("这个账号名已有人用，请换一个。")
    account.username, account.is_active = username, True


def _use(invitation: Invitation, account: User) -> None:
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    record(account, Action.JOIN, invitation, account=account.pk, kind=invitation.kind)


@transaction.atomic
def accept_from_roster(token: str) -> User:
    """Give a person on a roster her account, or tie her to the one that her phone has, and return it.

    Raise InvitationVoid, or AccountError while something stands against it.
    """
    with _found(token) as invitation:
        if not invitation.subject:
            raise InvitationVoid
        with opened(_place_of(invitation)):
            roster, pk, person = _invitee(invitation)
            if person.obstacle:
                raise AccountError(person.obstacle)
            held = _locked(invitation)
            user = _user_for(person)
            give(user, user, Grant(roster.role, person.region_id))
            roster.tie(pk, user)
        _use(held, user)
        return user


def _user_for(person: Invitee) -> User:
    """Return the account that has the person's phone, when it is hers, or a new one."""
    hold(index_of(person.phone) or "")
    users = User.objects.select_for_update(of=("self",)).filter(phone_index=index_of(person.phone))
    found = users.first()
    if found is not None:
        return found
    user = User(username=free_username("m"), display_name=person.name, phone=person.phone)
    user.set_unusable_password()
    user.save()
    record(user, Action.CREATE, Account(pk=user.pk))
    return user


def phone_obstacle(holders: list[User], name: str) -> str:
    """Return why accounts with a person's phone keep her from having one of her own; empty when they do not.

    One account of the same name is hers: a chair who is also a volunteer gets one more post.
    """
    if not holders:
        return ""
    holder = holders[0]
    roles = {post.role for post in holder.current_posts}
    if len(holders) > 1 or holder.display_name != name or roles & SYSTEM_ROLES:
        return "这个手机号已是别人的登录号码，请先核对手机号。"
    return "" if holder.is_active else "这个手机号的账号没有启用，请先在账号页启用。"
