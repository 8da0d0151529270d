"""The daily search: found once, lapsed by itself, caught up after an outage, whatever day it runs on."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from celery.schedules import crontab
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aixin.access.scope import NOTHING, acting, opened
from aixin.notify.models import Notice
from aixin.todos.choices import State
from aixin.todos.escalating import FURTHER_DAYS
from aixin.todos.finding import find_all, find_kinds
from aixin.todos.kinds import decision_of, kinds
from aixin.todos.models import Todo
from aixin.todos.services import decide
from aixin.todos.tasks import find_todos
from children.choices import Category, ParentKind, ParentStatus
from children.dates import years_before
from children.models import Child, Parent
from pairing.choices import State as PairingState
from pairing.models import Pairing
from tests.cast import FENGCHENG, KAISHAN, XIJIE, Cast, make_cast
from tests.factories import ChildFactory, PairingFactory, VisitFactory, VolunteerFactory
from volunteers.choices import State as VolunteerState
from volunteers.models import Volunteer

DAY = datetime.date(2026, 11, 22)


def at(day: datetime.date) -> Any:
    """Return a clock that stands at nine in the morning of a day, in China."""
    return time_machine.travel(
        datetime.datetime(day.year, day.month, day.day, 1, tzinfo=datetime.UTC), tick=False
    )


def after(days: int) -> datetime.date:
    return DAY + datetime.timedelta(days=days)


@pytest.fixture
def today() -> Iterator[None]:
    with at(DAY):
        yield


@pytest.fixture
def cast(today: None, db: None) -> Cast:
    """The usual cast, made on that day."""
    return make_cast()


def search_on(day: datetime.date, *keys: str) -> None:
    """Search on a day: for these kinds alone, or for all and whatever else a day brings."""
    with at(day):
        assert (find_kinds(keys, day) if keys else find_all(day)) == []


def open_of(kind: str) -> list[Todo]:
    return list(Todo.objects.open().filter(kind=kind).order_by("pk"))


def boundary(born: datetime.date, category: str = "LEFT_BEHIND", **more: Any) -> Child:
    child: Child = ChildFactory(name="边缘龄", region_id=XIJIE, birth=born, category=category, **more)
    return child


def stages() -> list[tuple[int, str]]:
    return [
        (todo.facts["stage"], todo.state)
        for todo in Todo.objects.filter(kind="child_over_age").order_by("pk")
    ]


def test_beat_holds_the_search_for_every_morning() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["find-todos"]
    assert (entry["task"], entry["schedule"]) == (find_todos.name, crontab(hour=6, minute=30))


# Age


@pytest.mark.parametrize(
    ("category", "age"),
    [("LEFT_BEHIND", 16), ("ORPHAN_SCATTERED", 18)],
)
def test_the_age_limit_warns_90_and_30_days_before_and_on_the_day(
    cast: Cast, category: str, age: int
) -> None:
    boundary(years_before(after(91), age), category)
    search_on(DAY, "child_over_age")
    assert stages() == []
    search_on(after(1), "child_over_age")
    search_on(after(60), "child_over_age")
    assert stages() == [(90, State.OPEN)]
    search_on(after(61), "child_over_age")
    assert stages() == [(90, State.LAPSED), (30, State.OPEN)]
    search_on(after(90), "child_over_age")
    assert stages()[1:] == [(30, State.OPEN)]
    search_on(after(91), "child_over_age")
    assert stages()[1:] == [(30, State.LAPSED), (0, State.OPEN)]
    assert Child.objects.get(name="边缘龄").is_on_roster


def test_an_outage_of_three_days_over_the_day_loses_nothing(cast: Cast) -> None:
    boundary(years_before(after(1), 16))
    search_on(DAY, "child_over_age")
    search_on(after(4), "child_over_age")
    assert stages() == [(30, State.LAPSED), (0, State.OPEN)]


def test_a_second_run_finds_nothing_new(cast: Cast) -> None:
    boundary(years_before(DAY, 16))
    search_on(DAY)
    before = list(Todo.objects.order_by("pk").values())
    assert len(before) == 1
    search_on(DAY)
    assert list(Todo.objects.order_by("pk").values()) == before


def test_a_changed_birth_date_makes_it_lapse(cast: Cast) -> None:
    child = boundary(years_before(DAY, 16))
    search_on(DAY, "child_over_age")
    Child.objects.filter(pk=child.pk).update(birth=years_before(DAY, 10))
    search_on(after(1), "child_over_age")
    assert stages() == [(0, State.LAPSED)]


def test_what_stays_in_other_ways_is_named(cast: Cast) -> None:
    boundary(years_before(DAY, 16), other_categories=["DIFFICULT", "MIGRANT"])
    search_on(DAY, "child_over_age")
    (todo,) = open_of("child_over_age")
    assert (todo.facts["others"], todo.level, todo.due_on) == (["DIFFICULT"], 3, after(30))


# Parents and moves


def parent_of(child: Child, status: str) -> Parent:
    parent: Parent = Parent.objects.create(
        child=child, region_id=child.region_id, kind=ParentKind.FATHER, status=status
    )
    return parent


def test_a_parent_whose_record_says_so_is_back(cast: Cast) -> None:
    parent = parent_of(cast.child, ParentStatus.AWAY)
    parent_of(cast.neighbour, ParentStatus.NORMAL)
    search_on(DAY, "child_parent_back")
    assert open_of("child_parent_back") == []
    parent.status = ParentStatus.NORMAL
    parent.save()
    search_on(DAY, "child_parent_back")
    (todo,) = open_of("child_parent_back")
    assert (todo.subject_id, todo.numbers, todo.facts["parents"]) == (
        cast.child.pk,
        [cast.child.no],
        ["FATHER"],
    )
    assert "父亲已返乡" in str(kind_words(todo))
    parent.status = ParentStatus.AWAY
    parent.save()
    search_on(after(1), "child_parent_back")
    assert open_of("child_parent_back") == []


def kind_words(todo: Todo) -> str:
    return next(kind for kind in kinds() if kind.key == todo.kind).words(todo.facts)


def test_a_parent_who_was_unable_is_able_again(cast: Cast) -> None:
    child = ChildFactory(region_id=XIJIE, category=Category.DE_FACTO_UNSUPPORTED)
    parent = parent_of(child, ParentStatus.PRISON)
    Parent.objects.filter(pk=parent.pk).update(status=ParentStatus.AWAY)
    search_on(DAY, "child_parent_back")
    (todo,) = open_of("child_parent_back")
    assert (todo.subject_id, todo.facts["others"]) == (child.pk, ["DIFFICULT"])


@pytest.mark.parametrize("field", ["hukou_place", "address"])
def test_a_move_to_another_county_is_found_in_what_was_changed(cast: Cast, field: str) -> None:
    Child.objects.filter(pk=cast.neighbour.pk).update(**{field: "兴县蔚汾镇"})
    typed_so = ChildFactory(region_id=XIJIE, **{field: "兴县蔚汾镇"})
    Child.objects.filter(pk=cast.child.pk).update(**{field: "文水县西街"})
    search_on(DAY, "child_moved")
    assert [todo.subject_id for todo in open_of("child_moved")] == [cast.neighbour.pk]
    assert typed_so.pk not in {todo.subject_id for todo in Todo.objects.all()}
    Child.objects.filter(pk=cast.neighbour.pk).update(region_id="141123100200")
    search_on(after(1), "child_moved")
    assert open_of("child_moved") == []


# Volunteers


def test_a_clearance_warns_30_days_before_and_when_it_has_run_out_and_pauses_nobody(cast: Cast) -> None:
    Volunteer.objects.filter(pk=cast.volunteer.pk).update(cleared_on=after(31 - 365))
    search_on(DAY, "volunteer_clearance")
    assert open_of("volunteer_clearance") == []
    search_on(after(1), "volunteer_clearance")
    assert [todo.facts["stage"] for todo in open_of("volunteer_clearance")] == [30]
    search_on(after(31), "volunteer_clearance")
    assert [todo.facts["stage"] for todo in open_of("volunteer_clearance")] == [30]
    search_on(after(32), "volunteer_clearance")
    assert [todo.facts["stage"] for todo in open_of("volunteer_clearance")] == [0]
    assert Pairing.objects.get(pk=cast.pairing.pk).is_active


def test_two_cadences_of_silence(cast: Cast) -> None:
    last = cast.visit.date
    search_on(last + datetime.timedelta(days=62), "volunteer_silent")
    assert cast.pairing.pk not in {todo.subject_id for todo in open_of("volunteer_silent")}
    search_on(last + datetime.timedelta(days=63), "volunteer_silent")
    (todo,) = (todo for todo in open_of("volunteer_silent") if todo.subject_id == cast.pairing.pk)
    assert "她没有回应提醒" in str(kind_words(todo))
    assert "收不到提醒" in str(
        next(k for k in kinds() if k.key == todo.kind).words({**todo.facts, "reminded": False})
    )
    met = last + datetime.timedelta(days=63)
    VisitFactory(
        region_id=XIJIE, date=met, recorded_by=cast.mama, children=[cast.child], volunteers=[cast.volunteer]
    )
    search_on(met, "volunteer_silent")
    assert cast.pairing.pk not in {todo.subject_id for todo in open_of("volunteer_silent")}


def test_a_year_s_term_is_asked_about_each_year_once(cast: Cast) -> None:
    Pairing.objects.filter(pk=cast.pairing.pk).update(started_on=years_before(after(30), 1))
    search_on(DAY, "volunteer_term")
    (todo,) = open_of("volunteer_term")
    assert (todo.subject_id, todo.occasion, todo.due_on) == (cast.volunteer.pk, str(after(30)), after(30))
    Pairing.objects.filter(pk=cast.pairing.pk).update(started_on=years_before(after(-91), 2))
    search_on(DAY, "volunteer_term")
    assert open_of("volunteer_term") == []


def test_the_pairings_of_a_suspended_volunteer(cast: Cast) -> None:
    Volunteer.objects.filter(pk=cast.volunteer.pk).update(state=VolunteerState.SUSPENDED)
    search_on(DAY, "volunteer_suspended")
    assert [todo.subject_id for todo in open_of("volunteer_suspended")] == [cast.pairing.pk]
    Pairing.objects.filter(pk=cast.pairing.pk).update(state=PairingState.PAUSED)
    search_on(DAY, "volunteer_suspended")
    assert open_of("volunteer_suspended") == []


# Who decides, and what is left


def test_a_place_where_nobody_works_is_its_county_s(cast: Cast) -> None:
    search_on(DAY + datetime.timedelta(days=200), "volunteer_silent")
    levels = {todo.region_id[:9]: todo.level for todo in open_of("volunteer_silent")}
    assert levels == {FENGCHENG: 4, KAISHAN: 3}


def test_what_is_left_comes_up_once_and_the_office_is_told_once_a_day(cast: Cast) -> None:
    for _ in range(3):
        PairingFactory(
            child=ChildFactory(region_id=XIJIE), volunteer=VolunteerFactory(state=VolunteerState.SUSPENDED)
        )
    search_on(DAY)
    search_on(after(7))
    assert {todo.escalated_to for todo in open_of("volunteer_suspended")} == {None}
    search_on(after(8))
    search_on(after(8))
    assert {(todo.escalated_to, todo.escalated_on) for todo in open_of("volunteer_suspended")} == {
        (3, after(8))
    }
    notices = Notice.objects.filter(kind="todos")
    assert [(n.addressee, n.title) for n in notices] == [(f"user:{cast.wenshui.pk}", "新增 3 件下级逾期待办")]
    with at(after(8)), acting(cast.fengcheng):
        assert Todo.objects.for_office(cast.fengcheng).filter(kind="volunteer_suspended").count() == 3
    with at(after(8)), acting(cast.wenshui):
        assert Todo.objects.for_office(cast.wenshui).filter(kind="volunteer_suspended").count() == 3
    search_on(after(8 + FURTHER_DAYS))
    assert {todo.escalated_to for todo in open_of("volunteer_suspended")} == {3}
    search_on(after(9 + FURTHER_DAYS))
    assert {todo.escalated_to for todo in open_of("volunteer_suspended")} == {2}
    assert notices.filter(addressee=f"user:{cast.city.pk}").count() == 1


def test_not_now_is_asked_again_and_what_was_answered_is_not(cast: Cast) -> None:
    Volunteer.objects.filter(pk=cast.volunteer.pk).update(state=VolunteerState.SUSPENDED)
    Pairing.objects.filter(pk=cast.second_pairing.pk).update(started_on=years_before(DAY, 1))
    search_on(DAY)
    with acting(cast.wenshui):
        for kind, key in (("volunteer_suspended", "stay"), ("volunteer_term", "extend")):
            decide(cast.wenshui, open_of(kind)[0], decision_of(kind, key), "她下周就好")  # type: ignore[arg-type]
    search_on(after(29))
    assert [*open_of("volunteer_suspended"), *open_of("volunteer_term")] == []
    search_on(after(30))
    assert len(open_of("volunteer_suspended")) == 1
    assert open_of("volunteer_term") == []


def test_one_search_that_fails_does_not_stop_the_others(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    boundary(years_before(DAY, 16))
    Volunteer.objects.filter(pk=cast.volunteer.pk).update(state=VolunteerState.SUSPENDED)
    Child.objects.filter(name="边缘龄").update(category="LEFT_BEHIND")
    broken = next(kind for kind in kinds() if kind.key == "child_over_age")

    def fails(today: datetime.date) -> None:
        Child.objects.raw("SELECT nothing_there FROM children_child")[0]

    monkeypatch.setitem(broken.__dict__, "find", fails)
    assert find_all(DAY) == ["child_over_age"]
    assert len(open_of("volunteer_suspended")) == 1


def test_rows_cost_the_search_no_queries(cast: Cast) -> None:
    def add(number: int) -> None:
        for _ in range(number):
            boundary(years_before(DAY, 16))
            PairingFactory(
                child=ChildFactory(region_id=XIJIE),
                volunteer=VolunteerFactory(state=VolunteerState.SUSPENDED),
            )

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            find_kinds([kind.key for kind in kinds()], DAY)
        return len(captured)

    add(1)
    few = queries()
    add(6)
    assert queries() == few
    assert Todo.objects.open().count() >= 14


# The database


def test_an_office_sees_the_to_dos_of_its_place_and_nobody_else_any(cast: Cast) -> None:
    boundary(years_before(DAY, 16))
    find_kinds(["child_over_age"], DAY)
    seen = {}
    for name in ("city", "wenshui", "fengcheng", "xingxian", "mama", "official", "sysadmin", "auditor"):
        with acting(cast.users[name]):
            seen[name] = Todo.objects.count()
    assert seen == {
        "city": 1, "wenshui": 1, "fengcheng": 1, "xingxian": 0, "mama": 0, "official": 0, "sysadmin": 0, "auditor": 0,
    }  # fmt: skip
    with opened(NOTHING):
        assert Todo.objects.update(level=3) == 0
    with acting(cast.fengcheng):
        assert not Todo.objects.for_office(cast.fengcheng).exists()
    with acting(cast.city):
        assert not Todo.objects.for_office(cast.city).exists()
        assert Todo.objects.below_office(cast.city).count() == 1


def test_what_was_done_long_ago_is_removed(cast: Cast) -> None:
    boundary(years_before(DAY, 16))
    find_kinds(["child_over_age"], DAY)
    Todo.objects.update(state=State.LAPSED, closed_at=timezone.now())
    Child.objects.filter(name="边缘龄").update(birth=years_before(DAY, 5))
    search_on(after(729))
    assert Todo.objects.filter(kind="child_over_age", closed_at__date=DAY).exists()
    search_on(after(731))
    assert not Todo.objects.filter(kind="child_over_age", closed_at__date=DAY).exists()
