"""回访: the guardian's number opens to the one who is to call, until she has called (DESIGN section 3.4)."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from aixin.access.models import Role
from aixin.audit.models import Action, Entry
from aixin.notify.models import Notice
from tests.cast import FENGCHENG, WENSHUI, Cast, make_user
from tests.conftest import Session
from visits.models import CallBack

pytestmark = pytest.mark.django_db


def arranged(cast: Cast, to: Any, **changes: Any) -> CallBack:
    due = timezone.localdate() + datetime.timedelta(days=3)
    body = {"assigned_to": to.pk, "due_on": due, "question": "爱心妈妈来得勤不勤", **changes}
    Session(cast.wenshui).post(f"/visits/callbacks/new/{cast.child.pk}/", body)
    return CallBack.objects.get()


def test_whoever_is_to_call_hears_of_it_and_sees_it(cast: Cast) -> None:
    arranged(cast, cast.fengcheng)
    assert Notice.objects.visible_to(cast.fengcheng).get(kind="callback").link == "/visits/callbacks/"
    page = Session(cast.fengcheng).get("/visits/callbacks/").content.decode()
    assert "爱心妈妈来得勤不勤" in page
    assert cast.child.main_guardian.phone not in page


def test_the_number_opens_to_her_without_a_reason_and_into_the_trail(cast: Cast, settings: Any) -> None:
    settings.REVEALS_PER_HOUR = 0
    callback = arranged(cast, cast.fengcheng)
    answer = Session(cast.fengcheng).post(f"/visits/callbacks/{callback.pk}/call/")
    assert cast.child.main_guardian.phone in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    entry = Entry.objects.get(action=Action.REVEAL)
    assert (entry.user, entry.detail["assigned"]) == (cast.fengcheng, f"callback:{callback.pk}")


@pytest.mark.parametrize("who", ["wenshui", "xingxian", "outsider"])
def test_it_opens_to_nobody_else(cast: Cast, who: str) -> None:
    callback = arranged(cast, cast.fengcheng)
    session = Session(cast.users[who])
    assert session.post(f"/visits/callbacks/{callback.pk}/call/").status_code == 404
    assert session.post(f"/visits/callbacks/{callback.pk}/answer/", {"answer": "WELL"}).status_code == 404
    assert not Entry.objects.filter(action=Action.REVEAL).exists()


def test_once_answered_it_is_closed_again(cast: Cast) -> None:
    callback, session = arranged(cast, cast.fengcheng), Session(cast.fengcheng)
    session.post(f"/visits/callbacks/{callback.pk}/answer/", {"answer": "WELL"})
    callback.refresh_from_db()
    assert callback.answer == "WELL"
    assert callback.answered_at is not None
    assert session.post(f"/visits/callbacks/{callback.pk}/call/").status_code == 404
    assert not Notice.objects.open().filter(kind="callback").exists()
    assert "打通了，情况正常" in session.get("/visits/callbacks/").content.decode()


@pytest.mark.parametrize("body", [{}, {"answer": "TROUBLE"}, {"answer": "MAYBE"}])
def test_an_answer_without_its_words_is_not_taken(cast: Cast, body: dict[str, str]) -> None:
    callback = arranged(cast, cast.fengcheng)
    Session(cast.fengcheng).post(f"/visits/callbacks/{callback.pk}/answer/", body)
    assert CallBack.objects.open().get() == callback


def test_the_same_is_not_arranged_twice(cast: Cast) -> None:
    arranged(cast, cast.fengcheng)
    arranged(cast, cast.fengcheng)
    assert CallBack.objects.count() == 1


def test_only_staff_who_see_the_child_are_offered(cast: Cast) -> None:
    neighbour = make_user("kaishan", Role.STAFF, "141121101")
    closed = make_user("closed", Role.STAFF, FENGCHENG)
    closed.is_active = False
    closed.save()
    colleague = make_user("colleague", Role.STAFF, WENSHUI)
    form = Session(cast.wenshui).get(f"/visits/callbacks/new/{cast.child.pk}/").context["form"]
    assert set(form.fields["assigned_to"].queryset) == {cast.wenshui, cast.fengcheng, colleague}
    assert neighbour not in form.fields["assigned_to"].queryset


def test_two_colleagues_of_one_name_are_told_apart(cast: Cast) -> None:
    namesake = make_user("desk2", Role.STAFF, WENSHUI)
    namesake.display_name = cast.wenshui.display_name
    namesake.save()
    page = Session(cast.wenshui).get(f"/visits/callbacks/new/{cast.child.pk}/")
    offered = [label for _, label in page.context["form"].fields["assigned_to"].choices]
    assert len(set(offered)) == len(offered) == 3
    assert sum("账号 desk2" in label for label in offered) == 1
    assert any(label.startswith(namesake.get_full_name()) and "凤城镇妇联" not in label for label in offered)


@pytest.mark.parametrize("who", ["xingxian", "mama", "city"])
def test_nobody_else_can_be_given_the_number(cast: Cast, who: str) -> None:
    due = timezone.localdate()
    body = {"assigned_to": cast.users[who].pk, "due_on": due}
    Session(cast.wenshui).post(f"/visits/callbacks/new/{cast.child.pk}/", body)
    assert not CallBack.objects.exists()


def test_after_the_child_moved_it_opens_no_longer(cast: Cast) -> None:
    callback = arranged(cast, cast.fengcheng)
    type(cast.child).objects.filter(pk=cast.child.pk).update(region_id="141123100200")
    assert Session(cast.fengcheng).post(f"/visits/callbacks/{callback.pk}/call/").status_code == 404
