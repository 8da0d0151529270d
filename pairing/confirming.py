"""Confirming what was proposed, many at once: each pair by itself, so that one which a rule forbids leaves the others."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from aixin.access.regions import county_of
from pairing.choices import State
from pairing.models import Pairing, Proposal
from pairing.reach import hold_volunteer
from pairing.services import PairingError, Terms, confirm
from pairing.spoken_for import spoken_for_in

AT_ONCE = 200
SPOKEN_FOR = "有孩子正被单位认领，等县妇联办理；请先办完认领，再看还要不要确认建议。"
FULL = "她已达可结对人数（可能别的同事刚给她安排了孩子），请重新生成建议。"


@dataclass
class Outcome:
    """What became of the proposals: pairs made, and those refused with the sentence why."""

    made: list[Pairing] = field(default_factory=list)
    refused: list[tuple[Proposal, str]] = field(default_factory=list)

    @property
    def figures(self) -> dict[str, int]:
        """How many of the pairs made began, wait for the county, wait for the guardian; how many lack the 责任书."""
        states = [pairing.state for pairing in self.made]
        return {
            "made": len(states),
            "active": states.count(State.ACTIVE),
            "approval": states.count(State.APPROVAL),
            "consent": states.count(State.CONSENT),
            "unsigned": sum(not pairing.agreement_signed for pairing in self.made),
        }

    @property
    def sentences(self) -> list[str]:
        """Why some were refused, each sentence once."""
        return list(dict.fromkeys(sentence for _, sentence in self.refused))


def confirm_proposals(actor: Any, proposals: Iterable[Proposal]) -> Outcome:
    """Pair those proposed to each other and return what became of them; at most `AT_ONCE` of them."""
    outcome = Outcome()
    # In one order for everybody, so that two clerks at once do not wait for each other.
    ordered = sorted(proposals, key=lambda one: (one.volunteer_id, one.child_id))[:AT_ONCE]
    spoken_for = _spoken_for(ordered)
    for proposal in ordered:
        if proposal.child_id in spoken_for:
            outcome.refused.append((proposal, SPOKEN_FOR))
            continue
        try:
            outcome.made.append(_confirm(actor, proposal))
        except PairingError as error:
            outcome.refused.append((proposal, str(error)))
    return outcome


def _spoken_for(proposals: Iterable[Proposal]) -> set[int]:
    counties = {county_of(proposal.region_id) for proposal in proposals}
    return {child for county in counties for child in spoken_for_in(county)}


@transaction.atomic
def _confirm(actor: Any, proposal: Proposal) -> Pairing:
    held = hold_volunteer(proposal.volunteer_id)
    # By hand staff may go beyond the capacity, which is a soft limit; a list is confirmed without looking at each.
    if Pairing.objects.open().filter(volunteer=held).count() >= held.capacity:
        raise PairingError(FULL)
    return confirm(actor, proposal.child, held, Terms(started_on=timezone.localdate()))
