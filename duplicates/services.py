"""Keeping the list of doubtful pairs, and deciding about one: atomic, audited."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from aixin.access.models import User
from aixin.access.regions import county_of, upper_bound
from aixin.access.scope import EVERYTHING, Scope, opened
from aixin.audit.models import Action
from aixin.audit.trail import record
from duplicates.choices import Reason, State
from duplicates.finding import Found, counties, near_pairs
from duplicates.kinds import Kind, kinds
from duplicates.models import Pair


class DuplicateError(Exception):
    """The pair cannot be decided so; the message is for the user."""


@transaction.atomic
def look_at(kind: Kind, pks: Iterable[int]) -> int:
    """Compare some records with the rest of their county and keep what is near; return how many pairs are new.

    A pair told apart is not found anew until its facts change; one that is near no more leaves the list. The
    comparison sees the county, also when a township writes: what it finds there the township does not see.
    """
    by_county: dict[str, list[int]] = defaultdict(list)
    for pk, code in kind.model.objects.filter(pk__in=list(pks)).values_list("pk", "region_id"):
        by_county[county_of(code)].append(pk)
    return sum(_look_at_some(kind, county, focus) for county, focus in by_county.items())


def _look_at_some(kind: Kind, county: str, focus: list[int]) -> int:
    hi = upper_bound(county)
    with opened(Scope(lo=county, hi=hi, reach_lo=county, reach_hi=hi)):
        return _keep(kind, focus, near_pairs(kind, county, focus))


def _keep(kind: Kind, focus: list[int], found: Found) -> int:
    pairs = kind.pairs.objects
    known = {(pair.first_id, pair.second_id): pair for pair in pairs.about(focus).defer("journal")}
    fresh = [
        kind.pairs(first_id=first, second_id=second, reason=reason, region_id=place, facts=digest)
        for (first, second), (reason, place, digest) in found.items()
        if (first, second) not in known
    ]
    pairs.bulk_create(fresh, ignore_conflicts=True, batch_size=1000)
    for key, pair in known.items():
        _follow(pair, found.get(key))
    return len(fresh)


def _follow(pair: Pair, near: tuple[Reason, str, str] | None) -> None:
    """Let a known pair say what is so now."""
    if near is None:
        if pair.is_open:
            pair.state = State.GONE
            pair.save(update_fields=["state"])
        return
    reason, place, digest = near
    is_raised = pair.state == State.GONE or (pair.state == State.NOT_SAME and pair.facts != digest)
    state = State.OPEN if is_raised else pair.state
    if (pair.state, pair.reason, pair.region_id, pair.facts) != (state, reason, place, digest):
        pair.state, pair.reason, pair.region_id, pair.facts = state, reason, place, digest
        pair.save(update_fields=["state", "reason", "region", "facts"])


def look_at_everyone() -> int:
    """Compare every record with its county, county by county, each in a transaction of its own; return what is new."""
    return sum(_look_at_roster(kind) for kind in kinds())


def _look_at_roster(kind: Kind) -> int:
    with opened(EVERYTHING):
        codes = counties(kind)
    return sum(_look_at_county(kind, code) for code in codes)


def _look_at_county(kind: Kind, code: str) -> int:
    with opened(EVERYTHING):
        focus = list(kind.comparable().within_region(code).values_list("pk", flat=True))
        return _keep(kind, focus, near_pairs(kind, code, focus))


@transaction.atomic
def tell_apart(actor: User, pair: Pair) -> Pair:
    """Remember that the two are not the same and return the pair; raise DuplicateError when it is decided already."""
    locked = _locked(pair)
    if locked.state == State.NOT_SAME:
        return locked
    if not locked.is_open:
        raise DuplicateError("这一对已经处理过了。")
    return _decide(actor, locked, State.NOT_SAME)


@transaction.atomic
def doubt_again(actor: User, pair: Pair) -> Pair:
    """Take 'not the same' back and return the pair; raise DuplicateError for one that nobody has told apart."""
    locked = _locked(pair)
    if locked.is_open:
        return locked
    if locked.state != State.NOT_SAME:
        raise DuplicateError("这一对已经处理过了。")
    return _decide(actor, locked, State.OPEN)


def _locked(pair: Pair) -> Pair:
    rows: Any = type(pair).objects.select_for_update(of=("self",))
    found: Pair = rows.select_related("first", "second").get(pk=pair.pk)
    return found


def _decide(actor: User, pair: Pair, state: State) -> Pair:
    pair.state, pair.decided_by, pair.decided_at = state, actor, timezone.now()
    pair.save(update_fields=["state", "decided_by", "decided_at"])
    record(actor, Action.UPDATE, pair, reason=state.label)
    return pair
