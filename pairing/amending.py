"""What staff do with a proposal: fix it, reject it, choose somebody else (DOMAIN section 4)."""

from dataclasses import asdict
from typing import Any

from django.db import transaction

from aixin.access.regions import county_of
from aixin.audit.models import Action
from aixin.audit.trail import record
from children.models import Child
from pairing.judging import NOT_HERE, Candidate, Candidates
from pairing.models import LeftOver, MatchingPolicy, Pairing, Proposal, ProposalRun, RejectedPair
from pairing.proposing import ProposingError
from pairing.querysets import lacking
from pairing.spoken_for import spoken_for_in
from volunteers.models import Volunteer

GONE = "这条建议已被处理或更新，请刷新后再看。"
SPOKEN_FOR = "这个孩子正被单位认领，等县妇联办理；请先办完认领。"
HAS_ENOUGH = "这个孩子已经有人，或不用安排了，请刷新后再看。"
NEVER_RUN = "本县还没有生成过结对建议，请县妇联先生成。"
REJECTED = "REJECTED"
RUN_AGAIN = "重新生成，给孩子另找一位；也可以自己选一位。"


@transaction.atomic
def set_locked(actor: Any, proposal: Proposal, *, locked: bool) -> Proposal:
    """Fix a proposal for all further runs, or let it go again; return it. Raises ProposingError when it is gone."""
    held = _held(proposal)
    if held.locked != locked:
        held.locked, held.locked_by = locked, actor if locked else None
        held.by_hand = held.by_hand and locked
        held.save(update_fields=["locked", "locked_by", "by_hand"])
        record(actor, Action.UPDATE, held, reason="锁定结对建议" if locked else "取消锁定")
    return held


@transaction.atomic
def reject(actor: Any, proposal: Proposal, reason: str) -> RejectedPair:
    """Take a proposal away, remember why, and return what is remembered: the two are not proposed again.

    The child stands among those left over from this moment.
    """
    held = _held(proposal)
    kept, added = RejectedPair.objects.get_or_create(
        child_id=held.child_id,
        volunteer_id=held.volunteer_id,
        defaults={"region_id": held.region_id, "reason": reason, "rejected_by": actor},
    )
    _leave_over(held)
    held.delete()
    if added:
        record(actor, Action.UPDATE, kept, reason="否决结对建议")
    return kept


def _leave_over(rejected: Proposal) -> None:
    """Say why the child of a proposal that goes waits again."""
    LeftOver.objects.update_or_create(
        child_id=rejected.child_id,
        defaults={
            "run_id": rejected.run_id,
            "region_id": rejected.region_id,
            "missing": 1,
            "cause": REJECTED,
            "explanation": "刚被否决，还没有另找。",
            "remedy": RUN_AGAIN,
            "alternatives": rejected.alternatives,
        },
    )


@transaction.atomic
def forget_rejection(actor: Any, rejected: RejectedPair) -> None:
    """Let two be proposed to each other again."""
    record(actor, Action.UPDATE, rejected, reason="取消否决")
    rejected.delete()


@transaction.atomic
def choose_another(actor: Any, proposal: Proposal, volunteer: Volunteer) -> Proposal:
    """Propose somebody else to a child in place of a proposal, fixed, and return the new one.

    Rules that staff may set aside do not stand in the way; raises ProposingError for what is law, or when the
    proposal is gone.
    """
    held = _held(proposal)
    if held.volunteer_id == volunteer.pk:
        return set_locked(actor, held, locked=True)
    made = _propose_by_hand(actor, held.run, held.child, volunteer)
    held.delete()
    return made


@transaction.atomic
def choose_for(actor: Any, child: Child, volunteer: Volunteer) -> Proposal:
    """Propose somebody to a child that waits, fixed, and return the proposal; raises ProposingError."""
    county = county_of(child.region_id)
    held = Child.objects.select_for_update(of=("self",)).filter(pk=child.pk)
    managers = Pairing.objects.all(), Proposal.objects.all(), MatchingPolicy.objects.all()
    if not held or not lacking(Child.objects.filter(pk=child.pk), *managers).exists():
        raise ProposingError(HAS_ENOUGH)
    run = ProposalRun.objects.within_region(county).first()
    if child.pk in spoken_for_in(county):
        raise ProposingError(SPOKEN_FOR)
    if run is None:
        raise ProposingError(NEVER_RUN)
    return _propose_by_hand(actor, run, child, volunteer)


def _propose_by_hand(actor: Any, run: ProposalRun, child: Child, volunteer: Volunteer) -> Proposal:
    """Fix a pair that staff thought of, with its score and reasons. Two clicks make one."""
    found = next(iter(Candidates(child).told([volunteer.pk])), None)
    laws = found.laws if found else [NOT_HERE]
    if found is None or laws:
        raise ProposingError(f"不能这样安排：{'；'.join(laws)}。")
    made, _ = Proposal.objects.update_or_create(
        child=child,
        volunteer=volunteer,
        defaults={
            "run": run,
            "region_id": child.region_id,
            "score": found.score,
            "parts": stored_parts(found),
            "locked": True,
            "locked_by": actor,
            "by_hand": True,
        },
    )
    record(actor, Action.UPDATE, made, reason="人工选定爱心妈妈")
    return made


def stored_parts(found: Candidate) -> list[dict[str, Any]]:
    """Return the parts of a score as a proposal keeps them."""
    return [asdict(part) for part in found.parts]


def _held(proposal: Proposal) -> Proposal:
    """Return the row, locked for the rest of the transaction; raise ProposingError when another clerk was first."""
    held: Proposal | None = Proposal.objects.select_for_update(of=("self",)).filter(pk=proposal.pk).first()
    if held is None:
        raise ProposingError(GONE)
    return held
