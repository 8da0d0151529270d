"""Who assigns leaders, writes findings, answers and closes them (包联督导)."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from aixin.access.models import Post, Region, Role
from aixin.access.permissions import may_edit
from aixin.access.regions import Level
from reports.models.supervision import Finding, Leader, LeaderCounty


def _post(user: Any) -> Post | None:
    post: Post | None = getattr(user, "acting_post", None)
    return post


def keeps(user: Any) -> bool:
    """Return whether the user's office assigns leaders and closes findings: a city's."""
    post = _post(user)
    return post is not None and post.role == Role.STAFF and post.level == Level.CITY


def reads(user: Any) -> bool:
    """Return whether the user sees the findings of a region: an office of a county or above, or an official."""
    post = _post(user)
    if post is None:
        return False
    return post.role == Role.OFFICIAL or (post.role == Role.STAFF and (post.level or 0) <= Level.COUNTY)


def counties_for(user: Any) -> QuerySet[Region]:
    """Return the counties about which the user may write a finding: the city's, or those she looks after now."""
    post = _post(user)
    if post is None or post.region_id is None:
        return Region.objects.none()
    counties = Region.objects.below(post.region_id).filter(level=Level.COUNTY, retired=False)
    if keeps(user):
        return counties
    if post.role != Role.OFFICIAL:
        return counties.none()
    today = timezone.localdate()
    lasting = Q(until__isnull=True) | Q(until__gte=today)
    hers = LeaderCounty.objects.filter(lasting, leader__user=user, since__lte=today)
    return counties.filter(pk__in=hers.values("region_id"))


def may_write(user: Any) -> bool:
    return counties_for(user).exists()


def may_reply(user: Any, finding: Finding) -> bool:
    """Return whether the finding is the user's office's to answer: the county's own."""
    post = _post(user)
    return may_edit(user) and post is not None and post.region_id == finding.region_id


def may_judge(user: Any, finding: Finding) -> bool:
    """Return whether the user's office closes the finding or sends it back: the county's city."""
    post = _post(user)
    return keeps(user) and post is not None and post.covers(finding.region_id)


def leader_of(user: Any, county: str) -> Leader | None:
    """Return the user's own record as the leader who looks after a county today, or None."""
    return Leader.objects.of_user(user).assigned_to(county, timezone.localdate()).first()
