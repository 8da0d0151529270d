"""What was due since the counties remind; what the demo's first mother brought up: a matter settled, a question
answered, a change reported, a call to be made.
"""

import datetime

from aixin.access.models import User
from care.making import make_all
from care.models import GoLive
from care.services import report_change
from children.models import Child
from concerns.asking import answer, ask
from concerns.choices import Kind, Office, Topic
from concerns.models import Concern, Question
from concerns.services import accept, close, hand_over, raise_concern
from pairing.models import Pairing
from visits.models import CallBack
from visits.services import arrange_callback

FORTNIGHT = datetime.timedelta(days=14)
MOTHER, OFFICE = "mama1", "wenshui"


def make_duties(today: datetime.date) -> None:
    """Let the nightly run have been there every other week since the counties began to remind, and today."""
    begun = GoLive.objects.earliest("started_on").started_on
    for past in reversed(range((today - begun) // FORTNIGHT + 1)):
        failed = make_all(today - past * FORTNIGHT)
        assert not failed, failed


def make_care(today: datetime.date) -> None:
    """Let mama1 raise a matter and ask a question, both settled, and her office report a change and have a call made."""
    mother, office = User.objects.get(username=MOTHER), User.objects.get(username=OFFICE)
    pairing = Pairing.objects.active().filter(volunteer__user=mother).select_related("child").earliest("pk")
    _raise(mother, office, pairing.child)
    _ask(mother, office, pairing.child)
    note = "奶奶摔伤了腿，在县医院住院，这几天由邻居照看。"
    report_change(pairing.child, today, actor=office, note=note)
    call = CallBack(
        assigned_to=office, due_on=today + datetime.timedelta(days=4), question="孩子这学期的午饭怎么解决"
    )
    arrange_callback(User.objects.get(username=f"clerk-{pairing.region_id[:6]}"), pairing.child, call)


def _raise(mother: User, office: User, child: Child) -> None:
    raise_concern(mother, child, Concern(kind=Kind.STUDY, text="没有台灯，晚上写作业看不清，想要一盏。"))
    concern = Concern.objects.get(child=child)
    accept(office, concern)
    hand_over(office, concern, Office.EDUCATION, "县教育局学生资助中心")
    close(office, concern, "教育局送去了台灯和书桌，孩子已经用上。")


def _ask(mother: User, office: User, child: Child) -> None:
    ask(mother, Question(child=child, topic=Topic.MIND, text="孩子这阵子不爱说话，怎么和孩子聊起来？"))
    words = "先陪孩子做一件喜欢的事，不急着问；每周固定一个时间通话，孩子慢慢会开口。"
    answer(office, Question.objects.get(asker=mother), words)
