"""结对看板 and 乡镇分布: every number is that of its list; who may see which; what is near what."""

import datetime
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from pairing.choices import StepKind
from pairing.models import DoorReport, NeighbouringTownships, Pairing, PairingStep
from pairing.township_layout import WIDEST, laid_out, out_of_reach
from tests.cast import FENGCHENG, KAISHAN, KAISHAN_VILLAGE, WENSHUI, XIJIE, Cast
from tests.conftest import Session
from tests.factories import ChildFactory, PairingFactory, VolunteerFactory
from tests.pages import rows_on
from tests.pairing.proposals import run

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def ago(days: int) -> datetime.date:
    return TODAY - datetime.timedelta(days=days)


def board(user: Any, query: str = "") -> dict[str, Any]:
    found = Session(user).get(f"/pairings/board/{query}").context["columns"]
    return {column.key: column for column in found}


@pytest.fixture
def stages(cast: Cast) -> dict[str, Pairing]:
    """Pairs at every stage and with every problem, all in 凤城镇 but one."""
    uncleared = VolunteerFactory(cleared_on=ago(800))
    paused = PairingFactory(child=ChildFactory(region_id=XIJIE), state="PAUSED", is_main=False)
    PairingStep.objects.create(pairing=paused, kind=StepKind.PAUSED, day=ago(61), made_by=cast.wenshui)
    short_pause = PairingFactory(child=ChildFactory(region_id=XIJIE), state="PAUSED", is_main=False)
    PairingStep.objects.create(pairing=short_pause, kind=StepKind.PAUSED, day=ago(59), made_by=cast.wenshui)
    signed = {"agreement_signed": True, "started_on": ago(3)}
    return {
        "consent": PairingFactory(child=ChildFactory(), state="CONSENT", is_main=False, started_on=None),
        "approval": PairingFactory(child=ChildFactory(), state="APPROVAL", is_main=False, started_on=None),
        "paused_long": paused,
        "short_pause": short_pause,
        "uncleared": PairingFactory(child=ChildFactory(), volunteer=uncleared, **signed),
        "no_main": PairingFactory(child=ChildFactory(), **{**signed, "is_main": False}),
        "no_agreement": PairingFactory(child=ChildFactory(), started_on=ago(3)),
        "fine": PairingFactory(child=ChildFactory(region_id=KAISHAN_VILLAGE), **signed),
    }


@pytest.mark.parametrize("who", ["wenshui", "fengcheng", "city"])
def test_every_number_is_that_of_the_list_it_opens(
    cast: Cast, stages: dict[str, Pairing], mama: Any, who: str
) -> None:
    run(cast)
    session = Session(cast.users[who])
    for key, column in board(cast.users[who]).items():
        answer = session.get(column.url)
        found = answer.context["page"].paginator.count if key == "proposed" else rows_on(answer)
        assert found == column.number, key
        assert column.number, key


def test_each_problem_is_named_and_counted_once(cast: Cast, stages: dict[str, Pairing]) -> None:
    amiss = board(cast.wenshui)["problem"]
    named = {card.url: {label for label, _ in card.tags} for card in amiss.cards}
    expected = {
        "paused_long": {"暂停过久"},
        "uncleared": {"准入查询无效"},
        "no_main": {"没有主责"},
        "no_agreement": {"未签责任书"},
    }
    for key, labels in expected.items():
        assert named[f"/pairings/{stages[key].pk}/"] == labels
    assert named[f"/pairings/{cast.pairing.pk}/"] == {"未签责任书"}
    # Nobody has visited 李小红 for forty days, and her paper is not signed: two problems, one pair.
    assert named[f"/pairings/{cast.second_pairing.pk}/"] == {"超期未联系", "未签责任书"}
    assert amiss.number == len(named) == 6


def test_a_child_is_named_as_on_its_list_and_those_with_nothing_under_way_come_first(
    cast: Cast, stages: dict[str, Pairing]
) -> None:
    cast.unpaired.registered_on = TODAY
    cast.unpaired.save()
    waiting = board(cast.wenshui)["waiting"]
    assert waiting.number == 5
    first, *others = waiting.cards
    assert (first.child, first.tags) == ("孙待结", [])
    assert f"{TODAY:%Y-%m-%d} 起等待" in first.line
    assert all(card.tags == [("已在办理", "info")] for card in others)


def test_a_township_narrows_the_board_and_nobody_looks_beyond_her_own(
    cast: Cast, stages: dict[str, Pairing]
) -> None:
    assert board(cast.wenshui, f"?region={KAISHAN}")["active"].number == 2
    beyond = board(cast.fengcheng, f"?region={KAISHAN}")["active"]
    assert beyond.number == board(cast.fengcheng)["active"].number
    assert f"region={FENGCHENG}" in beyond.url


def test_proposals_for_children_who_have_somebody_already_are_told_apart(cast: Cast, mama: Any) -> None:
    run(cast)
    assert board(cast.wenshui)["proposed"].hint == ""
    cast.child.wanted_volunteers = 2
    cast.child.save()
    run(cast)
    assert board(cast.wenshui)["proposed"].hint == "其中 1 对是给已有一位的孩子再配一位"


def test_the_city_is_given_numbers_without_children(cast: Cast, stages: dict[str, Pairing]) -> None:
    assert all(not column.cards for column in board(cast.city).values())


def test_what_a_family_reported_is_told_to_the_county_alone(cast: Cast) -> None:
    DoorReport.objects.create(pairing=cast.pairing, kind="COMPLAINT", text="没来过")
    assert board(cast.wenshui)["problem"].notices == [("扫码反馈 1 件待办", "/pairings/reports/")]
    assert board(cast.fengcheng)["problem"].notices == []


def test_the_map_counts_what_its_lists_show(cast: Cast, stages: dict[str, Pairing]) -> None:
    session = Session(cast.wenshui)
    tiles = session.get("/pairings/map/").context["picture"].tiles
    for tile in tiles:
        assert rows_on(session.get(tile.waiting_url)) == tile.waiting
        assert rows_on(session.get(tile.volunteers_url)) == tile.volunteers
        assert rows_on(session.get(tile.pairs_url)) == tile.pairs
    assert {tile.code: tile.spare for tile in tiles}[KAISHAN] == 2


def test_a_full_volunteer_is_not_free_whatever_fills_her(cast: Cast) -> None:
    cast.second_volunteer.capacity = 2
    cast.second_volunteer.save()
    PairingFactory(child=cast.child, volunteer=cast.second_volunteer, state="PAUSED", is_main=False)
    tiles = Session(cast.wenshui).get("/pairings/map/").context["picture"].tiles
    assert {tile.code: tile.volunteers for tile in tiles}[KAISHAN] == 0


def test_a_township_chosen_shows_its_neighbours(cast: Cast) -> None:
    NeighbouringTownships.objects.create(one_id=FENGCHENG, other_id=KAISHAN)
    answer = Session(cast.wenshui).get(f"/pairings/map/?at={FENGCHENG}")
    assert [tile.name for tile in answer.context["near"]] == ["开栅镇"]
    assert "is-near" in answer.content.decode()


def test_the_city_chooses_a_county_and_a_township_has_no_map(cast: Cast) -> None:
    assert "文水县" in Session(cast.city).get("/pairings/map/").content.decode()
    assert Session(cast.city).get(f"/pairings/map/?region={WENSHUI}").context["county"].code == WENSHUI
    assert Session(cast.fengcheng).get("/pairings/map/").status_code == 403


@pytest.mark.parametrize(("rows", "columns"), [(3, 4), (5, 5)])
def test_neighbours_lie_side_by_side_where_they_can(rows: int, columns: int) -> None:
    """A grid of townships is found again from nothing but who is beside whom."""
    grid = {f"{row}{column}": (row, column) for row in range(rows) for column in range(columns)}
    beside = frozenset(
        (one, other)
        for one, other in combinations(sorted(grid), 2)
        if sum(abs(a - b) for a, b in zip(grid[one], grid[other], strict=True)) == 1
    )
    cells = laid_out(tuple(sorted(grid, key=lambda code: code[::-1])), beside)
    assert all(
        abs(cells[one][0] - cells[other][0]) + abs(cells[one][1] - cells[other][1]) == 1
        for one, other in beside
    )


@given(st.integers(0, 40))
@settings(max_examples=5, deadline=None)
def test_every_township_has_a_tile_of_its_own(number: int) -> None:
    codes = tuple(f"{at:03d}" for at in range(number))
    cells = laid_out(codes, frozenset(pairwise(codes)))
    assert set(cells) == set(codes)
    assert len(set(cells.values())) == number
    assert all(1 <= column <= WIDEST for column, _ in cells.values())


AMOUNTS = st.lists(st.integers(0, 3), min_size=4, max_size=4)
PAIRS = st.sets(st.sampled_from(list(combinations("abcd", 2))))


@given(AMOUNTS, AMOUNTS, PAIRS)
@settings(max_examples=60, deadline=None)
def test_as_few_as_possible_are_out_of_reach(
    waiting: list[int], spare: list[int], beside: set[tuple[str, str]]
) -> None:
    found = out_of_reach(
        dict(zip("abcd", waiting, strict=True)), dict(zip("abcd", spare, strict=True)), frozenset(beside)
    )
    children = [home for home, number in zip("abcd", waiting, strict=True) for _ in range(number)]
    places = [home for home, number in zip("abcd", spare, strict=True) for _ in range(number)]
    near = np.array(
        [[a == b or (min(a, b), max(a, b)) in beside for b in places] for a in children], dtype=int
    ).reshape(len(children), len(places))
    served = int(near[linear_sum_assignment(near, maximize=True)].sum())
    assert sum(found.values()) == len(children) - served
    assert all(0 <= found[home] <= number for home, number in zip("abcd", waiting, strict=True))
