"""What a ledger (台账) is made of: its columns, what is added up, and the rows on their way into a file."""

import html
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as own
from functools import cached_property
from itertools import islice
from operator import attrgetter
from typing import Any

from django.db.models import Model
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from aixin.access.extension import Column as ListColumn
from aixin.access.lists import county_names_for
from aixin.access.models import User
from aixin.access.people import shows_full_names, text_for
from aixin.access.regions import Level, county_of
from aixin.exchange.collector import held_back, sweep_all
from aixin.exchange.roster import Watch
from aixin.privacy.masks import mask_name

CHUNK = 2000


@dataclass(frozen=True)
class Look:
    """Who looks at the rows of a ledger, and whether the numbers stand in full (DOMAIN section 6)."""

    user: User
    full: bool

    def name(self, name: str) -> str:
        """Return the name of a child or a volunteer, as the user may see it."""
        return name if self.names_in_full else mask_name(name)

    def relative(self, name: str) -> str:
        """Return the name of a guardian or a parent: in full only beside numbers in full."""
        return name if self.full else mask_name(name)

    def text(self, text: str) -> str:
        """Return free text, as the user may read it."""
        return text_for(self.user, text) if text else ""

    def day(self, date: Any) -> str:
        return f"{date:%Y-%m-%d}" if date else ""

    def birth(self, date: Any) -> str:
        """Return a birth date; the year for who sees names masked, because name and day together tell who it is."""
        return self.day(date) if self.names_in_full or not date else f"{date.year}年"

    @cached_property
    def names_in_full(self) -> bool:
        """Whether the user sees names in full; asked once for all rows."""
        return shows_full_names(self.user)

    def place(self, row: Any) -> tuple[str, str, str]:
        """Return county, township and village of a row, as far as it has them; looked up once for each place."""
        code = row.region_id
        if code not in self._places:
            self._places[code] = (self._counties.get(county_of(code), ""), *_place(row.region))
        return self._places[code]

    @cached_property
    def _places(self) -> dict[str, tuple[str, str, str]]:
        return {}

    @cached_property
    def _counties(self) -> dict[str, str]:
        return county_names_for(self.user)

    @property
    def is_wide(self) -> bool:
        """Whether the rows may be of several counties."""
        return bool(self._counties)


@dataclass(frozen=True)
class LedgerColumn:
    """A column: its heading, by itself clear, a wider heading above it, and what a cell says.

    `fixed` ones are always there, `usual` ones until the user chooses; `full_only` ones beside numbers in full,
    `wide` ones for who sees several counties. What `adds_up` has a sum in the last line.
    """

    key: str
    title: str
    read: Callable[[Any, Look], Any]
    group: str = ""
    width: int = 12
    usual: bool = True
    fixed: bool = False
    full_only: bool = False
    wide: bool = False
    adds_up: bool = False


@dataclass(frozen=True)
class Tally:
    """What is counted beside the rows: by label (类别), or where `unit` is given, how many different ones (儿童 12 人)."""

    title: str
    read: Callable[[Any], Iterable[Any]]
    unit: str = ""

    def words(self, found: Counter[Any]) -> str:
        """Return the count in words."""
        if self.unit:
            return f"{self.title} {len(found):,} {self.unit}"
        return f"按{self.title}：" + "、".join(f"{label} {number:,}" for label, number in found.most_common())


def place_columns() -> tuple[LedgerColumn, ...]:
    """Return the columns of where a row belongs; headings as the import reads them."""
    group = "居住地"
    return (
        LedgerColumn("county", "县区", lambda row, look: look.place(row)[0], group, wide=True),
        LedgerColumn("township", "乡镇（街道）", lambda row, look: look.place(row)[1], group, 14),
        LedgerColumn("village", "村（社区）", lambda row, look: look.place(row)[2], group, 14),
    )


def _place(region: Any) -> tuple[str, str]:
    if region.level < Level.TOWNSHIP:
        return "", ""
    township, _, village = region.place.partition(" ")
    return township, village


def choice(model: type[Model], name: str, of: str = "") -> Callable[[Any, Look], str]:
    """Return a reader of a choice in words, of the row or of the row that it names as `of`.

    Its labels are looked up once, not for every row.
    """
    labels = {value: str(label) for value, label in model._meta.get_field(name).flatchoices}  # type: ignore[union-attr]
    read = attrgetter(f"{of}.{name}" if of else name)
    return lambda row, _: labels.get(read(row), "")


def field(name: str) -> Callable[[Any, Look], Any]:
    """Return a reader of a field as it is, `child.no` of the row's child."""
    read = attrgetter(name)
    return lambda row, _: read(row)


def column_of_list(column: ListColumn) -> LedgerColumn:
    """Return the ledger's column of one that a higher app added to the list's page."""
    text = column.text or (lambda row, user: plain(column.cell(row, user)))
    return LedgerColumn(column.key, column.label, lambda row, look: text(row, look.user), "")


def plain(cell: Any) -> str:
    """Return a cell as a reader sees it on the page; only markup of our own is taken out."""
    if not isinstance(cell, SafeString):
        return str(cell)
    return " ".join(html.unescape(strip_tags(cell)).split())


def chosen_columns(offered: Sequence[LedgerColumn], keys: Iterable[str]) -> list[LedgerColumn]:
    """Return the offered columns that are fixed or chosen, in the ledger's order; without a choice the usual ones."""
    wanted = set(keys)
    return [
        column for column in offered if column.fixed or (column.key in wanted if wanted else column.usual)
    ]


def _text(value: Any) -> str:
    """Return a value as a cell: one line, nothing for None."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else str(value)
    return text if text.isalnum() else " ".join(text.split())


def lightly(rows: Iterable[Any]) -> Iterator[Any]:
    """Go through rows with what belongs to them, without their garbage piling up."""
    with held_back():
        for number, row in enumerate(rows):
            # Here the portion before has been let go, and the next one is read.
            if number % CHUNK == 0:
                sweep_all()
            yield row


@dataclass(frozen=True)
class Records:
    """Rows that belong to a ledger's rows, given to each as the plain list `to_attr`, a portion at a time.

    Unlike prefetched ones they do not point back, which costs less to read and leaves no cycles to be collected.
    """

    to_attr: str
    of: str
    found: Callable[[], Any]

    def give(self, rows: Sequence[Any]) -> None:
        """Load what belongs to the rows, in one query."""
        lists: dict[Any, list[Any]] = {row.pk: [] for row in rows}
        for record in self.found().filter(**{f"{self.of}__in": list(lists)}):
            lists[getattr(record, self.of)].append(record)
        for row in rows:
            setattr(row, self.to_attr, lists[row.pk])


@dataclass
class LedgerRows:
    """The rows on their way into a file: read in chunks, counted as they pass, never all of them in memory.

    `row_ids`, `people`, `subjects`, `counts` and `sums` are complete when the rows have been gone through.
    """

    source: Any
    columns: Sequence[LedgerColumn]
    look: Look
    people_of: Callable[[Any], Iterable[Any]]
    tallies: Sequence[Tally] = ()
    records: Sequence[Records] = ()
    row_ids: list[int] = own(default_factory=list)
    people: set[str] = own(default_factory=set)
    subjects: set[str] = own(default_factory=set)
    counts: list[Counter[Any]] = own(default_factory=list)
    sums: dict[str, float] = own(default_factory=dict)
    watch: Watch = own(default_factory=Watch)

    def __iter__(self) -> Iterator[list[str]]:
        self.counts = [Counter() for _ in self.tallies]
        reads = [column.read for column in self.columns]
        added = [at for at, column in enumerate(self.columns) if column.adds_up]
        for row in lightly(self._portions()):
            self._count(row)
            self.watch.advance(1)
            values = [read(row, self.look) for read in reads]
            for at in added:
                key = self.columns[at].key
                self.sums[key] = self.sums.get(key, 0) + float(values[at] or 0)
            yield [_text(value) for value in values]

    def _portions(self) -> Iterator[Any]:
        rows = self.source.iterator(chunk_size=CHUNK)
        while portion := list(islice(rows, CHUNK)):
            for records in self.records:
                records.give(portion)
            yield from portion

    def _count(self, row: Any) -> None:
        self.row_ids.append(row.pk)
        self.subjects.update(getattr(row, "audit_subjects", ()))
        for person in self.people_of(row):
            self.people.add(f"{person._meta.label_lower}:{person.pk}")
            self.subjects.update(person.audit_subjects)
        for tally, found in zip(self.tallies, self.counts, strict=True):
            found.update(tally.read(row))

    @property
    def said(self) -> str:
        """The tallies in words."""
        return "；".join(tally.words(found) for tally, found in zip(self.tallies, self.counts, strict=True))

    def sum_of(self, key: str) -> str:
        """Return the sum of a column as text; without decimals where there are none."""
        return f"{self.sums.get(key, 0):.2f}".rstrip("0").rstrip(".")
