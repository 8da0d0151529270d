"""Named reads of report forms, returns and workbooks."""

from typing import Any, Self

from django.db.models import Q, QuerySet

from aixin.access.models import Role
from aixin.access.querysets import ScopedQuerySet, within
from aixin.access.regions import Level, ancestor_codes
from reports.returns.choices import FormState, ReturnState

READERS = (Role.STAFF, Role.OFFICIAL)


class FormQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Forms of the user's office, and those in use of the offices above; officials those in use alone."""
        post = getattr(user, "acting_post", None)
        if post is None or not user.is_active or post.role not in READERS or post.level > Level.COUNTY:
            return self.none()
        from_above = Q(region__in=ancestor_codes(post.region_id)) & ~Q(state=FormState.DRAFT)
        if post.role == Role.OFFICIAL:
            return self.filter(from_above)
        return self.filter(from_above | Q(region=post.region_id))

    def in_use(self) -> Self:
        return self.filter(state=FormState.OPEN)

    def owned_by(self, code: str) -> Self:
        """Forms that an office has made itself."""
        return self.filter(region=code)

    def for_list(self) -> Self:
        return self.select_related("region")


class ReturnQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Returns of the user's region and below; officials those that were handed in."""
        post = getattr(user, "acting_post", None)
        if post is None or not user.is_active or post.role not in READERS or post.level > Level.COUNTY:
            return self.none()
        here = self.filter(within(post.region_id))
        return here.handed_in() if post.role == Role.OFFICIAL else here

    def handed_in(self) -> Self:
        """Those with a version that stands, whatever has become of them since."""
        return self.filter(versions__isnull=False).distinct()

    def standing(self) -> Self:
        """Those that the level above may count with: handed in, and not sent back."""
        return self.filter(state__in=[ReturnState.SUBMITTED, ReturnState.ACCEPTED])

    def of(self, form: Any, period: str) -> Self:
        return self.filter(form=form, period=period)


class VersionQuerySet(QuerySet[Any]):
    def newest_of(self, returns: Any) -> Self:
        """The last version of each of some returns."""
        return self.filter(of__in=returns).order_by("of_id", "-number").distinct("of_id")


class OfficeQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """What the user's own office keeps."""
        post = getattr(user, "acting_post", None)
        if post is None or not user.is_active or post.role != Role.STAFF or post.level > Level.COUNTY:
            return self.none()
        return self.filter(region=post.region_id)
