"""Who decides about programmes: the office that defined one, the county that joins, and who keeps the child's record."""

from typing import Any

from aixin.access.models import Post, Role
from aixin.access.permissions import may_edit
from aixin.access.regions import Level
from care.programmes.models import Programme


def _post(user: Any) -> Post | None:
    post: Post | None = getattr(user, "acting_post", None)
    return post if post is not None and post.role == Role.STAFF and post.region_id else None


def defines(user: Any) -> bool:
    """Return whether the user's office may define programmes: county, city, province."""
    post = _post(user)
    return post is not None and post.level is not None and post.level <= Level.COUNTY


def keeps(user: Any, programme: Programme) -> bool:
    """Return whether the user's office defined the programme and may change, start and end it."""
    post = _post(user)
    return defines(user) and post is not None and post.region_id == programme.region_id


def county_of_user(user: Any) -> str:
    """Return the county whose staff the user is; empty for townships and for offices above."""
    post = _post(user)
    return post.region_id or "" if post is not None and post.level == Level.COUNTY else ""


def decides_for_children(user: Any) -> bool:
    """Return whether the user decides which child takes part: staff of a county and below."""
    return may_edit(user)
