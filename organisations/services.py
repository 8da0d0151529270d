"""Writes to teams and organisations: atomic, audited, safe against a second click."""

import datetime
import hashlib
import secrets
from typing import Any

from django.db import transaction
from django.utils import timezone

from aixin.audit.models import Action
from aixin.audit.trail import record
from organisations.choices import ClaimState
from organisations.models import Claim, LiaisonLink, Organisation, OrganisationMember, Team, TeamMember
from organisations.models.groups import Group, Membership
from volunteers.models import Volunteer

TOKEN_BYTES = 32
LINK_DAYS = 30


class GroupError(Exception):
    """It cannot be done; the message is for the user."""


@transaction.atomic
def save_group(actor: Any, group: Group) -> Group:
    """Store a team or an organisation, new or changed, and return it; a team's leader is a member of it."""
    added = group.pk is None
    group.save()
    record(actor, Action.CREATE if added else Action.UPDATE, group)
    if isinstance(group, Team) and group.leader is not None:
        join(actor, group, group.leader)
    return group


def _locked(group: Group) -> Any:
    return type(group).objects.select_for_update(of=("self",)).get(pk=group.pk)


@transaction.atomic
def join(actor: Any, group: Group, volunteer: Volunteer, since: datetime.date | None = None) -> Membership:
    """Make a volunteer a member and return her membership; who is one already stays so.

    Raises GroupError for a group that is closed and for somebody who has left.
    """
    locked = _locked(group)
    if not locked.is_open:
        raise GroupError("已经停用，不能再加入。")
    if not Volunteer.objects.serving().filter(pk=volunteer.pk).exists():
        raise GroupError("她已退出，不能加入。")
    known: Membership | None = locked.memberships.standing().filter(volunteer=volunteer).first()
    if known is not None:
        return known
    made: Membership = locked.memberships.create(
        volunteer=volunteer, region_id=locked.region_id, since=since or timezone.localdate()
    )
    record(actor, Action.UPDATE, locked, reason="加入", subjects=[volunteer.no])
    return made


@transaction.atomic
def leave(actor: Any, membership: Membership) -> None:
    """End a membership today; a team whose leader goes has none. What has ended stays as it is."""
    held = type(membership).objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if held.until is not None:
        return
    held.until = max(timezone.localdate(), held.since)
    held.save(update_fields=["until"])
    if isinstance(held, TeamMember):
        Team.objects.filter(pk=held.team_id, leader=held.volunteer_id).update(leader=None)
    record(actor, Action.UPDATE, membership.group, reason="退出", subjects=[membership.volunteer.no])  # type: ignore[attr-defined]


@transaction.atomic
def close(actor: Any, group: Group) -> None:
    """Close a team or an organisation: memberships end, links stop, waiting claims are given back.

    The liaison person's name and phone are removed: nobody needs them any more.
    """
    locked = _locked(group)
    if not locked.is_open:
        return
    locked.closed_on = timezone.localdate()
    if isinstance(locked, Organisation):
        _stop_claiming(actor, locked)
        locked.liaison_name = locked.liaison_phone = ""
    locked.save()
    for membership in locked.memberships.standing().select_related("volunteer"):
        leave(actor, membership)
    record(actor, Action.UPDATE, locked, reason="停用")


def _stop_claiming(actor: Any, organisation: Organisation) -> None:
    revoke_links(actor, organisation)
    for claim in organisation.claims.held():
        end_claim(actor, claim, ClaimState.WITHDRAWN, "单位已停用")


def end_claim(actor: Any, claim: Claim, state: ClaimState, reason: str = "") -> bool:
    """Bring a waiting claim to its end and return whether it still waited."""
    held = Claim.objects.held().filter(pk=claim.pk)
    now = timezone.now()
    changed = held.update(
        state=state, reason=reason, decided_at=now, decided_by_id=getattr(actor, "pk", None)
    )
    if changed:
        record(actor, Action.UPDATE, claim, state=str(state))
    return bool(changed)


def forget_groups_of(actor: Any, volunteer: Volunteer) -> None:
    """End every membership of a volunteer who leaves; claims that named her wait for another name."""
    for model in (TeamMember, OrganisationMember):
        group = "team" if model is TeamMember else "organisation"
        for membership in (
            model.objects.standing().of_volunteer(volunteer.pk).select_related("volunteer", group)
        ):
            leave(actor, membership)
    Claim.objects.held().filter(volunteer=volunteer).update(volunteer=None)


# Links


def digest_of(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_link(actor: Any, organisation: Organisation) -> str:
    """Return the token of a new link, shown this once; the one before stops working. Raises GroupError when closed."""
    locked = _locked(organisation)
    if not locked.is_open:
        raise GroupError("这家单位已停用。")
    revoke_links(actor, locked)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    LiaisonLink.objects.create(
        organisation=locked,
        region_id=locked.region_id,
        token_hash=digest_of(token),
        expires_at=_next_end(),
        made_by=actor,
    )
    record(actor, Action.INVITE, locked, reason="生成认领链接")
    return token


def _next_end() -> datetime.datetime:
    return timezone.now() + datetime.timedelta(days=LINK_DAYS)


@transaction.atomic
def renew_link(actor: Any, organisation: Organisation) -> bool:
    """Let the link in use hold for thirty more days, counted from today, and return whether there was one.

    One that has run out is renewed too; one that was stopped is not.
    """
    last = LiaisonLink.objects.filter(organisation=organisation, revoked_at__isnull=True).first()
    if last is None:
        return False
    last.expires_at = _next_end()
    last.save(update_fields=["expires_at"])
    record(actor, Action.UPDATE, organisation, reason="认领链接续期")
    return True


@transaction.atomic
def revoke_links(actor: Any, organisation: Organisation) -> int:
    """Stop every link of an organisation and return how many there were."""
    number = organisation.links.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())
    if number:
        record(actor, Action.REVOKE, organisation, reason="停用认领链接")
    return int(number)
