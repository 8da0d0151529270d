"""A list on its way out: the rows that its page shows a user, as a ledger, masked or with the numbers in full."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import F, Func, IntegerField, JSONField, TextField, Value
from django.db.models.functions import Cast
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from aixin.access.extension import extensions_of, nobody
from aixin.access.lists import RosterList
from aixin.access.models import Region, User
from aixin.access.regions import Level, ancestor_codes, contains, is_code
from aixin.exchange.ledgers import (
    LedgerColumn,
    LedgerRows,
    Look,
    Records,
    Tally,
    chosen_columns,
    column_of_list,
)


@dataclass(frozen=True)
class ExportedList:
    """A list that may be exported as a ledger, with the columns of its own and those that higher apps added to it.

    `people` are the persons whom a row names beside itself; `reading` (the queryset's method),
    `prepare` and `records` load what the columns need; `unit` is what one row is (人, 对, 次).
    """

    kind: str
    title: str
    view: type[RosterList]
    columns: tuple[LedgerColumn, ...]
    unit: str = "人"
    tallies: tuple[Tally, ...] = ()
    people: Callable[[Any], Iterable[Any]] = nobody
    reading: str = "for_list"
    prepare: Callable[[Any], Any] = lambda rows: rows
    records: tuple[Records, ...] = ()
    list_name: str = ""
    export_name: str = ""
    # Whether the page of exports offers it; one that needs something open is reached from there alone.
    offered_always: bool = True

    @property
    def label(self) -> str:
        return str(self.view.model._meta.label_lower)

    @property
    def list_url(self) -> str:
        return reverse(self.list_name or f"{self.kind}:list")

    @property
    def export_url(self) -> str:
        return reverse(self.export_name or f"{self.kind}:export")

    def offered(self, look: Look) -> list[LedgerColumn]:
        """Return the columns that a user may have."""
        added = [column_of_list(column) for column in extensions_of(self.label).columns]
        return [
            column
            for column in (*self.columns, *added)
            if (look.full or not column.full_only) and (look.is_wide or not column.wide)
        ]

    def people_of(self, row: Any) -> Iterable[Any]:
        """Return everyone whom a row names, in a column of the list or of a higher app."""
        added = (column.people for column in extensions_of(self.label).columns)
        for people in (self.people, *added):
            yield from people(row)


_lists: dict[str, ExportedList] = {}


def register_list(listed: ExportedList) -> None:
    """Offer a list for export under its kind."""
    _lists[listed.kind] = listed


def list_of(kind: str) -> ExportedList:
    """Return the list of a kind; raise KeyError for an unknown one."""
    return _lists[kind]


def listed_kinds() -> Sequence[ExportedList]:
    """Return every list that can be exported at any time."""
    return [listed for listed in _lists.values() if listed.offered_always]


class Selection:
    """The rows of a list that a user sees with some filters set, as its page would show them to her."""

    def __init__(self, listed: ExportedList, user: User, query: QueryDict) -> None:
        self.listed, self.user = listed, user
        self._request = HttpRequest()
        self._request.user = user
        self._view = listed.view(reading=listed.reading)
        self._request.GET = query  # type: ignore[assignment]
        self._view.setup(self._request)

    @cached_property
    def _filter(self) -> Any:
        return self._view.filterset_class(
            self._request.GET, queryset=self._view.get_queryset(), request=self._request
        )

    @cached_property
    def count(self) -> int:
        """How many rows there are."""
        return int(self._filter.qs.count())

    @property
    def limit(self) -> int:
        """How many rows one file may have."""
        return int(settings.EXPORT_ROWS)

    @property
    def is_too_long(self) -> bool:
        return self.count > self.limit

    @property
    def words(self) -> str:
        """The filters that are set, in words."""
        chosen = [f"{chip['label']}：{chip['chosen']}" for chip in self._filter.chips if chip["chosen"]]
        return "，".join(chosen)

    @property
    def area(self) -> str:
        """The code of the place that the ledger is about: the one filtered by, else the user's own."""
        chosen = self._request.GET.get("region", "")
        own = self.user.acting_post.region_id if self.user.acting_post else None
        inside = is_code(chosen) and contains(own or "-", chosen)
        return chosen if inside else own or ""

    def ids(self) -> list[int]:
        """Return the ids of the rows, in the list's order."""
        return list(self._filter.qs.values_list("pk", flat=True)[: self.limit])

    def rows(self, keys: Iterable[str], *, full: bool) -> LedgerRows:
        """Return the rows for a file, with the columns chosen."""
        return self._rows(self._filter.qs[: self.limit], keys, full=full)

    def rows_of(self, ids: list[int], keys: Iterable[str], *, full: bool) -> LedgerRows:
        """Return those of the given rows that the user sees, in the order given, whatever the filters say by now."""
        found = self._view.get_queryset().filter(pk__in=ids)
        return self._rows(found.order_by(_place_among(ids)), keys, full=full)

    def _rows(self, found: Any, keys: Iterable[str], *, full: bool) -> LedgerRows:
        listed, look = self.listed, Look(self.user, full)
        columns = chosen_columns(listed.offered(look), keys)
        return LedgerRows(
            listed.prepare(found), columns, look, listed.people_of, listed.tallies, listed.records
        )


def _place_among(ids: list[int]) -> Func:
    """Return where a row stands among some ids; an object's keys are looked up, a list would be read through."""
    places = Value({str(pk): place for place, pk in enumerate(ids)}, output_field=JSONField())
    return Func(
        places,
        Cast(F("pk"), TextField()),
        template="(%(expressions)s)::int",
        arg_joiner=" ->> ",
        output_field=IntegerField(),
    )


def name_of_area(code: str) -> str:
    """Return a place as a title says it: 吕梁市, 文水县, 文水县凤城镇."""
    places = Region.objects.filter(code__in=ancestor_codes(code)).order_by("code")
    return "".join(place.name for place in places if place.level >= Level.COUNTY or place.code == code)


def mark_of(user: User, *about: str) -> str:
    """Return the watermark: who takes a file, from which office, when and what for."""
    office = user.acting_post.label if user.acting_post else ""
    when = f"{timezone.localtime():%Y-%m-%d %H:%M}"
    # An account that is the office's own has its name.
    return "　".join(dict.fromkeys([user.get_full_name(), office, when, *about]))
