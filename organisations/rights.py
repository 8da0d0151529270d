"""Who keeps teams and organisations: the office of the county or city to which they belong, and no other."""

from typing import Any

from aixin.access.models import Role
from aixin.access.regions import Level


def _acts_at(user: Any, *levels: Level) -> bool:
    post = getattr(user, "acting_post", None)
    return post is not None and post.role == Role.STAFF and post.level in levels


def keeps_teams(user: Any) -> bool:
    """Return whether the user may found a team: staff of a county or of a city."""
    return _acts_at(user, Level.COUNTY, Level.CITY)


def keeps_organisations(user: Any) -> bool:
    """Return whether the user keeps organisations and decides on their claims: staff of a county."""
    return _acts_at(user, Level.COUNTY)


def posts_volunteers(user: Any) -> bool:
    """Return whether the user sends volunteers of her own office to counties: staff of a city."""
    return _acts_at(user, Level.CITY)


def sees_organisations(user: Any) -> bool:
    """Return whether the pages are offered: to a county's office and those above, not below."""
    return _acts_at(user, Level.COUNTY, Level.CITY, Level.PROVINCE)


def keeps(user: Any, row: Any) -> bool:
    """Return whether the user's own office keeps a team, organisation or claim."""
    return keeps_teams(user) and user.acting_post.region_id == row.region_id
