"""Who asked, and in what words, is forgotten with the person; that something was asked and done stays."""

from django.utils import timezone

from aixin.access.erasure import Subject
from aixin.rights.choices import State
from aixin.rights.models import RightsRequest


def forget_requests(subject: Subject) -> dict[str, int]:
    """Empty the requests about the person, close the open ones, and return how many there were."""
    about = RightsRequest.objects.about(subject.label, subject.pk)
    about.open().update(state=State.DONE, done_on=timezone.localdate())
    emptied = {"asker_name": "", "asker_phone": "", "content": "", "remark": ""}
    return {"请求人信息": about.update(**emptied, region_id=subject.region[:9])}
