"""A merge is taken back row by row for thirty days, as long as nothing newer touches the two records."""

import datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from aixin.access.scope import acting
from children.choices import NeedSource, NoIdReason, Status
from children.models import Child, Guardian, Parent
from children.services import raise_need
from duplicates.choices import State
from duplicates.comparing import compare
from duplicates.merging import merge
from duplicates.models import Duplicate
from duplicates.of_children import CHILDREN
from duplicates.services import DuplicateError, look_at
from duplicates.sides import SECOND, Choice
from duplicates.undoing import finish_old, obstacles, take_back
from pairing.models import RejectedPair
from tests.cast import KAISHAN_VILLAGE, XIJIE, Cast
from tests.factories import ChildFactory, PairingFactory, VisitFactory, VolunteerFactory, make_idno

BORN = datetime.date(2014, 5, 6)
TABLES = (
    "children_child", "children_guardian", "children_parent", "children_need", "pairing_pairing",
    "visits_visitedchild", "visits_visit", "pairing_rejectedpair",
)  # fmt: skip
# What every save sets.
STAMPS = "- 'updated_at'"


@pytest.fixture
def pair(cast: Cast) -> Duplicate:
    """Two rich records of one child, with the same volunteer and a visit to both."""
    first = ChildFactory(name="童小雨", birth=BORN, idno=make_idno(31, BORN), region_id=XIJIE)
    second = ChildFactory(
        name="童小雨", birth=BORN, idno="", idno_reason=NoIdReason.NO_HUKOU, region_id=KAISHAN_VILLAGE, school="开栅小学"
    )  # fmt: skip
    volunteer = VolunteerFactory()
    for child in (first, second):
        PairingFactory(child=child, volunteer=volunteer)
        raise_need(cast.wenshui, child, "STUDY", "", NeedSource.STAFF)
        Parent.objects.create(child=child, region_id=child.region_id, kind="FATHER", name=f"童{child.pk}")
    PairingFactory(child=second, is_main=False)
    VisitFactory(recorded_by=cast.wenshui, children=[first, second], households=2)
    VisitFactory(recorded_by=cast.wenshui, children=[second])
    other = VolunteerFactory()
    for child, mother in ((first, other), (second, other), (second, volunteer)):
        RejectedPair.objects.create(
            child=child,
            volunteer=mother,
            region_id=child.region_id,
            reason="不合适",
            rejected_by=cast.wenshui,
        )
    look_at(CHILDREN, [first.pk])
    return Duplicate.objects.get()


def rows() -> dict[str, str]:
    """Every row of the tables that a merge writes, ciphertext verbatim."""
    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT string_agg((to_jsonb(t) {STAMPS})::text, '|' ORDER BY id) FROM {table} t")
            found[table] = cursor.fetchone()[0]
    return found


def merged(cast: Cast, pair: Duplicate, keep: str = SECOND) -> Duplicate:
    """Merge so that everything of the record that goes is taken over."""
    other = "first" if keep == SECOND else "second"
    chosen = {
        row.name: other for row in compare(CHILDREN, cast.wenshui, pair.first, pair.second) if row.is_chosen
    }
    with acting(cast.wenshui):
        merge(cast.wenshui, pair, Choice(keep, chosen))
    return Duplicate.objects.get(pk=pair.pk)


@pytest.mark.parametrize("keep", ["first", "second"])
def test_every_row_is_as_it_was(cast: Cast, pair: Duplicate, keep: str) -> None:
    before = rows()
    done = merged(cast, pair, keep)
    assert rows() != before
    with acting(cast.wenshui):
        assert take_back(cast.wenshui, done).state == State.OPEN
    after = rows()
    assert [table for table in TABLES if after[table] != before[table]] == []


def test_a_second_click_changes_nothing(cast: Cast, pair: Duplicate) -> None:
    done = merged(cast, pair)
    with acting(cast.wenshui):
        take_back(cast.wenshui, done)
        assert take_back(cast.wenshui, done).state == State.OPEN


def test_a_newer_visit_stands_in_the_way_and_is_named(cast: Cast, pair: Duplicate, as_user: Any) -> None:
    done = merged(cast, pair)
    VisitFactory(recorded_by=cast.wenshui, children=[done.kept])
    before = rows()
    with acting(cast.wenshui), pytest.raises(DuplicateError):
        take_back(cast.wenshui, done)
    assert rows() == before
    page = as_user(cast.wenshui).get(reverse("duplicates:pair", args=["children", pair.pk])).content.decode()
    assert "有新的走访<" in page
    assert "不能撤销" in page


def test_a_newer_change_stands_in_the_way_with_who_and_when(cast: Cast, pair: Duplicate) -> None:
    done = merged(cast, pair)
    Child.objects.filter(pk=done.kept.pk).update(school="别的学校")
    # The test is one transaction, whose clock stands still.
    done.decided_at -= datetime.timedelta(hours=1)
    found = obstacles(done)
    assert [(obstacle.what, obstacle.who) for obstacle in found] == [("档案改动过", "系统")]
    assert found[0].at is not None


def test_a_clerk_takes_it_back_on_the_page(cast: Cast, pair: Duplicate, as_user: Any) -> None:
    merged(cast, pair)
    session = as_user(cast.wenshui)
    assert "童小雨" in session.get(reverse("duplicates:list") + "?state=merged").content.decode()
    session.post(reverse("duplicates:undo", args=["children", pair.pk]))
    assert Child.objects.registered().filter(name="童小雨").count() == 2


def test_after_thirty_days_the_double_is_empty_and_the_merge_stands(cast: Cast, pair: Duplicate) -> None:
    done = merged(cast, pair)
    kept = done.kept.pk
    assert finish_old() == 0
    with time_machine.travel(timezone.now() + datetime.timedelta(days=31)):
        assert finish_old() == 1
        assert finish_old() == 0
    done = Duplicate.objects.get(pk=pair.pk)
    assert done.journal is None
    gone = Child.objects.get(merged_into=kept)
    assert (gone.name, gone.school, gone.status) == ("已删除", "", Status.MERGED)
    assert not Guardian.objects.filter(child=gone).exists()
    with acting(cast.wenshui), pytest.raises(DuplicateError):
        take_back(cast.wenshui, done)
