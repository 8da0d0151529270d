"""Named reads of volunteers."""

import datetime
from typing import Self

from django.conf import settings
from django.utils import timezone

from aixin.access.people import PersonQuerySet
from volunteers.choices import SET_BY_ACT, Clearance, State


class VolunteerQuerySet(PersonQuerySet):
    def qualified(self) -> Self:
        """爱心妈妈 in the figures: qualified and not left (DESIGN section 5)."""
        return self.filter(state=State.QUALIFIED)

    def cleared(self) -> Self:
        """Volunteers whose 准入查询 passed and is still valid today."""
        oldest = timezone.localdate() - datetime.timedelta(days=settings.CLEARANCE_VALID_DAYS)
        return self.filter(clearance=Clearance.PASSED, cleared_on__gte=oldest)

    def clearance_runs_out(self, days: int) -> Self:
        """Serving volunteers whose 准入查询 holds today and no longer than so many days."""
        last = timezone.localdate() + datetime.timedelta(days=days)
        until = last - datetime.timedelta(days=settings.CLEARANCE_VALID_DAYS)
        return self.serving().filter(pk__in=self.cleared().values("pk"), cleared_on__lte=until)

    def to_check(self) -> Self:
        """Serving volunteers to be named to those who check: no 准入查询 that holds, and none refused."""
        unchecked = self.serving().exclude(clearance=Clearance.FAILED)
        return unchecked.exclude(pk__in=self.cleared().values("pk"))

    def without_account(self) -> Self:
        """Qualified volunteers who cannot log in yet."""
        return self.qualified().filter(user__isnull=True)

    def unlocked(self) -> Self:
        """Volunteers whose record may be changed and revealed."""
        return self.exclude(state__in=SET_BY_ACT)

    def serving(self) -> Self:
        """Volunteers who have not left, whatever keeps them from being paired today."""
        return self.unlocked().exclude(state=State.LEFT)

    def for_list(self) -> Self:
        """Everyone but those erased or merged into another record, who stand on no list."""
        return self.unlocked().select_related("region")
