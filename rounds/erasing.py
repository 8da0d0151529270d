"""What rounds say of an erased child."""

from aixin.access.erasure import Subject
from rounds.models import RoundAnswer


def forget_answers(subject: Subject) -> dict[str, int]:
    """Remove what was said of the child in any round; return how many answers there were."""
    if subject.label != "children.child":
        return {}
    return {"摸排结果": RoundAnswer.objects.filter(child=subject.pk).delete()[0]}
