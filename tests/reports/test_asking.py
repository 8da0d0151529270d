"""查询: any question answered as plain Python would; counts that open their rows; who sees which questions and rows."""

import datetime
import io
from collections.abc import Callable, Sequence
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
import python_calamine
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from aixin.access.models import Role
from aixin.access.scope import acting
from aixin.audit.models import Action, Entry
from aixin.exchange.models import Export
from care.models import Duty
from care.programmes.models import Programme, ProgrammeItem
from children.choices import Category, NeedSource, NeedState, ParentKind, Status
from children.models import Child, Need, Parent
from pairing.models import Pairing
from reports.asking.counting import Counts
from reports.asking.forms import question_of
from reports.asking.ready import ready_questions
from reports.asking.subjects import subject_of
from reports.models import SavedQuestion
from tests.cast import CITY, FENGCHENG, KAISHAN, WENSHUI, XIJIE, XINGXIAN_VILLAGE, Cast, make_user
from tests.conftest import Session
from tests.factories import ChildFactory, PairingFactory, VisitFactory, VolunteerFactory
from tests.pages import text_of
from visits.models import Visit
from volunteers.models import Volunteer

VILLAGES = [XIJIE, "141121100200", "141121101200", XINGXIAN_VILLAGE, "140105001001"]
LETTERS, BIRTHDAYS = 990001, 990002
EDGES = (1, 29, 30, 31, 89, 90, 91, 200)
ASKERS = ("city", "wenshui", "fengcheng", "xingxian")


def ago(days: int) -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=days)


def fill(cast: Cast) -> None:
    """Make a small city in which every condition holds for some and not for others."""
    random = Random(7)
    volunteers = [a_volunteer(random) for _ in range(12)]
    programmes = [a_programme(pk) for pk in (LETTERS, BIRTHDAYS)]
    for number in range(36):
        child = a_child(random, VILLAGES[number % len(VILLAGES)])
        if number % 9 == 0:
            Child.objects.filter(pk=child.pk).update(
                status=Status.LEFT, left_on=ago(3), left_reason="OVER_AGE"
            )
        life_of(random, cast, child, random.sample(volunteers, random.randint(0, 2)))
        ask_of(child, programmes, number)


def a_programme(pk: int) -> ProgrammeItem:
    """Make a programme in progress with one item."""
    programme = Programme.objects.create(
        pk=pk,
        region_id=CITY,
        name=f"项目{pk}",
        state="RUNNING",
        first_on=ago(300),
        last_on=ago(-60),
        reach="ALL",
    )
    made: ProgrammeItem = ProgrammeItem.objects.create(
        programme=programme, name="写信", how="MARK", period="MONTH"
    )
    return made


def ask_of(child: Child, items: Sequence[ProgrammeItem], number: int) -> None:
    """Ask something of three children in four: done, open, overdue, excused or lapsed."""
    main = child.pairings.filter(state="ACTIVE", is_main=True).first()
    for at, item in enumerate(items[: number % 4]):
        state = ("DONE", "OPEN", "OPEN", "EXCUSED", "LAPSED")[(number + at) % 5]
        Duty.objects.create(
            child=child, region_id=child.region_id, kind="PROGRAMME", occasion=f"x:{item.pk}:1", item=item,
            state=state, opens_on=ago(50), meant_on=ago(9), due_on=ago(-5 if number % 2 else 5),
            done_on=ago(6) if state == "DONE" else None,
            closed_on=ago(1) if state in {"EXCUSED", "LAPSED"} else None, volunteer=main and main.volunteer,
        )  # fmt: skip


def a_volunteer(random: Random) -> Volunteer:
    made: Volunteer = VolunteerFactory(
        region_id=random.choice([FENGCHENG, KAISHAN, XIJIE, WENSHUI]),
        kind=random.choice(["TEACHER", "JUDGE", "OTHER"]),
        skills=random.choice([[], ["MIND"], ["MIND", "STUDY"]]),
        state=random.choice(["QUALIFIED", "QUALIFIED", "SUSPENDED", "LEFT"]),
        capacity=random.randint(0, 4),
    )
    return made


def a_child(random: Random, village: str) -> Child:
    child: Child = ChildFactory(
        region_id=village,
        guardian=False,
        idno="",
        category=random.choice(Category.values),
        other_categories=random.choice([[], ["DIFFICULT"]]),
        sex=random.choice(["F", "M", ""]),
        risk=random.choice(["HIGH", "LOW", ""]),
        boarding=random.choice([True, False, None]),
        aid=random.choice([[], ["MEDICAL"], ["MEDICAL", "HOUSING"]]),
        birth=random.choice([None, ago(365 * 6), ago(365 * 10), ago(365 * 17)]),
        registered_on=ago(random.choice([0, 40, 400])),
    )
    here = {"child": child, "region_id": village}
    for topic in random.sample(["MIND", "STUDY"], random.randint(0, 2)):
        Need.objects.create(
            topic=topic, state=random.choice(NeedState.values), source=NeedSource.STAFF, **here
        )
    if random.random() < 0.3:
        Parent.objects.create(kind=ParentKind.FATHER, status=random.choice(["PRISON", "AWAY"]), **here)
    return child


def life_of(random: Random, cast: Cast, child: Child, volunteers: list[Volunteer]) -> None:
    """Pair a child and let it be visited, on days at the edges of what is asked."""
    for place, volunteer in enumerate(volunteers):
        PairingFactory(
            child=child, volunteer=volunteer, is_main=place == 0, started_on=ago(random.choice([5, 50])),
            state=random.choice(["ACTIVE", "ACTIVE", "PAUSED"]), agreement_signed=random.choice([True, False]),
        )  # fmt: skip
    for _ in range(random.randint(0, 2)):
        visit = VisitFactory(
            region_id=child.region_id, recorded_by=cast.mama, children=[child], volunteers=volunteers[:1],
            date=ago(random.choice(EDGES)), way=random.choice(["PHONE", "HOME"]),
            is_backfill=random.choice([True, False]), goods=random.choice(["", "书包"]),
        )  # fmt: skip
        if random.random() < 0.2:
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


def in_programme(row: Row, programme: int, *states: str) -> bool:
    """Whether a programme asks something of a row, in one of some states."""
    wanted = states or ("OPEN", "DONE", "LAPSED")
    return any(duty.item.programme_id == programme and duty.state in wanted for duty in row.duties.all())


def is_late(row: Row, programme: int) -> bool:
    today = timezone.localdate()
    of_it = [duty for duty in row.duties.all() if duty.item.programme_id == programme]
    return any(duty.state == "LAPSED" or (duty.state == "OPEN" and duty.due_on < today) for duty in of_it)


def programme_cases(of: Callable[[Row], Sequence[Row]]) -> list[Asked]:
    """Return every way to ask for a programme, of rows whose duties hang on `of(row)`."""

    def taking(row: Row, *states: str) -> bool:
        return any(in_programme(one, LETTERS, *states) for one in of(row))

    return [
        ({"programme": str(LETTERS)}, taking),
        ({"programme": [str(LETTERS), str(BIRTHDAYS)]},
         lambda row: taking(row) or any(in_programme(one, BIRTHDAYS) for one in of(row))),
        ({"programme.op": "not", "programme": str(LETTERS)}, lambda row: not taking(row)),
        ({"programme.op": "open", "programme": str(LETTERS)}, lambda row: taking(row, "OPEN")),
        ({"programme.op": "late", "programme": str(LETTERS)},
         lambda row: any(is_late(one, LETTERS) for one in of(row))),
        ({"programme.op": "done", "programme": str(LETTERS)},
         lambda row: taking(row) and not taking(row, "OPEN", "LAPSED")),
    ]  # fmt: skip


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
            *programme_cases(lambda c: [c]),
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
            *programme_cases(lambda v: [v]),
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
            *programme_cases(lambda p: [p.child]),
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
            *programme_cases(lambda v: [link.child for link in v.visited.all()]),
        ],
    ),
}  # fmt: skip
ALL: dict[str, Callable[[], Any]] = {
    "children": lambda: Child.objects.prefetch_related(
        "needs", "parents", "pairings", "visited__visit", "duties__item"
    ),
    "volunteers": lambda: Volunteer.objects.prefetch_related("pairings", "visits", "duties__item"),
    "pairings": lambda: Pairing.objects.select_related("child", "volunteer").prefetch_related(
        "child__visited__visit__volunteers", "child__duties__item"
    ),
    "visits": lambda: Visit.objects.prefetch_related("visited__child__duties__item", "volunteers"),
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


def seen_by(city: Cast) -> dict[tuple[str, str], list[Row]]:
    """Return all rows as the database shows them to each asker: of a volunteer who serves elsewhere she sees a part."""
    found = {}
    for who in ASKERS:
        with acting(city.users[who]):
            found |= {(who, key): list(read()) for key, read in ALL.items()}
    return found


def test_any_question_is_answered_as_plain_python_would(city: Cast) -> None:
    rows, met = seen_by(city), set()

    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    @given(questions(), st.sampled_from(ASKERS))
    def check(drawn: tuple[str, list[Asked]], who: str) -> None:
        key, conditions = drawn
        user, usual = city.users[who], CASES[key][0]
        own = user.acting_post.region_id
        meant = {
            row.pk
            for row in rows[who, key]
            if row.region_id.startswith(own) and all(holds(row) for _, holds in [usual, *conditions])
        }
        with acting(user):
            question = question_of(asked(key, conditions), user)
            assert question is not None
            assert question.complaints == ()
            again = question_of(question.query, user)
            assert again is not None
            assert again.query == question.query
            assert set(question.rows(user).values_list("pk", flat=True)) == meant
        met.add(len(meant))

    check()
    assert len(met) > 5, "the questions told nothing apart"


GROUPINGS = {key: [grouping.key for grouping in subject_of(key).groupings] for key in CASES}  # type: ignore[union-attr]


@st.composite
def counted(draw: Any) -> tuple[str, list[Asked], list[str]]:
    """A question that counts by one grouping or two."""
    key, conditions = draw(questions())
    return (
        key,
        conditions,
        draw(st.lists(st.sampled_from(GROUPINGS[key]), min_size=1, max_size=2, unique=True)),
    )


def test_a_count_opens_exactly_as_many_rows(city: Cast) -> None:
    opened: set[int] = set()

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(counted(), st.sampled_from(ASKERS))
    # Some volunteers are the county's own, in no township; some children's day of birth is unknown.
    @example(("volunteers", [], ["township", "last_visit"]), "wenshui")
    @example(("children", [], ["age", "boarding"]), "city")
    @example(("visits", [], ["date", "backfill"]), "wenshui")
    def check(drawn: tuple[str, list[Asked], list[str]], who: str) -> None:
        key, conditions, by = drawn
        user = city.users[who]
        with acting(user):
            question = question_of(asked(key, conditions, **dict(zip(("by", "by2"), by, strict=False))), user)
            assert question is not None
            counts = Counts(question, user) if question.groupings else None
            if counts is None:
                return
            assert counts.total == question.rows(user).count()
            assert sum(line.sum.number for line in counts.lines) == counts.total
            for figure in [figure for line in counts.lines for figure in (line.sum, *line.parts)]:
                drilled = question_of(figure.query, user)
                assert drilled is not None
                assert drilled.complaints == ()
                assert drilled.rows(user).count() == figure.number
                opened.add(figure.number)

    check()
    assert len(opened) > 3, "nothing was counted"


def test_the_ready_questions_are_understood(cast: Cast) -> None:
    chair = make_user("chair", Role.STAFF, XIJIE)
    for user in (*(cast.users[who] for who in ASKERS), chair):
        for ready in ready_questions(user):
            with acting(user):
                question = question_of(ready.query, user)
                assert question is not None
                assert question.complaints == ()
                assert question.groupings or "by=" not in ready.query


def page(cast: Cast, who: str, query: str) -> str:
    response = Session(cast.users[who]).get(f"{reverse('asking:home')}?{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_names_are_masked_above_the_county_and_free_text_is_withheld(cast: Cast) -> None:
    VisitFactory(region_id=XIJIE, recorded_by=cast.mama, children=[cast.child], seen="奶奶腿伤了")
    columns = {"col": ["guardian", "phone", "school", "volunteers"]}
    own = page(cast, "wenshui", urlencode({"subject": "children"} | columns, doseq=True))
    above = page(cast, "city", urlencode({"subject": "children"} | columns, doseq=True))
    guardian = cast.child.main_guardian
    assert "张小明" in own
    assert "张小明" not in above
    assert "张**" in above
    assert all(guardian.phone not in text for text in (own, above))
    assert "奶奶腿伤了" in page(cast, "wenshui", "subject=visits")
    assert "奶奶腿伤了" not in page(cast, "city", "subject=visits")
    # A column of numbers in full is none that may be chosen.
    assert cast.child.idno not in page(cast, "wenshui", "subject=children&col=idno&col=father_idno")


NONSENSE = [
    ("age.from=abc", "“年龄”请填"),
    ("age.from=20&age.to=3", "起止写反了"),
    ("age.from=²", "“年龄”请填"),
    ("category=NONE", "里面有没有的选项"),
    ("category.op=like", "没有这种问法"),
    ("place=99x", "里面有没有的地方"),
    ("place=1", "里面有没有的地方"),
    ("registered_on.from=2026-02-30", "日期请写成"),
    ("registered_on.from=9999-12-31", "年之间"),
    ("last_visit=0", "请填 1 天或更多"),
    ("last_visit=99999999999999999999", "请填 0 到"),
    ("by=nothing", "没有这种分组"),
    ("at.township=abc", "没有这个地方"),
    ("at.category=NONE", "没有这一组"),
    ("at.registered_on=2026-13", "没有这个月份"),
    ("region=140000", "没有“region”这种条件"),
    ("foo=bar", "没有“foo”这种条件"),
]


def test_what_makes_no_sense_is_said_in_words_and_left_out(cast: Cast) -> None:
    client = Session(cast.wenshui)
    for query, said in NONSENSE:
        assert said in text_of(page(cast, "wenshui", f"subject=children&{query}")), query
        for name in ("export", "counts"):
            response = client.get(f"{reverse(f'asking:{name}')}?subject=children&by=sex&{query}")
            assert response.status_code == 302, "what is not understood leaves the house in no file"


def test_each_programme_tells_rows_apart_and_a_draft_is_not_offered(city: Cast) -> None:
    Programme.objects.filter(pk=BIRTHDAYS).update(state="DRAFT")
    offered = text_of(page(city, "wenshui", "subject=children&add=programme"))
    assert f"项目{LETTERS}" in offered
    assert f"项目{BIRTHDAYS}" not in offered
    assert "里面有没有的选项" in text_of(page(city, "wenshui", f"subject=children&programme={BIRTHDAYS}"))
    with acting(city.users["city"]):
        for key in CASES:
            answers = {op: programme_rows(city, key, op) for op in ("is", "not", "open", "late", "done")}
            assert all(answers.values()), (key, {op: len(rows) for op, rows in answers.items()})
            assert answers["open"] | answers["late"] | answers["done"] == answers["is"]
            assert not answers["done"] & (answers["open"] | answers["late"])


def programme_rows(city: Cast, key: str, op: str) -> set[int]:
    query = asked(key, [({"programme.op": op, "programme": str(LETTERS)}, lambda _: True)])
    question = question_of(query, city.users["city"])
    assert question is not None
    return set(question.rows(city.users["city"]).values_list("pk", flat=True))


def test_an_unknown_subject_leads_to_the_beginning(cast: Cast) -> None:
    assert "没有这种查询" in page(cast, "wenshui", "subject=secrets")


def kept(cast: Cast, who: str, name: str, *, shared: bool = False) -> SavedQuestion:
    body = {"name": name, "query": "subject=children&risk=HIGH"} | ({"is_shared": "on"} if shared else {})
    Session(cast.users[who]).post(reverse("asking:save"), body)
    return SavedQuestion.objects.get(name=name)


def seen(cast: Cast, who: str) -> set[str]:
    with acting(cast.users[who]):
        in_database = set(SavedQuestion.objects.values_list("name", flat=True))
        shown = set(SavedQuestion.objects.visible_to(cast.users[who]).values_list("name", flat=True))
    assert shown == in_database, "code and database agree on who sees a question"
    return shown


def test_a_shared_question_is_seen_by_the_office_and_those_below(cast: Cast) -> None:
    kept(cast, "wenshui", "自己的")
    kept(cast, "wenshui", "全县的", shared=True)
    assert seen(cast, "wenshui") == {"自己的", "全县的"}
    assert seen(cast, "fengcheng") == {"全县的"}
    for who in ("city", "xingxian", "outsider", "official", "mama", "sysadmin", "auditor", "postless"):
        assert seen(cast, who) == set()
    assert "全县的" in page(cast, "fengcheng", "")
    assert "risk=HIGH" in SavedQuestion.objects.get(name="全县的").query


def test_only_its_owner_and_the_head_of_the_office_change_a_question(cast: Cast) -> None:
    mine, shared = kept(cast, "wenshui", "自己的"), kept(cast, "wenshui", "全县的", shared=True)
    for row, status in ((mine, 404), (shared, 403)):
        for name in ("edit", "delete"):
            response = Session(cast.fengcheng).post(reverse(f"asking:{name}", args=[row.pk]), {"name": "改"})
            assert response.status_code == status
    # Whatever a view forgets: a place below reads and does not write.
    with acting(cast.fengcheng):
        assert SavedQuestion.objects.filter(pk=shared.pk).update(name="改") == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            SavedQuestion.objects.create(owner=cast.wenshui, region_id=WENSHUI, name="冒名", is_shared=True)
    below = kept(cast, "fengcheng", "镇里的", shared=True)
    assert Session(cast.wenshui).post(reverse("asking:delete", args=[below.pk])).status_code == 404
    client = Session(cast.wenshui)
    client.post(reverse("asking:edit", args=[shared.pk]), {"name": "收回"})
    assert seen(cast, "fengcheng") == {"镇里的"}
    assert client.post(reverse("asking:delete", args=[mine.pk])).status_code == 302
    assert set(SavedQuestion.objects.values_list("name", flat=True)) == {"收回", "镇里的"}


def test_a_name_is_taken_once_and_two_clicks_keep_one(cast: Cast) -> None:
    client, body = Session(cast.wenshui), {"name": "高风险", "query": "subject=children&risk=HIGH"}
    for _ in range(2):
        client.post(reverse("asking:save"), body)
    other = client.post(reverse("asking:save"), body | {"query": "subject=visits"}, follow=True)
    assert "请换一个名称" in other.content.decode()
    assert SavedQuestion.objects.count() == 1
    for query in ("", "subject=secrets", "subject=children&age.from=x"):
        client.post(reverse("asking:save"), {"name": "看不懂", "query": query})
    client.post(reverse("asking:save"), {"name": "长" * 41, "query": "subject=visits"})
    assert SavedQuestion.objects.count() == 1


def test_the_rows_leave_as_a_ledger_of_the_same_rows(cast: Cast) -> None:
    client = Session(cast.wenshui)
    address = f"{reverse('asking:export')}?subject=children&pairs.to=0&col=sex"
    assert "爱心妈妈人数：0 人及以下" in text_of(client.get(address).content.decode())
    body = {"contents": "masked", "purpose": "DAILY", "recipient": "文水县妇联", "columns": ["sex"]}
    response = client.post(address, body)
    assert response.status_code == 302, text_of(response.content.decode())
    export = Export.objects.get()
    assert export.kind == "ask-children"
    assert export.row_ids == [cast.unpaired.pk]


@pytest.mark.parametrize("order", ["age", "-age", "name"])
def test_the_rows_leave_in_the_order_asked_for(city: Cast, order: str) -> None:
    session = Session(city.wenshui)
    query = f"?subject=children&sort={order}&col=sex"
    shown = [row.pk for row in session.get(reverse("asking:home") + query).context["page"].object_list]
    body = {"contents": "masked", "purpose": "DAILY", "recipient": "文水县妇联", "columns": ["sex"]}
    assert session.post(reverse("asking:export") + query, body).status_code == 302
    assert len(set(shown)) > 3
    assert Export.objects.get().row_ids[: len(shown)] == shown


def test_counts_leave_as_numbers_with_a_watermark_and_an_entry(cast: Cast) -> None:
    response = Session(cast.wenshui).get(f"{reverse('asking:counts')}?subject=children&by=township&by2=sex")
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0)
    rows = sheet.to_python()
    assert rows[2] == ["乡镇", "女", "合计", "占比%"]
    assert ["凤城镇", 2.0, 2.0, 66.7] in rows
    assert rows[-1] == ["合计", 3.0, 3.0, 100.0]
    assert "wenshui姓名" in rows[1][0]
    entry = Entry.objects.filter(action=Action.EXPORT).get()
    assert entry.detail == {"what": "counts", "subject": "children", "rows": 2}


def test_a_question_of_a_region_reads_by_index(cast: Cast) -> None:
    """The last visit is looked up child by child, and a county's rows by the range of its code."""
    with acting(cast.wenshui):
        question = question_of("subject=children&risk=HIGH&last_visit=90", cast.wenshui)
        assert question is not None
        with CaptureQueriesContext(connection) as captured:
            list(question.rows(cast.wenshui)[:20])
    sql = captured.captured_queries[0]["sql"]
    assert "NOT (EXISTS" in sql or "NOT EXISTS" in sql
    assert "DISTINCT" not in sql
    assert "\"region_code\" >= '141121'" in sql
