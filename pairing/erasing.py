"""What a pairing says in words about an erased child or volunteer; that the two were paired, and when, stays."""

from aixin.access.erasure import Subject, erase_history
from pairing.models import (
    AgreementScan,
    Card,
    DoorReport,
    HandOver,
    LeftOver,
    Pairing,
    PairingStep,
    Portrait,
    Proposal,
    RejectedPair,
)

OWNERS = {"children.child": "child_id", "volunteers.volunteer": "volunteer_id"}


def forget_pairings(subject: Subject) -> dict[str, int]:
    """Empty the words of the subject's pairings and remove their history; return what was removed."""
    owner = OWNERS.get(subject.label)
    if owner is None:
        return {}
    emptied = {"liaison": "", "notes": "", "liaison_phone": "", "liaison_other_phones": ""}
    mine = Pairing.objects.filter(**{owner: subject.pk})
    return {
        **_forget_papers(f"pairing__{owner}", subject.pk),
        "结对建议": _forget_proposals(owner, subject.pk),
        "爱心妈妈照片": _forget_portraits(subject),
        "结对的文字": mine.update(**emptied),
        "变更记录": erase_history(Pairing, owner, [subject.pk]),
    }


def _forget_proposals(owner: str, pk: int) -> int:
    """Remove what was proposed to the subject and what was rejected, with the reasons."""
    models = (Proposal, RejectedPair, LeftOver) if owner == "child_id" else (Proposal, RejectedPair)
    return sum(model.objects.filter(**{owner: pk}).delete()[0] for model in models)


def _forget_papers(owner: str, pk: int) -> dict[str, int]:
    """Remove scans, cards, hand-overs and what families reported; of the steps kind and day stay."""
    steps = PairingStep.objects.filter(**{owner: pk}).update(note="", consent=None)
    kinds = {"安全责任书扫描件": AgreementScan, "结对卡": Card, "交接说明": HandOver, "扫码反馈": DoorReport}
    removed = {name: model.objects.filter(**{owner: pk}).delete()[0] for name, model in kinds.items()}
    return {**removed, "结对经过的文字": steps}


def _forget_portraits(subject: Subject) -> int:
    if subject.label != "volunteers.volunteer":
        return 0
    return Portrait.objects.of_volunteer(subject.pk).delete()[0]
