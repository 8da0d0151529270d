"""History rows as a time line: what changed, when, by whom. Ciphertext is named, never shown."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone

from aixin.access.models import User
from aixin.access.people import shows_full_names
from aixin.privacy.fields import BlindIndexField, EncryptedField
from aixin.privacy.masks import mask_numbers

_HIDDEN = ("pgh_", "updated_at", "created_at", "initials", "pinyin", "temporary_no")
SHOWN = 100


@dataclass(frozen=True)
class Change:
    """One field of one event."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Step:
    """One event of the time line."""

    at: Any
    who: str
    title: str
    changes: list[Change]


def timeline(row: models.Model, user: Any) -> list[Step]:
    """Return the history of a row, the newest first; who sees no full names reads no free text either."""
    events = list(row.events.select_related("pgh_context").order_by("pgh_id")[:SHOWN])  # type: ignore[attr-defined]
    names = _names(events)
    words = shows_full_names(user)
    steps = [_step(old, new, names, words=words) for old, new in zip([None, *events], events, strict=False)]
    return [step for step in reversed(steps) if step.changes or step.title != "修改"]


def last_touches(model: type[models.Model], pks: Iterable[int], since: Any) -> dict[int, tuple[str, Any]]:
    """Return who last wrote each tracked row after a point in time, and when; rows not written since are left out."""
    events = list(
        model.events.rel.related_model.objects.filter(pgh_obj_id__in=list(pks), pgh_created_at__gt=since)  # type: ignore[attr-defined]
        .select_related("pgh_context")
        .order_by("pgh_obj_id", "-pgh_id")
        .distinct("pgh_obj_id")
    )
    names = _names(events)
    return {event.pgh_obj_id: (_who(event, names), event.pgh_created_at) for event in events}


def _who(event: Any, names: dict[str, str]) -> str:
    return names.get(str(event.pgh_context.metadata.get("user")), "系统") if event.pgh_context else "系统"


def _names(events: Iterable[Any]) -> dict[str, str]:
    ids = {str(event.pgh_context.metadata.get("user")) for event in events if event.pgh_context}
    users = User.objects.filter(pk__in=[pk for pk in ids if pk.isdigit()])
    return {str(user.pk): user.get_full_name() for user in users}


def _step(old: Any, new: Any, names: dict[str, str], *, words: bool) -> Step:
    title = {"insert": "登记", "delete": "删除"}.get(new.pgh_label, "修改")
    changes = list(_changes(old, new, words=words)) if old is not None else []
    return Step(new.pgh_created_at, _who(new, names), title, changes)


def _changes(old: Any, new: Any, *, words: bool) -> Iterator[Change]:
    for field in new._meta.fields:
        if field.name.startswith(_HIDDEN) or isinstance(field, EncryptedField):
            continue
        if getattr(old, field.attname) != getattr(new, field.attname):
            yield _change(field, old, new, words=words)


def _change(field: Any, old: Any, new: Any, *, words: bool) -> Change:
    if isinstance(field, BlindIndexField):
        label = new._meta.get_field(field.name.removesuffix("_index")).verbose_name
        return Change(str(label), "", "已更新（不显示号码）")
    if not words and isinstance(field, models.CharField | models.TextField) and not field.choices:
        return Change(str(field.verbose_name), "", "已更新（文字由县及以下查看）")
    return Change(str(field.verbose_name), _text(field, old), _text(field, new))


def _text(field: Any, row: Any) -> str:
    value = getattr(row, field.attname)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value) or "（空）")
    if isinstance(value, datetime.datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        labels = dict(getattr(field.base_field, "flatchoices", ()))
        return "、".join(str(labels.get(item, item)) for item in value) or "（空）"
    return "（空）" if value in (None, "") else mask_numbers(str(value))
