"""Who defines forms, who hands in, who collects: offices of a county and above (DESIGN section 1)."""

from typing import Any

from django.core.exceptions import PermissionDenied

from aixin.access.models import Post, Role
from aixin.access.regions import Level, contains, level_of, parent_code


def office_of(user: Any) -> Post:
    """Return the post of staff of a county or above; raise PermissionDenied for others."""
    post = reader_of(user)
    if post.role != Role.STAFF:
        raise PermissionDenied
    return post


def reader_of(user: Any) -> Post:
    """Return the post of whoever reads forms: staff and officials of a county and above; else PermissionDenied."""
    post: Post | None = user.acting_post
    if post is None or not keeps_forms(user):
        raise PermissionDenied
    return post


def keeps_forms(user: Any) -> bool:
    """Return whether forms concern the user at all."""
    post = user.acting_post
    return post is not None and post.level is not None and bool(post.level <= Level.COUNTY)


def files(form: Any, code: str) -> bool:
    """Return whether a region hands in on a form: its own office's region and all below, down to the counties."""
    return contains(form.region_id, code) and level_of(code) <= Level.COUNTY


def sums_up(code: str) -> bool:
    """Return whether a region hands in the sum of the places below it rather than figures of its own."""
    return level_of(code) < Level.COUNTY


def collector_of(form: Any, code: str) -> str | None:
    """Return the region that collects what a region hands in; None for the form's own office, which keeps it."""
    return None if code == form.region_id else parent_code(code)
