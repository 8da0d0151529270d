"""Named reads of programmes and of who takes part."""

from typing import Any, Self

from django.db.models import Case, Count, Prefetch, Q, QuerySet, Value, When

from aixin.access.querysets import within
from aixin.access.regions import ancestor_codes
from care.programmes.choices import ProgrammeState
from children.querysets import ChildRecordQuerySet


class ProgrammeQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Those of the user's region, of the regions above and below it; drafts are their own office's."""
        post = getattr(user, "acting_post", None)
        if post is None or post.role != "STAFF" or not user.is_active:
            return self.none()
        near = Q(region__in=ancestor_codes(post.region_id)) | within(post.region_id)
        return self.filter(near).filter(~Q(state=ProgrammeState.DRAFT) | Q(region=post.region_id))

    def running(self) -> Self:
        return self.filter(state=ProgrammeState.RUNNING)

    def joined_at(self, county: str) -> Self:
        """Running ones that a county takes part in."""
        return self.running().filter(joinings__region=county)

    def certifying(self, whom: str) -> Self:
        """Those that have begun and certify children, or volunteers."""
        return self.filter(certificate=whom).exclude(state=ProgrammeState.DRAFT)

    def with_items(self) -> Self:
        """With region, standing items in order, and the counties that take part."""
        items = self.model._meta.get_field("items").related_model.objects.standing()
        return self.select_related("region").prefetch_related(
            Prefetch("items", items, to_attr="standing_items"), "joinings__region"
        )

    def for_list(self) -> Self:
        """Those in progress first, with how many counties take part."""
        running = When(state=ProgrammeState.RUNNING, then=Value(0))
        draft = When(state=ProgrammeState.DRAFT, then=Value(1))
        counted = self.with_items().annotate(counties=Count("joinings"))
        return counted.order_by(Case(running, draft, default=Value(2)), "-first_on", "-pk")


class ItemQuerySet(QuerySet[Any]):
    def standing(self) -> Self:
        """Items that were not dropped, in order."""
        return self.filter(dropped_on=None).order_by("position", "pk")


class EnrolmentQuerySet(ChildRecordQuerySet):
    def chosen(self) -> Self:
        """Children of whom it was decided that they take part."""
        return self.filter(standing="IN")

    def left_out(self) -> Self:
        """Children of whom it was decided that they take no part."""
        return self.filter(standing="OUT")
