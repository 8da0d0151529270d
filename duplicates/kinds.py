"""What the one code of this app has to know of a roster: each kind of person states it once.

`of_children.py` and `of_volunteers.py` hold the two there are.
"""

import datetime
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Model

from aixin.access.models import User
from duplicates.choices import Reason
from duplicates.models import Pair
from duplicates.nearness import Facts
from duplicates.sides import Choice, Row

Key = tuple[Any, ...]
# The block in which only ID numbers are compared; other blocks have a plain word for what they share.
BY_ID = "id"


@dataclass(frozen=True)
class Light:
    """What blocks are made of: a record without its numbers."""

    pk: int
    pinyin: str
    initials: str
    birth: datetime.date | None
    idno_index: str | None
    region_id: str
    phone_index: str | None = None


class Kind(ABC):
    """One roster: how its records are compared, shown side by side, merged and taken apart again."""

    key: ClassVar[str]
    label: ClassVar[str]
    # One of them in the questions of the pages, and what a merge makes of two.
    noun: ClassVar[str]
    follows: ClassVar[str]
    model: ClassVar[Any]
    pairs: ClassVar[Any]
    # What near records have in common, and what is read of them to tell.
    shared: ClassVar[tuple[str, ...]] = ("pinyin", "birth")
    needed: ClassVar[tuple[str, ...]] = ("name", "pinyin", "birth", "region_id", "idno", "idno_index")
    # What stands side by side, and which of it is numbers.
    fields: ClassVar[tuple[str, ...]]
    place_label: ClassVar[str]
    numbers: ClassVar[tuple[str, ...]] = ("idno",)
    records: ClassVar[tuple[str, ...]] = ()
    # The foreign key of other rows to a record; whether those rows move with it to another region.
    owner: ClassVar[str]
    moves_region: ClassVar[bool] = False
    # Rows that a record has once: by what they are told apart, None for one that is never a double.
    once: ClassVar[dict[str, Callable[[Any], Any]]] = {}
    refusal: ClassVar[str]

    @property
    def page(self) -> str:
        """Name of the page of a record."""
        return f"{self.model._meta.app_label}:detail"

    @property
    def list_page(self) -> str:
        return f"{self.model._meta.app_label}:list"

    @property
    def model_label(self) -> str:
        return str(self.model._meta.label_lower)

    @abstractmethod
    def comparable(self) -> Any:
        """Return the records that may be doubles of one another."""

    @abstractmethod
    def blocks(self, light: Light) -> Iterator[Key]:
        """Yield what a record shares with near ones; only records of one block are compared."""

    @abstractmethod
    def near(self, one: Facts, other: Facts) -> Reason | None:
        """Return why two may be of one person, or None."""

    @abstractmethod
    def compared(self, row: Any) -> tuple[Any, ...]:
        """Return what is compared of a record, as plain or indexed values; other values raise the question anew."""

    def facts(self, row: Any) -> Facts:
        """Return what is compared of a record."""
        return Facts(row.name, row.pinyin, row.birth, row.region_id, row.idno, getattr(row, "phone", ""))

    @abstractmethod
    def rank(self, row: Any) -> tuple[Any, ...]:
        """Return by what the number that should stay is found: the smaller one."""

    def remark(self, name: str, first: Any, second: Any) -> str:
        """Return how a difference is settled without a choice, or nothing."""
        return ""

    @abstractmethod
    def further_rows(self, user: User, first: Any, second: Any, better: str) -> list[Row]:
        """Return what stands side by side beyond the record's own fields."""

    @abstractmethod
    def counts(self, first: Any, second: Any) -> list[tuple[str, int, int]]:
        """Return how many rows of each sort the two have; the merged record has them all."""

    def reach(self) -> AbstractContextManager[None]:
        """Return the scope in which the rows that follow a record are written."""
        return nullcontext()

    @abstractmethod
    def may_merge(self, row: Any) -> bool:
        """Return whether a record may be one of two that become one."""

    @abstractmethod
    def before(self, actor: User, kept: Any, gone: Any, choice: Choice) -> None:
        """Settle what both have, before the double's rows move."""

    @abstractmethod
    def retire(self, gone: Any) -> None:
        """Make the double's record a stub, which gives away what only one may have."""

    def complete(self, actor: User, kept: Any, gone: Any, choice: Choice) -> None:
        """Set what of the record that stays follows from both, before it is stored."""
        return

    @abstractmethod
    def remove(self, model: type[Model], pks: list[int]) -> None:
        """Remove rows of the double that would be counted twice; others stay with the stub."""

    @abstractmethod
    def mentions(self, pk: int) -> tuple[str, ...]:
        """Return how the links of notices that lead to a record end."""

    def addressee(self, row: Any) -> str:
        """Return under which name the inbox knows a person; nothing for one who has none."""
        return ""

    def after(self, actor: User, kept: Any) -> None:
        """Settle what follows from the merged record."""
        return

    def further_shots(self, pks: list[int]) -> list[tuple[type[Model], str, list[int]]]:
        """Return what a merge changes beyond rows that point at the two: model, column, keys."""
        return []

    @abstractmethod
    def release(self, held: Any) -> None:
        """Let neither of two hold for a moment what only one may have: who had it is restored."""

    @abstractmethod
    def empty_double(self, row: Any) -> None:
        """Forget everything of a stub but its number."""


_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> Kind:
    """Let the records of a roster be compared and merged; return the kind."""
    _kinds[kind.key] = kind
    return kind


def kinds() -> list[Kind]:
    """Return every kind, in the order of the page's switch."""
    return list(_kinds.values())


def kind_named(key: str) -> Kind | None:
    """Return the kind of a key, or None for an unknown one."""
    return _kinds.get(key)


def kind_of(pair: Pair) -> Kind:
    """Return the kind whose records a pair holds."""
    return next(kind for kind in kinds() if isinstance(pair, kind.pairs))


def birth_blocks(light: Light) -> Iterator[Key]:
    """Yield the blocks of a birth date.

    One slip in it leaves its year, or its month and day. Two whose names differ are compared by ID alone.
    """
    if light.birth is None:
        return
    yield "year", light.pinyin, light.birth.year
    yield "day", light.pinyin, light.birth.month, light.birth.day
    if light.idno_index:
        yield BY_ID, light.initials[:1], light.birth
