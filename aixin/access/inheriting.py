"""What a region decides lies over what those above it decided, over what is built in; an empty field inherits."""

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, Self, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from aixin.access.models import Post
from aixin.access.regions import Level, ancestor_codes, contains
from aixin.audit.models import Action
from aixin.audit.trail import record

# A frozen dataclass of what holds; the record of a region has fields of the same names.
RulesT = TypeVar("RulesT")


class InheritedQuerySet(QuerySet[Any]):
    def reaching(self, codes: set[str]) -> Self:
        """Decisions of regions and of those above them, the province's first."""
        above = {code for one in codes for code in ancestor_codes(one)}
        return self.filter(region__in=above).order_by("region_id")


def decisions_at(decided: Iterable[Any], code: str, draft: Any = None) -> list[Any]:
    """Return which of some decisions hold at a place, the province's first; a draft in place of its region's own."""
    own = [row for row in decided if draft is None or row.region_id != draft.region_id]
    if draft is not None:
        own.append(draft)
    return sorted((row for row in own if contains(row.region_id, code)), key=lambda row: row.region_id)


def overlaid(rules: RulesT, own: Any) -> RulesT:
    """Return rules with a region's own decisions over them; a field left empty inherits."""
    said: dict[str, Any] = {}
    for name in (field.name for field in fields(rules)):  # type: ignore[arg-type]
        value = getattr(own, name)
        if value is not None:
            said[name] = tuple(value) if isinstance(value, list) else value
    return replace(rules, **said)  # type: ignore[type-var]


def rules_at(built_in: RulesT, decided: Iterable[Any], code: str, draft: Any = None) -> RulesT:
    """Return what holds at a place by some decisions."""
    rules = built_in
    for own in decisions_at(decided, code, draft):
        rules = overlaid(rules, own)
    return rules


@transaction.atomic
def save_policy(actor: Any, policy: Any) -> None:
    """Store a region's decisions; raise ValidationError for what is out of range."""
    policy.updated_by = actor
    policy.full_clean()
    policy.save()
    record(actor, Action.UPDATE, policy)


def deciding_post(user: Any) -> Post:
    """Return the post of a user who decides: staff of a county and above, each for her own region; else raise."""
    post: Post | None = user.acting_post
    if post is None or post.region is None or post.level is None or post.level > Level.COUNTY:
        raise PermissionDenied
    return post
