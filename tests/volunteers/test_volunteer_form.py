"""Registering and correcting a volunteer, and what her leaving does."""

import datetime
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from aixin.access.numbers import is_valid
from pairing.choices import EndReason
from pairing.choices import State as PairingState
from tests.cast import FENGCHENG, KAISHAN, OUTSIDE_VILLAGE, WENSHUI, Cast
from tests.conftest import Session
from tests.factories import PairingFactory, VolunteerFactory, make_idno
from tests.pages import error_beside, rows_on, text_of
from volunteers.choices import Clearance, State, VolunteerKind
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
BIRTH = datetime.date(1985, 5, 6)
IDNO = make_idno(21, BIRTH)


def typed(**changes: Any) -> dict[str, Any]:
    form = {
        "name": "钱爱心",
        "idno": IDNO,
        "sex": "",
        "birth": "",
        "phone": "13900002222",
        "region": FENGCHENG,
        "unit": "中心校",
        "duty": "教师",
        "kind": VolunteerKind.TEACHER,
        "skills": ["STUDY", "MIND"],
        "capacity": "2",
        "state": State.QUALIFIED,
    }
    return form | changes


def register(cast: Cast, who: str = "wenshui", **changes: Any) -> Any:
    return Session(cast.users[who]).post("/volunteers/new/", typed(**changes))


def registered(cast: Cast, **changes: Any) -> Volunteer:
    answer = register(cast, **changes)
    assert answer.status_code == 302, answer.context["form"].errors
    return Volunteer.objects.latest("id")


def edit(cast: Cast, volunteer: Volunteer, **changes: Any) -> Any:
    return Session(cast.wenshui).post(f"/volunteers/{volunteer.pk}/edit/", typed(**changes))


def test_birth_and_sex_come_from_the_id(cast: Cast) -> None:
    volunteer = registered(cast)
    assert (volunteer.birth, volunteer.sex, volunteer.idno) == (BIRTH, "F", IDNO)
    assert (volunteer.phone, volunteer.skills, volunteer.capacity) == ("13900002222", ["STUDY", "MIND"], 2)


def test_a_new_volunteer_is_not_cleared(cast: Cast) -> None:
    volunteer = registered(cast)
    assert (volunteer.clearance, volunteer.is_cleared) == (Clearance.UNCHECKED, False)


def test_the_form_cannot_clear_her(cast: Cast) -> None:
    volunteer = registered(cast, clearance="PASSED", cleared_on="2026-11-01")
    assert volunteer.clearance == Clearance.UNCHECKED


def test_her_public_number_is_of_another_kind_than_a_childs(cast: Cast) -> None:
    volunteer = registered(cast)
    assert is_valid(volunteer.no)
    assert (volunteer.no[0], cast.child.no[0], cast.pairing.no[0]) == ("2", "1", "3")


@pytest.mark.parametrize(
    ("field", "sentence", "changes"),
    [
        ("idno", "校验位", {"idno": IDNO[:-1] + ("1" if IDNO[-1] != "1" else "2")}),
        ("idno", "18位", {"idno": IDNO[:15]}),
        ("birth", "与身份证号不一致，身份证号上是1985-05-06", {"birth": "1985-05-07"}),
        ("sex", "与身份证号不一致，身份证号上是女", {"sex": "M"}),
        ("phone", "11位手机号", {"phone": "1390000222"}),
        ("phone", "11位手机号", {"phone": "13900002222、13900003333"}),
        ("name", "必填", {"name": ""}),
        ("region", "必填", {"region": ""}),
        ("region", "有效", {"region": OUTSIDE_VILLAGE}),
        ("region", "有效", {"region": "141123100"}),
        ("capacity", "小于或等于", {"capacity": "51"}),
        ("capacity", "大于或等于", {"capacity": "-1"}),
    ],
)
def test_an_error_stands_beside_its_field(
    cast: Cast, field: str, sentence: str, changes: dict[str, str]
) -> None:
    before = Volunteer.objects.count()
    answer = register(cast, **changes)
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {field}
    assert sentence in error_beside(answer, field)
    assert Volunteer.objects.count() == before


def test_an_id_on_the_roster_names_its_holder_and_elsewhere_nobody(cast: Cast) -> None:
    assert f"王爱心（编号 {cast.volunteer.no}）" in error_beside(
        register(cast, idno=cast.volunteer.idno), "idno"
    )
    said = error_beside(register(cast, idno=cast.far_volunteer.idno), "idno")
    assert "已在其他地区" in said
    assert "吴远山" not in said


def test_she_may_have_no_id(cast: Cast) -> None:
    first = registered(cast, idno="")
    second = registered(cast, idno="", name="孙爱心")
    assert first.idno_index is None
    assert second.idno_index is None


def test_her_home_may_be_the_county_itself(cast: Cast) -> None:
    assert registered(cast, region=WENSHUI).region_id == WENSHUI


def test_secrets_left_empty_stay_and_are_never_shown(cast: Cast) -> None:
    volunteer = registered(cast)
    page = Session(cast.wenshui).get(f"/volunteers/{volunteer.pk}/edit/").content.decode()
    assert IDNO not in page
    assert "13900002222" not in page
    assert "139****2222，不改请留空" in page
    assert edit(cast, volunteer, idno="", phone="", unit="实验中学").status_code == 302
    volunteer = Volunteer.objects.get(pk=volunteer.pk)
    assert (volunteer.idno, volunteer.phone, volunteer.unit) == (IDNO, "13900002222", "实验中学")


def test_her_phone_lies_encrypted(cast: Cast) -> None:
    volunteer = registered(cast)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT phone || phone_index || idno || idno_index FROM volunteers_volunteer WHERE id = %s",
            [volunteer.pk],
        )
        (stored,) = cursor.fetchone()
    assert "13900002222" not in stored
    assert IDNO not in stored


def test_the_history_tells_what_changed_without_secrets(cast: Cast) -> None:
    volunteer = registered(cast)
    edit(cast, volunteer, idno="", phone="13900009999", unit="实验中学")
    answer = Session(cast.wenshui).get(f"/volunteers/{volunteer.pk}/?tab=history")
    shown = text_of(answer.content.decode())
    for expected in ("中心校", "实验中学", "wenshui姓名", "已更新（不显示号码）"):
        assert expected in shown
    assert "13900009999" not in shown
    assert "13900002222" not in shown


def test_leaving_ends_her_pairings_the_same_day_and_passes_main_on(cast: Cast) -> None:
    other = PairingFactory(child=cast.child, volunteer=VolunteerFactory(), is_main=False)
    answer = edit(cast, cast.volunteer, idno="", phone="", name="王爱心", state=State.LEFT, leaves="on")
    assert answer.status_code == 302, answer.context["form"].errors
    cast.pairing.refresh_from_db()
    other.refresh_from_db()
    assert (cast.pairing.state, cast.pairing.end_reason) == (PairingState.ENDED, EndReason.RESIGNED)
    assert cast.pairing.ended_on == timezone.localdate()
    assert other.is_main


def test_the_child_of_one_who_left_waits_for_another_at_once(cast: Cast) -> None:
    edit(cast, cast.second_volunteer, idno="", phone="", region=KAISHAN, state=State.LEFT, leaves="on")
    page = Session(cast.wenshui).get("/children/?figure=unpaired").content.decode()
    assert "李小红" in page


def test_who_left_sees_no_child(cast: Cast) -> None:
    session = Session(cast.mama)
    assert session.get(f"/children/{cast.child.pk}/").status_code == 200
    edit(cast, cast.volunteer, idno="", phone="", state=State.LEFT, leaves="on")
    assert session.get(f"/children/{cast.child.pk}/").status_code == 404


def test_being_suspended_ends_no_pairing(cast: Cast) -> None:
    edit(cast, cast.volunteer, idno="", phone="", state=State.SUSPENDED)
    cast.pairing.refresh_from_db()
    assert cast.pairing.state == PairingState.ACTIVE


def test_saving_one_who_left_again_ends_nothing_twice(cast: Cast) -> None:
    edit(cast, cast.volunteer, idno="", phone="", state=State.LEFT, leaves="on")
    events = cast.pairing.events.count()
    edit(cast, cast.volunteer, idno="", phone="", state=State.LEFT, unit="改了单位")
    assert cast.pairing.events.count() == events


@pytest.mark.parametrize("text", ["王爱心", "wax", "wangaixin"])
def test_she_is_found_by_name_and_pinyin(cast: Cast, text: str) -> None:
    answer = Session(cast.wenshui).post("/search/", {"q": text})
    assert answer.url == f"/volunteers/{cast.volunteer.pk}/"


def test_she_is_found_by_her_whole_phone_id_and_number_only(cast: Cast) -> None:
    session = Session(cast.wenshui)
    for text in (cast.volunteer.phone, cast.volunteer.idno, cast.volunteer.no):
        assert session.post("/search/", {"q": text}).url == f"/volunteers/{cast.volunteer.pk}/"
    assert session.post("/search/", {"q": cast.volunteer.phone[:7]}).context["total"] == 0


def test_the_list_shows_load_and_capacity(cast: Cast) -> None:
    page = text_of(Session(cast.wenshui).get("/volunteers/").content.decode())
    assert "1 / 3" in page
    assert rows_on(Session(cast.wenshui).get("/volunteers/")) == 2


@pytest.mark.parametrize("who", ["city", "official", "mama", "sysadmin", "auditor", "postless"])
def test_others_may_not_register(cast: Cast, who: str) -> None:
    before = Volunteer.objects.count()
    assert register(cast, who).status_code == 403
    assert Volunteer.objects.count() == before


@pytest.mark.parametrize(("who", "status"), [("xingxian", 404), ("outsider", 404), ("city", 403)])
def test_others_may_not_correct(cast: Cast, who: str, status: int) -> None:
    answer = Session(cast.users[who]).post(f"/volunteers/{cast.volunteer.pk}/edit/", typed(name="改了"))
    assert answer.status_code == status
    cast.volunteer.refresh_from_db()
    assert cast.volunteer.name == "王爱心"


def test_what_she_would_like_is_kept_and_shown(cast: Cast) -> None:
    wishes = {"reach": "TOWNSHIP", "wished_age_from": "6", "wished_age_to": "12", "wished_sex": "F"}
    volunteer = registered(cast, **wishes, wished_categories=["LEFT_BEHIND"])
    assert volunteer.wish_text == "本乡镇、6—12 岁、女孩、留守儿童"
    assert volunteer.wish_text in text_of(
        Session(cast.wenshui).get(f"/volunteers/{volunteer.pk}/").content.decode()
    )
    assert registered(cast, idno=make_idno(22, BIRTH), phone="13900002223").wish_text == ""


def test_wished_ages_are_the_right_way_round(cast: Cast) -> None:
    answer = register(cast, wished_age_from="12", wished_age_to="6")
    assert error_beside(answer, "wished_age_to") == "年龄的止不能小于起。"
