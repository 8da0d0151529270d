"""Named reads of duties, policies and counties that remind."""

import datetime
from typing import Any, Self

from django.db.models import QuerySet
from django.utils import timezone

from aixin.access.querysets import ScopedQuerySet, within
from aixin.access.regions import ancestor_codes
from care.choices import State


class DutyQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        return self.filter(state=State.OPEN)

    def overdue(self, today: datetime.date | None = None) -> Self:
        """Open beyond their last day."""
        return self.open().filter(due_on__lt=today or timezone.localdate())

    def due_within(self, days: int, today: datetime.date | None = None) -> Self:
        """Open, not overdue, and to be done within so many days."""
        day = today or timezone.localdate()
        return self.open().filter(due_on__gte=day, due_on__lte=day + datetime.timedelta(days=days))

    def without_volunteer(self) -> Self:
        """Open with nobody but the village's chair to do them."""
        return self.open().filter(volunteer__isnull=True)

    def escalated(self) -> Self:
        """Open ones that have come up to some office."""
        return self.open().filter(escalated_to__isnull=False)

    def for_list(self) -> Self:
        """With what a row shows; without the texts, which are ciphertext."""
        return self.select_related("child__region", "region", "volunteer").defer("reason", "note")


class PolicyQuerySet(QuerySet[Any]):
    def reaching(self, codes: set[str]) -> Self:
        """Decisions of regions and of those above them, the province's first."""
        above = {code for one in codes for code in ancestor_codes(one)}
        return self.filter(region__in=above).order_by("region_id")


class GoLiveQuerySet(QuerySet[Any]):
    def running(self) -> Self:
        """Counties that remind today."""
        return self.filter(paused_on__isnull=True)

    def below(self, code: str) -> Self:
        """Those of counties in a region."""
        return self.filter(within(code))
