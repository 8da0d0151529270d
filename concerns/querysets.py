"""Named reads of what was raised about children, of reports and of questions."""

from typing import Any, Self

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from aixin.access.models import Role
from aixin.access.querysets import within
from children.querysets import ChildRecordQuerySet
from concerns.choices import State


class ConcernQuerySet(ChildRecordQuerySet):
    def open(self) -> Self:
        """What is not closed yet."""
        return self.exclude(state=State.CLOSED)

    def overdue(self) -> Self:
        """What is open beyond its deadline."""
        return self.open().filter(due_at__lt=timezone.now())

    def raised_by_user(self, user: Any) -> Self:
        """What a user has raised herself, whichever post she acted in."""
        return self.filter(raised_by=user).select_related("child").order_by("-raised_at")

    def for_list(self) -> Self:
        """Everything a row shows: what is open first, the longest overdue before all."""
        rows = self.select_related("child", "region", "raised_by")
        return rows.order_by(F("closed_at").desc(nulls_first=True), "due_at", "id")


class ReportQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Reports kept by the office that the user heads; nobody else sees one (DOMAIN section 5)."""
        post = getattr(user, "acting_post", None)
        if post is None or not user.is_active or post.role != Role.STAFF or not post.is_head:
            return self.none()
        return self.filter(region_id=post.region_id)

    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)


class QuestionQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Staff: those of their county; a volunteer: her own and, as a specialist, those of whom she answers for."""
        post = getattr(user, "acting_post", None)
        if post is None or not user.is_active:
            return self.none()
        if post.role == Role.STAFF:
            return self.filter(within(post.region_id))
        if post.role != Role.VOLUNTEER:
            return self.none()
        specialists = self.model.specialists()
        counties = specialists.serving().filter(volunteer__user=user).values("region_id")
        return self.filter(Q(asker=user) | Q(region_id__in=counties))

    def asked_by(self, user: Any) -> Self:
        return self.filter(asker=user)

    def open(self) -> Self:
        return self.filter(answered_at__isnull=True)


class SpecialistQuerySet(QuerySet[Any]):
    def serving(self) -> Self:
        """Those who answer today."""
        return self.filter(ended_at__isnull=True)

    def visible_to(self, user: Any) -> Self:
        """Staff: those of their county."""
        post = getattr(user, "acting_post", None)
        if post is None or not user.is_active or post.role != Role.STAFF:
            return self.none()
        return self.filter(within(post.region_id))
