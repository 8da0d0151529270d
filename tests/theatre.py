"""Rows that many tests share: made once, and given back as they were after each of them."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Generic, TypeVar

from django.db import transaction

T = TypeVar("T")


class Theatre(Generic[T]):
    """Keeps one stage set up, in a transaction that is never committed, as long as tests play on it."""

    def __init__(self, blocker: Any, make: Callable[[], T]) -> None:
        self.blocker = blocker
        self.make = make
        self.stage: T | None = None
        self._open = ExitStack()

    def set_up(self) -> T:
        """Return the stage, made now unless it stands."""
        if self.stage is None:
            self._open.enter_context(self.blocker.unblock())
            self._open.enter_context(transaction.atomic())
            self._open.callback(transaction.set_rollback, True)
            self.stage = self.make()
        return self.stage

    def clear(self) -> None:
        """Take everything back, before a test that wants an empty database or commits."""
        self._open.close()
        self.stage = None


def play_first(items: list[Any], here: list[Any], plays: Callable[[Any], bool]) -> None:
    """Let those of the items here that play on a stage follow one another, so that it is made once."""
    order = iter(sorted(here, key=lambda item: not plays(item)))
    chosen = set(map(id, here))
    items[:] = [next(order) if id(item) in chosen else item for item in items]
