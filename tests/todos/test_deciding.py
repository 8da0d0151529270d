"""Deciding a to-do: by the ordinary service, once, by the office whose it is; what follows at once when somebody leaves."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from aixin.access.scope import acting
from aixin.audit.models import Action, Entry
from aixin.rights.services import erase
from aixin.todos.choices import State
from aixin.todos.finding import find_all
from aixin.todos.kinds import DecisionError, decision_of
from aixin.todos.models import Todo
from aixin.todos.services import ClosedError, decide
from children.choices import LeavingReason, ParentStatus, Status
from children.dates import years_before
from children.models import Child, Parent
from pairing.choices import EndReason
from pairing.choices import State as PairingState
from pairing.models import Pairing, Proposal, ProposalRun
from pairing.tasks import follow_leaving
from tests import pages
from tests.cast import XIJIE, Cast, make_cast
from tests.conftest import Session
from tests.contract.world import to_decide
from tests.factories import ChildFactory, VolunteerFactory
from volunteers.choices import Clearance
from volunteers.choices import State as VolunteerState
from volunteers.models import Volunteer
from volunteers.services import record_clearances, save_volunteer


def text_of(response: Any) -> str:
    """Return what a page says."""
    return pages.text_of(response.content.decode())


def today() -> datetime.date:
    return timezone.localdate()


def found(kind: str, subject: int | None = None) -> Todo:
    """Return the one open to-do of a kind, after a search."""
    assert find_all(today()) == []
    rows = Todo.objects.open().filter(kind=kind)
    todo: Todo = (rows.filter(subject_id=subject) if subject else rows).get()
    return todo


def decided(user: Any, todo: Todo, key: str, reason: str = "") -> Todo:
    decision = decision_of(todo.kind, key)
    assert decision is not None
    with acting(user):
        return decide(user, todo, decision, reason)


def old_child(age: int = 16, category: str = "LEFT_BEHIND", **more: Any) -> Child:
    child: Child = ChildFactory(region_id=XIJIE, birth=years_before(today(), age), category=category, **more)
    return child


# Children


def test_who_is_too_old_leaves_by_one_click(cast: Cast) -> None:
    child = old_child()
    todo = found("child_over_age")
    decided(cast.wenshui, todo, "leave")
    child.refresh_from_db()
    todo.refresh_from_db()
    assert (child.status, child.left_reason) == (Status.LEFT, LeavingReason.OVER_AGE)
    assert (todo.state, todo.decision, todo.decided_by) == (State.DECIDED, "leave", cast.wenshui)
    entry = Entry.objects.filter(object_type="todos.todo", object_id=str(todo.pk)).latest("id")
    assert (entry.subjects, entry.reason) == ([child.no], "办理待办：超龄出列")
    assert find_all(today()) == []
    assert not Todo.objects.open().filter(subject_id=child.pk).exists()


def test_a_left_behind_child_in_difficulty_changes_its_category_and_stays(cast: Cast) -> None:
    child = old_child(other_categories=["DIFFICULT"])
    decided(cast.wenshui, found("child_over_age"), "change")
    child.refresh_from_db()
    assert (child.category, child.other_categories, child.is_on_roster) == ("DIFFICULT", [], True)


def test_only_an_orphan_at_eighteen_is_kept_and_only_with_a_reason(cast: Cast) -> None:
    old_child()
    with pytest.raises(DecisionError):
        decided(cast.wenshui, found("child_over_age"), "stay", "还在读书")
    orphan = old_child(18, "ORPHAN_SCATTERED")
    todo = found("child_over_age", orphan.pk)
    with pytest.raises(DecisionError):
        decided(cast.wenshui, todo, "stay")
    decided(cast.wenshui, todo, "stay", "在读高三")
    todo.refresh_from_db()
    assert (todo.remark, todo.ask_again_on) == ("在读高三", today() + datetime.timedelta(days=180))
    assert Child.objects.get(pk=orphan.pk).is_on_roster


@pytest.mark.parametrize(
    ("key", "status", "category"),
    [
        ("leave", "LEFT", "LEFT_BEHIND"),
        ("change", "ON_ROSTER", "DIFFICULT"),
        ("stay", "ON_ROSTER", "LEFT_BEHIND"),
    ],
)
def test_a_parent_is_back(cast: Cast, key: str, status: str, category: str) -> None:
    parent = Parent.objects.create(child=cast.child, region_id=XIJIE, kind="FATHER", status=ParentStatus.AWAY)
    Parent.objects.filter(pk=parent.pk).update(status=ParentStatus.NORMAL)
    decided(cast.fengcheng, found("child_parent_back"), key, "父亲又要走" if key == "stay" else "")
    child = Child.objects.get(pk=cast.child.pk)
    assert (child.status, child.category) == (status, category)
    if key == "leave":
        assert child.left_reason == LeavingReason.PARENT_BACK
        assert not Pairing.objects.open().filter(child=child).exists()


def test_who_has_moved_is_offered_to_the_other_county(cast: Cast) -> None:
    Child.objects.filter(pk=cast.child.pk).update(address="兴县蔚汾镇")
    found("child_moved")
    offer = reverse("transfers:offer", args=[cast.child.pk])
    assert offer in Session(cast.wenshui).get("/todos/").content.decode()
    page = Session(cast.fengcheng).get(f"/children/{cast.child.pk}/").content.decode()
    assert "住址改到了其他县区" in page
    assert offer not in page


def test_leaving_by_the_ordinary_page_closes_what_is_open(cast: Cast) -> None:
    child = old_child()
    todo = found("child_over_age")
    Session(cast.wenshui).post(f"/children/{child.pk}/leave/", {"reason": "OVER_AGE", "day": today()})
    todo.refresh_from_db()
    assert todo.state == State.LAPSED


# Volunteers


def test_a_clearance_sent_is_asked_about_again_and_its_result_closes_it(cast: Cast) -> None:
    ran_out = today() - datetime.timedelta(days=400)
    Volunteer.objects.filter(pk__in=[cast.volunteer.pk, cast.second_volunteer.pk]).update(cleared_on=ran_out)
    first, second = (
        found("volunteer_clearance", cast.volunteer.pk),
        found("volunteer_clearance", cast.second_volunteer.pk),
    )
    decided(cast.wenshui, first, "sent")
    with acting(cast.wenshui):
        record_clearances(cast.wenshui, [cast.second_volunteer], Clearance.PASSED, today(), "马经办")
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.ask_again_on == today() + datetime.timedelta(days=30)
    assert second.state == State.LAPSED


def test_a_term_is_extended_or_ends_with_the_pairings(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    Pairing.objects.update(started_on=years_before(today(), 1))
    decided(cast.wenshui, found("volunteer_term", cast.volunteer.pk), "extend")
    assert Pairing.objects.get(pk=cast.pairing.pk).is_active
    with django_capture_on_commit_callbacks() as later:
        decided(cast.wenshui, found("volunteer_term", cast.second_volunteer.pk), "end")
    ended = Pairing.objects.get(pk=cast.second_pairing.pk)
    assert (ended.state, ended.end_reason) == (PairingState.ENDED, EndReason.TERM_OVER)
    assert len(later) >= 1


@pytest.mark.parametrize(("key", "state"), [("pause", "PAUSED"), ("successor", "PAUSED"), ("stay", "ACTIVE")])
def test_a_suspended_volunteer_s_pairing(cast: Cast, key: str, state: str) -> None:
    Volunteer.objects.filter(pk=cast.volunteer.pk).update(state=VolunteerState.SUSPENDED)
    decided(cast.fengcheng, found("volunteer_suspended"), key, "" if key != "stay" else "她周末还去")
    assert Pairing.objects.get(pk=cast.pairing.pk).state == state


@pytest.mark.parametrize(
    ("key", "state", "days"),
    [("talked", "ACTIVE", 31), ("excused", "ACTIVE", 62), ("successor", "PAUSED", 0)],
)
def test_a_silent_volunteer(cast: Cast, key: str, state: str, days: int) -> None:
    todo = to_decide(cast.pairing, level=4)
    done = decided(cast.fengcheng, todo, key, "" if key == "successor" else "下周就去")
    assert Pairing.objects.get(pk=cast.pairing.pk).state == state
    assert done.ask_again_on == today() + datetime.timedelta(days=days)


def test_a_leaving_volunteer_s_child_waits_at_once_is_proposed_for_and_told_of(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    heir = VolunteerFactory(name="接替的", region_id=XIJIE)
    locked = Proposal.objects.create(
        run=ProposalRun.objects.create(region_id="141121", pairs=1, missing=0, objective=1), score=1,
        child=cast.unpaired, volunteer=heir, region_id=XIJIE, locked=True,
    )  # fmt: skip
    cast.volunteer.state = VolunteerState.LEFT
    with acting(cast.wenshui), django_capture_on_commit_callbacks() as later:
        save_volunteer(cast.wenshui, cast.volunteer)
    assert len(later) == 1
    assert not Pairing.objects.open().filter(child=cast.child).exists()
    follow_leaving(cast.volunteer.pk)
    assert Proposal.objects.get(pk=locked.pk).locked
    assert Proposal.objects.filter(child=cast.child, volunteer=heir).exists()
    todo = Todo.objects.open().get(kind="volunteer_left")
    assert (todo.subject_id, todo.region_id, todo.facts) == (cast.volunteer.pk, "141121", {"waiting": 1})
    page = Session(cast.wenshui).get("/todos/").content.decode()
    assert "还有 1 名孩子等待结对" in page
    assert reverse("proposals:list") in page
    Pairing.objects.create(
        no="9999999", child=cast.child, volunteer=heir, state="ACTIVE", started_on=today(), region_id=XIJIE
    )
    assert find_all(today()) == []
    assert not Todo.objects.open().filter(kind="volunteer_left").exists()


# By whom, and once


def test_the_second_clerk_sees_what_the_first_decided(cast: Cast) -> None:
    todo = to_decide(cast.pairing, level=4)
    address = reverse("todos:decide", args=[todo.pk, "successor"])
    assert Session(cast.fengcheng).post(address, {"reason": ""}).status_code == 302
    second = Session(cast.wenshui).post(
        reverse("todos:decide", args=[todo.pk, "talked"]), {"reason": "打过电话"}, follow=True
    )
    assert "办理：暂停，找接替人" in text_of(second)
    assert Session(cast.fengcheng).post(address, {"reason": ""}, follow=True).status_code == 200
    todo.refresh_from_db()
    assert (todo.decision, todo.decided_by, todo.remark) == ("successor", cast.fengcheng, "")
    assert Entry.objects.filter(object_type="todos.todo", action=Action.UPDATE).count() == 1
    with pytest.raises(ClosedError):
        decided(cast.wenshui, todo, "talked", "打过电话")


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_the_same_moment_make_one_decision() -> None:
    cast = make_cast()
    child = old_child(other_categories=["DIFFICULT"])
    todo = found("child_over_age")
    barrier, outcomes = Barrier(2), []

    def one(key: str) -> None:
        try:
            barrier.wait()
            decided(cast.wenshui, todo, key)
            outcomes.append(key)
        except ClosedError as closed:
            outcomes.append(str(closed))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(one, "change"), pool.submit(one, "change")]:
            job.result()
    assert outcomes.count("change") == 1
    assert any("没有重复办理" in said for said in outcomes)
    changes = Entry.objects.filter(object_type="children.child", object_id=str(child.pk), reason="改类别")
    assert changes.count() == 1


def test_a_reason_is_asked_for(cast: Cast) -> None:
    todo = to_decide(cast.pairing, level=4)
    client, address = Session(cast.fengcheng), reverse("todos:decide", args=[todo.pk, "excused"])
    assert "两个月后再问" in text_of(client.get(address))
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "她生病了"}).status_code == 302
    todo.refresh_from_db()
    assert todo.remark == "她生病了"


def test_a_county_s_to_do_is_not_the_township_s_and_the_city_reads(cast: Cast) -> None:
    todo = to_decide(cast.pairing, level=3)
    address = reverse("todos:decide", args=[todo.pk, "successor"])
    assert Session(cast.fengcheng).post(address).status_code == 403
    assert Session(cast.city).post(address).status_code == 403
    page = Session(cast.fengcheng).get(f"/pairings/{cast.pairing.pk}/").content.decode()
    assert "爱心妈妈久未联系" in page
    assert address not in page
    assert address in Session(cast.wenshui).get(f"/pairings/{cast.pairing.pk}/").content.decode()
    assert address in Session(cast.wenshui).get(f"/volunteers/{cast.volunteer.pk}/").content.decode()
    back = Session(cast.wenshui).post(f"{address}?from=row")
    assert back.headers["Location"] == f"/pairings/{cast.pairing.pk}/"


def test_the_list_tells_whose_it_is_and_masks_for_the_city(cast: Cast) -> None:
    to_decide(cast.pairing, level=4)
    assert "张小明 与 王爱心" in text_of(Session(cast.fengcheng).get("/todos/"))
    assert "现在没有要决定的事" in text_of(Session(cast.wenshui).get("/todos/"))
    below = text_of(Session(cast.city).get("/todos/?box=below"))
    assert "张* 与 王*" in below.replace("**", "*")
    assert "张小明" not in below
    assert "张小明" not in text_of(Session(cast.wenshui).get("/todos/?box=below&kind=child_moved"))
    Todo.objects.update(escalated_to=3, due_on=today() - datetime.timedelta(days=1))
    page = text_of(Session(cast.wenshui).get("/todos/"))
    assert "下级没有办" in page
    assert "1 件等您决定，其中 1 件已超期" in page
    assert "1 件待办等您决定" in text_of(Session(cast.wenshui).get("/"))


def test_ticked_rows_are_decided_together_where_that_harms_nobody(cast: Cast) -> None:
    for _ in range(3):
        ChildFactory(region_id=XIJIE, birth=years_before(today() + datetime.timedelta(days=20), 16))
    assert find_all(today()) == []
    ids = list(Todo.objects.filter(kind="child_over_age").values_list("pk", flat=True))
    client = Session(cast.wenshui)
    assert "知道了" in text_of(client.get("/todos/?kind=child_over_age"))
    said = client.post("/todos/ticked/child_over_age/noted/", {"ids": ids[:2]}, follow=True)
    assert "已办 2 件" in text_of(said)
    assert Todo.objects.open().filter(kind="child_over_age").count() == 1
    assert client.post("/todos/ticked/child_over_age/leave/", {"ids": ids}).status_code == 404
    assert "没有可办的待办" in text_of(client.post("/todos/ticked/child_over_age/noted/", follow=True))


def test_a_row_that_has_gone_elsewhere_is_not_named(cast: Cast) -> None:
    to_decide(cast.pairing, level=3, subject="children.child", subject_id=cast.far.pk, kind="child_moved",
              facts={"moved": ["address"]})  # fmt: skip
    page = text_of(Session(cast.wenshui).get("/todos/"))
    assert "已不在本辖区的名册上" in page
    assert "周远方" not in page


def test_an_erased_person_s_to_dos_go_with_her(cast: Cast) -> None:
    to_decide(cast.pairing)
    to_decide(cast.second_pairing, state="DECIDED", remark="她姓赵")
    with acting(cast.wenshui):
        erase(cast.wenshui, "volunteers.volunteer", cast.volunteer.pk)
    assert [todo.subject_id for todo in Todo.objects.all()] == [cast.second_pairing.pk]


# The city's own office


def own_volunteer(**more: Any) -> Volunteer:
    volunteer: Volunteer = VolunteerFactory(region_id="1411", **more)
    return volunteer


def test_the_city_decides_about_its_own_office_s_volunteer(cast: Cast, as_user: Session) -> None:
    cleared_on = today() - datetime.timedelta(days=350)
    own = own_volunteer(clearance=Clearance.PASSED, cleared_on=cleared_on)
    todo = found("volunteer_clearance", own.pk)
    address = reverse("todos:decide", args=[todo.pk, "sent"])
    assert as_user(cast.wenshui).post(address).status_code == 404
    assert as_user(cast.city).post(address).status_code == 302
    todo.refresh_from_db()
    assert (todo.state, todo.decided_by) == (State.DECIDED, cast.city)


def test_the_city_decides_nothing_about_a_county_s_volunteer(cast: Cast, as_user: Session) -> None:
    VolunteerFactory(
        region_id=XIJIE, clearance=Clearance.PASSED, cleared_on=today() - datetime.timedelta(days=350)
    )
    todo = found("volunteer_clearance")
    city = as_user(cast.city)
    assert city.post(reverse("todos:decide", args=[todo.pk, "sent"])).status_code == 403
    city.post(reverse("todos:decide_ticked", args=[todo.kind, "sent"]), {"ids": [todo.pk]})
    todo.refresh_from_db()
    assert todo.is_open


def test_the_city_leaves_the_end_of_a_term_to_the_county(cast: Cast) -> None:
    own = own_volunteer()
    Pairing.objects.filter(pk=cast.pairing.pk).update(volunteer=own, started_on=years_before(today(), 1))
    todo = found("volunteer_term", own.pk)
    with pytest.raises(DecisionError):
        decided(cast.city, todo, "end")
    decided(cast.city, todo, "county")
    cast.pairing.refresh_from_db()
    assert cast.pairing.state == PairingState.ACTIVE
