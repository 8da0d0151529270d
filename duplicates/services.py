"""Keeping the list of doubtful pairs, and deciding about one: atomic, audited."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from aixin.access.models import User
from aixin.access.scope import EVERYTHING, opened
from aixin.audit.models import Action
from aixin.audit.trail import record
from children.models import Child
from duplicates.choices import Reason, State
from duplicates.finding import counties, near_pairs
from duplicates.models import Duplicate


class DuplicateError(Exception):
    """The pair cannot be decided so; the message is for the user."""


@transaction.atomic
def look_at(pks: Iterable[int]) -> int:
    """Compare some children with the rest of their county and keep what is near; return how many pairs are new.

    A pair told apart is not found anew until its facts change; one that is near no more leaves the list.
    """
    focus = list(pks)
    found = near_pairs(focus)
    known = {(pair.first_id, pair.second_id): pair for pair in Duplicate.objects.about(focus)}
    fresh = [
        Duplicate(first_id=first, second_id=second, reason=reason, region_id=place, facts=digest)
        for (first, second), (reason, place, digest) in found.items()
        if (first, second) not in known
    ]
    Duplicate.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=1000)
    for key, pair in known.items():
        _follow(pair, found.get(key))
    return len(fresh)


def _follow(pair: Duplicate, near: tuple[Reason, str, str] | None) -> None:
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
    """Compare every child with its county, county by county, each in a transaction of its own; return what is new."""
    with opened(EVERYTHING):
        codes = counties()
    return sum(_look_at_county(code) for code in codes)


def _look_at_county(code: str) -> int:
    with opened(EVERYTHING):
        rows = Child.objects.registered().within_region(code)
        return look_at(rows.values_list("pk", flat=True))


@transaction.atomic
def tell_apart(actor: User, pair: Duplicate) -> Duplicate:
    """Remember that the two are not the same and return the pair; raise DuplicateError when it is decided already."""
    locked = _locked(pair)
    if locked.state == State.NOT_SAME:
        return locked
    if not locked.is_open:
        raise DuplicateError("这一对已经处理过了。")
    return _decide(actor, locked, State.NOT_SAME)


@transaction.atomic
def doubt_again(actor: User, pair: Duplicate) -> Duplicate:
    """Take 'not the same' back and return the pair; raise DuplicateError for one that nobody has told apart."""
    locked = _locked(pair)
    if locked.is_open:
        return locked
    if locked.state != State.NOT_SAME:
        raise DuplicateError("这一对已经处理过了。")
    return _decide(actor, locked, State.OPEN)


def _locked(pair: Duplicate) -> Duplicate:
    found: Duplicate = (
        Duplicate.objects.select_for_update(of=("self",)).select_related("first", "second").get(pk=pair.pk)
    )
    return found


def _decide(actor: User, pair: Duplicate, state: State) -> Duplicate:
    pair.state, pair.decided_by, pair.decided_at = state, actor, timezone.now()
    pair.save(update_fields=["state", "decided_by", "decided_at"])
    record(actor, Action.UPDATE, pair, reason=state.label)
    return pair
