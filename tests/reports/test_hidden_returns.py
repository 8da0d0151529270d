"""What an official reads of a return: no small number, and none that the return, its versions and the dashboard tell."""

import datetime
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from aixin.access.models import Role, User
from children.models import Child
from reports.models import ReportForm
from reports.periods import Period
from reports.returns.definition import Column, Definition, Row
from reports.returns.hiding import Dashboard, hidden_cells
from reports.returns.samples import samples
from reports.returns.services import set_in_use
from reports.returns.sheets import Line, Sheet, completed, summed
from reports.small import HIDDEN, is_small
from tests.cast import (
    CITY,
    KAISHAN_VILLAGE,
    PLACES,
    WENSHUI,
    XIJIE,
    XINGXIAN,
    XINGXIAN_VILLAGE,
    Cast,
    make_regions,
    make_user,
)
from tests.conftest import Session
from tests.factories import ChildFactory, PairingFactory, VisitFactory, VolunteerFactory
from tests.reports.test_returns import hand_in, period_now
from tests.reports.test_small_numbers import determined

pytestmark = pytest.mark.django_db
FENG, KAI, TOTAL = "凤城镇", "开栅镇", "合计"
REGISTERED, ELIGIBLE, PAIRED = (
    Column("在册", "metric", metric="registered"),
    Column("应结对", "metric", metric="eligible"),
    Column("已结对", "metric", metric="paired"),
)
UNPAIRED, RATE, REFUSED = (
    Column("应结未结", "metric", metric="unpaired"),
    Column("结对率", "metric", metric="coverage"),
    Column("不同意", "metric", metric="refused"),
)
BOYS, GIRLS = (
    Column(title, "metric", metric="registered", dimension="sex", value=value)
    for title, value in (("男", "M"), ("女", "F"))
)


@pytest.fixture
def head(cast: Cast) -> User:
    """A leader of the county."""
    return make_user("head", Role.OFFICIAL, WENSHUI)


def children(number: int, code: str, *, paired: int = 0, **changes: Any) -> list[Child]:
    """Make children who were on the roster all last month, some of them paired."""
    since = timezone.localdate() - datetime.timedelta(days=200)
    made = [ChildFactory(region_id=code, registered_on=since, **changes) for _ in range(number)]
    for child in made[:paired]:
        volunteer = VolunteerFactory(region_id=code)
        PairingFactory(child=child, volunteer=volunteer, is_main=True, started_on=since)
    return made


def handed_in(cast: Cast, *columns: Column, kind: str = "places", rows: tuple[Row, ...] = ()) -> ReportForm:
    """Return a form that the county has handed in."""
    form = ReportForm.objects.create(
        region_id=CITY,
        title="表",
        definition=Definition(kind, columns, own_rows=rows).as_json(),
        made_by=cast.city,
    )
    set_in_use(cast.city, form, in_use=True, since=period_now())
    form.refresh_from_db()
    hand_in(cast.wenshui, form, WENSHUI)
    return form


def read(user: User, form: ReportForm, code: str = WENSHUI) -> dict[str, list[str]]:
    """Return the lines that somebody is shown, with one mark for what is hidden."""
    page = Session(user).get(reverse("reports:return", args=[form.pk, period_now().key, code]))
    return {line.title: list(line.cells) for line in page.context["table"].lines}


def stars(cells: list[str]) -> list[bool]:
    return [cell in ("*", HIDDEN) for cell in cells]


@pytest.mark.parametrize("paired", [2, 37])
def test_a_rate_is_hidden_with_the_numbers_that_it_is_made_of(cast: Cast, head: User, paired: int) -> None:
    """Three of forty, and all but two: together with the one of the cast."""
    children(38, XIJIE, paired=paired)
    children(39, KAISHAN_VILLAGE, paired=19)
    shown = read(head, handed_in(cast, ELIGIBLE, PAIRED, RATE))
    for place in (FENG, KAI):
        _, part, rate = stars(shown[place])
        assert part or stars(shown[place])[0]
        assert rate
    assert shown[TOTAL][0] == "80"


def test_what_is_left_of_a_split_is_hidden_too(cast: Cast, head: User) -> None:
    children(20, XIJIE, sex="M")
    children(20, KAISHAN_VILLAGE, sex="M")
    children(9, KAISHAN_VILLAGE, sex="F")
    page = Session(head).get(reverse("reports:dashboard"), {"period": period_now().key})
    place = next(row for row in page.context["places"] if row.name == FENG)
    is_told = next(cell.text for cell in place.cells if cell.metric.key == "registered") != HIDDEN
    for columns in ((REGISTERED, BOYS, GIRLS), (BOYS,), (REGISTERED, BOYS)):
        shown = dict(zip(columns, stars(read(head, handed_in(cast, *columns))[FENG]), strict=True))
        knows_all = is_told or not shown.get(REGISTERED, True)
        assert shown[BOYS] or not knows_all, "boys and all make the two girls"
        assert shown.get(GIRLS, True)


def test_what_is_left_of_the_registered_is_hidden_too(cast: Cast, head: User) -> None:
    children(20, XIJIE)
    children(3, XIJIE, consent="REFUSED")
    children(20, KAISHAN_VILLAGE)
    children(8, KAISHAN_VILLAGE, consent="REFUSED")
    for columns in ((REGISTERED, ELIGIBLE, REFUSED), (REGISTERED, ELIGIBLE)):
        shown = stars(read(head, handed_in(cast, *columns))[FENG])
        assert any(shown[:2])
    assert shown[:2] != [False, False]


@pytest.mark.parametrize("whole", [True, False])
def test_rows_that_split_the_county_tell_no_rest(cast: Cast, head: User, *, whole: bool) -> None:
    """Of 23 the dashboard tells; 20 boys would leave three girls."""
    children(20, XIJIE, sex="M")
    rows = (*([Row("全部")] if whole else []), Row("男", "sex", "M"), Row("女", "sex", "F"))
    shown = read(head, handed_in(cast, REGISTERED, kind="rows", rows=rows))
    assert all(stars(shown["男"] + shown["女"]))
    if whole:
        assert shown["全部"] == ["23"]


def test_a_return_shows_nothing_that_the_dashboard_leaves_out(cast: Cast, head: User, settings: Any) -> None:
    towns = {"141121102": "南安镇", "141121102200": "甲村", "141121103": "南庄镇", "141121103200": "乙村"}
    make_regions({**PLACES, **towns})
    places = {XIJIE: (38, 2), KAISHAN_VILLAGE: (39, 19), "141121102200": (30, 12), "141121103200": (25, 9)}
    for code, (number, paired) in places.items():
        children(number, code, paired=paired)
    forms = [
        handed_in(cast, ELIGIBLE, PAIRED, UNPAIRED),
        handed_in(cast, PAIRED),
        handed_in(cast, ELIGIBLE, UNPAIRED),
    ]
    for secret in ("one", "two", "three", "four"):
        settings.SECRET_KEY = secret
        page = Session(head).get(reverse("reports:dashboard"), {"period": period_now().key})
        keys = [metric.key for metric in page.context["columns"]]
        board = {
            row.name: dict(zip(keys, stars([cell.text for cell in row.cells]), strict=True))
            for row in page.context["places"]
        }
        for form in forms:
            for name, cells in read(head, form).items():
                for column, is_hidden in zip(form.defined.columns, stars(cells), strict=True):
                    assert name == TOTAL or is_hidden or not board[name][column.metric]


@pytest.mark.parametrize("secret", ["one", "two", "three", "four", "five", "six"])
def test_what_one_version_leaves_out_the_next_does_too(secret: str, cast: Cast) -> None:
    definition = Definition("places", (ELIGIBLE, PAIRED))

    def sheet(*paired: int) -> Sheet:
        lines = tuple(Line(name, name, (40, one)) for name, one in zip("ABC", paired, strict=True))
        return Sheet(lines, Line("total", "合计", (120, sum(paired))))

    with override_settings(SECRET_KEY=secret):
        first = hidden_cells(definition, sheet(3, 9, 12), cast.official, Dashboard())
        second = hidden_cells(definition, sheet(3, 9, 8), cast.official, Dashboard(), first)
        assert first <= second
        assert ("A", 2) in first


def test_a_small_county_is_hidden_from_the_city_s_leader_not_from_its_own(cast: Cast, head: User) -> None:
    children(30, XINGXIAN_VILLAGE)
    form = handed_in(cast, REGISTERED)
    hand_in(cast.xingxian, form, XINGXIAN)
    hand_in(cast.city, form, CITY)
    assert all(stars(read(cast.official, form, CITY)["文水县"]))
    for address in ({}, {"region": WENSHUI}):
        page = Session(cast.official).get(
            reverse("reports:dashboard"), {"period": period_now().key, **address}
        )
        rows = {row.name: row.cells for row in page.context["places"]}
        own = page.context["headlines"] if address else rows["文水县"]
        assert next(cell.text for cell in own if cell.metric.key == "registered") == HIDDEN
    page = Session(head).get(reverse("reports:dashboard"), {"period": period_now().key})
    assert next(cell.text for cell in page.context["headlines"] if cell.metric.key == "registered") == "3"


def test_people_typed_by_hand_are_people(cast: Cast) -> None:
    definition = Definition(
        "places", (Column("孩子", "hand", own_unit="人"), Column("活动", "hand", own_unit="场次"))
    )
    lines = (Line("A", "A", (2, 2)), Line("B", "B", (0, 3)), Line("C", "C", (9, 4)))
    sheet = Sheet(lines, Line("total", "合计", (11, 9)))
    hidden = hidden_cells(definition, sheet, cast.official, Dashboard())
    assert ("A", 1) in hidden
    assert {column for _, column in hidden} == {1}
    assert len(hidden) > 1


def test_a_split_of_a_county_shows_its_leader_no_small_part(cast: Cast, head: User) -> None:
    VisitFactory(
        children=[cast.child],
        volunteers=[cast.volunteer],
        recorded_by=cast.wenshui,
        region_id=XIJIE,
        way="PHONE",
        date=timezone.localdate(),
    )
    page = Session(head).get(reverse("reports:dashboard"))
    assert [row.cells[0].text for row in page.context["ways"]] == [HIDDEN]


def test_changes_tell_no_hidden_flow(cast: Cast) -> None:
    """Eight came and three left: five more would tell the three."""
    leader = make_user("leader", Role.OFFICIAL, XIJIE[:9])
    today = timezone.localdate()
    gone = children(20, XIJIE)[:3]
    for _ in range(8):
        ChildFactory(region_id=XIJIE, registered_on=today)
    Child.objects.filter(pk__in=[child.pk for child in gone]).update(
        status="LEFT", left_on=today, left_reason="REUNITED"
    )
    page = Session(leader).get(reverse("reports:dashboard"), {"period": Period.containing(today).key})
    cells = {
        cell.metric.key: cell for part in ("headlines", "beside", "moves") for cell in page.context[part]
    }
    assert cells["left"].text == HIDDEN or cells["entered"].text == HIDDEN
    assert "+" not in cells["registered"].note


def test_visits_counted_over_the_same_days_are_hidden_together(cast: Cast, head: User) -> None:
    day = datetime.date(2026, 9, 10)
    towns = {f"1411211{number:02}": f"镇{number}" for number in range(2, 8)}
    make_regions({**PLACES, **towns, **{f"{code}200": f"村{code}" for code in towns}})
    for code, number in zip(towns, (3, 9, 11, 13, 8, 10), strict=True):
        child = children(10, f"{code}200")[0]
        for _ in range(number):
            VisitFactory(
                region_id=f"{code}200",
                date=day,
                way="HOME",
                recorded_by=cast.mama,
                children=[child],
                volunteers=[cast.volunteer],
            )
    for code in towns:
        page = Session(head).get(reverse("reports:dashboard"), {"period": "2026-09", "region": code})
        cells = {
            cell.metric.key: cell.text for part in ("headlines", "beside") for cell in page.context[part]
        }
        assert len({cells[key] == HIDDEN for key in ("visits", "visits_30d", "visits_total")}) == 1


def test_the_parts_of_the_county_are_those_that_its_dashboard_shows(cast: Cast, head: User) -> None:
    """A part of the whole covers nothing in a return: the dashboard tells it."""
    children(20, XIJIE, sex="M")
    children(20, KAISHAN_VILLAGE, sex="M")
    children(9, KAISHAN_VILLAGE, sex="F")
    page = Session(head).get(reverse("reports:dashboard"), {"period": period_now().key})
    rows = next(rows for dimension, rows in page.context["structures"] if dimension.key == "sex")
    board = {row.name: row.cells[0].text == HIDDEN for row in rows}
    total = dict(
        zip(
            ("在册", "男", "女"),
            stars(read(head, handed_in(cast, REGISTERED, BOYS, GIRLS))[TOTAL]),
            strict=True,
        )
    )
    assert (total["男"], total["女"]) == (board["男"], board["女"])


MONTHLY = samples()["monthly"].definition
TOWNS = st.lists(
    st.tuples(*[st.integers(0, 12) for _ in range(6)], st.integers(0, 3)), min_size=2, max_size=6
)


@settings(max_examples=25, deadline=None)
@given(TOWNS, st.sampled_from(["one", "two", "three"]))
def test_no_small_number_of_a_return_follows_from_the_others(
    towns: list[tuple[int, ...]], secret: str
) -> None:
    """Of the form that comes along, by an elimination of the test's own: sums of its rows and its columns."""
    lines = [_line(f"14112110{place}", one) for place, one in enumerate(towns)]
    sheet = Sheet(tuple(lines), summed(MONTHLY, "total", "合计", lines))
    with override_settings(SECRET_KEY=secret):
        hidden = sorted(hidden_cells(MONTHLY, sheet, LEADER, Dashboard()))
    sums = [[(line.key, number) for number in one] for line in sheet.all_lines() for one in WITHIN]
    sums += [[(line.key, number) for line in sheet.all_lines()] for number in range(1, 17)]
    matrix = [
        [Fraction((1 if cell == one[0] else -1) if cell in one else 0) for cell in hidden] for one in sums
    ]
    known = dict(zip(hidden, determined(matrix, len(hidden)), strict=True))
    for line in lines:
        for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15):
            if is_small(line.value(number)):
                assert (line.key, number) in hidden
                assert not known[line.key, number], (line.key, number)


LEADER = SimpleNamespace(acting_post=SimpleNamespace(role=Role.OFFICIAL))
# Columns that are the sum of others, the sum first.
WITHIN = ((1, 2, 3), (1, 4, 5, 6, 7), (8, 9, 10))


def _line(key: str, numbers: tuple[int, ...]) -> Line:
    """Return a line that holds together: boys, girls, ages, who is paired and who is not."""
    boys, girls, young, paired, visits, visited, refused = numbers
    everybody = boys + girls
    ages = [min(young, everybody), 0, 0, 0]
    ages[1] = (everybody - ages[0]) // 2
    ages[2] = everybody - ages[0] - ages[1]
    eligible = max(everybody - refused, 0)
    done = min(paired, eligible)
    values = (
        everybody,
        boys,
        girls,
        *ages,
        eligible,
        done,
        eligible - done,
        None,
        9,
        visits,
        visits,
        visited,
        1,
    )
    return completed(MONTHLY, key, key, values, [None] * len(values))
