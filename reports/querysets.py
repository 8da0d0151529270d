"""Named reads of what reports keep."""

from typing import Any, Self

from django.db.models import Q, QuerySet

from aixin.access.models import Role
from aixin.access.regions import ancestor_codes


def _staff_region(user: Any) -> str | None:
    post = getattr(user, "acting_post", None)
    return post.region_id if post is not None and user.is_active and post.role == Role.STAFF else None


class QuestionQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """One's own in the post acted in, and those shared by the office and by the offices above it."""
        code = _staff_region(user)
        if code is None:
            return self.none()
        return self.filter(Q(owner=user, region=code) | Q(is_shared=True, region__in=ancestor_codes(code)))

    def kept_by(self, user: Any) -> Self:
        """Those that the user may rename and delete: her own, and as head those that her office shares."""
        code = _staff_region(user)
        if code is None:
            return self.none()
        mine = Q(owner=user, region=code)
        return self.filter(mine | Q(is_shared=True, region=code) if user.acting_post.is_head else mine)
