"""Confirming what was proposed, many at once: each pair by itself, so that one which a rule forbids leaves the others."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from pairing.models import Pairing, Proposal
from pairing.reach import hold_volunteer
from pairing.services import PairingError, Terms, confirm

AT_ONCE = 200
FULL = "她已达可结对人数（可能别的同事刚给她安排了孩子），请重新生成建议。"


@dataclass
class Outcome:
    """What became of the proposals: pairs made, and those refused with the sentence why."""

    made: list[Pairing] = field(default_factory=list)
    refused: list[tuple[Proposal, str]] = field(default_factory=list)

    @property
    def sentences(self) -> list[str]:
        """Why some were refused, each sentence once."""
        return list(dict.fromkeys(sentence for _, sentence in self.refused))


def confirm_proposals(actor: Any, proposals: Iterable[Proposal]) -> Outcome:
    """Pair those proposed to each other and return what became of them; at most `AT_ONCE` of them."""
    outcome = Outcome()
    # In one order for everybody, so that two clerks at once do not wait for each other.
    for proposal in sorted(proposals, key=lambda one: (one.volunteer_id, one.child_id))[:AT_ONCE]:
        try:
            outcome.made.append(_confirm(actor, proposal))
        except PairingError as error:
            outcome.refused.append((proposal, str(error)))
    return outcome


@transaction.atomic
def _confirm(actor: Any, proposal: Proposal) -> Pairing:
    held = hold_volunteer(proposal.volunteer_id)
    # By hand staff may go beyond the capacity, which is a soft limit; a list is confirmed without looking at each.
    if Pairing.objects.open().filter(volunteer=held).count() >= held.capacity:
        raise PairingError(FULL)
    return confirm(actor, proposal.child, held, Terms(started_on=timezone.localdate()))
