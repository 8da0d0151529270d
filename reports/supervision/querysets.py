"""Named reads of leaders and findings; the counts of the monthly report."""

import datetime
from typing import Any, Self

from django.db.models import F, Q
from django.utils import timezone

from aixin.access.models import Role
from aixin.access.querysets import ScopedQuerySet
from aixin.access.regions import Level
from reports.supervision.choices import State


class LeaderQuerySet(ScopedQuerySet):
    def assigned_to(self, code: str, day: datetime.date) -> Self:
        """Leaders who look after a county on a day."""
        current = Q(counties__until__isnull=True) | Q(counties__until__gte=day)
        return self.filter(current, counties__region_id=code, counties__since__lte=day).distinct()

    def of_user(self, user: Any) -> Self:
        """The records of a user as a leader."""
        return self.filter(user=user)


class FindingQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """County and above: those of their region; an official: her own; nobody else any (DOMAIN section 6)."""
        post = getattr(user, "acting_post", None)
        if post is None or not user.is_active:
            return self.none()
        if post.role == Role.OFFICIAL:
            return self.filter(Q(written_by=user) | Q(leader__user=user))
        if post.role == Role.STAFF and post.level <= Level.COUNTY:
            return self.within_region(post.region_id)
        return self.none()

    def open(self) -> Self:
        """What is not closed: `findings_open` of today."""
        return self.filter(closed_on__isnull=True)

    def to_reply(self) -> Self:
        return self.filter(state=State.OPEN)

    def to_judge(self) -> Self:
        return self.filter(state=State.REPLIED)

    def closed(self) -> Self:
        return self.filter(closed_on__isnull=False)

    def overdue(self) -> Self:
        """What waits for a reply beyond its day: `findings_overdue` of today."""
        return self.to_reply().filter(due_on__lt=timezone.localdate())

    def open_on(self, day: datetime.date) -> Self:
        """What had been raised and was not closed at the end of a day: the figure `findings_open`."""
        return self.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=day), raised_on__lte=day)

    def overdue_on(self, day: datetime.date) -> Self:
        """What was open at the end of a day, its own day over and no reply in: the figure `findings_overdue`."""
        waiting = Q(replied_on__isnull=True) | Q(replied_on__gt=day)
        return self.open_on(day).filter(waiting, due_on__lt=day)

    def closed_in(self, first: datetime.date, last: datetime.date) -> Self:
        """What was closed within a period: the figure `findings_closed`."""
        return self.filter(closed_on__range=(first, last))

    def for_list(self) -> Self:
        """Everything a row shows: what is open first, the longest overdue before all."""
        rows = self.select_related("region", "leader", "written_by")
        return rows.order_by(F("closed_on").desc(nulls_first=True), "due_on", "id")
