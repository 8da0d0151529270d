"""Named reads of duties, policies and counties that remind."""

import datetime
from functools import reduce
from operator import or_
from typing import Any, Self

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Left
from django.utils import timezone

from aixin.access.inheriting import InheritedQuerySet
from aixin.access.querysets import ScopedQuerySet, within
from aixin.access.regions import LENGTHS, Level
from care.choices import State

WEEK = datetime.timedelta(days=7)
# How many weeks a calendar shows.
WEEKS = 5


def monday_of(day: datetime.date) -> datetime.date:
    """Return the Monday of the week that a day lies in."""
    return day - datetime.timedelta(days=day.weekday())


def week_choices(today: datetime.date, number: int) -> list[tuple[str, str]]:
    """Return this week and those after it: the Monday, and how people name the week."""
    mondays = [monday_of(today) + WEEK * n for n in range(number)]
    named = {0: "本周", 1: "下周"}
    return [
        (monday.isoformat(), named.get(at, f"{monday.month}月{monday.day}日起"))
        for at, monday in enumerate(mondays)
    ]


class DutyQuerySet(ScopedQuerySet):
    def open(self) -> Self:
        return self.filter(state=State.OPEN)

    def overdue(self, today: datetime.date | None = None) -> Self:
        """Open beyond their last day."""
        return self.open().filter(due_on__lt=today or timezone.localdate())

    def take_back(self, today: datetime.date) -> None:
        """Close what is overdue as lapsed, because figures of days past count it, and remove what is open besides."""
        self.overdue(today).update(state=State.LAPSED, closed_on=today)
        self.open().delete()

    def due_within(self, days: int, today: datetime.date | None = None) -> Self:
        """Open, not overdue, and to be done within so many days."""
        day = today or timezone.localdate()
        return self.open().filter(due_on__gte=day, due_on__lte=day + datetime.timedelta(days=days))

    def of_week(self, monday: datetime.date) -> Self:
        """Open, due in the week that begins on a Monday, and not overdue today."""
        first = max(monday, timezone.localdate())
        return self.open().filter(due_on__gte=first, due_on__lt=monday + WEEK)

    def to_tick(self, today: datetime.date) -> Self:
        """Open ones of programmes that a tick closes and that have begun, with the child."""
        ticked = self.open().filter(item__how="MARK", opens_on__lte=today)
        return ticked.select_related("child").defer("reason", "note").order_by("child_id", "due_on", "pk")

    def without_volunteer(self) -> Self:
        """Open with nobody but the village's chair to do them."""
        return self.open().filter(volunteer__isnull=True)

    def escalated(self) -> Self:
        """Open ones that have come up to some office."""
        return self.open().filter(escalated_to__isnull=False)

    def for_list(self) -> Self:
        """With what a row shows; without the texts, which are ciphertext."""
        return self.select_related("child__region", "region", "volunteer").defer("reason", "note")


class CarePolicyQuerySet(InheritedQuerySet):
    def call_days_at(self, place: str, built_in: int) -> Any:
        """Return SQL for the days that hold at a row's place: its county's decision, else the city's, the province's."""
        # One by one: Django takes an expression inside a list for a region's code.
        above = [Q(region=Left(OuterRef(place), length)) for length in LENGTHS[: Level.COUNTY]]
        decided = self.filter(reduce(or_, above), call_days__isnull=False).order_by("-region_id")
        return Coalesce(Subquery(decided.values("call_days")[:1]), Value(built_in))


class GoLiveQuerySet(QuerySet[Any]):
    def running(self) -> Self:
        """Counties that remind today."""
        return self.filter(paused_on__isnull=True)

    def paused(self) -> Self:
        """Counties that have begun and do not remind today."""
        return self.filter(paused_on__isnull=False)

    def below(self, code: str) -> Self:
        """Those of counties in a region."""
        return self.filter(within(code))
