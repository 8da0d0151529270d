"""Named reads of imports, exports and standing approvals."""

import datetime
from typing import Any, Self

from django.db.models import F, Q
from django.utils import timezone

from aixin.access.querysets import ScopedQuerySet
from aixin.exchange.choices import BUSY_STATES, ExportState


def _heads_here(user: Any) -> bool:
    post = user.acting_post
    return post is not None and post.is_head


class ExportQuerySet(ScopedQuerySet):
    def of(self, user: Any) -> Self:
        """Exports that the user asked for in the post acted in."""
        post = user.acting_post
        return self.filter(requested_by=user, region_id=post.region_id) if post else self.none()

    def shown_to(self, user: Any) -> Self:
        """One's own exports; for the head of a region also what was exported in it."""
        rows = self.visible_to(user)
        return rows if _heads_here(user) else rows.of(user)

    def without_content(self) -> Self:
        """Everything but the file, which a list must neither read nor decrypt."""
        return self.defer("content").select_related("requested_by", "region", "decided_by")

    def requested(self) -> Self:
        return self.filter(state=ExportState.REQUESTED)

    def waiting(self) -> Self:
        """Exports whose file the worker is to make."""
        return self.filter(state=ExportState.WAITING)

    def ready(self) -> Self:
        """Exports that hold a file."""
        return self.filter(state=ExportState.READY)

    def overdue(self) -> Self:
        """Exports whose file should be gone, however long ago that was due."""
        return self.ready().filter(expires_at__lte=timezone.now())

    def containing(self, label: str, pk: int) -> Self:
        """Exports with this row, or with a person who is named in another's row."""
        return self.filter(
            Q(model_label=label, row_ids__contains=[pk]) | Q(people__contains=[f"{label}:{pk}"])
        )


class StandingApprovalQuerySet(ScopedQuerySet):
    def valid(self) -> Self:
        """Those that still save a decision."""
        return self.filter(revoked_at__isnull=True, until__gte=timezone.localdate())

    def shown_to(self, user: Any) -> Self:
        """One's own; for the head of a region all of it."""
        rows = self.visible_to(user)
        return rows if _heads_here(user) else rows.filter(requester=user)


class ImportJobQuerySet(ScopedQuerySet):
    def without_files(self) -> Self:
        """Everything but what is encrypted: a list must neither read nor decrypt it."""
        return self.defer("content", "outcome", "rejected", "decided", "layout").select_related(
            "created_by", "region"
        )

    def left_alone(self, since: datetime.datetime) -> Self:
        """Jobs that a task should have finished: in work, and queued before a point in time."""
        return self.filter(state__in=BUSY_STATES, queued_at__lt=since)

    def to_erase(self, kept: datetime.timedelta) -> Self:
        """Jobs older than that of which something is left, if only the log of a file that an erasure took."""
        early = Q(erased_at__isnull=True) | Q(erased_at__lt=F("created_at") + kept)
        return self.filter(early, created_at__lte=timezone.now() - kept)

    def with_old_rejections(self, before: datetime.datetime) -> Self:
        """Jobs decided on up to a point in time, whose rejected rows are not given out any more."""
        decided = Q(confirmed_at__lte=before) | Q(confirmed_at__isnull=True, created_at__lte=before)
        return self.filter(decided, erased_at__isnull=True)
