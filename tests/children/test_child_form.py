"""Registering and correcting a child: every error in Chinese beside its field, secrets kept, history shown."""

import datetime
from typing import Any

import pytest
from django.db import connection
from stdnum.iso7064 import mod_11_10

from aixin.access.numbers import is_valid
from aixin.audit.models import Action, Entry
from children.choices import Category, Consent, NoIdReason, ParentKind
from children.models import Child
from tests.cast import KAISHAN_VILLAGE, OUTSIDE_VILLAGE, XIJIE, XINGXIAN_VILLAGE, Cast
from tests.conftest import Session
from tests.factories import make_idno
from tests.pages import error_beside, text_of

pytestmark = pytest.mark.django_db
BIRTH = datetime.date(2014, 6, 29)
GIRLS_ID = make_idno(7, BIRTH, sex="F")
Form = dict[str, Any]


def typed(**changes: Any) -> Form:
    """Return a good form with some fields changed; None leaves a field out."""
    form: Form = {
        "name": "童一一",
        "idno": GIRLS_ID,
        "sex": "",
        "birth": "",
        "region": XIJIE,
        "category": Category.LEFT_BEHIND,
        "consent": Consent.GIVEN,
        "guardian_name": "高奶奶",
        "guardian_relation": "祖母",
        "guardian_phone": "13900001111",
        "boarding": "",
    }
    return {key: value for key, value in (form | changes).items() if value is not None}


def register(cast: Cast, who: str = "wenshui", **changes: Any) -> Any:
    return Session(cast.users[who]).post("/children/new/", typed(**changes))


def registered(cast: Cast, **changes: Any) -> Child:
    answer = register(cast, **changes)
    assert answer.status_code == 302, answer.context["form"].errors
    return Child.objects.latest("id")


def assert_refused(cast: Cast, field: str, sentence: str, **changes: Any) -> None:
    before = Child.objects.count()
    answer = register(cast, **changes)
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {field}
    assert sentence in error_beside(answer, field)
    assert Child.objects.count() == before


def test_birth_and_sex_come_from_the_id(cast: Cast) -> None:
    child = registered(cast)
    assert (child.birth, child.sex, child.idno) == (BIRTH, "F", GIRLS_ID)
    boy = registered(cast, name="童二二", idno=make_idno(8, BIRTH, sex="M"))
    assert (boy.birth, boy.sex) == (BIRTH, "M")


def test_the_page_of_the_new_child_comes_next(cast: Cast) -> None:
    answer = register(cast)
    child = Child.objects.latest("id")
    assert answer.url == f"/children/{child.pk}/"
    assert Entry.objects.filter(action=Action.CREATE, object_id=child.pk, user=cast.wenshui).exists()


def test_all_fields_that_agree_with_the_id_are_taken(cast: Cast) -> None:
    child = registered(cast, sex="F", birth=BIRTH.isoformat())
    assert (child.sex, child.birth) == ("F", BIRTH)


@pytest.mark.parametrize(
    ("field", "sentence", "changes"),
    [
        ("idno", "校验位", {"idno": GIRLS_ID[:-1] + ("1" if GIRLS_ID[-1] != "1" else "2")}),
        ("idno", "18位", {"idno": GIRLS_ID[:-3]}),
        ("idno", "18位", {"idno": "身份证丢了"}),
        ("idno", "改动", {"idno": "1.41121E+17"}),
        ("birth", "与身份证号不一致，身份证号上是2014-06-29", {"birth": "2014-06-28"}),
        ("sex", "与身份证号不一致，身份证号上是女", {"sex": "M"}),
        ("birth", "没有身份证号时，请填出生日期", {"idno": "", "birth": ""}),
        ("birth", "不能晚于今天", {"idno": "", "birth": "2999-01-01"}),
        ("birth", "请核对", {"idno": "", "birth": "1980-01-01"}),
        ("birth", "日期", {"idno": "", "birth": "去年"}),
        ("name", "必填", {"name": ""}),
        ("region", "必填", {"region": ""}),
        ("category", "必填", {"category": ""}),
        ("guardian_name", "必填", {"guardian_name": ""}),
        ("guardian_phone", "11位手机号", {"guardian_phone": "12345"}),
        ("guardian_phone", "11位手机号", {"guardian_phone": "139000011112"}),
        ("father_phone", "11位手机号", {"father_phone": "不知道"}),
        ("mother_phone", "11位手机号", {"mother_phone": "1390000111"}),
        ("region", "有效", {"region": OUTSIDE_VILLAGE}),
        ("region", "有效", {"region": XINGXIAN_VILLAGE}),
        ("region", "有效", {"region": "141121"}),
    ],
)
def test_an_error_stands_beside_its_field(cast: Cast, field: str, sentence: str, changes: Form) -> None:
    assert_refused(cast, field, sentence, **changes)


def test_every_error_is_chinese(cast: Cast) -> None:
    answer = Session(cast.wenshui).post("/children/new/", {"idno": "1", "birth": "x", "category": "NO"})
    for errors in answer.context["form"].errors.values():
        for error in errors:
            assert not any(
                char.isascii() and char.isalpha() for char in error.replace("NO", "").replace("X", "")
            )


def test_a_date_of_the_future_in_the_id_is_refused(cast: Cast) -> None:
    assert_refused(cast, "birth", "不能晚于今天", idno=make_idno(1, datetime.date(2099, 1, 1)))


def test_what_was_typed_stays_after_an_error(cast: Cast) -> None:
    page = register(cast, idno="123", school="实验中学").content.decode()
    assert 'value="童一一"' in page
    assert 'value="实验中学"' in page


@pytest.mark.parametrize("written", ["{0} ", "{0:.6} {1} {2}", "'{0}", "wide", "lower"])
def test_an_id_is_understood_as_people_type_it(cast: Cast, written: str) -> None:
    number = make_idno(3, datetime.date(2015, 1, 9))
    forms = {
        "wide": number.translate({ord(char): ord(char) + 0xFEE0 for char in "0123456789X"}),
        "lower": number.lower(),
    }
    text = forms.get(written) or written.format(number, number[6:14], number[14:])
    assert registered(cast, idno=text).idno == number


def test_an_id_on_the_roster_names_its_holder(cast: Cast) -> None:
    assert_refused(
        cast, "idno", f"名册里已有这个身份证号：张小明（编号 {cast.child.no}）", idno=cast.child.idno
    )


def test_an_id_held_elsewhere_names_nobody(cast: Cast) -> None:
    answer = register(cast, idno=cast.outsider_child.idno)
    said = error_beside(answer, "idno")
    assert "已在其他地区的名册中" in said
    assert cast.outsider_child.name not in said
    assert cast.outsider_child.no not in answer.content.decode()


def test_a_child_without_id_gets_a_temporary_number_and_keeps_its_reason(cast: Cast) -> None:
    child = registered(cast, idno="", birth="2015-01-01", idno_reason=NoIdReason.NO_HUKOU)
    assert (child.temporary_no, child.idno_reason) == (f"T{child.no}", NoIdReason.NO_HUKOU)
    page = Session(cast.wenshui).get(f"/children/{child.pk}/").content.decode()
    assert f"T{child.no}" in page
    assert "无户籍" in page


def test_without_a_stated_reason_the_id_is_not_provided_yet(cast: Cast) -> None:
    assert registered(cast, idno="", birth="2015-01-01").idno_reason == NoIdReason.NOT_PROVIDED


def test_two_children_without_id_do_not_clash(cast: Cast) -> None:
    first = registered(cast, idno="", birth="2015-01-01")
    second = registered(cast, idno="", birth="2015-01-01")
    assert first.temporary_no != second.temporary_no


def test_the_id_given_later_ends_the_temporary_number(cast: Cast) -> None:
    child = registered(cast, idno="", birth=BIRTH.isoformat())
    Session(cast.wenshui).post(f"/children/{child.pk}/edit/", typed())
    child.refresh_from_db()
    assert (child.idno, child.temporary_no, child.idno_reason) == (GIRLS_ID, "", "")


def test_the_public_number_has_a_check_digit_that_catches_a_slip(cast: Cast) -> None:
    """Every wrong digit, and all but a few of two that changed places: which they are depends on the number."""
    no = registered(cast).no
    assert is_valid(no)
    for place in range(len(no)):
        for digit in "0123456789":
            if digit != no[place]:
                assert not is_valid(no[:place] + digit + no[place + 1 :])
    swaps = [swapped for body in range(100_000, 100_200) for swapped in swaps_of(numbered(body))]
    assert sum(is_valid(swapped) for swapped in swaps) < 0.05 * len(swaps)


def numbered(body: int) -> str:
    return f"{body}{mod_11_10.calc_check_digit(str(body))}"


def swaps_of(no: str) -> list[str]:
    """Return the number with each two neighbours in each other's place."""
    found = [no[:place] + no[place + 1] + no[place] + no[place + 2 :] for place in range(len(no) - 1)]
    return [swapped for swapped in found if swapped != no]


def test_names_with_a_dot_and_rare_characters_are_kept(cast: Cast) -> None:
    assert registered(cast, name="阿依古丽・买买提").name == "阿依古丽·买买提"
    assert registered(cast, name="𠮷小㛃", idno=make_idno(9, BIRTH)).name == "𠮷小㛃"


def test_guardian_and_parents_are_rows_of_their_own(cast: Cast) -> None:
    child = registered(
        cast, father_name="童大大", father_status="AWAY", father_phone="13911112222", father_workplace="太原市",
        mother_status="DEAD",
    )  # fmt: skip
    guardian = child.guardians.get()
    assert (guardian.name, guardian.relation, guardian.phone) == ("高奶奶", "祖母", "13900001111")
    parents = {parent.kind: parent for parent in child.parents.all()}
    father = parents[ParentKind.FATHER]
    assert (father.name, father.status, father.phone, father.workplace) == (
        "童大大", "AWAY", "13911112222", "太原市",
    )  # fmt: skip
    assert parents[ParentKind.MOTHER].status == "DEAD"


def test_no_parent_is_made_of_nothing(cast: Cast) -> None:
    assert not registered(cast).parents.exists()


def test_secrets_left_empty_stay_and_are_never_shown(cast: Cast) -> None:
    child = registered(cast, father_phone="13911112222")
    session = Session(cast.wenshui)
    page = session.get(f"/children/{child.pk}/edit/").content.decode()
    for secret in (GIRLS_ID, "13900001111", "13911112222"):
        assert secret not in page
    assert "139****1111，不改请留空" in page
    answer = session.post(
        f"/children/{child.pk}/edit/", typed(idno="", guardian_phone="", father_phone="", school="新学校")
    )
    assert answer.status_code == 302, answer.context["form"].errors
    child = Child.objects.get(pk=child.pk)
    assert (child.idno, child.school) == (GIRLS_ID, "新学校")
    assert (child.birth, child.sex, child.idno_reason) == (BIRTH, "F", "")
    assert child.guardians.get().phone == "13900001111"
    assert child.parents.get(kind=ParentKind.FATHER).phone == "13911112222"


def test_an_edit_changes_secrets_that_are_typed(cast: Cast) -> None:
    child = registered(cast)
    other = make_idno(11, BIRTH)
    answer = Session(cast.wenshui).post(
        f"/children/{child.pk}/edit/", typed(idno=other, guardian_phone="0358-3022222")
    )
    assert answer.status_code == 302, answer.context["form"].errors
    child = Child.objects.get(pk=child.pk)
    assert child.idno == other
    assert child.guardians.get().phone == "0358-3022222"
    assert child.guardians.count() == 1


def test_the_history_tells_what_changed_and_by_whom_without_secrets(cast: Cast) -> None:
    child = registered(cast, school="第一小学")
    session = Session(cast.fengcheng)
    other = make_idno(11, BIRTH)
    session.post(f"/children/{child.pk}/edit/", typed(school="第二小学", idno=other))
    shown = text_of(session.get(f"/children/{child.pk}/?tab=history").content.decode())
    for expected in ("第一小学", "第二小学", "fengcheng姓名", "wenshui姓名", "已更新（不显示号码）"):
        assert expected in shown
    assert other not in shown
    assert GIRLS_ID not in shown


def test_saving_unchanged_makes_no_history(cast: Cast) -> None:
    child = registered(cast)
    before = child.events.count()
    Session(cast.wenshui).post(f"/children/{child.pk}/edit/", typed(idno="", guardian_phone=""))
    assert child.events.count() == before


def test_a_child_lives_where_it_was_moved_and_its_records_follow(cast: Cast) -> None:
    answer = Session(cast.wenshui).post(
        f"/children/{cast.child.pk}/edit/", typed(idno="", region=KAISHAN_VILLAGE, guardian_phone="")
    )
    assert answer.status_code == 302, answer.context["form"].errors
    assert Child.objects.get(pk=cast.child.pk).region_id == KAISHAN_VILLAGE
    assert cast.child.guardians.get().region_id == KAISHAN_VILLAGE
    cast.pairing.refresh_from_db()
    assert cast.pairing.region_id == KAISHAN_VILLAGE
    assert Session(cast.fengcheng).get(f"/children/{cast.child.pk}/").status_code == 404


def test_id_and_phones_lie_encrypted(cast: Cast) -> None:
    child = registered(cast)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.idno, c.idno_index, g.phone, g.phone_index FROM children_child c"
            " JOIN children_guardian g ON g.child_id = c.id WHERE c.id = %s",
            [child.pk],
        )
        stored = " ".join(cursor.fetchone())
    assert GIRLS_ID not in stored
    assert "13900001111" not in stored


@pytest.mark.parametrize(
    ("who", "status"),
    [("city", 403), ("official", 403), ("mama", 403), ("sysadmin", 403), ("auditor", 403), ("postless", 403)],
)
def test_others_may_not_register(cast: Cast, who: str, status: int) -> None:
    before = Child.objects.count()
    assert register(cast, who).status_code == status
    assert Child.objects.count() == before


@pytest.mark.parametrize(("who", "status"), [("xingxian", 404), ("outsider", 404), ("city", 403)])
def test_others_may_not_correct(cast: Cast, who: str, status: int) -> None:
    answer = Session(cast.users[who]).post(f"/children/{cast.child.pk}/edit/", typed(name="改了"))
    assert answer.status_code == status
    cast.child.refresh_from_db()
    assert cast.child.name == "张小明"
