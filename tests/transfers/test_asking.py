"""A county asks for a child whose ID another county holds, and learns nothing but what it typed itself."""

import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from aixin.access.models import Region
from aixin.access.scope import acting
from aixin.audit.models import Action, Entry
from aixin.exchange import background
from aixin.notify.models import Notice
from children.choices import Status
from children.models import Child
from tests.cast import KAISHAN_VILLAGE, XINGXIAN_VILLAGE, Cast
from tests.conftest import Session
from tests.contract.world import workbook
from tests.factories import make_idno
from tests.transfers.conftest import asked
from transfers.choices import State
from transfers.models import Holding, Transfer
from transfers.services import TransferError, Wanted, ask_for, withdraw

REQUEST = reverse("transfers:request")


def typed(child: Child, **other: str) -> dict[str, str]:
    return {"name": "张小明", "idno": child.idno, "region": XINGXIAN_VILLAGE, **other}


def uploaded(cast: Cast, *idnos: str) -> Any:
    rows = [("张小明", idno, "蔚汾镇", "留守儿童") for idno in idnos]
    content = workbook(("姓名", "身份证号", "乡镇", "类别"), rows)
    with acting(cast.xingxian):
        return background.upload(cast.xingxian, "children", content, "儿童.xlsx")


def test_a_rejected_row_of_an_import_becomes_a_request(cast: Cast) -> None:
    job = uploaded(cast, make_idno(91, datetime.date(2015, 5, 6)), cast.child.idno)
    session = Session(cast.xingxian)
    page = session.get(reverse("imports:detail", args=[job.pk])).content.decode()
    address = reverse("transfers:request_row", args=[job.pk, 1])
    assert address in page
    assert reverse("transfers:request_row", args=[job.pk, 0]) not in page
    assert address in session.get(reverse("imports:row", args=[job.pk, 1])).content.decode()
    answer = session.post(address)
    transfer = Transfer.objects.get()
    assert answer.headers["Location"] == reverse("transfers:detail", args=[transfer.pk])
    assert (transfer.name, transfer.region_id, transfer.state) == ("张小明", "141123100", State.OPEN)
    assert Holding.objects.get().child_id == cast.child.pk
    assert session.post(reverse("transfers:request_row", args=[job.pk, 0])).status_code == 404
    assert session.post(reverse("transfers:request_row", args=[job.pk, 9])).status_code == 404


def test_a_row_without_a_township_asks_for_nobody(cast: Cast) -> None:
    content = workbook(("姓名", "身份证号", "类别"), [("张小明", cast.child.idno, "留守儿童")])
    with acting(cast.xingxian):
        job = background.upload(cast.xingxian, "children", content, "儿童.xlsx")
    page = Session(cast.xingxian).get(reverse("imports:detail", args=[job.pk])).content.decode()
    # Two faults: the clerk corrects the place first.
    assert reverse("transfers:request_row", args=[job.pk, 0]) not in page
    assert Session(cast.xingxian).post(reverse("transfers:request_row", args=[job.pk, 0])).status_code == 302
    assert not Transfer.objects.exists()


def test_the_child_s_form_offers_to_ask_and_loses_nothing(cast: Cast) -> None:
    session = Session(cast.xingxian)
    body = typed(cast.child, category="LEFT_BEHIND", guardian_name="高奶奶", boarding="")
    page = session.post(reverse("children:create"), body).content.decode()
    assert f'formaction="{REQUEST}"' in page
    answer = session.post(REQUEST, body)
    transfer = Transfer.objects.get()
    assert answer.headers["Location"] == reverse("transfers:detail", args=[transfer.pk])
    assert cast.child.no not in page


def test_a_second_click_leads_to_the_same_request_and_asks_for_no_id_again(cast: Cast) -> None:
    first = asked(cast.xingxian, cast.child)
    looked = Entry.objects.filter(action=Action.LOOKUP).count()
    assert asked(cast.xingxian, cast.child).pk == first.pk
    assert Entry.objects.filter(action=Action.LOOKUP).count() == looked
    assert Notice.objects.filter(kind="transfer").count() == 1


def test_the_asker_sees_her_own_words_and_not_where_the_child_is(cast: Cast) -> None:
    Child.objects.filter(pk=cast.child.pk).update(school="西街小学")
    session = Session(cast.xingxian)
    page = session.post(REQUEST, typed(cast.child, remark="随母亲迁来"), follow=True).content.decode()
    assert "等对方答复" in page
    assert f"{cast.child.idno[:3]}***********{cast.child.idno[-4:]}" in page
    for hidden in ("文水", "凤城", "西街", cast.child.no, cast.child.idno, cast.volunteer.name):
        assert hidden not in page
    transfer = Transfer.objects.get()
    with acting(cast.xingxian):
        assert not Holding.objects.exists()
        assert not Child.objects.filter(pk=cast.child.pk).exists()
        assert not Notice.objects.filter(kind="transfer").exists()
    trail = Entry.objects.filter(object_type="transfers.transfer", object_id=str(transfer.pk))
    assert not trail.exclude(subjects=[]).exists()
    assert not trail.exclude(object_region__startswith="141123").exists()


def test_the_holder_s_office_is_told_without_a_name(cast: Cast, request_of: Transfer) -> None:
    told = Notice.objects.get(kind="transfer")
    assert told.addressee == f"user:{cast.wenshui.pk}"
    assert told.title == "兴县妇联申请转入一名儿童"
    assert cast.child.name not in told.title + told.body
    page = Session(cast.wenshui).get(reverse("children:list")).content.decode()
    assert "转入转出 1" in page
    shown = Session(cast.wenshui).get(told.link).content.decode()
    assert cast.child.no in shown
    assert cast.volunteer.name in shown
    assert "随母亲迁来" in shown
    assert Entry.objects.filter(user=cast.wenshui, action=Action.VIEW, subjects=[cast.child.no]).exists()


@pytest.mark.parametrize(
    ("who", "status"), [("outsider", 404), ("mama", 403), ("fengcheng", 200), ("city", 200)]
)
def test_who_opens_a_request(cast: Cast, request_of: Transfer, who: str, status: int) -> None:
    assert (
        Session(cast.users[who]).get(reverse("transfers:detail", args=[request_of.pk])).status_code == status
    )


def test_the_city_reads_masked_and_decides_nothing(cast: Cast, request_of: Transfer) -> None:
    page = Session(cast.city).get(reverse("transfers:detail", args=[request_of.pk])).content.decode()
    assert "张小明" not in page
    assert "随母亲迁来" not in page
    assert reverse("transfers:accept", args=[request_of.pk]) not in page
    assert Session(cast.city).post(reverse("transfers:withdraw", args=[request_of.pk])).status_code == 403


def test_an_id_that_nobody_elsewhere_holds_is_no_request(cast: Cast) -> None:
    for idno in (make_idno(92, datetime.date(2015, 5, 6)), cast.far.idno):
        with pytest.raises(TransferError, match="请直接登记"), acting(cast.xingxian):
            ask_for(cast.xingxian, Wanted("童无", idno, Region.objects.get(code=XINGXIAN_VILLAGE)))
    assert not Transfer.objects.exists()


def test_asking_counts_as_a_look_up_with_its_limit(cast: Cast, settings: Any) -> None:
    settings.ID_LOOKUPS_PER_HOUR = 1
    asked(cast.xingxian, cast.child)
    page = Session(cast.xingxian).post(REQUEST, typed(cast.neighbour))
    assert page.status_code == 422
    assert "一小时内核对的身份证号太多" in page.content.decode()
    assert Transfer.objects.count() == 1
    assert Entry.objects.filter(action=Action.ALARM).exists()


def test_a_third_county_waits_until_the_first_is_answered(cast: Cast, request_of: Transfer) -> None:
    place = Region.objects.get(code="140105001001")
    with pytest.raises(TransferError, match="正在办理另一次转接"), acting(cast.outsider):
        ask_for(cast.outsider, Wanted("张小明", cast.child.idno, place))
    with acting(cast.xingxian):
        withdraw(cast.xingxian, request_of)
    assert asked(cast.outsider, cast.child, "140105001001").is_open
    assert list(Holding.objects.order_by("pk").values_list("is_open", flat=True)) == [False, True]


def test_a_withdrawn_request_leaves_the_holder_s_inbox(cast: Cast, request_of: Transfer) -> None:
    session = Session(cast.xingxian)
    address = reverse("transfers:withdraw", args=[request_of.pk])
    assert Session(cast.outsider).post(address).status_code == 404
    assert Session(cast.wenshui).post(address).status_code == 403
    assert session.post(address).status_code == 302
    assert session.post(address).status_code == 302
    request_of.refresh_from_db()
    assert request_of.state == State.WITHDRAWN
    assert Notice.objects.get(kind="transfer").resolved_at is not None
    page = Session(cast.wenshui).get(reverse("transfers:list")).content.decode()
    assert "没有要转出的孩子" in page


def test_a_township_asks_for_a_child_of_its_neighbour_and_the_county_decides(cast: Cast) -> None:
    transfer = asked(cast.fengcheng, cast.neighbour, "141121100018")
    assert Notice.objects.get(kind="transfer").addressee == f"user:{cast.wenshui.pk}"
    accept = reverse("transfers:accept", args=[transfer.pk])
    assert Session(cast.fengcheng).post(accept, {"day": "2026-01-01"}).status_code == 403
    assert Session(cast.wenshui).post(accept, {"day": str(timezone.localdate())}).status_code == 302
    cast.neighbour.refresh_from_db()
    assert cast.neighbour.region_id == "141121100018" != KAISHAN_VILLAGE


def test_a_child_that_left_elsewhere_can_be_asked_for(cast: Cast) -> None:
    Child.objects.filter(pk=cast.unpaired.pk).update(
        status=Status.LEFT, left_on="2026-03-01", left_reason="RESIDENCE_MOVED"
    )
    transfer = asked(cast.xingxian, cast.unpaired)
    accept = reverse("transfers:accept", args=[transfer.pk])
    assert Session(cast.wenshui).post(accept, {"day": str(timezone.localdate())}).status_code == 302
    cast.unpaired.refresh_from_db()
    assert (cast.unpaired.status, cast.unpaired.region_id) == (Status.ON_ROSTER, XINGXIAN_VILLAGE)
    assert cast.unpaired.left_on is None
