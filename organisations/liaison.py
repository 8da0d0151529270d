"""What a liaison person does by her link. Nobody is logged in here: the digest of the link opens her organisation's rows.

She reads no child's row, only what an offering shows; of her organisation's volunteers she reads the names.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from aixin.access.regions import upper_bound
from aixin.access.scope import Scope, opened
from aixin.audit.models import Action
from aixin.audit.trail import record
from organisations.choices import ClaimState
from organisations.models import Claim, LiaisonLink, Offering, Organisation, OrganisationMember
from organisations.services import digest_of
from volunteers.choices import State
from volunteers.models import Volunteer

# So many claims of one organisation may wait at a time.
MOST_HELD = 20


class LinkVoid(Exception):  # noqa: N818 - of no use to its holder; no fault of the program
    """The link is unknown, has run out or was stopped."""


class TooLate(Exception):  # noqa: N818 - an answer, not a fault
    """It cannot be claimed; the message is for the liaison person."""


@dataclass(frozen=True)
class Desk:
    """What a valid link opens."""

    link: LiaisonLink
    organisation: Organisation
    digest: str

    @property
    def county(self) -> str:
        return self.organisation.region_id


@contextmanager
def opened_by(token: str) -> Iterator[Desk]:
    """Run a block that sees what a link opens; raise LinkVoid."""
    digest = digest_of(token)
    with opened(Scope(liaison=digest)):
        link = LiaisonLink.objects.valid().filter(token_hash=digest).first()
        found = Organisation.objects.open().select_related("region").first() if link else None
        if link is None or found is None:
            raise LinkVoid
        yield Desk(link, found, digest)


def free_offerings() -> Any:
    """Return the children who may be claimed, mixed by what is shown, so that the order tells nothing of who they are."""
    return Offering.objects.free().order_by(
        "shown_township", "shown_band", "shown_sex", "shown_category", "pk"
    )


def claims_of(desk: Desk) -> Any:
    """Return the organisation's own claims, the latest first."""
    return Claim.objects.filter(organisation=desk.organisation).select_related("offering")


def members_of(desk: Desk) -> dict[int, str]:
    """Return the names of the organisation's volunteers who may be named, by key.

    The link opens no volunteer's row: the transaction opens the county for these names alone.
    """
    members = OrganisationMember.objects.standing().filter(organisation=desk.organisation)
    scope = Scope(lo=desk.county, hi=upper_bound(desk.county), liaison=desk.digest)
    with opened(scope):
        rows = Volunteer.objects.filter(pk__in=members.values("volunteer"), state=State.QUALIFIED).order_by(
            "initials", "pk"
        )
        return dict(rows.values_list("pk", "name"))


def claim(desk: Desk, offering: int, volunteer: int | None) -> Claim:
    """Claim a child for a volunteer of the organisation, or for one still to be named; return the claim.

    The first claim wins. Raises TooLate for a child that is not free any more, for too many claims at once, and for
    somebody who is no volunteer of the organisation. A second click on one's own claim is the same claim.
    """
    mine: Claim | None = claims_of(desk).held().filter(offering=offering).first()
    if mine is not None:
        return mine
    if volunteer is not None and volunteer not in members_of(desk):
        raise TooLate("请从本单位的爱心妈妈里选一位。")
    if claims_of(desk).held().count() >= MOST_HELD:
        raise TooLate(f"已有{MOST_HELD}份认领等县妇联确认，请等确认后再认领。")
    wanted = Offering.objects.free().filter(pk=offering).first()
    if wanted is None:
        raise TooLate("这个孩子刚刚被别的单位认领，或已由县妇联安排，请看看其他孩子。")
    try:
        with transaction.atomic():
            made = Claim.objects.create(
                offering=wanted, organisation=desk.organisation, region_id=desk.county, volunteer_id=volunteer
            )
    except IntegrityError as error:
        raise TooLate("这个孩子刚刚被别的单位认领，请看看其他孩子。") from error
    _note(Action.CREATE, made, desk)
    return made


def name_volunteer(desk: Desk, claim_id: int, volunteer: int) -> bool:
    """Name the volunteer of a claim that waits and return whether it still did; raise TooLate for a stranger."""
    if volunteer not in members_of(desk):
        raise TooLate("请从本单位的爱心妈妈里选一位。")
    held = claims_of(desk).held().filter(pk=claim_id)
    changed = held.update(volunteer_id=volunteer)
    for one in held:
        _note(Action.UPDATE, one, desk)
    return bool(changed)


def withdraw(desk: Desk, claim_id: int) -> bool:
    """Give a claimed child back and return whether the claim still waited."""
    found = claims_of(desk).held().filter(pk=claim_id).first()
    if found is None:
        return False
    claims_of(desk).held().filter(pk=claim_id).update(state=ClaimState.WITHDRAWN, decided_at=timezone.now())
    _note(Action.WITHDRAW, found, desk)
    return True


def _note(action: Action, made: Claim, desk: Desk) -> None:
    """Note an act of the liaison person; whom it is about the county's rows tell, for she reads neither number."""
    record(None, action, made, subjects=(), organisation=desk.organisation.pk)
