"""查询: any question answered as plain Python would; counts that open their rows; who sees which questions and rows."""

import datetime
import io
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
import python_calamine
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aixin.access.scope import acting
from aixin.audit.models import Action, Entry
from aixin.exchange.models import Export
from aixin.vocabulary import CareTopic
from children.choices import Category, NeedSource, NeedState, ParentKind, Status
from children.models import Child, Need, Parent
from pairing.models import Pairing
from reports.asking.counting import Counts
from reports.asking.forms import question_of
from reports.asking.ready import ready_questions
from reports.asking.subjects import subject_of, subjects
from reports.models import SavedQuestion
from tests.cast import FENGCHENG, KAISHAN, WENSHUI, XIJIE, XINGXIAN_VILLAGE, Cast, make_cast
from tests.conftest import Session
from tests.factories import ChildFactory, PairingFactory, VisitFactory, VolunteerFactory
from tests.pages import text_of
from visits.models import Visit
from volunteers.models import Volunteer

VILLAGES = [XIJIE, "141121100200", "141121101200", XINGXIAN_VILLAGE, "140105001001"]
LONG_AGO = (1, 29, 30, 31, 89, 90, 91, 200)
ASKERS = ("city", "wenshui", "fengcheng", "xingxian")


def fill(cast: Cast) -> None:
    """Make a small city in which every condition holds for some and not for others."""
    random, today = Random(7), timezone.localdate()

    def ago(days: int) -> datetime.date:
        return today - datetime.timedelta(days=days)

    volunteers = [
        VolunteerFactory(
            region_id=random.choice([FENGCHENG, KAISHAN, XIJIE, WENSHUI]),
            kind=random.choice(["TEACHER", "JUDGE", "OTHER"]),
            skills=random.choice([[], ["MIND"], ["MIND", "STUDY"]]),
            state=random.choice(["QUALIFIED", "QUALIFIED", "SUSPENDED", "LEFT"]),
            capacity=random.randint(0, 4),
        )
        for _ in range(12)
    ]
    for number in range(36):
        child = ChildFactory(
            region_id=VILLAGES[number % len(VILLAGES)],
            guardian=False,
            category=random.choice(Category.values),
            other_categories=random.choice([[], ["DIFFICULT"]]),
            sex=random.choice(["F", "M", ""]),
            risk=random.choice(["HIGH", "LOW", ""]),
            boarding=random.choice([True, False, None]),
            aid=random.choice([[], ["MEDICAL"], ["MEDICAL", "HOUSING"]]),
            birth=random.choice([None, ago(365 * 6), ago(365 * 10), ago(365 * 17)]),
            idno="",
            registered_on=ago(random.choice([0, 40, 400])),
        )
        if number % 9 == 0:
            Child.objects.filter(pk=child.pk).update(status=Status.LEFT, left_on=ago(3), left_reason="OVER_AGE")
        for topic in random.sample(["MIND", "STUDY"], random.randint(0, 2)):
            state = random.choice(NeedState.values)
            Need.objects.create(
                child=child, region_id=child.region_id, topic=topic, state=state, source=NeedSource.STAFF
            )
        if number % 3 == 0:
            Parent.objects.create(
                child=child, region_id=child.region_id, kind=ParentKind.FATHER,
                status=random.choice(["PRISON", "AWAY"]),
            )  # fmt: skip
        made_by = random.sample(volunteers, random.randint(0, 2))
        for place, volunteer in enumerate(made_by):
            PairingFactory(
                child=child, volunteer=volunteer, is_main=place == 0, started_on=ago(random.choice([5, 50])),
                state=random.choice(["ACTIVE", "ACTIVE", "PAUSED"]), agreement_signed=random.choice([True, False]),
            )  # fmt: skip
        for _ in range(random.randint(0, 2)):
            visit = VisitFactory(
                region_id=child.region_id, recorded_by=cast.mama, children=[child], volunteers=made_by[:1],
                date=ago(random.choice(LONG_AGO)), way=random.choice(["PHONE", "HOME"]),
                is_backfill=random.choice([True, False]), goods=random.choice(["", "书包"]),
            )  # fmt: skip
            if random.random() < 0.2:  # noqa: PLR2004
                Visit.objects.filter(pk=visit.pk).update(withdrawn_at=timezone.now())


Row = Any
Asked = tuple[dict[str, str | list[str]], Callable[[Row], bool]]


def days_since(visits: Sequence[Any]) -> list[int]:
    today = timezone.localdate()
    return [(today - visit.date).days for visit in visits if visit.withdrawn_at is None]


def of_child(child: Row) -> list[int]:
    return days_since([link.visit for link in child.visited.all()])


def of_pair(pairing: Row) -> list[int]:
    met = [link.visit for link in pairing.child.visited.all()]
    return days_since([visit for visit in met if pairing.volunteer in visit.volunteers.all()])


def since(key: str, found: Callable[[Row], list[int]]) -> list[Asked]:
    return [
        ({key: "30"}, lambda row: not any(days < 30 for days in found(row))),
        ({f"{key}.op": "within", key: "90"}, lambda row: any(days < 90 for days in found(row))),
        ({f"{key}.op": "never"}, lambda row: not found(row)),
    ]


def actives(rows: Any) -> int:
    return sum(pairing.state == "ACTIVE" for pairing in rows.all())


def topics_open(child: Row) -> set[str]:
    return {need.topic for need in child.needs.all() if need.state == "OPEN"}


def this_month(day: datetime.date | None) -> bool:
    today = timezone.localdate()
    return day is not None and (day.year, day.month) == (today.year, today.month)


# Every criterion in one way at least, each beside what it means.
CASES: dict[str, tuple[Asked, list[Asked]]] = {
    "children": (
        ({}, lambda c: c.status == "ON_ROSTER"),
        [
            ({"category": ["LEFT_BEHIND", "DIFFICULT"]}, lambda c: c.category in {"LEFT_BEHIND", "DIFFICULT"}),
            ({"category.op": "not", "category": "MIGRANT"}, lambda c: c.category != "MIGRANT"),
            ({"any_category": "DIFFICULT"}, lambda c: "DIFFICULT" in {c.category, *c.other_categories}),
            ({"sex": "-"}, lambda c: c.sex == ""),
            ({"risk.op": "not", "risk": ["HIGH", "-"]}, lambda c: c.risk not in {"HIGH", ""}),
            ({"age.from": "6", "age.to": "13"}, lambda c: c.birth is not None and 6 <= c.age <= 13),
            ({"age.to": "9"}, lambda c: c.birth is not None and c.age <= 9),
            ({"need": ["MIND"]}, lambda c: "MIND" in topics_open(c)),
            ({"need.op": "not", "need": ["MIND", "STUDY"]}, lambda c: not topics_open(c)),
            ({"pairs.from": "1"}, lambda c: actives(c.pairings) >= 1),
            ({"pairs.to": "0"}, lambda c: actives(c.pairings) == 0),
            ({"boarding": "-"}, lambda c: c.boarding is None),
            ({"boarding.op": "not", "boarding": "1"}, lambda c: c.boarding is not True),
            ({"aid": ["HOUSING", "-"]}, lambda c: "HOUSING" in c.aid or not c.aid),
            ({"aid.op": "not", "aid": "MEDICAL"}, lambda c: "MEDICAL" not in c.aid),
            ({"father_status": "PRISON"}, lambda c: any(p.status == "PRISON" for p in c.parents.all())),
            ({"registered_on.op": "month"}, lambda c: this_month(c.registered_on)),
            ({"registered_on.to": "2026-06-30"}, lambda c: c.registered_on <= datetime.date(2026, 6, 30)),
            ({"place": [KAISHAN, XIJIE]}, lambda c: c.region_id.startswith((KAISHAN, XIJIE))),
            ({"place.op": "not", "place": FENGCHENG}, lambda c: not c.region_id.startswith(FENGCHENG)),
            (
                {"figure": "unpaired"},
                lambda c: c.consent != "REFUSED" and c.category != "ORPHAN_INSTITUTION" and not actives(c.pairings),
            ),
            *since("last_visit", of_child),
        ],
    ),
    "volunteers": (
        ({}, lambda v: v.state == "QUALIFIED"),
        [
            ({"kind": ["TEACHER", "JUDGE"]}, lambda v: v.kind in {"TEACHER", "JUDGE"}),
            ({"skill": "STUDY"}, lambda v: "STUDY" in v.skills),
            ({"skill": "-"}, lambda v: not v.skills),
            ({"capacity.from": "2", "capacity.to": "3"}, lambda v: 2 <= v.capacity <= 3),
            ({"pairs.to": "1"}, lambda v: actives(v.pairings) <= 1),
            ({"account": "1"}, lambda v: v.user_id is None),
            ({"age.from": "40"}, lambda v: v.age >= 40),
            ({"place": FENGCHENG}, lambda v: v.region_id.startswith(FENGCHENG)),
            (
                {"figure": "free"},
                lambda v: v.is_cleared and v.capacity > sum(p.state != "ENDED" for p in v.pairings.all()),
            ),
            *since("last_visit", lambda v: days_since(v.visits.all())),
        ],
    ),
    "pairings": (
        ({}, lambda p: p.state == "ACTIVE"),
        [
            ({"category": "ORPHAN_SCATTERED"}, lambda p: p.child.category == "ORPHAN_SCATTERED"),
            ({"kind.op": "not", "kind": "TEACHER"}, lambda p: p.volunteer.kind != "TEACHER"),
            ({"risk": "-"}, lambda p: p.child.risk == ""),
            ({"agreement": "0"}, lambda p: not p.agreement_signed),
            ({"is_main": "1"}, lambda p: p.is_main),
            ({"started_on.op": "empty"}, lambda p: p.started_on is None),
            ({"age.to": "13"}, lambda p: p.child.birth is not None and p.child.age <= 13),
            ({"place": XIJIE}, lambda p: p.region_id == XIJIE),
            *since("last_visit", of_pair),
        ],
    ),
    "visits": (
        ({}, lambda v: v.withdrawn_at is None),
        [
            ({"way": "HOME"}, lambda v: v.way == "HOME"),
            ({"date.op": "month"}, lambda v: this_month(v.date)),
            ({"goods": "1"}, lambda v: v.goods != ""),
            ({"goods": "0"}, lambda v: v.goods == ""),
            ({"backfill": "1"}, lambda v: v.is_backfill),
            ({"risk": "HIGH"}, lambda v: any(link.child.risk == "HIGH" for link in v.visited.all())),
            ({"kind": "TEACHER"}, lambda v: any(w.kind == "TEACHER" for w in v.volunteers.all())),
            ({"category.op": "not", "category": "MIGRANT"},
             lambda v: not any(link.child.category == "MIGRANT" for link in v.visited.all())),
            ({"place": FENGCHENG}, lambda v: v.region_id.startswith(FENGCHENG)),
        ],
    ),
}  # fmt: skip
ALL: dict[str, Callable[[], Any]] = {
    "children": lambda: Child.objects.prefetch_related("needs", "parents", "pairings", "visited__visit"),
    "volunteers": lambda: Volunteer.objects.prefetch_related("pairings", "visits"),
    "pairings": lambda: Pairing.objects.select_related("child", "volunteer").prefetch_related(
        "child__visited__visit__volunteers"
    ),
    "visits": lambda: Visit.objects.prefetch_related("visited__child", "volunteers"),
}


def asked(key: str, conditions: Sequence[Asked], **more: str) -> str:
    merged: dict[str, str | list[str]] = {"subject": key}
    for stated, _ in conditions:
        merged |= stated
    return urlencode(merged | more, doseq=True)


@st.composite
def questions(draw: Any) -> tuple[str, list[Asked]]:
    """A subject and conditions on different criteria."""
    key = draw(st.sampled_from(sorted(CASES)))
    drawn = draw(st.lists(st.sampled_from(CASES[key][1]), max_size=4))
    return key, list({next(iter(case[0])).partition(".")[0]: case for case in drawn}.values())


@pytest.fixture
def city(cast: Cast) -> Cast:
    fill(cast)
    return cast


def test_any_question_is_answered_as_plain_python_would(city: Cast) -> None:
    rows = {key: list(read()) for key, read in ALL.items()}
    met: set[int] = set()

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(questions(), st.sampled_from(ASKERS))
    def check(drawn: tuple[str, list[Asked]], who: str) -> None:
        key, conditions = drawn
        user, usual = city.users[who], CASES[key][0]
        own = user.acting_post.region_id
        meant = {
            row.pk
            for row in rows[key]
            if row.region_id.startswith(own) and all(holds(row) for _, holds in [usual, *conditions])
        }
        with acting(user):
            question = question_of(asked(key, conditions), user)
            assert question is not None
            assert question.complaints == ()
            assert question_of(question.query, user) == question or question.query
            assert set(question.rows(user).values_list("pk", flat=True)) == meant
        met.add(len(meant))

    check()
    assert len(met) > 5, "the questions told nothing apart"
