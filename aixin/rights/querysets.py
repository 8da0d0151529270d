"""Named reads of requests and erasures."""

import datetime
from typing import Self

from django.db.models import F
from django.utils import timezone

from aixin.access.querysets import ScopedQuerySet
from aixin.rights.choices import State

SOON_DAYS = 3


class RequestQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        """待办."""
        return self.filter(state=State.OPEN)

    def overdue(self) -> Self:
        """待办 after its date."""
        return self.open().filter(due_on__lt=timezone.localdate())

    def due_soon(self) -> Self:
        """待办 with three days left or fewer, not overdue."""
        today = timezone.localdate()
        return self.open().filter(due_on__gte=today, due_on__lte=today + datetime.timedelta(days=SOON_DAYS))

    def about(self, label: str, pk: int) -> Self:
        """Requests about one person."""
        return self.filter(label=label, object_pk=pk)

    def for_list(self) -> Self:
        """Open ones first, by the date they are due; then the latest of the others."""
        return self.select_related("region", "done_by").order_by(
            F("done_on").desc(nulls_first=True), "due_on", "id"
        )


class ErasureQuerySet(ScopedQuerySet):
    def of(self, label: str, pk: int) -> Self:
        return self.filter(label=label, object_pk=pk)
