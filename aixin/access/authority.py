"""Who decides, and who is told: the head of a region's office, or the level above it (DESIGN section 1)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db.models import QuerySet

from aixin.access.models import Post, Role, User
from aixin.access.regions import ancestor_codes, parent_code


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


def deciders_at(code: str, user: User) -> list[User]:
    """Return the heads who may decide on what a user asked for at a region, whichever post she acts in now."""
    return _first_heads(code, user)


def decides_on(user: User, asked: Sequence[tuple[str, int]]) -> list[bool]:
    """Return for each request, given as its region and the id of who asked, whether the user may decide; one query."""
    codes = {code for region, _ in asked for code in ancestor_codes(region)}
    posts = Post.objects.current().filter(
        role=Role.STAFF, is_head=True, user__is_active=True, region__in=codes
    )
    heads: dict[str, set[int]] = defaultdict(set)
    for code, head in posts.values_list("region_id", "user_id"):
        heads[code].add(head)
    return [user.pk in _nearest(region, requester, heads) for region, requester in asked]


def _nearest(region: str, requester: int, heads: dict[str, set[int]]) -> set[int]:
    others = (heads.get(code, set()) - {requester} for code in _upwards(region))
    return next((found for found in others if found), set())


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
