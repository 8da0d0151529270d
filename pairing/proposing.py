"""From rosters to saved proposals (DOMAIN section 4); what staff do with one stands in `pairing.amending`."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from aixin.access.models import Region
from aixin.access.querysets import within
from aixin.access.regions import Level, county_of, level_of
from aixin.audit.models import Action
from aixin.audit.trail import record
from children.models import Child
from pairing.choices import EndReason, State
from pairing.gathering import Gathering, place_names
from pairing.matching.answer import CLOSED, Alternative, BrokenLock, Result, Total
from pairing.matching.answer import LeftOver as Left
from pairing.matching.answer import Proposal as Proposed
from pairing.matching.candidates import COMPLETE_PAIRS
from pairing.matching.comparing import nearest_first, total, total_of
from pairing.matching.engine import Options, match
from pairing.matching.problem import Problem, Ring
from pairing.models import LeftOver, MatchingPolicy, Pairing, Proposal, ProposalRun
from pairing.policy import policies_for
from pairing.querysets import unpaired

BATCH = 2000
RUNS_KEPT = 10


class ProposingError(Exception):
    """Nothing can be proposed, or not like this; the message is for the user."""


@dataclass(frozen=True)
class Comparison:
    """A region paired afresh, by three hands, each over everyone and by the same score."""

    best: Total
    greedy: Total
    today: Total

    @property
    def gain(self) -> float:
        """How much better the best score is than that of greedy nearest-first, in percent."""
        return 100 * (self.best.score - self.greedy.score) / max(abs(self.greedy.score), 1)


@dataclass(frozen=True)
class Change:
    """A child that another policy would give to others, with whom it is proposed to before and after (keys)."""

    child: int
    before: list[int]
    after: list[int]


@dataclass(frozen=True)
class Effect:
    """A region's proposals as they are and as another policy would make them, each with its own points."""

    before: Total
    after: Total
    same: int
    changes: list[Change]


def solve_region(code: str, draft: MatchingPolicy | None = None) -> list[tuple[Problem, Result]]:
    """Return the best proposals for everyone who waits in a region, solved but not stored.

    A county is solved by itself under its own policy; a region whose policy reaches beyond counties as a whole.
    A draft stands in place of the policy stored for its region.
    """
    problems = [problem for problem in problems_of(Gathering(code), code, draft=draft) if problem.children]
    pairs = sum(len(problem.children) * len(problem.volunteers) for problem in problems)
    options = Options(place_names(code), complete_pairs=COMPLETE_PAIRS if pairs <= COMPLETE_PAIRS else 0)
    return [(problem, match(problem, options)) for problem in problems]


def problems_of(
    gathered: Gathering, code: str, *, afresh: bool = False, draft: MatchingPolicy | None = None
) -> list[Problem]:
    """Return the problems into which a region falls; `afresh` as if nobody were paired yet."""
    policies = policies_for(code, {code, *gathered.counties}, draft)
    if policies[code].engine.reach == Ring.BEYOND or level_of(code) >= Level.COUNTY:
        return [gathered.problem(code, policies[code], afresh=afresh)]
    return [gathered.problem(county, policies[county], afresh=afresh) for county in gathered.counties]


def compare(code: str) -> Comparison:
    """Return how a region would stand if it were paired afresh: by the engine, by hand, and as it is today."""
    gathered = Gathering(code)
    today = gathered.pairs.active
    totals: dict[str, list[Total]] = defaultdict(list)
    for problem in problems_of(gathered, code, afresh=True):
        best = [(one.child, one.volunteer) for one in match(problem).proposals]
        totals["best"].append(total_of(problem, best))
        totals["greedy"].append(total_of(problem, nearest_first(problem)))
        totals["today"].append(total_of(problem, today))
    return Comparison(**{name: total(found) for name, found in totals.items()})


def effect_of(code: str, draft: MatchingPolicy) -> Effect:
    """Return what a policy would change among a region's proposals, before it is stored."""
    before, after = solve_region(code), solve_region(code, draft)
    one, other = _pairs(before), _pairs(after)
    return Effect(_figures(before), _figures(after), len(one & other), _changes(one, other))


def _changes(before: set[tuple[int, int]], after: set[tuple[int, int]]) -> list[Change]:
    changed = sorted({child for child, _ in before ^ after})
    return [Change(child, _given(before, child), _given(after, child)) for child in changed]


def _given(pairs: set[tuple[int, int]], wanted: int) -> list[int]:
    return sorted(volunteer for child, volunteer in pairs if child == wanted)


def _pairs(solved: list[tuple[Problem, Result]]) -> set[tuple[int, int]]:
    return {(one.child, one.volunteer) for _, result in solved for one in result.proposals}


def _figures(solved: list[tuple[Problem, Result]]) -> Total:
    return total(
        total_of(problem, [(one.child, one.volunteer) for one in result.proposals])
        for problem, result in solved
    )


def propose_pairs(actor: Any, region: Region) -> list[ProposalRun]:
    """Solve a county, or each of a wider region, around what is fixed, and store the proposals in place of the last ones.

    Returns a run for each county. Raises ProposingError for a region outside the actor's own or below a county.
    """
    post = getattr(actor, "acting_post", None)
    if post is None or not post.covers(region.code) or region.level > Level.COUNTY:
        raise ProposingError("结对建议按县生成，请由县及以上妇联在自己的辖区内办理。")
    return propose_afresh(actor, region)


@transaction.atomic
def propose_afresh(actor: Any, region: Region) -> list[ProposalRun]:
    """Do the same for whoever asks, nobody (None) where the system itself does; the caller answers for the right."""
    counties = Region.objects.below(region.code).filter(level=Level.COUNTY).order_by("code")
    # Two clerks at once wait for each other here; the second one's run sees what the first has fixed.
    held = [county.code for county in counties.select_for_update(no_key=True)]
    shares: dict[str, _Share] = {code: _Share() for code in held}
    for problem, result in solve_region(region.code):
        _share_out(problem, result, shares)
    runs = _store(actor, region.code, shares)
    record(actor, Action.CREATE, region, reason="生成结对建议", pairs=sum(run.pairs for run in runs))
    return runs


def counties_left_by(volunteer: int) -> list[str]:
    """Return the counties in which children wait whose pairing with a volunteer ended with her leaving."""
    left = Pairing.objects.filter(volunteer=volunteer, state=State.ENDED, end_reason=EndReason.RESIGNED)
    waiting = unpaired(Child.objects.all(), Pairing.objects.all()).values("pk")
    places = left.filter(child__in=waiting).values_list("region_id", flat=True)
    return sorted({county_of(code) for code in places})


class _Share:
    """What a run found for one county."""

    def __init__(self) -> None:
        self.proposals: list[tuple[Proposed, str, list[dict[str, Any]]]] = []
        self.left_over: list[tuple[Left, str, list[dict[str, Any]]]] = []
        self.broken: list[BrokenLock] = []


def _share_out(problem: Problem, result: Result, shares: dict[str, _Share]) -> None:
    places = {child.id: child.place for child in problem.children}
    others = {child: _rows(found) for child, found in result.alternatives.items()}
    for one in result.proposals:
        place = places[one.child]
        shares[county_of(place)].proposals.append((one, place, others.get(one.child, [])))
    for left in result.left_over:
        place = places[left.child]
        shares[county_of(place)].left_over.append((left, place, others.get(left.child, [])))
    for lock in result.broken_locks:
        shares[county_of(places[lock.child])].broken.append(lock)


def _rows(alternatives: Iterable[Alternative]) -> list[dict[str, Any]]:
    return [{"volunteer": one.volunteer, "score": one.score, "free": one.free} for one in alternatives]


def _store(actor: Any, code: str, shares: dict[str, _Share]) -> list[ProposalRun]:
    """Store what a run found in each county of a region, in place of what was there."""
    runs = ProposalRun.objects.bulk_create(_run(actor, county, share) for county, share in shares.items())
    found = list(zip(runs, shares.values(), strict=True))
    _store_proposals(code, found)
    LeftOver.objects.filter(within(code)).delete()
    LeftOver.objects.bulk_create(
        (_left_over(run, *row) for run, share in found for row in share.left_over), batch_size=BATCH
    )
    ProposalRun.objects.filter(pk__in=ProposalRun.objects.outdated(code, RUNS_KEPT)).delete()
    return runs


def _run(actor: Any, county: str, share: _Share) -> ProposalRun:
    return ProposalRun(
        region_id=county,
        made_by=actor,
        pairs=len(share.proposals),
        missing=sum(left.missing for left, *_ in share.left_over if left.cause not in CLOSED),
        objective=sum(one.score for one, *_ in share.proposals),
        broken_locks=[{**asdict(lock), "rules": list(lock.rules)} for lock in share.broken],
    )


def _store_proposals(code: str, found: list[tuple[ProposalRun, _Share]]) -> None:
    """Store the proposals; a pair that was proposed before keeps its row, and what is not proposed any more goes."""
    Proposal.objects.bulk_create(
        (_proposal(run, *row) for run, share in found for row in share.proposals),
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["child", "volunteer"],
        update_fields=["run", "region", "score", "parts", "alternatives"],
    )
    Proposal.objects.filter(within(code)).exclude(run__in=[run.pk for run, _ in found]).delete()


def _proposal(run: ProposalRun, one: Proposed, place: str, others: list[dict[str, Any]]) -> Proposal:
    return Proposal(
        run=run,
        region_id=place,
        child_id=one.child,
        volunteer_id=one.volunteer,
        score=one.score,
        parts=[{"code": part.code, "points": part.points, "reason": part.reason} for part in one.parts],
        alternatives=others,
        locked=one.locked,
    )


def _left_over(run: ProposalRun, left: Left, place: str, others: list[dict[str, Any]]) -> LeftOver:
    return LeftOver(
        run=run,
        region_id=place,
        child_id=left.child,
        missing=left.missing,
        cause=left.cause,
        explanation=left.explanation,
        remedy=left.remedy,
        alternatives=others,
    )
