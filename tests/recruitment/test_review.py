"""The county reviews who has signed up: accepted ones stand on the roster and become 合格 by their 准入查询."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from aixin.audit.models import Action, Entry
from aixin.notify.models import Sms
from aixin.rights.services import erase
from recruitment.applying import digest_of
from recruitment.choices import Stage, State
from recruitment.models import Application, ApplicationStep, JoinPage
from tests.cast import FENGCHENG, WENSHUI, XINGXIAN, Cast
from tests.conftest import Session
from tests.factories import make_idno
from volunteers.choices import Clearance
from volunteers.choices import State as VolunteerState
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-hers"


def signed_up(**values: Any) -> Application:
    stated = {
        "region_id": FENGCHENG, "state": State.PENDING, "token_hash": digest_of(TOKEN), "name": "马新人",
        "phone": "13912345678", "idno": make_idno(7, datetime.date(1985, 3, 4)), "sex": "F",
        "birth": datetime.date(1985, 3, 4), "kind": "TEACHER", "skills": ["STUDY"], "capacity": 2,
    }  # fmt: skip
    return Application.objects.create(**(stated | values))


def decide(who: Any, application: Application, decision: str, **form: Any) -> Any:
    return Session(who).post(f"/recruitment/{application.pk}/decide/", {"decision": decision, **form})


def cleared(cast: Cast, volunteer: Volunteer, result: str) -> None:
    today = timezone.localdate().isoformat()
    form = {"ids": [volunteer.pk], "result": result, "day": today, "officer": "李主任"}
    assert Session(cast.wenshui).post("/volunteers/clearance/", form).status_code == 302


def test_accepted_she_stands_on_the_roster_and_is_checked(cast: Cast) -> None:
    application = signed_up()
    assert decide(cast.wenshui, application, "ACCEPT").status_code == 302
    application.refresh_from_db()
    volunteer = application.volunteer
    assert volunteer
    assert (volunteer.name, volunteer.state, volunteer.clearance, volunteer.region_id, volunteer.capacity) == (
        "马新人", VolunteerState.APPLIED, Clearance.IN_PROGRESS, FENGCHENG, 2,
    )  # fmt: skip
    assert application.stage == Stage.CHECKING
    assert (application.name, application.phone, application.idno) == ("", "", "")
    assert Entry.objects.filter(action=Action.UPDATE, object_type="recruitment.application").exists()


def test_a_second_click_makes_no_second_volunteer(cast: Cast) -> None:
    application = signed_up()
    decide(cast.wenshui, application, "ACCEPT")
    before = Volunteer.objects.count()
    decide(cast.wenshui, application, "ACCEPT")
    assert Volunteer.objects.count() == before


@pytest.mark.parametrize(
    ("result", "state", "said"), [("PASSED", "QUALIFIED", "您已合格"), ("FAILED", "APPLIED", "没有通过")]
)
def test_the_clearance_decides_at_last(cast: Cast, result: str, state: str, said: str) -> None:
    application = signed_up()
    decide(cast.wenshui, application, "ACCEPT")
    volunteer = Volunteer.objects.get(name="马新人")
    cleared(cast, volunteer, result)
    volunteer.refresh_from_db()
    assert volunteer.state == state
    assert said in Client().get(f"/join/status/{TOKEN}/").content.decode()


def test_a_volunteer_registered_by_hand_is_not_qualified_by_a_clearance_alone(cast: Cast) -> None:
    Volunteer.objects.filter(pk=cast.volunteer.pk).update(state=VolunteerState.APPLIED)
    cleared(cast, cast.volunteer, "PASSED")
    cast.volunteer.refresh_from_db()
    assert cast.volunteer.state == VolunteerState.APPLIED


def test_sent_back_she_puts_it_right(cast: Cast) -> None:
    application = signed_up(idno="")
    assert decide(cast.wenshui, application, "RETURN").status_code == 200
    decide(cast.wenshui, application, "RETURN", reason="请补身份证号")
    link = f"/join/status/{TOKEN}/"
    assert "请补身份证号" in Client().get(link).content.decode()
    body = {
        "act": "amend", "name": "马新人", "idno": make_idno(7, datetime.date(1985, 3, 4)), "region": FENGCHENG,
        "kind": "TEACHER", "capacity": "1",
    }  # fmt: skip
    assert Client().post(link, body).status_code == 302
    application.refresh_from_db()
    assert (application.state, application.capacity, application.phone) == (State.PENDING, 1, "13912345678")
    assert application.idno


def test_refused_with_a_reason_that_she_reads(cast: Cast) -> None:
    application = signed_up()
    decide(cast.wenshui, application, "REFUSE", reason="长期在外地")
    assert "长期在外地" in Client().get(f"/join/status/{TOKEN}/").content.decode()
    step = ApplicationStep.objects.get()
    assert (step.by, step.reason) == (cast.wenshui, "长期在外地")


@pytest.mark.parametrize(
    "birth", [datetime.date(1950, 1, 1), timezone.localdate() - datetime.timedelta(days=17 * 365)]
)
def test_an_unusual_age_is_shown_and_needs_a_reason(cast: Cast, birth: datetime.date) -> None:
    application = signed_up(birth=birth, idno="")
    page = Session(cast.wenshui).get(f"/recruitment/{application.pk}/").content.decode()
    assert "不在 18 至 65 周岁" in page
    assert decide(cast.wenshui, application, "ACCEPT").status_code == 200
    assert decide(cast.wenshui, application, "ACCEPT", reason="身体好，经验多").status_code == 302


def test_somebody_on_the_roster_is_shown_and_keeps_her_record(cast: Cast) -> None:
    application = signed_up(phone=cast.volunteer.phone, idno=cast.volunteer.idno)
    page = Session(cast.wenshui).get(f"/recruitment/{application.pk}/").content.decode()
    assert cast.volunteer.no in page
    assert decide(cast.wenshui, application, "ACCEPT").status_code == 200
    before = Volunteer.objects.count()
    assert decide(cast.wenshui, application, "ACCEPT", known=cast.volunteer.pk).status_code == 302
    assert Volunteer.objects.count() == before
    application.refresh_from_db()
    assert application.volunteer == cast.volunteer


def test_an_id_number_of_another_county_is_not_taken_twice(cast: Cast) -> None:
    application = signed_up(idno=cast.far_volunteer.idno)
    assert decide(cast.wenshui, application, "ACCEPT").status_code == 200
    assert Volunteer.objects.filter(idno_index=application.idno_index).count() == 1


@pytest.mark.parametrize(
    ("who", "status"), [("fengcheng", 403), ("city", 403), ("xingxian", 404), ("mama", 403)]
)
def test_only_her_own_county_decides(cast: Cast, who: str, status: int) -> None:
    application = signed_up()
    assert decide(cast.users[who], application, "REFUSE", reason="乱办").status_code == status
    application.refresh_from_db()
    assert application.state == State.PENDING


def test_the_figures_of_the_list_are_the_stages(cast: Cast) -> None:
    for number, state in enumerate(["PENDING", "PENDING", "REFUSED", "UNCONFIRMED", "RETURNED"]):
        signed_up(token_hash=str(number), state=state, idno="")
    decide(cast.wenshui, Application.objects.filter(state="PENDING").latest("id"), "ACCEPT")
    page = Session(cast.wenshui).get("/recruitment/")
    assert [(figure.key, number) for figure, number in page.context["counts"]] == [
        ("pending", 1), ("checking", 1), ("qualified", 0), ("unsuccessful", 1),
    ]  # fmt: skip
    assert len(page.context["table"].rows) == 4
    assert len(Session(cast.wenshui).get("/recruitment/?figure=checking").context["table"].rows) == 1


def test_messages_say_that_there_is_news_and_never_what(cast: Cast, settings: Any) -> None:
    settings.LOCAL_OUTBOX = True
    decide(cast.wenshui, signed_up(), "REFUSE", reason="长期在外地")
    sent = Sms.objects.get()
    assert sent.phone == "13912345678"
    assert not [word for word in ("马新人", "长期", "拒", "没有通过", "爱心妈妈") if word in sent.text]


def test_the_county_writes_its_own_page(cast: Cast) -> None:
    form = {"heading": "来做爱心妈妈", "appeal": "第一段\n\n第二段", "contact": "文水县妇联", "is_open": "on"}
    assert Session(cast.wenshui).post("/recruitment/page/", form).status_code == 302
    assert JoinPage.objects.get().region_id == WENSHUI
    page = Client().get(f"/join/{WENSHUI}/").content.decode()
    assert "来做爱心妈妈" in page
    assert "来做爱心妈妈" not in Client().get(f"/join/{XINGXIAN}/").content.decode()
    poster = Session(cast.fengcheng).get("/recruitment/poster/").content.decode()
    assert f"/join/{WENSHUI}/" in poster


def test_with_her_record_her_sign_up_is_erased(cast: Cast) -> None:
    application = signed_up()
    decide(cast.wenshui, application, "ACCEPT")
    volunteer = Volunteer.objects.get(name="马新人")
    erasure = erase(cast.wenshui, "volunteers.volunteer", volunteer.pk)
    assert erasure.removed["报名"] == 1
    assert not Application.objects.exists()
