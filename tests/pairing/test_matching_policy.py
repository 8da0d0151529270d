"""Whose policy holds, what is refused as a policy, and what a change of it would do."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from aixin.access.models import Region
from aixin.access.scope import acting
from aixin.vocabulary import Reach
from pairing.models import LeftOver, MatchingPolicy, Proposal
from pairing.policy import policy_for, save_policy, set_neighbours
from pairing.proposing import (
    effect_of,
)
from tests.cast import CITY, FENGCHENG, KAISHAN, KAISHAN_VILLAGE, WENSHUI, XINGXIAN, Cast
from tests.pairing.proposals import of, proposed, run
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db


def test_the_nearest_policy_holds_field_by_field(cast: Cast) -> None:
    city, county = (Region.objects.get(code=code) for code in (CITY, WENSHUI))
    save_policy(
        cast.city, MatchingPolicy(region=city, wanted=2, reach=Reach.TOWNSHIP, weights={"need": 5, "load": 1})
    )
    rules = [{"trait": "HIGH_SCHOOL", "name": "教育系统", "kinds": ["TEACHER"]}]
    save_policy(cast.wenshui, MatchingPolicy(region=county, weights={"need": 50}, classifications=rules))
    found, beside = policy_for(WENSHUI), policy_for(XINGXIAN)
    assert (found.wanted, found.engine.reach.name, found.engine.weights.need) == (2, "TOWNSHIP", 50)
    assert (found.engine.weights.load, len(found.engine.classifications)) == (1, 1)
    assert (beside.wanted, beside.engine.weights.need, beside.engine.classifications) == (2, 5, ())
    assert policy_for("14").wanted == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"weights": {"nearness": 5}},
        {"weights": {"need": "many"}},
        {"weights": {"need": -1}},
        {"rules_off": ["NOT_CLEARED"]},
        {"classifications": [{"trait": "HIGH_SCHOOL"}]},
        {"classifications": [{"trait": "TALL", "name": "教育系统"}]},
        {"wanted": 0},
    ],
)
def test_a_policy_that_the_engine_would_not_understand_is_refused(cast: Cast, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        save_policy(cast.wenshui, MatchingPolicy(region_id=WENSHUI, **wrong))


def test_what_a_policy_would_change_is_known_before_it_is_stored(cast: Cast, mama: Volunteer) -> None:
    draft = MatchingPolicy(region_id=WENSHUI, wanted=2)
    with acting(cast.wenshui):
        found = effect_of(WENSHUI, draft)
    assert (found.before.pairs, found.after.pairs, found.same) == (1, 4, 1)
    assert not MatchingPolicy.objects.exists()


def test_each_county_is_solved_under_its_own_policy(cast: Cast, mama: Volunteer) -> None:
    save_policy(cast.wenshui, MatchingPolicy(region_id=WENSHUI, reach=Reach.VILLAGE))
    Volunteer.objects.filter(pk=mama.pk).update(region_id=KAISHAN_VILLAGE)
    Volunteer.objects.filter(pk=cast.volunteer.pk).update(region_id=KAISHAN_VILLAGE)
    runs = run(cast, CITY, "city")
    assert [(one.region_id, one.pairs, one.missing) for one in runs] == [(WENSHUI, 0, 1), (XINGXIAN, 1, 0)]
    left = LeftOver.objects.get()
    assert left.cause == "POLICY_REACH"
    assert "“本村”" in left.explanation
    assert "放宽到“全县”就有 3 名" in left.explanation


def test_a_city_that_reaches_beyond_counties_is_solved_as_one(cast: Cast) -> None:
    save_policy(cast.city, MatchingPolicy(region_id=CITY, reach=Reach.BEYOND))
    Volunteer.objects.exclude(pk=cast.far_volunteer.pk).update(capacity=0)
    runs = run(cast, CITY, "city")
    assert [(one.region_id, one.pairs) for one in runs] == [(WENSHUI, 1), (XINGXIAN, 1)]
    assert proposed() == {"孙待结": "吴远山", "周远方": "吴远山"}
    assert Proposal.objects.get(child=cast.unpaired).run.region_id == WENSHUI


def test_neighbouring_townships_are_the_countys_to_say(cast: Cast) -> None:
    county = Region.objects.get(code=WENSHUI)
    pairs = [(KAISHAN, FENGCHENG), (FENGCHENG, KAISHAN), (FENGCHENG, FENGCHENG), ("141123100", "140105001")]
    assert set_neighbours(cast.wenshui, county, pairs) == 1
    Volunteer.objects.filter(pk=cast.volunteer.pk).update(capacity=0)
    run(cast)
    assert of(cast.unpaired).reasons == ["在相邻乡镇"]
