"""The steps between proposing and ending: the county's answer, the beginning, pausing and going on (DOMAIN section 4)."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from aixin.access.signals import message_due, message_settled
from aixin.audit.models import Action
from aixin.audit.trail import record
from children.choices import Consent
from children.models import Child
from pairing.choices import EndReason, State, StepKind
from pairing.models import Pairing, PairingStep
from pairing.reach import hold_volunteer
from pairing.services import (
    PairingError,
    approval_key,
    check_child,
    check_volunteer,
    end,
    go_on,
    leave_word,
    locked_pairing,
    pass_on_main,
)
from pairing.signals import pairing_begun
from pairing.steps import note_step


def _held(pairing: Pairing) -> Pairing:
    """Return a pairing as it stands now, with volunteer and child held in that order."""
    volunteer = hold_volunteer(pairing.volunteer_id)
    locked = locked_pairing(pairing)
    locked.volunteer = volunteer
    return locked


@transaction.atomic
def approve(actor: Any, pairing: Pairing) -> Pairing:
    """Let a pairing that waits for the county go on and return it; raise PairingError when it waits no more."""
    locked = _held(pairing)
    if locked.state != State.APPROVAL:
        raise PairingError("这一对不在待审批状态，可能别人已经办过。")
    check_child(locked.child)
    check_volunteer(locked.volunteer)
    note_step(actor, locked, StepKind.APPROVED)
    record(actor, Action.UPDATE, locked, reason="县级同意结对")
    message_settled.send(Pairing, key=approval_key(locked))
    return go_on(actor, locked)


@transaction.atomic
def refuse(actor: Any, pairing: Pairing, reason: str) -> Pairing:
    """Say no to a pairing that waits for the county, tell who proposed it, and return it; raise PairingError."""
    locked = locked_pairing(pairing)
    if locked.state != State.APPROVAL:
        raise PairingError("这一对不在待审批状态，可能别人已经办过。")
    note_step(actor, locked, StepKind.NOT_APPROVED, note=reason)
    _tell_proposer(locked)
    return end(actor, locked, EndReason.NOT_APPROVED, timezone.localdate())


def _tell_proposer(pairing: Pairing) -> None:
    asked = PairingStep.objects.filter(pairing=pairing, kind=StepKind.APPROVAL_ASKED).select_related(
        "made_by"
    )
    step = asked.last()
    if step is not None and step.made_by is not None:
        message_due.send(
            Pairing,
            to=[step.made_by],
            code=pairing.region_id,
            kind="pairing",
            key=f"pairing-refused:{pairing.pk}",
            title="一对结对没有获批",
            body=f"结对编号 {pairing.no}，原因见结对页",
            link=reverse("pairings:detail", args=[pairing.pk]),
        )


@transaction.atomic
def activate(actor: Any, pairing: Pairing) -> Pairing:
    """Begin a pairing that waited for the guardian and return it; it begins today.

    Raise PairingError without the guardian's consent, without a valid clearance, or when it waits no more.
    """
    locked = _held(pairing)
    if locked.state not in {State.PROPOSED, State.CONSENT}:
        raise PairingError("这一对不在等待监护人同意，可能别人已经办过。")
    check_child(locked.child)
    if locked.child.consent != Consent.GIVEN:
        raise PairingError("监护人还没有同意，请先登记监护人意见。")
    check_volunteer(locked.volunteer)
    record(actor, Action.PAIR, locked)
    return go_on(actor, locked)


def begin_consented(actor: Any, child: Child) -> int:
    """Begin the pairings that waited for a child's guardian and return how many; who is not cleared goes on waiting."""
    begun = 0
    for pairing in Pairing.objects.filter(child=child, state=State.CONSENT).order_by("pk"):
        locked = locked_pairing(pairing)
        try:
            check_child(locked.child)
            check_volunteer(locked.volunteer)
        except PairingError as error:
            note_step(actor, locked, StepKind.CONSENT_ASKED, note=f"监护人已同意；{error}")
            continue
        record(actor, Action.PAIR, locked)
        go_on(actor, locked)
        begun += 1
    return begun


@transaction.atomic
def pause(actor: Any, pairing: Pairing, reason: str, handover: str = "", heir: int | None = None) -> Pairing:
    """Pause an active pairing and return it; `heir`, else the longest-standing other volunteer, becomes main."""
    locked = locked_pairing(pairing)
    if not locked.is_active:
        raise PairingError("只有已结对的才能暂停。")
    was_main, locked.is_main, locked.state = locked.is_main, False, State.PAUSED
    locked.save(update_fields=["state", "is_main", "updated_at"])
    if was_main:
        pass_on_main(locked.child_id, heir)
    leave_word(actor, locked, handover)
    note_step(actor, locked, StepKind.PAUSED, note=reason)
    record(actor, Action.UPDATE, locked, reason="暂停结对")
    return locked


@transaction.atomic
def resume(actor: Any, pairing: Pairing) -> Pairing:
    """Let a paused pairing go on and return it, with the rules of a new one; main when the child has no other."""
    locked = _held(pairing)
    if locked.state != State.PAUSED:
        raise PairingError("这一对没有暂停。")
    check_child(locked.child)
    check_volunteer(locked.volunteer)
    locked.state = State.ACTIVE
    locked.started_on = locked.started_on or timezone.localdate()
    locked.save(update_fields=["state", "started_on", "updated_at"])
    pass_on_main(locked.child_id)
    locked.refresh_from_db(fields=["is_main"])
    note_step(actor, locked, StepKind.RESUMED)
    pairing_begun.send(Pairing, pairing=locked)
    record(actor, Action.UPDATE, locked, reason="恢复结对")
    return locked
