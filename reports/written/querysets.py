"""Named reads of the chapters of a written report."""

from typing import Any, Self

from django.db.models import Q

from aixin.access.models import Role
from aixin.access.querysets import ScopedQuerySet, within
from aixin.access.regions import ancestor_codes


class ChapterTitleQuerySet(ScopedQuerySet):
    def asked_of(self, code: str) -> Self:
        """The chapters that the regions above a place, or it itself, ask for, in their order."""
        return self.filter(region_id__in=ancestor_codes(code), retired=False)


class ChapterQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Those of the region of a member of staff or an official; no name of a child stands in them."""
        post = getattr(user, "acting_post", None)
        if post is None or not user.is_active or post.role not in {Role.STAFF, Role.OFFICIAL}:
            return self.none()
        return self.filter(within(post.region_id))

    def in_report(self, code: str, period: str) -> Self:
        """What stands in the report of a region and period: chapters of it and below, its own next steps last."""
        rows = self.filter(within(code), period=period).filter(Q(title__isnull=False) | Q(region_id=code))
        return rows.select_related("title", "region", "written_by")
