"""Named reads of to-dos."""

import datetime
from typing import Any, Self

from django.db.models import Q
from django.utils import timezone

from aixin.access.models import Role
from aixin.access.querysets import ScopedQuerySet
from aixin.todos.choices import State


class TodoQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        return self.filter(state=State.OPEN)

    def closed(self) -> Self:
        return self.exclude(state=State.OPEN)

    def overdue(self) -> Self:
        """Open beyond their days."""
        return self.open().filter(due_on__lt=timezone.localdate())

    def escalated(self) -> Self:
        """Open ones that have come up to the next level."""
        return self.open().filter(escalated_to__isnull=False)

    def for_office(self, user: Any) -> Self:
        """Open ones that the user's office is to decide, or that have come up to it."""
        post = getattr(user, "acting_post", None)
        if post is None or post.role != Role.STAFF:
            return self.none()
        come_up = Q(level__gt=post.level, escalated_to__lte=post.level)
        return self.visible_to(user).open().filter(Q(level=post.level) | come_up)

    def below_office(self, user: Any) -> Self:
        """Open ones that offices below the user's still have time to decide."""
        post = getattr(user, "acting_post", None)
        if post is None or post.role != Role.STAFF:
            return self.none()
        not_yet = Q(escalated_to__isnull=True) | Q(escalated_to__gt=post.level)
        return self.visible_to(user).open().filter(not_yet, level__gt=post.level)

    def about(self, label: str, pk: int, no: str) -> Self:
        """Those about a row, or about something in which the person with this public number stands."""
        return self.filter(Q(subject=label, subject_id=pk) | Q(numbers__contains=[no]))

    def answered(self, today: datetime.date) -> Self:
        """Decided ones that are not to be asked again yet."""
        later = Q(ask_again_on__isnull=True) | Q(ask_again_on__gt=today)
        return self.filter(later, state=State.DECIDED)

    def for_list(self) -> Self:
        return self.select_related("region", "decided_by")
