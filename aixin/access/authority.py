"""Who decides, and who is told: the head of a region's office, or the level above it (DESIGN section 1)."""

from collections.abc import Iterator

from django.db.models import QuerySet

from aixin.access.models import Post, Role, User
from aixin.access.regions import parent_code


def heads_of(code: str) -> QuerySet[User]:
    """Return the active users who head the office of a region today."""
    heads = Post.objects.current().filter(role=Role.STAFF, region_id=code, is_head=True)
    return User.objects.filter(is_active=True, pk__in=heads.values("user_id")).order_by("pk")


def deciders_for(user: User) -> list[User]:
    """Return the heads who may decide on a request of the user, never herself: of her region, else of the next above.

    Empty when nobody above is marked as head.
    """
    post = user.acting_post
    own = post.region_id if post else None
    return _first_heads(own, user)


def heads_above(user: User) -> list[User]:
    """Return the heads of the nearest level above the user's own region; empty when there is none."""
    post = user.acting_post
    own = post.region_id if post else None
    return _first_heads(parent_code(own) if own else None, user)


def _first_heads(code: str | None, user: User) -> list[User]:
    for region in _upwards(code):
        heads = list(heads_of(region).exclude(pk=user.pk))
        if heads:
            return heads
    return []


def _upwards(code: str | None) -> Iterator[str]:
    while code:
        yield code
        code = parent_code(code)
