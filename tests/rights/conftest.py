"""Somebody with traces in every table, and a request to remove them."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from aixin.exchange.background import confirm, upload
from aixin.notify.models import Feedback
from aixin.rights.models import RightsRequest
from aixin.rights.services import file_request
from aixin.rights.subjects import roster_of
from care.reminders import remind
from care.services import report_change
from children.choices import ConsentAnswer, ConsentWay, NeedSource, ParentKind
from children.consenting import Answer, Paper, record_consent
from children.models import Child, Need, Parent
from tests.cast import FENGCHENG, WENSHUI, XIJIE, XINGXIAN, Cast
from tests.contract.world import workbook
from tests.factories import (
    ChildFactory,
    PairingFactory,
    VisitFactory,
    VolunteerFactory,
    let_remind,
    make_idno,
)
from volunteers.models import Volunteer

NAME, FORMER = "裘独一", "裘曾用"
BIRTH = datetime.date(2015, 3, 4)
IDNO, FATHERS_ID = make_idno(301, BIRTH), make_idno(302, datetime.date(1985, 3, 4), sex="M")
GUARDIANS_PHONE, FATHERS_PHONE = "19950000001", "19950000002"
CHILDS_WORDS = {NAME, FORMER, IDNO, FATHERS_ID, GUARDIANS_PHONE, FATHERS_PHONE, "濮奶奶", "裘父亲"}

MAMAS_NAME, MAMAS_FORMER = "闵独一", "闵曾用"
MAMAS_ID, MAMAS_PHONE = make_idno(303, datetime.date(1985, 3, 4)), "19950000003"
MAMAS_WORDS = {MAMAS_NAME, MAMAS_FORMER, MAMAS_ID, MAMAS_PHONE}
HEADINGS = ("姓名", "身份证号", "出生日期", "类别", "乡镇", "监护人姓名", "监护人电话")


def request_for(actor: Any, person: Any, kind: str = "ERASURE", **more: Any) -> RightsRequest:
    """Return a filed request about a child or volunteer."""
    asked = {"kind": kind, "asker_name": "濮奶奶", "asker_relation": "祖母", "way": "PHONE", **more}
    return file_request(actor, roster_of(person._meta.label_lower), person, RightsRequest(**asked))


def make_traced_child(cast: Cast) -> Child:
    """Return a child whom every part of the system has something of."""
    child = ChildFactory(
        name=FORMER, idno=IDNO, birth=BIRTH, region_id=XIJIE, notes=f"{FORMER}爱唱歌", address="西街9号"
    )
    guardian = child.main_guardian
    guardian.name, guardian.phone = "濮奶奶", GUARDIANS_PHONE
    guardian.save()
    Parent.objects.create(
        child=child,
        region_id=XIJIE,
        kind=ParentKind.FATHER,
        name="裘父亲",
        phone=FATHERS_PHONE,
        idno=FATHERS_ID,
    )
    Need.objects.create(
        child=child, region_id=XIJIE, topic="STUDY", detail=f"给{FORMER}补数学", source=NeedSource.STAFF
    )
    child.name = NAME
    child.prepare()
    child.save()
    _care(cast, child)
    _papers(cast, child)
    return child


def _care(cast: Cast, child: Child) -> None:
    started = timezone.localdate() - datetime.timedelta(days=50)
    PairingFactory(
        child=child, volunteer=cast.volunteer, is_main=True, started_on=started, notes=f"{NAME}胆子小"
    )
    at = {"region_id": XIJIE, "recorded_by": cast.wenshui, "date": started, "volunteers": [cast.volunteer]}
    alone = VisitFactory(**at, children=[child], seen=f"{NAME}在写作业")
    alone.done = "陪着读书"
    alone.save()
    VisitFactory(
        **at, children=[child, cast.child], seen=f"{NAME}和{cast.child.name}都好", goods=f"给{NAME}书包"
    )
    let_remind(WENSHUI)
    report_change(child, timezone.localdate(), actor=cast.wenshui, note=f"{NAME}的奶奶住院")
    remind(timezone.localdate())
    Feedback.objects.create(author=cast.mama, region_id=FENGCHENG, text=f"{NAME}的电话{GUARDIANS_PHONE}变了")


def _papers(cast: Cast, child: Child) -> None:
    said = Answer(
        ConsentAnswer.AGREED, "濮奶奶", "祖母", ConsentWay.SIGNED, timezone.localdate(), f"{NAME}在场"
    )
    record_consent(cast.wenshui, child, said, 0, Paper("pdf", f"%PDF-1.4 {NAME}".encode()))
    rows = [
        (NAME, IDNO, "2015-03-04", "留守儿童", "凤城镇", "濮奶奶", GUARDIANS_PHONE),
        ("童别人", "", "2016-01-01", "留守儿童", "凤城镇", "高奶奶", "19950000009"),
    ]
    confirm(cast.wenshui, upload(cast.wenshui, "children", workbook(HEADINGS, rows), f"{NAME}等.xlsx"))
    upload(cast.city, "children", workbook(HEADINGS, rows), "全市.xlsx")
    upload(cast.wenshui, "children", workbook(HEADINGS, rows[1:]), "别人.xlsx")


def make_traced_volunteer(cast: Cast) -> Volunteer:
    """Return a volunteer with a log-in, pairings at home and elsewhere, visits and messages."""
    user = cast.mama2
    user.username, user.display_name, user.phone = MAMAS_PHONE, MAMAS_NAME, MAMAS_PHONE
    user.save()
    Volunteer.objects.filter(user=user).update(user=None)
    volunteer = VolunteerFactory(
        name=MAMAS_FORMER,
        idno=MAMAS_ID,
        phone=MAMAS_PHONE,
        user=user,
        unit="某厂",
        notes=f"{MAMAS_FORMER}热心",
    )
    volunteer.name = MAMAS_NAME
    volunteer.prepare()
    volunteer.save()
    started = timezone.localdate() - datetime.timedelta(days=50)
    for child in (cast.unpaired, cast.far):
        PairingFactory(child=child, volunteer=volunteer, started_on=started, notes=f"{MAMAS_NAME}每周去")
    VisitFactory(
        region_id=XIJIE,
        recorded_by=user,
        children=[cast.unpaired],
        volunteers=[volunteer],
        seen=f"{MAMAS_NAME}陪着写作业",
    )
    VisitFactory(
        region_id=XIJIE,
        recorded_by=cast.wenshui,
        children=[cast.unpaired],
        companions=MAMAS_NAME,
        date=started,
    )
    let_remind(WENSHUI, XINGXIAN)
    remind(timezone.localdate())
    return volunteer


@pytest.fixture
def traced(cast: Cast) -> Child:
    return make_traced_child(cast)


@pytest.fixture
def traced_volunteer(cast: Cast) -> Volunteer:
    return make_traced_volunteer(cast)
