"""Ages as conditions on the birth date, in full years on today's date (DOMAIN section 2)."""

from typing import Any

from django.db.models import Q
from django.utils import timezone

from children.dates import years_before
from reports.asking.criteria import NumberCriterion
from reports.asking.groupings import Grouping, by_band

OLDEST = 120


def aged(column: str, low: int | None, high: int | None) -> Q:
    """Return the condition that somebody born on the day of a column is between two ages, both inside."""
    today, ends = timezone.localdate(), {}
    if low is not None:
        ends[f"{column}__lte"] = years_before(today, low)
    if high is not None:
        ends[f"{column}__gt"] = years_before(today, high + 1)
    return Q(**ends)


def age(key: str, label: str, column: str) -> NumberCriterion:
    """Return the criterion of an age."""

    def limit(rows: Any, low: int | None, high: int | None) -> Any:
        return rows.filter(aged(column, low, high))

    return NumberCriterion(key, label, limit, "岁", OLDEST)


def by_age(key: str, label: str, column: str, bands: tuple[tuple[int, int | None, str], ...]) -> Grouping:
    """Return the grouping by bands of age: youngest, oldest and name of each."""

    def conditions() -> list[tuple[str, str, Q]]:
        return [(f"{low}-", name, aged(column, low, high)) for low, high, name in bands]

    return by_band(key, label, conditions)
