"""提问: asked without the child's name, answered by whom the county named, told both ways."""

import uuid
from typing import Any

import pytest

from aixin.access.models import Role
from aixin.access.scope import acting
from aixin.notify.models import Notice
from aixin.rights.services import erase
from concerns.models import Question, Specialist
from tests.cast import KAISHAN, Cast, make_user
from tests.conftest import Session
from tests.factories import VolunteerFactory
from volunteers.choices import State, VolunteerKind

pytestmark = pytest.mark.django_db


def ask(cast: Cast, text: str = "张小明晚上总哭，小明的高奶奶打13812345678", **changes: Any) -> Any:
    body = {"topic": "MIND", "child": cast.child.pk, "text": text, "client_uuid": uuid.uuid4(), **changes}
    return Session(cast.mama).post("/questions/", body)


def counsellor(cast: Cast) -> Any:
    user = make_user("counsellor", Role.VOLUNTEER, KAISHAN)
    cast.users["counsellor"] = user
    return VolunteerFactory(
        region_id=KAISHAN, user=user, kind=VolunteerKind.COUNSELLOR, state=State.QUALIFIED
    )


def name(cast: Cast, volunteer: Any, who: str = "wenshui") -> Any:
    body = {"volunteer": volunteer.pk, "topic": "MIND"}
    return Session(cast.users[who]).post("/questions/specialists/", body)


def test_a_specialist_reads_neither_the_child_s_name_nor_the_asker_s(cast: Cast) -> None:
    name(cast, counsellor(cast))
    ask(cast)
    question = Question.objects.get()
    assert question.text == "孩子晚上总哭，孩子的家长打138****5678"
    notice = Notice.objects.visible_to(cast.counsellor).get()
    assert notice.link == f"/questions/{question.pk}/"
    page = Session(cast.counsellor).get(notice.link).content.decode()
    assert "孩子晚上总哭" in page
    for word in ("张小明", cast.mama.get_full_name(), "王爱心", cast.child.no):
        assert word not in page
    with acting(cast.counsellor):
        assert Question.objects.count() == 1


def test_the_answer_reaches_whoever_asked(cast: Cast) -> None:
    name(cast, counsellor(cast))
    ask(cast)
    address = f"/questions/{Question.objects.get().pk}/"
    asked = Notice.objects.filter(addressee=f"user:{cast.counsellor.pk}", kind="question")
    assert asked.open().count() == 1
    Session(cast.counsellor).post(address, {"answer": "先听她说完，每晚定时打电话"})
    assert asked.open().count() == 0, "nobody is asked any more"
    assert Notice.objects.visible_to(cast.mama).get().title == "您的提问有了解答"
    assert "先听她说完" in Session(cast.mama).get(address).content.decode()
    Session(cast.wenshui).post(address, {"answer": "再答一次"})
    assert Question.objects.get().answer == "先听她说完，每晚定时打电话"


def test_without_specialists_the_county_answers(cast: Cast) -> None:
    ask(cast)
    assert Notice.objects.visible_to(cast.wenshui).filter(kind="question").exists()
    address = f"/questions/{Question.objects.get().pk}/"
    assert Session(cast.mama).post(address, {"answer": "自问自答"}).status_code == 403
    assert Session(cast.city).post(address, {"answer": "市里代答"}).status_code == 403
    Session(cast.wenshui).post(address, {"answer": "请到县心理辅导站"})
    assert Question.objects.get().answered_by == cast.wenshui


def test_twice_the_same_form_is_one_question(cast: Cast) -> None:
    form = uuid.uuid4()
    ask(cast, client_uuid=form)
    ask(cast, client_uuid=form)
    assert Question.objects.count() == 1


def test_the_database_shows_it_to_nobody_else(cast: Cast) -> None:
    counsellor(cast)
    ask(cast)
    seen = {}
    for who in ("mama", "mama2", "counsellor", "fengcheng", "wenshui", "city", "xingxian", "auditor"):
        with acting(cast.users[who]):
            seen[who] = Question.objects.count()
    assert seen == {
        "mama": 1, "mama2": 0, "counsellor": 0, "fengcheng": 0, "wenshui": 1, "city": 1, "xingxian": 0, "auditor": 0,
    }  # fmt: skip
    for who in ("mama2", "counsellor", "fengcheng", "xingxian"):
        answer = Session(cast.users[who]).get(f"/questions/{Question.objects.get().pk}/")
        assert answer.status_code == 404


def test_another_s_child_cannot_be_asked_about(cast: Cast) -> None:
    assert ask(cast, child=cast.neighbour.pk).status_code == 422
    assert not Question.objects.exists()


def test_the_county_names_who_is_qualified_and_ends_it(cast: Cast) -> None:
    person = counsellor(cast)
    assert name(cast, cast.volunteer).status_code == 422, "not of a kind that answers"
    assert name(cast, person, "fengcheng").status_code == 403
    assert name(cast, person, "xingxian").status_code == 422, "another county's"
    name(cast, person)
    name(cast, person)
    row = Specialist.objects.get()
    assert Session(cast.xingxian).post(f"/questions/specialists/{row.pk}/end/").status_code == 404
    Session(cast.wenshui).post(f"/questions/specialists/{row.pk}/end/")
    ask(cast)
    assert not Notice.objects.visible_to(cast.counsellor).exists()
    assert Session(cast.counsellor).get(f"/questions/{Question.objects.get().pk}/").status_code == 404


def test_erasing_the_child_takes_the_words(cast: Cast) -> None:
    ask(cast)
    erase(cast.wenshui, "children.child", cast.child.pk)
    assert Question.objects.get().text == ""
