"""A child's guardians and parents in a roster: what a row states of them, what that changes, how it is stored."""

from collections.abc import Callable
from typing import Any

from aixin.access.people import Person
from aixin.exchange.drafts import Change, Draft
from aixin.privacy.fields import index_of
from aixin.privacy.masks import mask_idno, mask_phone
from children.choices import Category
from children.models import Guardian, Parent

GUARDIAN_FIELDS = {"guardian": "name", "relation": "relation", "guardian_address": "address"}
SECRET: dict[str, Callable[[str], str]] = {
    "idno": mask_idno,
    "phone": mask_phone,
    "other_phones": mask_phone,
    "contact_notes": lambda text: f"共{len(text)}个字" if text else "",
}
GUARDIAN = "guardian"
BATCH = 2000


def change_of(row: Person, key: str, old: Any, new: Any) -> Change:
    label = str(row._meta.get_field(key).verbose_name)  # type: ignore[union-attr]
    return Change(key, label, _text(row, key, old), _text(row, key, new))


def _text(row: Any, key: str, value: Any) -> str:
    if key in SECRET:
        return SECRET[key](value)
    field = row._meta.get_field(key)
    labels = dict(getattr(field, "flatchoices", ()) or Category.choices)
    if isinstance(value, list):
        return "、".join(str(labels.get(item, item)) for item in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(labels.get(value, value) if value is not None else "")


def guardian_values(draft: Draft) -> dict[str, Any]:
    stated = {name: (draft.get(key) or "")[:40] for key, name in GUARDIAN_FIELDS.items()}
    stated["phone"] = draft.values["phone_number"]
    stated["other_phones"] = draft.values["phone_others"]
    stated["relation"] = stated["relation"][:20]
    return _taken(draft, GUARDIAN, stated) if draft.get("guardian") else {}


def parent_values(draft: Draft, kind: str) -> dict[str, Any]:
    prefix = kind.lower()
    stated = {
        "name": draft.get(f"{prefix}_name"),
        "status": (draft.get(f"{prefix}_status") or [""])[0],
        "idno": draft.get(f"{prefix}_idno"),
        "phone": draft.values[f"{prefix}_phone_number"],
        "other_phones": draft.values[f"{prefix}_phone_others"],
        "workplace": draft.get(f"{prefix}_workplace"),
    }
    return _taken(draft, kind, stated)


def _taken(draft: Draft, whose: str, stated: dict[str, Any]) -> dict[str, Any]:
    """Return what a row states of a further person, without what the clerk does not want."""
    return {name: value for name, value in stated.items() if value and draft.takes(f"{whose}.{name}")}


def differences(row: Any, values: dict[str, Any], whose: str = "", title: str = "") -> list[Change]:
    return [
        Change(
            f"{whose}.{key}",
            f"{title}{row._meta.get_field(key).verbose_name}",
            _text(row, key, getattr(row, key)),
            _text(row, key, new),
        )
        for key, new in values.items()
        if getattr(row, key) != new
    ]


def as_record(row: Any, draft: Draft, values: dict[str, Any]) -> Any:
    row.child, row.region_id = draft.target, draft.target.region_id
    for key, value in values.items():
        setattr(row, key, value)
    return row


def store_records(fresh: list[Any], changed: list[Any]) -> None:
    models: tuple[type[Any], ...] = (Guardian, Parent)
    for model in models:
        model.objects.bulk_create([row for row in fresh if isinstance(row, model)], batch_size=BATCH)
        rows = [row for row in changed if isinstance(row, model)]
        for row in rows:
            for secret in ("idno", "phone"):
                if hasattr(row, secret):
                    setattr(row, f"{secret}_index", index_of(getattr(row, secret)))
        names = [f.name for f in model._meta.concrete_fields if f.name not in {"id", "child", "kind"}]
        model.objects.bulk_update(rows, names, batch_size=500)
