"""Children whose guardian is not to be contacted for now: apps above say which, and to whom they say why."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reason:
    """Why a guardian is not to be called, for a user who may know it, and the page that says more."""

    text: str
    url: str


Holder = Callable[[list[int]], set[int]]
Explainer = Callable[[Any, list[int]], dict[int, Reason]]
_holders: list[Holder] = []
_explainers: list[Explainer] = []


def register_holder(holder: Holder) -> None:
    """Let an app above hold back what would reach a child's guardian; it is asked with children's keys."""
    _holders.append(holder)


def register_explainer(explainer: Explainer) -> None:
    """Let an app above tell those who may know it why; it is asked with a user and children's keys."""
    _explainers.append(explainer)


def held_back(children: Iterable[int]) -> set[int]:
    """Return those of these children whose guardian nobody is to call."""
    keys = sorted(set(children))
    return set().union(*(holder(keys) for holder in _holders)) if keys else set()


def reasons_for(user: Any, children: Iterable[int]) -> dict[int, Reason]:
    """Return by child why its guardian is not to be called, of those children of which the user may know it."""
    keys = sorted(set(children))
    found: dict[int, Reason] = {}
    for explain in _explainers:
        found |= explain(user, keys)
    return found
