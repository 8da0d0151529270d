"""What a doubt says about an erased child: it goes with the child."""

from aixin.access.erasure import Subject
from duplicates.models import Duplicate


def forget_doubts(subject: Subject) -> dict[str, int]:
    """Remove the pairs in which an erased child stands; return how many."""
    if subject.label != "children.child":
        return {}
    removed, _ = Duplicate.objects.about([subject.pk]).delete()
    return {"疑似重复": removed}
