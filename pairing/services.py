"""Writes of a pairing's life: atomic, audited, and no child silently without anyone (DOMAIN section 4)."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from aixin.access.authority import heads_of
from aixin.access.models import Post, Role
from aixin.access.regions import Level, county_of, level_of
from aixin.access.signals import message_due, message_settled
from aixin.audit.models import Action
from aixin.audit.trail import record
from children.choices import Consent
from children.models import Child
from pairing.choices import OPEN_STATES, EndReason, State, StepKind
from pairing.models import HandOver, Pairing, Proposal
from pairing.reach import hold_volunteer
from pairing.rules import waits_for_county
from pairing.signals import pairing_begun, pairing_ended
from pairing.steps import note_step
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
    """Pair the two and return the pairing; raise PairingError when a rule forbids it.

    It is active at once where the guardian has agreed already; it waits for the county where the region's rule says
    so, else for the guardian (DOMAIN section 4).
    """
    # The volunteer before the child, here and wherever both are locked, so that no two wait for each other.
    held = hold_volunteer(volunteer.pk)
    locked: Child = Child.objects.select_for_update(of=("self",)).get(pk=child.pk)
    check_child(locked)
    check_volunteer(held)
    if Pairing.objects.open().filter(child=locked, volunteer=held).exists():
        raise PairingError("这两位已经结对，无需重复办理。")
    liaison, liaison_phone = (terms.liaison, terms.liaison_phone) if terms.liaison else liaison_for(locked)
    pairing = Pairing(
        child=locked,
        volunteer=held,
        is_main=terms.is_main,
        liaison=liaison,
        liaison_phone=liaison_phone,
        agreement_signed=terms.agreement_signed,
        notes=terms.notes,
    )
    pairing.prepare()
    pairing.save()
    Proposal.objects.filter(child=locked, volunteer=held).delete()
    record(actor, Action.PAIR, pairing)
    if waits_for_county(actor, locked.region_id):
        return _ask_county(actor, pairing)
    note_step(actor, pairing, StepKind.PROPOSED)
    return go_on(actor, pairing, terms.started_on)


def liaison_for(child: Child) -> tuple[str, str]:
    """Return name and phone of the village's chair (1+1+N, DOMAIN section 4): as in the child's last pairing, else
    of whoever acts for the village today; empty when neither is known."""
    known = (
        Pairing.objects.filter(child=child, region=child.region_id)
        .exclude(liaison="")
        .order_by("-pk")
        .first()
    )
    if known is not None:
        return known.liaison, known.liaison_phone
    chairs = Post.objects.current().filter(role=Role.STAFF, region=child.region_id, user__is_active=True)
    chair = chairs.select_related("user").order_by("pk").first()
    if chair is None or level_of(child.region_id) != Level.VILLAGE:
        return "", ""
    return chair.user.get_full_name(), chair.user.phone


def _ask_county(actor: Any, pairing: Pairing) -> Pairing:
    pairing.state = State.APPROVAL
    pairing.save(update_fields=["state", "updated_at"])
    note_step(actor, pairing, StepKind.APPROVAL_ASKED)
    county = county_of(pairing.region_id)
    message_due.send(
        Pairing,
        to=list(heads_of(county)),
        code=county,
        kind="pairing",
        key=approval_key(pairing),
        title="有一对结对等待审批",
        body=f"结对编号 {pairing.no}",
        link=reverse("pairings:detail", args=[pairing.pk]),
    )
    return pairing


def approval_key(pairing: Pairing) -> str:
    """Return the key of the message that asks the county."""
    return f"pairing-approval:{pairing.pk}"


def go_on(actor: Any, pairing: Pairing, day: datetime.date | None = None) -> Pairing:
    """Take a pending pairing to the next step: active where the guardian has agreed, else before the guardian."""
    if pairing.child.consent == Consent.GIVEN:
        return _start(actor, pairing, day or timezone.localdate())
    pairing.state = State.CONSENT
    pairing.save(update_fields=["state", "updated_at"])
    note_step(actor, pairing, StepKind.CONSENT_ASKED)
    return pairing


def _start(actor: Any, pairing: Pairing, day: datetime.date) -> Pairing:
    """Make a pending pairing active, and say on which consent it rests."""
    consent = pairing.child.consents.first()
    said = "" if consent else "监护人意见此前已登记为同意，不再征求"
    if pairing.state != State.CONSENT and consent:
        said = f"{consent.given_on:%Y-%m-%d}已登记同意，不再征求"
    note_step(actor, pairing, StepKind.CONSENTED, note=said, consent=consent)
    active = Pairing.objects.active().filter(child=pairing.child_id)
    pairing.is_main = pairing.is_main or not active.filter(is_main=True).exists()
    if pairing.is_main:
        active.filter(is_main=True).update(is_main=False)
    pairing.state, pairing.started_on = State.ACTIVE, day
    pairing.save(update_fields=["state", "started_on", "is_main", "updated_at"])
    note_step(actor, pairing, StepKind.STARTED, day=day)
    pairing_begun.send(Pairing, pairing=pairing)
    return pairing


def check_child(child: Child) -> None:
    """Raise PairingError for a child that may not be given a volunteer."""
    if not child.is_on_roster:
        raise PairingError("这名儿童已出列，不能结对。")
    if not Child.objects.eligible().filter(pk=child.pk).exists():
        raise PairingError("监护人不同意结对，或儿童在机构集中养育，不能结对。")


def check_volunteer(volunteer: Volunteer) -> None:
    """Raise PairingError for a volunteer who may not be given a child."""
    if volunteer.state != VolunteerState.QUALIFIED:
        raise PairingError("这位爱心妈妈目前不可结对（未审核合格、暂停或已退出）。")
    if not volunteer.is_cleared:
        raise PairingError("这位爱心妈妈的准入查询还没有通过或已过期，请先登记查询结果。")


@transaction.atomic
def end(
    actor: Any,
    pairing: Pairing,
    reason: EndReason,
    day: datetime.date,
    handover: str = "",
    heir: int | None = None,
) -> Pairing:
    """End an open pairing and return it; `heir`, else the longest-standing other volunteer, becomes main.

    Raise PairingError for one that has ended, and for a day before its beginning.
    """
    locked = locked_pairing(pairing)
    if locked.state not in OPEN_STATES:
        raise PairingError("这一对已经解除。")
    if locked.started_on and day < locked.started_on:
        raise PairingError("解除日期不能早于结对日期。")
    was_main, locked.is_main = locked.is_main and locked.is_active, False
    locked.state, locked.ended_on, locked.end_reason = State.ENDED, day, reason
    locked.save()
    if was_main:
        pass_on_main(locked.child_id, heir)
    leave_word(actor, locked, handover)
    note_step(actor, locked, StepKind.ENDED, day=day, note=str(EndReason(reason).label))
    record(actor, Action.UNPAIR, locked, reason=EndReason(reason).label)
    message_settled.send(Pairing, key=approval_key(locked))
    pairing_ended.send(Pairing, pairing=locked, actor=actor)
    return locked


def locked_pairing(pairing: Pairing) -> Pairing:
    """Return a pairing as it stands now, with its child held until the end of the transaction."""
    child = Child.objects.select_for_update(of=("self",)).get(pk=pairing.child_id)
    locked: Pairing = Pairing.objects.select_for_update(of=("self",)).get(pk=pairing.pk)
    locked.child = child
    return locked


def leave_word(actor: Any, pairing: Pairing, text: str) -> None:
    """Keep what the next volunteer should know; nothing said keeps nothing."""
    if text:
        HandOver.objects.create(
            pairing=pairing, child_id=pairing.child_id, text=text, written_by_id=getattr(actor, "pk", None)
        )


@transaction.atomic
def add_word(actor: Any, pairing: Pairing, text: str) -> None:
    """Keep a hand-over note that somebody writes after the end."""
    leave_word(actor, pairing, text)
    record(actor, Action.UPDATE, pairing, reason="补写交接说明")


def pass_on_main(child_id: int, heir: int | None = None) -> None:
    """Make the chosen, else the longest-standing active volunteer of a child the main one, when it has none."""
    active = Pairing.objects.active().filter(child_id=child_id)
    if active.filter(is_main=True).exists():
        return
    chosen = active.filter(pk=heir).first() or active.order_by("started_on", "id").first()
    if chosen is not None:
        Pairing.objects.filter(pk=chosen.pk).update(is_main=True)
        note_step(None, chosen, StepKind.MAIN)


@transaction.atomic
def make_main(actor: Any, pairing: Pairing) -> Pairing:
    """Make an active pairing the child's main one and return it; raise PairingError when it is not active."""
    Child.objects.select_for_update(of=("self",)).get(pk=pairing.child_id)
    if not Pairing.objects.active().filter(pk=pairing.pk).exists():
        raise PairingError("这一对已经解除，不能设为主责。")
    Pairing.objects.active().filter(child_id=pairing.child_id, is_main=True).update(is_main=False)
    Pairing.objects.filter(pk=pairing.pk, state=State.ACTIVE).update(is_main=True)
    note_step(actor, pairing, StepKind.MAIN)
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
