import datetime
from typing import Any

import django_filters
from django.utils import timezone

from aixin.access.lists import RosterFilter
from care.choices import DutyKind
from care.models import Duty
from care.querysets import WEEKS, monday_of, week_choices


class DutyFilter(RosterFilter):
    kind = django_filters.ChoiceFilter(label="种类", choices=DutyKind)
    week = django_filters.ChoiceFilter(label="到期的周", choices=(), method="in_week")

    class Meta:
        model = Duty
        fields = ("figure", "region", "kind", "week")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["week"].extra["choices"] = week_choices(timezone.localdate(), WEEKS)

    def in_week(self, rows: Any, _: str, value: str) -> Any:
        """Narrow to what is due in the week that begins on a Monday, and not overdue."""
        return rows.of_week(monday_of(datetime.date.fromisoformat(value)))

    @property
    def qs(self) -> object:
        """What is open, unless another state was chosen."""
        rows = super().qs
        return rows if self.data.get("figure") else rows.open()
