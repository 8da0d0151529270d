"""安全责任书: its two dates and its scan (DOMAIN section 4)."""

import base64
import datetime
from typing import Any

from django.db import transaction

from children.consenting import Paper
from pairing.choices import StepKind
from pairing.models import Agreement, AgreementScan, Pairing
from pairing.services import PairingError, locked_pairing, save_papers
from pairing.steps import note_step


@transaction.atomic
def sign_agreement(
    actor: Any, pairing: Pairing, volunteer_on: datetime.date, guardian_on: datetime.date, paper: Paper | None
) -> Agreement:
    """Keep when the two signed, and the scan in place of an earlier one; return the agreement.

    Raise PairingError for a pairing that has ended. The same dates sent twice are one step.
    """
    locked = locked_pairing(pairing)
    if not locked.is_open:
        raise PairingError("这一对已经解除，不能再登记责任书。")
    days = {"volunteer_signed_on": volunteer_on, "guardian_signed_on": guardian_on}
    known = Agreement.objects.filter(pairing=locked, **days).first()
    agreement, _ = Agreement.objects.update_or_create(
        pairing=locked, defaults={**days, "recorded_by_id": actor.pk}
    )
    if paper is not None:
        content = base64.b64encode(paper.content).decode()
        AgreementScan.objects.update_or_create(
            pairing=locked, defaults={"kind": paper.kind, "content": content}
        )
    if known is None or paper is not None:
        note_step(actor, locked, StepKind.AGREEMENT, day=max(days.values()), note="有扫描件" if paper else "")
    locked.agreement_signed = True
    save_papers(actor, locked)
    return agreement
