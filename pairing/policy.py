"""The policy that holds at a place: its own decisions over those of the regions above, over the built-in ones."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from aixin.access.models import Region
from aixin.access.regions import contains
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.vocabulary import Reach
from pairing.matching.problem import Policy, Ring
from pairing.models import MatchingPolicy, NeighbouringTownships

RINGS = {reach: Ring[reach.name] for reach in Reach}


@dataclass(frozen=True)
class RegionPolicy:
    """What holds in a region: for the engine, and how many volunteers a child is to have."""

    engine: Policy
    wanted: int = 1


def policy_for(code: str) -> RegionPolicy:
    """Return what holds at a region."""
    return policies_for(code, [code])[code]


def policies_for(
    code: str, places: Iterable[str], draft: MatchingPolicy | None = None
) -> dict[str, RegionPolicy]:
    """Return what holds at each place of a region, in three queries; with a draft in place of what is stored there."""
    decided = [*MatchingPolicy.objects.reaching(code), *MatchingPolicy.objects.below(code)]
    if draft is not None:
        others = [own for own in decided if own.region_id != draft.region_id]
        decided = sorted([*others, draft], key=lambda own: own.region_id)
    beside = NeighbouringTownships.objects.touching(code).values_list("one_id", "other_id")
    neighbours = frozenset(beside)
    found = {}
    for place in places:
        policy = RegionPolicy(Policy(neighbours=neighbours))
        for own in decided:
            if contains(own.region_id, place):
                policy = overlaid(policy, own)
        found[place] = policy
    return found


def overlaid(policy: RegionPolicy, own: MatchingPolicy) -> RegionPolicy:
    """Return a policy with a region's own decisions over it."""
    engine = replace(policy.engine, weights=replace(policy.engine.weights, **own.weights))
    if own.reach:
        engine = replace(engine, reach=RINGS[Reach(own.reach)])
    if own.rules_off is not None:
        engine = replace(engine, rules_off=frozenset(own.rules_off))
    if own.classifications is not None:
        engine = replace(engine, classifications=own.rules)
    return RegionPolicy(engine, own.wanted or policy.wanted)


@transaction.atomic
def save_policy(actor: Any, policy: MatchingPolicy) -> MatchingPolicy:
    """Store a region's decisions and return them; raise ValidationError for what the engine does not know."""
    policy.updated_by = actor
    policy.full_clean()
    policy.save()
    record(actor, Action.UPDATE, policy)
    return policy


@transaction.atomic
def set_neighbours(actor: Any, county: Region, pairs: Iterable[tuple[str, str]]) -> int:
    """Replace a county's table of neighbouring townships and return how many pairs it has now.

    Pairs that do not touch the county are left out, and so is a township beside itself.
    """
    Region.objects.select_for_update().get(pk=county.pk)
    wanted = {
        (min(pair), max(pair))
        for pair in pairs
        if pair[0] != pair[1] and any(contains(county.code, code) for code in pair)
    }
    NeighbouringTownships.objects.touching(county.code).delete()
    NeighbouringTownships.objects.bulk_create(
        NeighbouringTownships(one_id=one, other_id=other) for one, other in sorted(wanted)
    )
    record(actor, Action.UPDATE, county, reason="相邻乡镇")
    return len(wanted)
