"""Writing to the trail. Callers pass ids and field names, never personal data."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from aixin.audit.models import Action, Entry
from aixin.privacy.masks import mask_numbers


def record(
    actor: Any,
    action: Action,
    target: models.Model | None = None,
    *,
    reason: str = "",
    address: str | None = None,
    subjects: Iterable[str] | None = None,
    **detail: Any,
) -> Entry:
    """Append one entry for `actor` (a user with an acting post, or None) and return it.

    `subjects` are the public numbers of the persons it is about; by default those that the target names itself.
    """
    post = getattr(actor, "acting_post", None)
    return Entry.objects.create(
        user=actor if getattr(actor, "pk", None) else None,
        role=post.role if post else "",
        region_code=(post.region_id or "") if post else "",
        action=action,
        object_type=target._meta.label_lower if target is not None else "",
        object_id=str(target.pk) if target is not None else "",
        object_region=getattr(target, "region_id", None) or "",
        subjects=subjects_of([target]) if subjects is None else sorted(set(subjects)),
        reason=mask_numbers(reason)[:200],
        address=address or getattr(actor, "address", None),
        detail=detail,
    )


def subjects_of(targets: Iterable[Any]) -> list[str]:
    """Return the public numbers of the persons that rows are about, each once; a row names its own as `audit_subjects`."""
    return sorted({number for target in targets for number in getattr(target, "audit_subjects", ())})
