"""Children whose guardian is not to be contacted for now: apps above say which, and nobody here asks why."""

from collections.abc import Callable, Iterable
from typing import Any

Holder = Callable[[list[int]], set[int]]
_holders: list[Holder] = []
# Says no more than that it is so: who reads it must not learn a reason.
NOT_NOW = "这名儿童近期暂不安排回访，请过些时候再安排。"


def register_holder(holder: Holder) -> None:
    """Let an app above hold back what would reach a child's guardian; it is asked with children's keys."""
    _holders.append(holder)


def held_back(children: Iterable[int]) -> set[int]:
    """Return those of these children whose guardian nothing is sent to and nobody is to call."""
    keys = sorted(set(children))
    return set().union(*(holder(keys) for holder in _holders)) if keys else set()


def without_held(rows: Any) -> Any:
    """Return the rows of a queryset that are about no child held back; they come back when it is over."""
    held = held_back(rows.order_by().values_list("child_id", flat=True))
    return rows.exclude(child__in=held) if held else rows
