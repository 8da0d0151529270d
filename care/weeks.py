"""How many duties are due by place and week: for the calendar, and in the same numbers for the volunteers' group."""

import datetime
from collections import Counter
from typing import Any

from django.db.models import Count
from django.db.models.functions import Left

from aixin.access.regions import LENGTHS, Level
from care.models import Duty
from care.querysets import WEEK, WEEKS, monday_of

LATE = "late"


def counts_by_week(
    user: Any, length: int, today: datetime.date, weeks: int = WEEKS
) -> Counter[tuple[str, str]]:
    """Return the number of open duties by place (so many digits of its code) and column, with one query.

    A column is LATE for what is overdue, else the Monday of the week in which it is due.
    """
    last = monday_of(today) + WEEK * weeks
    rows = Duty.objects.visible_to(user).open().filter(due_on__lt=last).order_by()
    found: Counter[tuple[str, str]] = Counter()
    counted = rows.annotate(place=Left("region_id", length)).values_list("place", "due_on")
    for place, due_on, number in counted.annotate(number=Count("pk")):
        found[place, LATE if due_on < today else monday_of(due_on).isoformat()] += number
    return found


def due_this_week(user: Any, today: datetime.date) -> tuple[Counter[str], Counter[str]]:
    """Return by township what is overdue, and what is due this week: the calendar's first two columns."""
    late, due = Counter[str](), Counter[str]()
    for (place, column), number in counts_by_week(user, LENGTHS[Level.TOWNSHIP - 1], today, weeks=1).items():
        (late if column == LATE else due)[place] += number
    return late, due
