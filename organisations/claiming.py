"""认领 on the county's side: opening children, and deciding on claims (DOMAIN section 4)."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from aixin.access.models import Region
from aixin.access.people import age_on
from aixin.access.querysets import within
from aixin.access.regions import Level, county_of
from aixin.audit.models import Action
from aixin.audit.trail import record
from children.choices import Consent, NeedState
from children.models import Child, Need
from organisations.anonymity import Crowd, Traits, band_of
from organisations.choices import ClaimState, OfferingState
from organisations.models import Claim, Offering
from organisations.models.claims import CLAIM_DAYS
from organisations.services import end_claim
from pairing.judging import Objections, objections
from pairing.models import Pairing
from pairing.querysets import unpaired
from pairing.reach import hold_volunteer
from pairing.services import PairingError, Terms, confirm
from volunteers.models import Volunteer


class ClaimError(Exception):
    """It cannot be done; the message is for the user."""


def openable(user: Any) -> Any:
    """Return the children who may be opened: on the waiting list, their guardian's yes on record, not open yet."""
    waiting = unpaired(Child.objects.visible_to(user), Pairing.objects.all())
    return waiting.filter(consent=Consent.GIVEN).exclude(offerings__in=Offering.objects.open())


def claimed_children(code: str) -> set[int]:
    """Return the children of a region whom an organisation has claimed and about whom the county has not decided.

    Asked of the database for the transaction's own range: a township sees no claim, because they lie at the county.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT aixin_claimed(%s)", [county_of(code)])
        return {child for (child,) in cursor.fetchall()}


def traits_in(county: str) -> dict[int, Traits]:
    """Return the traits of every child on a county's roster, by key."""
    today = timezone.localdate()
    names = dict(Region.objects.below(county).filter(level=Level.TOWNSHIP).values_list("code", "name"))
    rows = Child.objects.registered().filter(within(county))
    return {
        pk: Traits(
            names.get(region[:9], ""), str(band_of(age_on(birth, today) if birth else None)), sex, category
        )
        for pk, region, birth, sex, category in rows.values_list(
            "pk", "region_id", "birth", "sex", "category"
        )
    }


@transaction.atomic
def open_children(actor: Any, county: str, children: Iterable[Child]) -> list[Offering]:
    """Open children of a county for claiming and return their offerings; who is open already stays so.

    Raises ClaimError in a county with so few children that each would be recognised.
    """
    wanted = list(
        openable(actor).filter(within(county), pk__in=[child.pk for child in children]).order_by("pk")
    )
    locked = Child.objects.select_for_update(of=("self",)).filter(pk__in=[child.pk for child in wanted])
    known = traits_in(county)
    crowd = Crowd(known.values())
    made = []
    for child in locked.order_by("pk"):
        if Offering.objects.open().of_child(child.pk).exists():
            continue
        offering = Offering(child=child, region_id=county, opened_by=actor)
        show(offering, crowd, known[child.pk])
        offering.save()
        record(actor, Action.CREATE, offering, reason="开放认领")
        made.append(offering)
    return made


def show(offering: Offering, crowd: Crowd, traits: Traits) -> None:
    """Write into an offering what organisations may read of the child."""
    shown = crowd.shown_of(traits)
    if shown is None:
        raise ClaimError("本县在册儿童太少，单位容易认出是谁，请直接安排结对。")
    offering.shown_township, offering.shown_band = shown.township, shown.band
    offering.shown_sex, offering.shown_category = shown.sex, shown.category
    needs = Need.objects.filter(child=offering.child_id, state=NeedState.OPEN)
    offering.needs = sorted(set(needs.values_list("topic", flat=True)))


def close_offerings(actor: Any, child: int) -> None:
    """Take a child back from claiming; a claim that waits for it ends."""
    for offering in Offering.objects.open().of_child(child).select_related("child"):
        take_back(actor, offering)


@transaction.atomic
def take_back(actor: Any, offering: Offering, state: OfferingState = OfferingState.CLOSED) -> None:
    """Close an open offering; a claim that waits for it ends. One that is closed stays as it is."""
    locked = Offering.objects.select_for_update(of=("self",)).select_related("child").get(pk=offering.pk)
    if locked.state != OfferingState.OPEN:
        return
    for claim in locked.claims.held():
        end_claim(actor, claim, ClaimState.LAPSED, "县妇联已收回")
    Offering.objects.filter(pk=locked.pk).update(state=state, closed_at=timezone.now())
    record(actor, Action.UPDATE, locked, state=str(state))


def objections_to(claim: Claim, volunteer: Volunteer) -> Objections:
    """Return in words what speaks against giving the claimed child to a volunteer."""
    return objections(claim.offering.child, volunteer)


@transaction.atomic
def confirm_claim(actor: Any, claim: Claim, volunteer: Volunteer, *, regardless: bool = False) -> Pairing:
    """Confirm a claim with the volunteer named, and return the pairing, which goes the ordinary way.

    Raises ClaimError for what a rule forbids, for what staff should look at unless `regardless`, and for a claim that
    does not wait any more.
    """
    # In the order of `pairing.services.confirm`, and the claim last, so that no two wait for each other.
    hold_volunteer(volunteer.pk)
    Child.objects.select_for_update(of=("self",)).get(pk=claim.offering.child_id)
    held = _held(claim)
    found = objections_to(held, volunteer)
    if found.laws:
        raise ClaimError(f"不能这样结对：{'；'.join(found.laws)}。")
    if found.others and not regardless:
        raise ClaimError(f"请先核实：{'；'.join(found.others)}。确认没有问题的，勾选下面一项再确认。")
    try:
        pairing = confirm(actor, held.offering.child, volunteer, Terms(timezone.localdate()))
    except PairingError as error:
        raise ClaimError(str(error)) from error
    Claim.objects.filter(pk=held.pk).update(volunteer=volunteer)
    end_claim(actor, held, ClaimState.CONFIRMED)
    take_back(actor, held.offering, OfferingState.PAIRED)
    return pairing


def _held(claim: Claim) -> Claim:
    held: Claim | None = (
        Claim.objects.held()
        .select_for_update(of=("self",))
        .select_related("offering__child__region", "volunteer")
        .filter(pk=claim.pk)
        .first()
    )
    if held is None:
        raise ClaimError("这份认领已经办过或过期了，没有改动。")
    return held


@transaction.atomic
def refuse_claim(actor: Any, claim: Claim, reason: str) -> None:
    """Refuse a claim with a reason, which its organisation reads; the child is free again. Raises ClaimError."""
    end_claim(actor, _held(claim), ClaimState.REFUSED, reason)


def tidy(now: datetime.datetime) -> int:
    """Let claims lapse after fourteen days and close what is open for children who wait no more; return how many."""
    overdue = list(
        Claim.objects.overdue(now - datetime.timedelta(days=CLAIM_DAYS)).select_related("offering__child")
    )
    lapsed = sum(end_claim(None, claim, ClaimState.LAPSED, "十四天内没有确认") for claim in overdue)
    may_be = Child.objects.eligible().filter(consent=Consent.GIVEN)
    free = Offering.objects.free().annotate(opened_on=TruncDate("opened_at"))
    settled = list(free.filter(Q(paired_since()) | ~Q(child__in=may_be)))
    for offering in settled:
        take_back(None, offering)
    return lapsed + len(settled) + _show_anew()


def paired_since() -> Exists:
    """Return the condition that an offering's child was given somebody since it was opened."""
    begun = Pairing.objects.active().filter(child=OuterRef("child"))
    return Exists(begun.filter(started_on__gte=OuterRef("opened_on")))


def _show_anew() -> int:
    """Show of each open child what the roster of today allows; return how many cards changed."""
    changed = 0
    crowds: dict[str, tuple[dict[int, Traits], Crowd]] = {}
    for offering in Offering.objects.open().order_by("region_id", "pk"):
        if offering.region_id not in crowds:
            known = traits_in(county_of(offering.region_id))
            crowds[offering.region_id] = known, Crowd(known.values())
        known, crowd = crowds[offering.region_id]
        before = offering.shown, offering.needs
        if not _may_be_shown(offering, crowd, known):
            take_back(None, offering)
            changed += 1
        elif (offering.shown, offering.needs) != before:
            offering.save(
                update_fields=["shown_township", "shown_band", "shown_sex", "shown_category", "needs"]
            )
            changed += 1
    return changed


def _may_be_shown(offering: Offering, crowd: Crowd, known: dict[int, Traits]) -> bool:
    """Write anew what is shown of a child; return False for one that is not to be shown any more."""
    if offering.child_id not in known:
        return False
    try:
        show(offering, crowd, known[offering.child_id])
    except ClaimError:
        return False
    return True
