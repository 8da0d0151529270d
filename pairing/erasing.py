"""What a pairing says in words about an erased child or volunteer; that the two were paired, and when, stays."""

from aixin.access.erasure import Subject, erase_history
from pairing.models import LeftOver, Pairing, Proposal, RejectedPair

OWNERS = {"children.child": "child_id", "volunteers.volunteer": "volunteer_id"}


def forget_pairings(subject: Subject) -> dict[str, int]:
    """Empty the words of the subject's pairings and remove their history; return what was removed."""
    owner = OWNERS.get(subject.label)
    if owner is None:
        return {}
    emptied = {"handover": "", "liaison": "", "notes": "", "liaison_phone": "", "liaison_other_phones": ""}
    pairings = Pairing.objects.filter(**{owner: subject.pk}).update(**emptied)
    return {
        "结对建议": _forget_proposals(owner, subject.pk),
        "结对的文字": pairings,
        "变更记录": erase_history(Pairing, owner, [subject.pk]),
    }


def _forget_proposals(owner: str, pk: int) -> int:
    """Remove what was proposed to the subject and what was rejected, with the reasons."""
    models = (Proposal, RejectedPair, LeftOver) if owner == "child_id" else (Proposal, RejectedPair)
    return sum(model.objects.filter(**{owner: pk}).delete()[0] for model in models)
