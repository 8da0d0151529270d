"""What duties say of an erased child: their words and the reminders about them. That something was due and done stays."""

from django.utils import timezone

from aixin.access.erasure import Subject
from aixin.notify.models import Notice
from care.models import Duty, subject_of
from care.programmes.models import Enrolment

CHILD, VOLUNTEER = "children.child", "volunteers.volunteer"


def forget_duties(subject: Subject) -> dict[str, int]:
    """Empty the words of a child's duties and remove reminders about it, or a volunteer's; return the counts."""
    if subject.label == VOLUNTEER:
        return {"关爱安排中的爱心妈妈": Duty.objects.filter(volunteer=subject.pk).update(volunteer=None)}
    if subject.label != CHILD:
        return {}
    mine = Duty.objects.filter(child=subject.pk)
    about = [subject_of(pk) for pk in mine.values_list("pk", flat=True)]
    removed, _ = Notice.objects.filter(subject__in=about).delete()
    mine.take_back(timezone.localdate())
    Enrolment.objects.filter(child=subject.pk).delete()
    # Only what somebody reported or decided has words.
    emptied = mine.exclude(source="", decided_by=None).update(reason="", note="")
    return {"提醒消息": removed, "关爱安排的文字": emptied}
