"""Named reads of sign-ups and of the counties that recruit."""

import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from aixin.access.models import Post, Region, Role
from aixin.access.querysets import ScopedQuerySet
from aixin.access.regions import Level
from recruitment.choices import State
from volunteers.choices import Clearance
from volunteers.choices import State as VolunteerState
from volunteers.models import Volunteer

# A sign-up whose phone was never confirmed is nobody's.
UNCONFIRMED_DAYS = 1
# How long one that came to nothing is kept, for questions about why.
CLOSED_DAYS = 180


class JoinPageQuerySet(models.QuerySet[Any]):
    def closed(self) -> Self:
        """Pages of counties that do not recruit at present."""
        return self.filter(is_open=False)


def recruiting_counties() -> QuerySet[Region]:
    """Return the counties in which an office works with the platform; anyone may know them."""
    offices = Post.objects.current().filter(role=Role.STAFF, user__is_active=True)
    return Region.objects.filter(level=Level.COUNTY, retired=False, code__in=offices.values("region_id"))


class ApplicationQuerySet(ScopedQuerySet):
    def received(self) -> Self:
        """Those that reached the office: the phone was confirmed."""
        return self.exclude(state=State.UNCONFIRMED)

    def pending(self) -> Self:
        """待审核."""
        return self.filter(state=State.PENDING)

    def returned(self) -> Self:
        """待补充: sent back to the applicant."""
        return self.filter(state=State.RETURNED)

    def checking(self) -> Self:
        """准入查询中: accepted, the result of her 准入查询 is awaited."""
        return self._on_their_way().exclude(volunteer__clearance=Clearance.FAILED)

    def qualified(self) -> Self:
        """已合格: accepted and through the 准入查询."""
        return self.filter(state=State.ACCEPTED).exclude(volunteer__state=VolunteerState.APPLIED)

    def unsuccessful(self) -> Self:
        """未通过, in the review or in the 准入查询."""
        failed = self._on_their_way().filter(volunteer__clearance=Clearance.FAILED)
        return self.filter(Q(state=State.REFUSED) | Q(pk__in=failed.values("pk")))

    def _on_their_way(self) -> Self:
        return self.filter(state=State.ACCEPTED, volunteer__state=VolunteerState.APPLIED)

    def of_volunteer(self, pk: int) -> Self:
        """Applications that led to a volunteer's record."""
        return self.filter(volunteer=pk)

    def for_list(self) -> Self:
        """Those that wait first, the longest waiting before the others; then the latest."""
        waiting = models.Case(models.When(state=State.PENDING, then=0), default=1)
        return (
            self.received()
            .select_related("region", "volunteer")
            .alias(waits=waiting)
            .order_by("waits", F("decided_at").desc(nulls_first=True), "id")
        )

    def outdated(self) -> Self:
        """Those whose time is over: never confirmed, or long closed without a volunteer."""
        now = timezone.now()
        unconfirmed = Q(
            state=State.UNCONFIRMED, created_at__lt=now - datetime.timedelta(days=UNCONFIRMED_DAYS)
        )
        closed = Q(
            state__in=(State.REFUSED, State.WITHDRAWN),
            decided_at__lt=now - datetime.timedelta(days=CLOSED_DAYS),
        )
        returned = Q(state=State.RETURNED, decided_at__lt=now - datetime.timedelta(days=CLOSED_DAYS))
        return self.filter(unconfirmed | closed | returned)


class CertificateQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Certificates of the volunteers whom the user sees."""
        return self.filter(volunteer__in=Volunteer.objects.visible_to(user))

    def unlocked(self) -> Self:
        """Certificates of records that may be changed and revealed."""
        return self.filter(volunteer__in=Volunteer.objects.unlocked())

    def runs_out(self, days: int) -> Self:
        """Certificates that have run out or will within so many days."""
        return self.filter(valid_until__lte=timezone.localdate() + datetime.timedelta(days=days))
