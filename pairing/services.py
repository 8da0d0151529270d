"""Writes of a pairing's life: atomic, audited, and no child silently without anyone (DOMAIN section 4)."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from aixin.audit.models import Action
from aixin.audit.trail import record
from children.models import Child
from pairing.choices import OPEN_STATES, EndReason, State
from pairing.models import Pairing, Proposal
from pairing.signals import pairing_ended
from volunteers.choices import State as VolunteerState
from volunteers.models import Volunteer


class PairingError(Exception):
    """The pairing cannot be made or ended; the message is for the user."""


@dataclass(frozen=True)
class Terms:
    """What staff state when they confirm a pairing."""

    started_on: datetime.date
    is_main: bool = False
    liaison: str = ""
    liaison_phone: str = ""
    agreement_signed: bool = False
    notes: str = ""


@transaction.atomic
def confirm(actor: Any, child: Child, volunteer: Volunteer, terms: Terms) -> Pairing:
    """Pair the two as active and return the pairing; raise PairingError when a rule forbids it."""
    # The volunteer before the child, here and wherever both are locked, so that no two wait for each other.
    held: Volunteer = Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer.pk)
    locked: Child = Child.objects.select_for_update(of=("self",)).get(pk=child.pk)
    _check_child(locked)
    _check_volunteer(held)
    if Pairing.objects.open().filter(child=locked, volunteer=held).exists():
        raise PairingError("这两位已经结对，无需重复办理。")
    first = not Pairing.objects.active().filter(child=locked).exists()
    if terms.is_main:
        Pairing.objects.active().filter(child=locked, is_main=True).update(is_main=False)
    pairing = Pairing(
        child=locked,
        volunteer=held,
        state=State.ACTIVE,
        is_main=terms.is_main or first,
        started_on=terms.started_on,
        liaison=terms.liaison,
        liaison_phone=terms.liaison_phone,
        agreement_signed=terms.agreement_signed,
        notes=terms.notes,
    )
    pairing.prepare()
    pairing.save()
    Proposal.objects.filter(child=locked, volunteer=held).delete()
    record(actor, Action.PAIR, pairing)
    return pairing


def _check_child(child: Child) -> None:
    if not child.is_on_roster:
        raise PairingError("这名儿童已出列，不能结对。")
    if not Child.objects.eligible().filter(pk=child.pk).exists():
        raise PairingError("监护人不同意结对，或儿童在机构集中养育，不能结对。")


def _check_volunteer(volunteer: Volunteer) -> None:
    if volunteer.state != VolunteerState.QUALIFIED:
        raise PairingError("这位爱心妈妈目前不可结对（未审核合格、暂停或已退出）。")
    if not volunteer.is_cleared:
        raise PairingError("这位爱心妈妈的准入查询还没有通过或已过期，请先登记查询结果。")


@transaction.atomic
def end(actor: Any, pairing: Pairing, reason: EndReason, day: datetime.date, handover: str = "") -> Pairing:
    """End an open pairing and return it; the longest-standing other volunteer becomes main."""
    Child.objects.select_for_update(of=("self",)).get(pk=pairing.child_id)
    locked: Pairing = Pairing.objects.select_for_update(of=("self",)).get(pk=pairing.pk)
    if locked.state not in OPEN_STATES:
        raise PairingError("这一对已经解除。")
    if locked.started_on and day < locked.started_on:
        raise PairingError("解除日期不能早于结对日期。")
    was_main, locked.is_main = locked.is_main, False
    locked.state, locked.ended_on, locked.end_reason = State.ENDED, day, reason
    locked.handover = handover
    locked.save()
    if was_main:
        pass_on_main(locked.child_id)
    record(actor, Action.UNPAIR, locked, reason=EndReason(reason).label)
    pairing_ended.send(Pairing, pairing=locked, actor=actor)
    return locked


def pass_on_main(child_id: int) -> None:
    """Make the longest-standing active volunteer of a child the main one, when it has none."""
    active = Pairing.objects.active().filter(child_id=child_id)
    if active.filter(is_main=True).exists():
        return
    heir = active.order_by("started_on", "id").first()
    if heir is not None:
        Pairing.objects.filter(pk=heir.pk).update(is_main=True)


@transaction.atomic
def make_main(actor: Any, pairing: Pairing) -> Pairing:
    """Make an active pairing the child's main one and return it; raise PairingError when it is not active."""
    Child.objects.select_for_update(of=("self",)).get(pk=pairing.child_id)
    if not Pairing.objects.active().filter(pk=pairing.pk).exists():
        raise PairingError("这一对已经解除，不能设为主责。")
    Pairing.objects.active().filter(child_id=pairing.child_id, is_main=True).update(is_main=False)
    Pairing.objects.filter(pk=pairing.pk, state=State.ACTIVE).update(is_main=True)
    record(actor, Action.UPDATE, pairing, reason="设为主责")
    pairing.refresh_from_db()
    return pairing


@transaction.atomic
def end_all_of_volunteer(actor: Any, volunteer: Volunteer) -> int:
    """End every open pairing of a leaving volunteer today, in other counties too; return how many there were."""
    here = end_all_of(actor, EndReason.RESIGNED, volunteer=volunteer)
    with connection.cursor() as cursor:
        cursor.callproc("aixin_end_pairings_elsewhere", [volunteer.pk, timezone.localdate()])
        (elsewhere,) = cursor.fetchone()
    return here + int(elsewhere)


def end_all_of(actor: Any, reason: EndReason, **owner: Any) -> int:
    """End every open pairing of a child or a volunteer today; return how many there were."""
    today = timezone.localdate()
    found = list(Pairing.objects.open().filter(**owner))
    for pairing in found:
        end(actor, pairing, reason, max(today, pairing.started_on or today))
    return len(found)


@transaction.atomic
def save_papers(actor: Any, pairing: Pairing) -> Pairing:
    """Store liaison and papers of a pairing; 存量待核 ends when the papers and the clearance are there."""
    complete = pairing.agreement_signed and pairing.volunteer.is_cleared
    pairing.to_verify = pairing.to_verify and not complete
    pairing.save()
    record(actor, Action.UPDATE, pairing)
    return pairing
