"""Two records become one: values as chosen, everything that points at the double goes to the one that stays."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Model, Value
from django.db.models.functions import Replace
from django.utils import timezone

from aixin.access.models import User
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.exchange.identity import SEX_OF_TEXT
from aixin.exchange.images import relations_to
from aixin.exchange.reading.values import birth_from_idno, sex_from_idno
from aixin.notify.models import Notice
from aixin.rights.models import RightsRequest
from children.choices import Consent, NeedState, NoIdReason, Status
from children.models import Child
from children.signals import consent_refused
from duplicates.choices import State
from duplicates.comparing import FIRST, GUARDIAN, PARENTS, RELATIVE_FIELDS, SECOND, relative
from duplicates.journal import Recorder
from duplicates.models import Duplicate
from duplicates.services import DuplicateError, look_at
from pairing.choices import OPEN_STATES, EndReason
from pairing.models import Pairing
from pairing.services import end, pass_on_main
from visits.models import CallBack, Visit, VisitedChild
from visits.services import count_households

LABEL = "children.child"


@dataclass(frozen=True)
class Choice:
    """Which side's number stays, and for each matter that differs the side whose value stays."""

    keep: str
    values: dict[str, str]


@transaction.atomic
def merge(actor: User, pair: Duplicate, choice: Choice) -> Child:
    """Merge the two of a pair and return the record that stays; a second call changes nothing.

    Raises DuplicateError for a pair that was decided otherwise, or of which one has left the roster.
    """
    locked, children = _locked(pair)
    kept, gone = _sides(locked, children, choice.keep)
    if gone.merged_into_id == kept.pk:
        return kept
    if locked.state == State.MERGED or not (kept.is_on_roster and gone.is_on_roster):
        raise DuplicateError("这一对已经处理过，或有一名儿童已出列，不能合并。")
    recorder = Recorder(kept, gone)
    _take_relatives(kept, gone, choice)
    _end_double_pairings(actor, kept, gone)
    _take_values(kept, gone, choice)
    _move(kept, gone)
    _finish(actor, locked, kept, gone)
    locked.journal = recorder.journal().packed()
    locked.save(update_fields=["journal"])
    look_at([kept.pk, gone.pk])
    return kept


def _locked(pair: Duplicate) -> tuple[Duplicate, dict[int, Child]]:
    """Return the pair and its children, locked in the order of their keys, so that no two clerks wait for each other."""
    keys = [pair.first_id, pair.second_id]
    rows = Child.objects.select_for_update(of=("self",)).select_related("region").order_by("pk")
    children = {child.pk: child for child in rows.filter(pk__in=keys)}
    locked: Duplicate = Duplicate.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    return locked, children


def _sides(pair: Duplicate, children: dict[int, Child], keep: str) -> tuple[Child, Child]:
    sides = {FIRST: children[pair.first_id], SECOND: children[pair.second_id]}
    return sides.pop(keep), sides.popitem()[1]


def _is_taken(choice: Choice, name: str) -> bool:
    """Return whether the double's value is to stand in the record that stays."""
    return choice.values.get(name, choice.keep) != choice.keep


def _take_values(kept: Child, gone: Child, choice: Choice) -> None:
    """Write the chosen values; the double gives its ID number away, because a number stands for one child only."""
    for name in choice.values:
        if name not in RELATIVE_FIELDS and _is_taken(choice, name):
            setattr(kept, name, getattr(gone, name))
    kept.registered_on = min(kept.registered_on, gone.registered_on)
    gone.status, gone.merged_into = Status.MERGED, kept
    gone.idno, gone.idno_reason = "", gone.idno_reason or NoIdReason.NOT_PROVIDED
    gone.prepare()
    gone.save()
    if kept.idno:
        kept.birth, kept.sex = birth_from_idno(kept.idno), SEX_OF_TEXT[sex_from_idno(kept.idno)]
    kept.prepare()
    kept.save()


def _take_relatives(kept: Child, gone: Child, choice: Choice) -> None:
    """Exchange guardian, father or mother where the double's was chosen, so that neither is lost."""
    for name in (GUARDIAN, *PARENTS):
        theirs, ours = relative(gone, name), relative(kept, name)
        if theirs is not None and ours is not None and _is_taken(choice, name):
            for field in RELATIVE_FIELDS[name]:
                mine, other = getattr(ours, field), getattr(theirs, field)
                setattr(ours, field, other)
                setattr(theirs, field, mine)
            ours.save()
            theirs.save()


def _end_double_pairings(actor: User, kept: Child, gone: Child) -> None:
    """Of two open pairings with the same volunteer the one that began first stays, with the visits of both.

    Exactly one main volunteer stays (DOMAIN section 4): that of the record that stays, if it has one.
    """
    ours = {pairing.volunteer_id: pairing for pairing in Pairing.objects.open().filter(child=kept)}
    today = timezone.localdate()
    for double in Pairing.objects.open().filter(child=gone, volunteer__in=ours):
        mine = ours[double.volunteer_id]
        if mine.started_on and double.started_on and double.started_on < mine.started_on:
            mine.started_on = double.started_on
            mine.save(update_fields=["started_on", "updated_at"])
        end(actor, double, EndReason.ADJUSTED, max(today, double.started_on or today), "合并重复档案")
    if Pairing.objects.active().filter(child=kept, is_main=True).exists():
        Pairing.objects.filter(child=gone, is_main=True).update(is_main=False)


def _move(kept: Child, gone: Child) -> None:
    """Let everything that points at the double point at the record that stays, but for what that has itself."""
    for relation in relations_to(Child):
        column = relation.field.attname
        rows: Any = relation.related_model._default_manager
        staying = _doubles(relation.related_model, kept, gone)
        if staying:
            _remove(relation.related_model, staying)
        moving = rows.filter(**{column: gone.pk}).exclude(pk__in=staying)
        if relation.related_model is Child:
            moving = moving.exclude(pk=gone.pk)
        moving.update(**{column: kept.pk}, **_region(relation.related_model, kept))
    _move_mentions(kept, gone)


def _region(model: type[Model], kept: Child) -> dict[str, str]:
    """Return the region of a row that follows its child; that of a visit and of a double stays."""
    follows = model is not Child and any(field.name == "region" for field in model._meta.concrete_fields)
    return {"region_id": kept.region_id} if follows else {}


def _doubles(model: type[Model], kept: Child, gone: Child) -> list[int]:
    """Return the double's rows that say what a row of the record that stays says already."""
    same = _SAME.get(model._meta.label)
    rows: Any = model._default_manager
    if same is None:
        return []
    known = {same(row) for row in rows.filter(child=kept)} - {None}
    return [row.pk for row in rows.filter(child=gone) if same(row) in known]


# Rows that a child has once: by what they are told apart, None for one that is never a double.
_SAME: dict[str, Any] = {
    "children.Guardian": lambda row: (row.name, row.phone_index),
    "children.Parent": lambda row: row.kind,
    "children.Need": lambda row: (row.topic, row.detail) if row.state == NeedState.OPEN else None,
    "visits.VisitedChild": lambda row: row.visit_id,
    # One open transfer a child: the double's finds it gone.
    "transfers.Holding": lambda row: row.is_open or None,
    "visits.CallBack": lambda row: row.assigned_to_id if row.answered_at is None else None,
}
# One visit reached one child, and one person calls once: these leave no row behind that is counted.
_COUNTED = (VisitedChild, CallBack)


def _remove(model: type[Model], pks: list[int]) -> None:
    if model not in _COUNTED:
        return
    rows = model._default_manager.filter(pk__in=pks)
    visits = list(Visit.objects.filter(visited__in=pks)) if model is VisitedChild else []
    rows.delete()
    for visit in visits:
        visit.households = count_households(link.child for link in visit.visited.select_related("child"))
        visit.save(update_fields=["households"])


def _move_mentions(kept: Child, gone: Child) -> None:
    """Let requests about the double and the links of its notices name the record that stays."""
    RightsRequest.objects.filter(label=LABEL, object_pk=gone.pk).update(
        object_pk=kept.pk, public_no=kept.no, region_id=kept.region_id
    )
    for old, new in (
        (f"/children/{gone.pk}/", f"/children/{kept.pk}/"),
        (f"child={gone.pk}", f"child={kept.pk}"),
    ):
        Notice.objects.filter(link__endswith=old).update(link=Replace(F("link"), Value(old), Value(new)))


def _finish(actor: User, pair: Duplicate, kept: Child, gone: Child) -> None:
    pair.state, pair.decided_by, pair.decided_at = State.MERGED, actor, timezone.now()
    pair.save(update_fields=["state", "decided_by", "decided_at"])
    _follow_consent(actor, kept)
    pass_on_main(kept.pk)
    numbers = [kept.no, gone.no]
    record(actor, Action.UPDATE, kept, reason="合并重复档案", subjects=numbers, merged=gone.pk)


def _follow_consent(actor: User, kept: Child) -> None:
    """Let the consent say what the latest record of either says; a no ends the pairings of both."""
    latest = kept.consents.first()
    if latest is not None:
        kept.consent = Consent.GIVEN if latest.is_yes else Consent.REFUSED
        kept.save(update_fields=["consent", "updated_at"])
    if kept.consent == Consent.REFUSED and Pairing.objects.filter(child=kept, state__in=OPEN_STATES).exists():
        consent_refused.send(Child, child=kept, actor=actor)
