"""Two records become one: values as chosen, everything that points at the double goes to the one that stays."""

from typing import Any

from django.db import transaction
from django.db.models import F, Model, Value
from django.db.models.functions import Replace
from django.utils import timezone

from aixin.access.models import User
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.exchange.images import relations_to
from aixin.notify.models import Notice
from aixin.rights.models import RightsRequest
from duplicates.choices import State
from duplicates.journal import Recorder
from duplicates.kinds import Kind, kind_of
from duplicates.models import Pair
from duplicates.services import DuplicateError, look_at
from duplicates.sides import FIRST, SECOND, Choice
from pairing.models import RejectedPair


@transaction.atomic
def merge(actor: User, pair: Pair, choice: Choice) -> Any:
    """Merge the two of a pair and return the record that stays; a second call changes nothing.

    Raises DuplicateError for a pair that was decided otherwise, or of which one has left the roster.
    """
    kind = kind_of(pair)
    locked, rows = _locked(kind, pair)
    kept, gone = _sides(locked, rows, choice.keep)
    if gone.merged_into_id == kept.pk:
        return kept
    if locked.state == State.MERGED or not (kind.may_merge(kept) and kind.may_merge(gone)):
        raise DuplicateError(kind.refusal)
    with kind.reach():
        _merge(actor, kind, locked, kept, gone, choice)
    look_at(kind, [kept.pk, gone.pk])
    return kept


def _locked(kind: Kind, pair: Pair) -> tuple[Pair, dict[int, Any]]:
    """Return the pair and its records, locked in the order of their keys, so that no two clerks wait for each other."""
    keys = [pair.first_id, pair.second_id]
    rows = kind.model.objects.select_for_update(of=("self",)).select_related("region").order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=keys)}
    locked: Pair = kind.pairs.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    return locked, found


def _sides(pair: Pair, rows: dict[int, Any], keep: str) -> tuple[Any, Any]:
    sides = {FIRST: rows[pair.first_id], SECOND: rows[pair.second_id]}
    return sides.pop(keep), sides.popitem()[1]


def _merge(actor: User, kind: Kind, pair: Pair, kept: Any, gone: Any, choice: Choice) -> None:
    recorder = Recorder(kind, kept, gone)
    kind.before(actor, kept, gone, choice)
    _take_values(actor, kind, kept, gone, choice)
    _move(kind, kept, gone)
    pair.state, pair.decided_by, pair.decided_at = State.MERGED, actor, timezone.now()
    kind.after(actor, kept)
    record(actor, Action.UPDATE, kept, reason="合并重复档案", subjects=[kept.no, gone.no], merged=gone.pk)
    pair.journal = recorder.journal().packed()
    pair.save(update_fields=["state", "decided_by", "decided_at", "journal"])


def _take_values(actor: User, kind: Kind, kept: Any, gone: Any, choice: Choice) -> None:
    """Write the chosen values; the double is stored first, because it gives away what only one may have."""
    for name in kind.fields:
        if choice.takes(name):
            setattr(kept, name, getattr(gone, name))
    kind.complete(actor, kept, gone, choice)
    gone.merged_into = kept
    kind.retire(gone)
    for row in (gone, kept):
        row.prepare()
        row.save()


def _move(kind: Kind, kept: Any, gone: Any) -> None:
    """Let everything that points at the double point at the record that stays, but for what that has itself."""
    for relation in relations_to(kind.model):
        model: Any = relation.related_model
        column = relation.field.attname
        staying = _doubles(kind, model, kept, gone)
        kind.remove(model, staying)
        moving = model._default_manager.filter(**{column: gone.pk}).exclude(pk__in=staying)
        if model is kind.model:
            moving = moving.exclude(pk=gone.pk)
        moving.update(**{column: kept.pk}, **_region(kind, model, kept))
    _move_rejections(kind, kept, gone)
    _move_mentions(kind, kept, gone)


def _move_rejections(kind: Kind, kept: Any, gone: Any) -> None:
    """Let whom the double was not to be paired with hold for the record that stays; no constraint points at these."""
    staying = _doubles(kind, RejectedPair, kept, gone)
    moving = RejectedPair.objects.filter(**{kind.owner: gone.pk}).exclude(pk__in=staying)
    moving.update(**{kind.owner: kept.pk}, **_region(kind, RejectedPair, kept))


def _region(kind: Kind, model: type[Model], kept: Any) -> dict[str, str]:
    """Return the region of a row that follows its child; that of a visit and of a double stays."""
    has_region = any(field.name == "region" for field in model._meta.concrete_fields)
    follows = kind.moves_region and has_region and model is not kind.model
    return {"region_id": kept.region_id} if follows else {}


def _doubles(kind: Kind, model: Any, kept: Any, gone: Any) -> list[int]:
    """Return the double's rows that say what a row of the record that stays says already."""
    same = kind.once.get(model._meta.label)
    if same is None:
        return []
    rows = model._default_manager
    known = {same(row) for row in rows.filter(**{kind.owner: kept.pk})} - {None}
    return [row.pk for row in rows.filter(**{kind.owner: gone.pk}) if same(row) in known]


def _move_mentions(kind: Kind, kept: Any, gone: Any) -> None:
    """Let requests about the double, and the notices to her and about her, name the record that stays."""
    RightsRequest.objects.filter(label=kind.model_label, object_pk=gone.pk).update(
        object_pk=kept.pk, public_no=kept.no, region_id=kept.region_id
    )
    for old, new in zip(kind.mentions(gone.pk), kind.mentions(kept.pk), strict=True):
        Notice.objects.filter(link__endswith=old).update(link=Replace(F("link"), Value(old), Value(new)))
    if kind.addressee(gone):
        Notice.objects.filter(addressee=kind.addressee(gone)).update(addressee=kind.addressee(kept))
