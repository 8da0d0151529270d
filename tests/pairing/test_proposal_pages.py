"""结对建议 on the page: made, explained, locked, changed, rejected, confirmed; two clerks at once; the county's rules."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from aixin.access.models import Role
from pairing.confirming import FULL, confirm_proposals
from pairing.models import MatchingPolicy, NeighbouringTownships, Pairing, Proposal, RejectedPair
from tests.cast import FENGCHENG, KAISHAN, KAISHAN_VILLAGE, WENSHUI, XIJIE, Cast, make_cast, make_user
from tests.conftest import Session
from tests.factories import ChildFactory, VolunteerFactory
from tests.pages import text_of
from tests.pairing.proposals import of, run
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db


def page(user: Any, query: str = "") -> str:
    return text_of(Session(user).get(f"/pairings/match/{query}").content.decode())


def post(user: Any, path: str, **data: Any) -> str:
    """Send a form of the page and return the words of the page that follows."""
    return text_of(Session(user).post(f"/pairings/match/{path}", data, follow=True).content.decode())


def test_it_is_reached_from_the_pairings_and_says_so_when_empty(cast: Cast) -> None:
    assert 'href="/pairings/match/"' in Session(cast.wenshui).get("/pairings/").content.decode()
    assert "现在没有建议" in page(cast.wenshui)


def test_the_county_has_them_made_with_reasons(cast: Cast, mama: Volunteer) -> None:
    assert "已生成 1 对建议" in post(cast.wenshui, "run/")
    shown = page(cast.wenshui)
    for words in ("孙待结", "同村的", "同村", "否决", "锁定"):
        assert words in shown


def test_a_township_works_on_them_and_does_not_make_them(cast: Cast, mama: Volunteer) -> None:
    run(cast)
    assert "孙待结" in page(cast.fengcheng)
    assert Session(cast.fengcheng).post("/pairings/match/run/").status_code == 403
    assert Session(cast.xingxian).post(f"/pairings/match/{of(cast.unpaired).pk}/lock/").status_code == 404


def test_the_city_reads_them_masked_and_changes_nothing(cast: Cast, mama: Volunteer) -> None:
    run(cast)
    shown = page(cast.city)
    assert "孙待结" not in shown
    assert "孙" in shown
    assert Session(cast.city).post("/pairings/match/confirm/", {"select_all": "1"}).status_code == 403


def test_a_township_chosen_narrows_what_is_shown_and_what_is_confirmed(cast: Cast, mama: Volunteer) -> None:
    run(cast)
    assert "孙待结" in page(cast.wenshui, f"?region={FENGCHENG}")
    assert "孙待结" not in page(cast.wenshui, f"?region={KAISHAN}")
    post(cast.wenshui, "confirm/", select_all="1", region=KAISHAN)
    assert not Pairing.objects.filter(child=cast.unpaired).exists()
    post(cast.wenshui, "confirm/", select_all="1", region=FENGCHENG)
    assert Pairing.objects.filter(child=cast.unpaired).exists()


def test_a_child_left_over_stands_there_with_cause_and_remedy(cast: Cast) -> None:
    Volunteer.objects.update(capacity=0)
    run(cast)
    shown = page(cast.wenshui, "?tab=left")
    assert "都已达可结对人数" in shown
    assert "招募" in shown


def test_lock_and_unlock(cast: Cast, mama: Volunteer) -> None:
    run(cast)
    path = f"{of(cast.unpaired).pk}/lock/"
    assert "已锁定" in post(cast.wenshui, path, locked="1")
    assert of(cast.unpaired).locked
    assert "已取消锁定" in post(cast.wenshui, path, locked="0")


def test_a_lock_that_a_rule_has_caught_up_with_is_named_by_the_child_s_number(
    cast: Cast, mama: Volunteer
) -> None:
    run(cast)
    post(cast.wenshui, f"{of(cast.unpaired).pk}/lock/", locked="1")
    Volunteer.objects.filter(pk=mama.pk).update(state="SUSPENDED")
    assert f"编号 {cast.unpaired.no} 的孩子锁定的建议不再符合规定" in post(cast.wenshui, "run/")


def test_a_rejection_wants_a_reason_is_remembered_and_can_be_taken_back(cast: Cast, mama: Volunteer) -> None:
    run(cast)
    path = f"{of(cast.unpaired).pk}/reject/"
    Session(cast.wenshui).post(f"/pairings/match/{path}", {"reason": " "})
    assert Proposal.objects.exists()
    assert "已否决" in post(cast.wenshui, path, reason="两家有矛盾")
    assert "两家有矛盾" in page(cast.wenshui, "?tab=rejected")
    run(cast)
    assert of(cast.unpaired).volunteer != mama
    assert "已取消否决" in post(cast.wenshui, f"rejected/{RejectedPair.objects.get().pk}/forget/")
    run(cast)
    assert of(cast.unpaired).volunteer == mama


def test_somebody_else_is_chosen_and_locked(cast: Cast, mama: Volunteer) -> None:
    run(cast)
    proposal = of(cast.unpaired)
    assert "已换人并锁定" in post(cast.wenshui, f"{proposal.pk}/choose/", volunteer=cast.second_volunteer.pk)
    chosen = of(cast.unpaired)
    assert (chosen.volunteer, chosen.locked) == (cast.second_volunteer, True)
    assert (
        Session(cast.wenshui).post(f"/pairings/match/{chosen.pk}/choose/", {"volunteer": "x"}).status_code
        == 404
    )


def test_those_ticked_are_paired(cast: Cast, mama: Volunteer) -> None:
    ChildFactory(region_id=XIJIE)
    run(cast)
    wanted = of(cast.unpaired)
    assert "已确认 1 对" in post(cast.wenshui, "confirm/", ids=[wanted.pk])
    assert Pairing.objects.active().filter(child=cast.unpaired).exists()
    assert Proposal.objects.count() == 1
    assert "可能别的同事已经处理过了" in post(cast.wenshui, "confirm/", ids=[wanted.pk])


def test_all_are_paired_as_far_as_the_rules_allow_by_now(cast: Cast, mama: Volunteer) -> None:
    ChildFactory(region_id=XIJIE)
    run(cast)
    first, second = Proposal.objects.order_by("pk")
    Volunteer.objects.filter(pk=first.volunteer_id).update(capacity=0)
    said = post(cast.wenshui, "confirm/", select_all="1")
    assert FULL in said
    refused = {first.pk, second.pk} if first.volunteer_id == second.volunteer_id else {first.pk}
    assert set(Proposal.objects.values_list("pk", flat=True)) == refused


def test_how_good_they_are_is_shown_beside_nearest_first(cast: Cast, mama: Volunteer) -> None:
    run(cast)
    shown = page(cast.wenshui, "comparison/")
    for words in ("按建议的办法", "逐个就近", "现在"):
        assert words in shown


def test_a_rule_shows_what_it_would_change_before_it_is_stored(cast: Cast, mama: Volunteer) -> None:
    said = post(cast.wenshui, "policy/", wanted="2", reach="TOWNSHIP", preview="1")
    assert "还没有保存" in said
    assert not MatchingPolicy.objects.filter(region_id=WENSHUI).exists()
    assert "已保存" in post(cast.wenshui, "policy/", wanted="2", weight_same_village="50", save="1")
    kept = MatchingPolicy.objects.get(region_id=WENSHUI)
    assert (kept.wanted, kept.weights, kept.rules_off) == (2, {"same_village": 50}, None)


def test_rules_and_classification_are_read_back_as_stored(cast: Cast) -> None:
    post(
        cast.wenshui, "policy/", rules_own="on", rules_on=["MAN_AND_GIRL"], unit_DISABLED="残联、助残",
        strict_DISABLED="on", save="1",
    )  # fmt: skip
    kept = MatchingPolicy.objects.get(region_id=WENSHUI)
    assert "MAN_AND_GIRL" not in (kept.rules_off or [])
    (rule,) = kept.rules
    assert (rule.unit_words, rule.strict) == (("残联", "助残"), True)
    shown = Session(cast.wenshui).get("/pairings/match/policy/").content.decode()
    assert "残联、助残" in shown


@pytest.mark.parametrize(
    "wrong", [{"wanted": "0"}, {"weight_need": "1001"}, {"weight_need": "x"}, {"reach": "MOON"}]
)
def test_a_wrong_rule_is_refused_in_words(cast: Cast, wrong: dict[str, str]) -> None:
    answer = Session(cast.wenshui).post("/pairings/match/policy/", {**wrong, "save": "1"})
    assert answer.status_code == 200
    assert not MatchingPolicy.objects.exists()


def test_the_county_says_which_townships_lie_side_by_side(cast: Cast) -> None:
    pair = "-".join(sorted([FENGCHENG, KAISHAN]))
    assert "1 对乡镇相邻" in post(cast.wenshui, "neighbours/", pair=[pair, "141123100000-1", "x"], save="1")
    assert NeighbouringTownships.objects.count() == 1
    assert Session(cast.fengcheng).get("/pairings/match/neighbours/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_clerks_confirming_at_once_book_nobody_twice() -> None:
    cast = make_cast()
    other = make_user("clerk", Role.STAFF, WENSHUI)
    mother = VolunteerFactory(region_id=KAISHAN_VILLAGE, capacity=1)
    children = [ChildFactory(region_id=KAISHAN_VILLAGE) for _ in range(2)]
    run(cast)
    made_run = Proposal.objects.first().run  # type: ignore[union-attr]
    Proposal.objects.all().delete()
    proposals = [
        Proposal.objects.create(
            run=made_run, child=child, volunteer=mother, region_id=child.region_id, score=1
        )
        for child in children
    ]
    start = Barrier(2)

    def click(user: Any, proposal: Proposal) -> int:
        start.wait(timeout=20)
        try:
            return len(confirm_proposals(user, [proposal]).made)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(click, [cast.wenshui, other], proposals))
    assert sorted(made) == [0, 1]
    assert Pairing.objects.active().filter(volunteer=mother).count() == 1
