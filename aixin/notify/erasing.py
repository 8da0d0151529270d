"""Messages to an erased person, or that lead to her page or name her; and her name in feedback of her county."""

from django.db.models import Q

from aixin.access.erasure import Subject
from aixin.access.querysets import within
from aixin.access.regions import county_of
from aixin.notify.models import Feedback, Notice


def forget_messages(subject: Subject) -> dict[str, int]:
    """Remove the person's messages and her name from feedback; return how many there were."""
    to_her = Q(addressee=f"{subject.label.partition('.')[2]}:{subject.pk}")
    notices, _ = Notice.objects.filter(to_her | Q(link__regex=subject.links)).delete()
    return {"提醒消息": notices, "意见反馈中的姓名": _rename(subject)}


def _rename(subject: Subject) -> int:
    naming = [
        row
        for row in Feedback.objects.filter(within(county_of(subject.region))).iterator()
        if subject.is_in(row.text)
    ]
    for row in naming:
        row.text = subject.without(row.text)[:1000]
        row.save(update_fields=["text"])
    return len(naming)
