"""A list as a workbook: what its page shows, masked as the page masks it, or with the numbers in full."""

import html
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from aixin.access.extension import extensions_of, nobody
from aixin.access.lists import RosterList
from aixin.access.models import User
from aixin.audit.trail import subjects_of

SKIPPED = frozenset({"menu", "ids"})


@dataclass(frozen=True)
class Number:
    """A column that only an export with full numbers has."""

    label: str
    read: Callable[[Any], str]


@dataclass(frozen=True)
class ExportedList:
    """A list that may be exported. Instead of its `masked` columns the full export has `numbers`.

    `people` are the persons whom a row names beside itself; `prepare` loads what the numbers need.
    """

    kind: str
    title: str
    view: type[RosterList]
    numbers: tuple[Number, ...] = ()
    masked: frozenset[str] = frozenset()
    people: Callable[[Any], Iterable[Any]] = nobody
    prepare: Callable[[Any], Any] = lambda rows: rows

    @property
    def label(self) -> str:
        return str(self.view.model._meta.label_lower)


@dataclass(frozen=True)
class Sheet:
    """What goes into a workbook, and whose data it is: by label and id, and by public number."""

    headings: list[str]
    lines: list[list[str]]
    row_ids: list[int]
    people: list[str]
    subjects: list[str]


_lists: dict[str, ExportedList] = {}


def register_list(listed: ExportedList) -> None:
    """Offer a list for export under its kind."""
    _lists[listed.kind] = listed


def list_of(kind: str) -> ExportedList:
    """Return the list of a kind; raise KeyError for an unknown one."""
    return _lists[kind]


class Selection:
    """The rows of a list that a user sees with some filters set, as its page would show them to her."""

    limit = 5000

    def __init__(self, listed: ExportedList, user: User, query: QueryDict) -> None:
        self.listed, self.user = listed, user
        self._request = HttpRequest()
        self._request.user = user
        self._view = listed.view()
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
    def is_too_long(self) -> bool:
        return self.count > self.limit

    @property
    def words(self) -> str:
        """The filters that are set, in words."""
        chosen = [f"{chip['label']}：{chip['chosen']}" for chip in self._filter.chips if chip["chosen"]]
        return "，".join(chosen)

    def ids(self) -> list[int]:
        """Return the ids of the rows, in the list's order."""
        return list(self._filter.qs.values_list("pk", flat=True)[: self.limit])

    def sheet(self, *, full: bool) -> Sheet:
        """Return the rows as text."""
        return self._written(self._filter.qs[: self.limit], full=full)

    def sheet_of(self, ids: list[int], *, full: bool) -> Sheet:
        """Return those of the given rows that the user sees, whatever the filters say by now."""
        return self._written(self._view.get_queryset().filter(pk__in=ids), full=full)

    def _written(self, rows: Any, *, full: bool) -> Sheet:
        listed = self.listed
        table = self._view.table_class(
            listed.prepare(rows) if full else rows, **self._view.get_table_kwargs()
        )
        table.request = self._request
        left_out = SKIPPED | listed.masked if full else SKIPPED
        shown = [column for column in table.columns if column.name not in left_out]
        numbers = listed.numbers if full else ()
        found = Sheet(
            [*(str(column.header) for column in shown), *(n.label for n in numbers)], [], [], [], []
        )
        people: dict[str, Any] = {}
        for row in table.rows:
            cells = [_plain(row.get_cell(column.name)) for column in shown]
            found.lines.append([*cells, *(number.read(row.record) for number in numbers)])
            found.row_ids.append(row.record.pk)
            people |= {
                f"{person._meta.label_lower}:{person.pk}": person for person in self._named(row.record)
            }
        found.people.extend(sorted(people))
        found.subjects.extend(subjects_of([*(row.record for row in table.rows), *people.values()]))
        return found

    def _named(self, row: Any) -> Iterable[Any]:
        columns = extensions_of(self.listed.label).columns
        for people in (self.listed.people, *(column.people for column in columns)):
            yield from people(row)


def mark_of(user: User, *about: str) -> str:
    """Return the watermark: who takes a file, from which office, when and what for."""
    office = user.acting_post.label if user.acting_post else ""
    when = f"{timezone.localtime():%Y-%m-%d %H:%M}"
    # An account that is the office's own has its name.
    return "　".join(dict.fromkeys([user.get_full_name(), office, when, *about]))


def _plain(cell: Any) -> str:
    """Return a cell as a reader sees it on the page; only markup of our own is taken out."""
    text = html.unescape(strip_tags(cell)) if isinstance(cell, SafeString) else str(cell)
    return " ".join(text.split())
