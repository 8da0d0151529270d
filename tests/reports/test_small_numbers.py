"""What an official sees of few children: nothing below five, and nothing from which it could be worked out."""

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from aixin.access.models import Region, Role
from aixin.access.scope import acting
from children.choices import Category
from pairing.choices import State
from reports.closing import closed, equal, given_away
from reports.metrics import METRICS, rate
from reports.sentences import FEW, Value, divided
from reports.small import HIDDEN, TOTAL, Cover, cover_of, hidden_parts, is_small
from reports.written.composing import report_of
from tests.cast import FENGCHENG, Cast
from tests.conftest import Session
from tests.factories import ChildFactory, PairingFactory, VisitFactory
from tests.reports.test_written_report import this_month

TOWN, COUNTY = "141121100", "141121"
OFFICIAL = SimpleNamespace(acting_post=SimpleNamespace(role=Role.OFFICIAL))
TRIPLES = (("eligible", "paired", "unpaired"),)
RATES = ("coverage", "clear_rate", "visited_rate")
# What covers what is drawn by the house's secret; whatever it is, the same must hold.
SECRETS = [f"secret {one}" for one in range(8)]
COUNTED = (
    "registered", "eligible", "refused", "institution", "paired", "unpaired", "clear", "visited", "visits",
    "never_visited",
)  # fmt: skip


@dataclass
class Place:
    code: str
    values: dict[str, Any]


@dataclass
class Table:
    """Figures by hand: a region's places, which add up to it."""

    region: Any
    places: list[Place] = field(default_factory=list)
    totals: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, code: str, rows: dict[str, dict[str, int]]) -> "Table":
        places = [Place(one, _with_rates(row)) for one, row in rows.items()]
        totals = {key: sum(row[key] for row in rows.values()) for key in COUNTED}
        return cls(SimpleNamespace(code=code), places, _with_rates(totals))


def _with_rates(row: dict[str, int]) -> dict[str, Any]:
    found: dict[str, Any] = dict(row)
    for key in RATES:
        part, whole = METRICS[key].parts or ("", "")
        found[key] = rate(row[part], row[whole])
    return found


def row(
    paired: int,
    unpaired: int,
    out: tuple[int, int] = (0, 0),
    clear: int = 0,
    visited: int = 0,
    visits: int = 0,
) -> dict[str, int]:
    eligible, (refused, institution) = paired + unpaired, out
    registered = eligible + refused + institution
    return {
        "registered": registered, "eligible": eligible, "refused": refused, "institution": institution,
        "paired": paired, "unpaired": unpaired, "clear": min(clear, registered), "visited": min(visited, registered),
        "visits": visits, "never_visited": max(paired - visited, 0),
    }  # fmt: skip


few = st.integers(0, 9)
number = st.one_of(st.just(0), few, st.integers(0, 40))
rows = st.builds(row, number, number, st.tuples(few, few), number, number, number)
towns = st.lists(rows, min_size=1, max_size=5).map(
    lambda found: Table.of(TOWN, {f"{TOWN}{place:03}": one for place, one in enumerate(found)})
)
counties = st.lists(st.lists(rows, min_size=1, max_size=3), min_size=2, max_size=3)


def known(cover: Cover, code: str, values: dict[str, Any]) -> set[str]:
    """Return the keys that a reader knows of a row: what is shown, and the part that a shown rate gives."""
    shown = {key for key in values if not cover.hides(code, key, values)}
    for key in set(RATES) & shown:
        part, whole = METRICS[key].parts or ("", "")
        if values[key] is not None:
            assert {part, whole} <= shown, "a rate is shown with what it is made of, or not at all"
    return shown


def unknowns_left(table: Table, cover: Cover) -> dict[tuple[str, str], bool]:
    """Return for each hidden number whether it is determined, by an elimination with fractions of the test's own."""
    lines = {TOTAL: table.totals} | {place.code: place.values for place in table.places}
    hidden = [
        (code, key)
        for code, values in lines.items()
        for key in COUNTED
        if key not in known(cover, code, values)
    ]
    sums = [[(code, key) for key in triple] for code in lines for triple in TRIPLES]
    sums += [[(code, key) for key in ("registered", "eligible", "refused", "institution")] for code in lines]
    sums += [[(code, key) for code in lines] for key in COUNTED]
    matrix = [
        [Fraction((1 if cell == one[0] else -1) if cell in one else 0) for cell in hidden] for one in sums
    ]
    return dict(zip(hidden, determined(matrix, len(hidden)), strict=True))


def determined(matrix: list[list[Fraction]], width: int) -> list[bool]:
    top = 0
    for column in range(width):
        pivot = next((line for line in range(top, len(matrix)) if matrix[line][column]), None)
        if pivot is None:
            continue
        matrix[top], matrix[pivot] = matrix[pivot], matrix[top]
        factor = matrix[top][column]
        matrix[top] = [value / factor for value in matrix[top]]
        for line in range(len(matrix)):
            times = matrix[line][column]
            if line != top and times:
                matrix[line] = [
                    one - times * other for one, other in zip(matrix[line], matrix[top], strict=True)
                ]
        top += 1
    alone = [[place for place, value in enumerate(line) if value] for line in matrix]
    return [[column] in alone for column in range(width)]


def holds(table: Table, cover: Cover, *, is_small_total: bool = True) -> None:
    """Assert that nothing small is shown and no hidden number follows from the others."""
    lines = ([(TOTAL, table.totals)] if is_small_total else []) + [
        (one.code, one.values) for one in table.places
    ]
    for code, values in lines:
        for key in set(COUNTED) - {"clear"}:
            assert not (is_small(values[key]) and not cover.hides(code, key, values)), (code, key)
        for key in RATES:
            part, whole = (values[one] for one in METRICS[key].parts or ())
            if any(map(is_small, (part, whole, whole - part))):
                assert cover.hides(code, key, values), (code, key)
    assert not [cell for cell, is_known in unknowns_left(table, cover).items() if is_known]


LOOK = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@LOOK
@given(towns, st.sampled_from(SECRETS))
def test_no_hidden_number_follows_from_a_row_or_a_column(table: Table, secret: str) -> None:
    with override_settings(SECRET_KEY=secret):
        holds(table, cover_of(OFFICIAL, [table]))


@LOOK
@given(counties, st.sampled_from(SECRETS))
def test_what_is_hidden_in_the_table_above_stays_hidden_on_the_place_s_own_page(
    found: list[list[dict[str, int]]], secret: str
) -> None:
    with override_settings(SECRET_KEY=secret):
        stays_hidden(found)


def stays_hidden(found: list[list[dict[str, int]]]) -> None:
    towns = [
        Table.of(f"14112110{town}", {f"14112110{town}00{place}": one for place, one in enumerate(villages)})
        for town, villages in enumerate(found)
    ]
    county = Table.of(COUNTY, {one.region.code: {key: one.totals[key] for key in COUNTED} for one in towns})
    above = cover_of(OFFICIAL, [county])
    holds(county, above, is_small_total=False)
    for town in towns:
        own = cover_of(OFFICIAL, [county, town])
        holds(town, own)
        for key in set(COUNTED) - {"clear"}:
            assert own.hides(TOTAL, key, town.totals) == above.hides(town.region.code, key, town.totals), key


@LOOK
@given(st.lists(st.tuples(number, number), min_size=1, max_size=5))
@example([(2, 0), (5, 0), (1, 1), (1, 1), (0, 5)])
def test_no_hidden_part_follows_from_the_others(found: list[tuple[int, int]]) -> None:
    parts = {
        "eligible": {str(place): sum(one) for place, one in enumerate(found) if sum(one)},
        "paired": {str(place): one for place, (one, _) in enumerate(found) if one},
        "unpaired": {str(place): one for place, (_, one) in enumerate(found) if one},
    }
    totals = {key: sum(split.values()) for key, split in parts.items()}
    few_totals = {key for key, one in totals.items() if is_small(one)}
    hidden = hidden_parts(parts, totals, few_totals)
    assert all(
        (value, key) in hidden
        for key, split in parts.items()
        for value, one in split.items()
        if is_small(one)
    )
    everything = hidden | {("all", key) for key in few_totals}
    sums = [equal(("all", key), [(value, key) for value in parts["eligible"]]) for key in parts]
    sums += [equal((one, "eligible"), [(one, "paired"), (one, "unpaired")]) for one in parts["eligible"]]
    values = {cell: parts[cell[1]].get(cell[0], 0) for line in sums for cell in line if cell[0] != "all"}
    values |= {("all", key): one for key, one in totals.items()}
    if not few_totals:
        assert not {cell for cell in given_away(values, sums, everything) if is_small(values[cell])}


@pytest.mark.parametrize("secret", SECRETS)
def test_three_of_four_by_the_rate(settings: Any, secret: str) -> None:
    """Whichever is drawn to cover the small place's numbers: the other place's, or those of the whole."""
    settings.SECRET_KEY = secret
    table = Table.of(TOWN, {TOWN + "001": row(3, 1, clear=3), TOWN + "002": row(20, 9, clear=20)})
    cover = cover_of(OFFICIAL, [table])
    small, large = table.places
    for key in ("coverage", "clear_rate"):
        assert cover.hides(small.code, key, small.values)
        assert cover.hides(large.code, key, large.values) or cover.hides(TOTAL, key, table.totals)
    holds(table, cover)


@pytest.mark.parametrize("secret", SECRETS)
def test_six_less_five(settings: Any, secret: str) -> None:
    settings.SECRET_KEY = secret
    table = Table.of(TOWN, {TOWN + "001": row(5, 1), TOWN + "002": row(20, 9), TOWN + "003": row(30, 8)})
    cover = cover_of(OFFICIAL, [table])
    for key in ("paired", "unpaired"):
        assert cover.hides(TOWN + "001", key, table.places[0].values)
    assert not cover.hides(TOWN + "001", "eligible", table.places[0].values)
    assert not cover.hides(TOWN + "002", "registered", table.places[1].values), "no more than is needed"


def test_two_that_make_two_are_one_each() -> None:
    """Of numbers that are at least one: a third goes with them, though the sums alone leave both open."""
    values = {"whole": 11, "a": 1, "b": 1, "c": 9}
    sums = [equal("whole", ["a", "b", "c"])]
    assert given_away(values, sums, {"a", "b"}) == {"a", "b"}
    assert closed(values, sums, {"a", "b"}, lambda one: None if one == "whole" else 0) == {"a", "b", "c"}


@pytest.mark.parametrize("secret", SECRETS)
def test_one_child_hides_no_more_than_two_places(settings: Any, secret: str) -> None:
    """One of a county waits: it could be in either of two places, and nobody counts on noughts not being hidden."""
    settings.SECRET_KEY = secret
    rows = {f"14112110{place}": row(10 + place, int(place == 3)) for place in range(6)}
    table = Table.of(COUNTY, rows)
    cover = cover_of(OFFICIAL, [table])
    hidden = {place.code for place in table.places if cover.hides(place.code, "unpaired", place.values)}
    assert len(hidden) == 2
    assert "141121103" in hidden
    assert {key for _, key in cover.cells} - {"paired", "unpaired"} == set()
    holds(table, cover, is_small_total=False)


def test_which_of_two_hides_the_other_is_not_told_by_their_order(settings: Any) -> None:
    """Drawn by a secret: the cover of one is often covered by it, and no place covers all the others."""
    settings.SECRET_KEY = "a secret of this test"
    pairs = []
    for waiting in range(6):
        table = Table.of(
            COUNTY, {f"14112110{place}": row(10 + place, int(place == waiting)) for place in range(6)}
        )
        cover = cover_of(OFFICIAL, [table])
        pairs.append(
            {place.code for place in table.places if cover.hides(place.code, "unpaired", place.values)}
        )
        assert pairs[-1] == {place.code for place in table.places if (place.code, "unpaired") in cover.cells}
    assert all(len(pair) == 2 for pair in pairs)
    assert not set.intersection(*pairs)
    assert any(pairs.count(pair) == 2 for pair in pairs)


@pytest.mark.django_db
def test_a_section_that_may_not_be_told_does_not_say_there_was_nothing(cast: Cast, village: str) -> None:
    with acting(cast.official):
        report = report_of(cast.official, Region.objects.get(pk=village), this_month())
    care = next(one for one in report.sections if one.key == "care")
    assert not [text for text in care.paragraphs if "没有这方面" in text]
    assert "的儿童在" not in "".join(text for one in report.sections for text in one.paragraphs)


def test_a_small_part_takes_another_with_it_and_neither_is_called_small() -> None:
    parts = {"registered": {"L": 16, "D": 15, "O": 5, "P": 4}}
    assert hidden_parts(parts, {"registered": 40}) == {("P", "registered"), ("O", "registered")}
    told: list[tuple[str, Value]] = [
        ("留守儿童", 16),
        ("事实无人抚养", 15),
        ("散居孤儿", FEW),
        ("困境儿童", FEW),
    ]
    assert divided(told) == "留守儿童16名，事实无人抚养15名，其余为保护隐私不列"
    # Nobody said at which school they are: that value is the whole, which is not to be known here.
    assert hidden_parts({"registered": {"": 11}}, {"registered": 11}, ["registered"]) == {("", "registered")}
    assert divided([("留守儿童", FEW), ("困境儿童", FEW)]) == ""


@pytest.fixture
def village(cast: Cast) -> str:
    """A village where one of six waits, and three were visited."""
    code = "141121100018"
    for place in range(5):
        child = ChildFactory(region_id=code, category=Category.LEFT_BEHIND if place else Category.DIFFICULT)
        PairingFactory(child=child, volunteer=cast.volunteer, state=State.ACTIVE, is_main=True)
        if place < 3:
            VisitFactory(
                children=[child], volunteers=[cast.volunteer], recorded_by=cast.wenshui, region_id=code
            )
    ChildFactory(region_id=code)
    return code


def _numbers(found: dict[str, Any]) -> list[int]:
    return [one for key, one in found.items() if isinstance(one, int) and key != "volunteers"]


@pytest.mark.django_db
def test_pages_and_data_of_township_and_village_say_nothing_small(cast: Cast, village: str) -> None:
    session = Session(cast.official)
    for region in (FENGCHENG, village):
        data = session.get("/reports/coverage.json", {"region": region}).json()
        for found in (data["totals"], *data["children"]):
            assert not [one for one in _numbers(found) if 0 < one < 5], found
        page = session.get(f"/reports/?region={region}")
        screen = session.get(f"/reports/screen/?region={region}")
        for answer in (page, screen):
            assert "＊ 为保护隐私不显示" in answer.content.decode()
            assert "&lt;5" not in answer.content.decode()
            rows = [
                *answer.context["places"],
                *answer.context["trend"],
                *answer.context.get("structures", ()),
            ]
            cells = [cell for one in rows if hasattr(one, "cells") for cell in one.cells]
            for key in ("headlines", "beside", "moves", "large", "watched"):
                cells += answer.context.get(key, ())
            for cell in cells:
                if (
                    "爱心妈妈" not in cell.metric.name
                    and cell.metric.rows not in ("volunteers:list", "")
                    and cell.value
                ):
                    assert cell.value >= 5, (cell.metric.key, cell.value)
                assert (cell.text == HIDDEN) == (cell.value is None and cell.text != "–")
            points = [one for line in answer.context["trend_chart"]["series"] for one in line["values"]]
            assert not [one for one in points if is_small(one)]


@pytest.mark.django_db
def test_the_report_says_nothing_small_and_nothing_false(cast: Cast, village: str) -> None:
    with acting(cast.official):
        report = report_of(cast.official, Region.objects.get(pk=village), this_month())
    said = "".join([*report.opening, *(text for one in report.sections for text in one.paragraphs)])
    assert "不足5" not in said
    for words in ("应结未结1", "已结对5", "看望儿童3", "走访3"):
        assert words not in said
    cells = [cell for one in report.structure for cell in one.cells]
    assert HIDDEN in cells
    assert not set(cells) & {"1", "2", "3", "4"}


@pytest.mark.django_db
def test_staff_see_every_number(cast: Cast, village: str) -> None:
    session = Session(cast.wenshui)
    data = session.get("/reports/coverage.json", {"region": village}).json()
    assert None not in data["totals"].values()
    assert HIDDEN not in session.get(f"/reports/?region={village}").content.decode()


def test_every_small_whole_of_two_is_covered() -> None:
    """All of two places with few numbers, one by one."""
    for one, other in product(range(8), repeat=2):
        table = Table.of(TOWN, {TOWN + "001": row(one, other), TOWN + "002": row(other, 7)})
        holds(table, cover_of(OFFICIAL, [table]))
