"""The visits of a child's 一人一档."""

from aixin.access.models import User
from aixin.exchange.documents import Words, day
from children.models import Child
from visits.models import Visit

PRINTED = 50


def visits_of_child(child: Child, user: User) -> Words:
    """Return the child's latest visits that count, as rows of the document."""
    found = Visit.objects.visible_to(user).standing().filter(visited__child=child).for_list()
    return {"visits": [_line(visit) for visit in found[:PRINTED]]}


def _line(visit: Visit) -> Words:
    texts = (visit.seen, visit.done, f"下一步：{visit.next_step}" if visit.next_step else "")
    return {
        "date": day(visit.date),
        "way": visit.get_way_display(),
        "who": "、".join(volunteer.name for volunteer in visit.volunteers.all()),
        "findings": "；".join(f"{name}{text}" for name, state, text in visit.findings if state),
        "text": "\n".join(filter(None, texts)),
    }


VISITS_SAMPLE: Words = {
    "visits": [{
        "date": "走访日期", "way": "走访方式", "who": "走访的爱心妈妈",
        "findings": "家庭、学习、生活有无变化", "text": "走访情况",
    }],
}  # fmt: skip
