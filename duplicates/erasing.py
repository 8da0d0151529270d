"""What a doubt says about an erased person: it goes with her."""

from aixin.access.erasure import Subject
from duplicates.kinds import kinds


def forget_doubts(subject: Subject) -> dict[str, int]:
    """Remove the pairs in which an erased person stands; return how many."""
    found = [kind.pairs.objects.about([subject.pk]) for kind in kinds() if kind.model_label == subject.label]
    return {"疑似重复": sum(pairs.delete()[0] for pairs in found)}
