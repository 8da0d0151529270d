"""Whether a pairing waits for the county's approval, as regions decided it."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from aixin.access.models import Region, Role
from aixin.access.regions import Level
from aixin.audit.models import Action
from aixin.audit.trail import record
from pairing.models import PairingRule


@dataclass(frozen=True)
class Approval:
    """What holds at a place, and which region decided it; None where nobody has."""

    needed: bool
    decided_by: Region | None


def approval_at(code: str) -> Approval:
    """Return what holds at a place: the nearest decision of the region itself or of one above; else no approval."""
    nearest = PairingRule.objects.reaching(code).select_related("region").first()
    return (
        Approval(nearest.needs_approval, nearest.region)
        if nearest
        else Approval(needed=False, decided_by=None)
    )


def waits_for_county(actor: Any, code: str) -> bool:
    """Return whether what this user pairs at a place waits: a township's or village's, where the rule says so."""
    post = getattr(actor, "acting_post", None)
    return post is not None and post.level > Level.COUNTY and approval_at(code).needed


def decides_pairings(user: Any) -> bool:
    """Return whether the user answers for a county what its townships proposed."""
    post = getattr(user, "acting_post", None)
    return post is not None and post.role == Role.STAFF and post.level == Level.COUNTY


def may_set_rule(user: Any) -> bool:
    """Return whether the user decides for her region: the head of a county, city or province office."""
    post = getattr(user, "acting_post", None)
    return post is not None and post.role == Role.STAFF and post.is_head and post.level <= Level.COUNTY


@transaction.atomic
def set_rule(actor: Any, region: Region, *, needed: bool | None) -> None:
    """Store a region's own decision; None lets it follow the region above."""
    Region.objects.select_for_update().get(pk=region.pk)
    if needed is None:
        PairingRule.objects.filter(region=region).delete()
    else:
        stated = {"needs_approval": needed, "updated_by_id": actor.pk}
        PairingRule.objects.update_or_create(region=region, defaults=stated)
    words = {None: "按上级规定", True: "须经县级审批", False: "无须审批"}[needed]
    record(actor, Action.UPDATE, region, reason=f"结对审批：{words}")
