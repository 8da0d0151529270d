"""The import of a roster: parse each row, resolve all rows against the database at once, store them at once.

Nothing here knows a child: each roster is a django-import-export Resource in its own app (DESIGN section 4).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

import pghistory
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.urls import reverse
from import_export.resources import Resource

from aixin.access.elsewhere import LookupLimitError
from aixin.access.lookup import AMBIGUOUS, OUT_OF_SCOPE, UNKNOWN, RegionFault, RegionLookup
from aixin.access.models import Region, User
from aixin.access.numbers import is_valid
from aixin.access.people import name_for
from aixin.access.permissions import may_edit
from aixin.access.regions import contains
from aixin.audit.trail import subjects_of
from aixin.exchange.alarms import LOOKUP_LIMIT
from aixin.exchange.collector import held_back, sweep
from aixin.exchange.columns import Column
from aixin.exchange.decisions import Decisions
from aixin.exchange.drafts import (
    CREATED,
    REJECTED,
    UPDATED,
    Draft,
    Outcome,
    fate_of,
    is_hidden,
    keep_wording,
    note_fault,
)
from aixin.exchange.reading.headers import ColumnSpec
from aixin.exchange.reading.model import WorkbookError
from aixin.exchange.reading.table import Table
from aixin.exchange.reading.values import ValueFault, clean_text
from aixin.exchange.signals import rows_stored

STORED_AT_ONCE = 500


class Watch:
    """Told how far a run has come. This one does not listen."""

    def step(self, name: str, rows: int) -> None:
        """Begin a step of so many rows: 核对, 比对, 写入."""

    def advance(self, rows: int) -> None:
        """Take note that so many more rows of the step are done."""


Store = Callable[[list[Draft]], None]


class RosterResource(Resource):
    """A roster's columns and its way into the database. Subclasses declare columns and the three steps."""

    roster_kind: ClassVar[str]
    roster_title: ClassVar[str]
    # The tables that `store` writes, each with the column that names the roster's own row, whose table is the first;
    # empty for a roster that cannot be taken back.
    footprint: ClassVar[Sequence[tuple[type[Model], str]]]
    # Columns of the roster's own row on which other rows rely: given back only if nothing new points at the row.
    relied_on: ClassVar[frozenset[str]] = frozenset()
    list_label: ClassVar[str] = "看名册"
    # The page on which somebody who is not in the file is taken off the roster, and its button.
    ending: ClassVar[tuple[str, str]] = ("", "")
    # What the second thing is that `summary` returns.
    place_label: ClassVar[str] = "地点"
    # Whether the roster's own rows are persons, or what passed between persons.
    names_persons: ClassVar[bool] = True
    # Where the page of imports shows it: in the order in which rosters need one another.
    place_in_order: ClassVar[int] = 90
    # Further pages of the roster that the page of imports links to: label and URL name.
    further_pages: ClassVar[Sequence[tuple[str, str]]] = ()
    # What the example row of the blank roster says, by column; the others say what their kind looks like.
    examples: ClassVar[Mapping[str, str]] = {}
    # Whom the page of imports offers the roster.
    offered_to: ClassVar[Any] = staticmethod(may_edit)

    # Columns with a public number: beside one a number that an export has masked says nothing.
    numbers: ClassVar[tuple[str, ...]] = ()

    def __init__(self, user: User, decisions: Decisions | None = None) -> None:
        super().__init__()
        self.decisions = decisions or Decisions()
        post = user.acting_post
        assert post is not None
        assert post.region_id is not None
        self.user = user
        self.scope: str = post.region_id
        # A village's staff writes rows of its township's roster; the final check is against its own region.
        self.lookup = RegionLookup(self.scope[:9])

    @classmethod
    def shown_as(cls, user: User, pks: Iterable[int]) -> dict[int, tuple[str, str]]:
        """Return public number and name of the roster's rows, as the user may see them."""
        rows = cls.footprint[0][0]._default_manager.visible_to(user).filter(pk__in=list(pks))  # type: ignore[attr-defined]
        return {row.pk: (row.no, name_for(user, row.name)) for row in rows.only("no", "name")}

    @classmethod
    def expected(cls, user: User) -> QuerySet[Any] | None:  # noqa: ARG003 - for the rosters that have one
        """Return the rows that a full file names, for the question who is missing; None where nobody asks it."""
        return None

    @classmethod
    def columns(cls) -> list[Column]:
        """Return the declared columns, in order."""
        found = []
        for key, column in cls.fields.items():
            if isinstance(column, Column):
                column.key = key
                found.append(column)
        return found

    @classmethod
    def specs(cls) -> list[ColumnSpec]:
        """Return how each column is recognised."""
        return [column.spec for column in cls.columns()]

    @classmethod
    def address(cls, page: str) -> str:
        """Return where the roster's `list`, `import` or `export` page is; empty for one that it does not have."""
        return reverse(f"{cls.roster_kind}:{page}")

    def check(self, draft: Draft) -> None:
        """Check one row on its own: add reasons and warnings."""
        raise NotImplementedError

    def resolve(self, drafts: list[Draft]) -> None:
        """Find what each row is about, for all rows at once: duplicates, existing rows, changes."""
        raise NotImplementedError

    def store(self, drafts: list[Draft]) -> None:
        """Write the created and updated rows, set-based."""
        raise NotImplementedError

    def plain(self, draft: Draft) -> dict[str, Any]:
        """Return a row's values as they are stored, under the keys that the contract names."""
        raise NotImplementedError

    def place_of(self, draft: Draft) -> str:
        """Return the code of the region that a good row belongs to."""
        return draft.region.code if draft.region else ""

    def subjects(self, drafts: list[Draft]) -> list[str]:
        """Return the public numbers of the persons whom written rows are about, without a query for each."""
        return subjects_of([draft.target for draft in drafts])

    def summary(self, draft: Draft) -> tuple[str, str]:
        """Return who and where a row is about, for the preview."""
        return clean_text(draft.cells.get("name") or ""), draft.region.place if draft.region else ""

    def drafts_of(self, table: Table, watch: Watch) -> list[Draft]:
        """Return a parsed and checked draft for each data row of a table."""
        columns = {column.key: column for column in self.columns()}
        watch.step("核对", len(table.rows))
        drafts = []
        for row in table.rows:
            draft = Draft(row.number, table.record(row), mark=row.mark, sheet=row.sheet)
            draft.cells |= {
                k: v for k, v in self.decisions.corrections.get(draft.mark, {}).items() if k in columns
            }
            self._parsed(draft, columns)
            self.check(draft)
            drafts.append(draft)
            watch.advance(1)
        return drafts

    def _parsed(self, draft: Draft, columns: dict[str, Column]) -> None:
        numbered = any(is_valid(clean_text(draft.cells.get(key) or "")) for key in self.numbers)
        for key, cell in draft.cells.items():
            if numbered and is_hidden(cell):
                continue
            try:
                draft.values[key] = columns[key].parse(cell)
            except ValueFault as fault:
                note_fault(draft, columns[key], cell, fault.code)
            if columns[key].kind == "choice" and not draft.values[key]:
                keep_wording(draft, columns[key], cell)

    def place(self, draft: Draft, *, needed: bool) -> None:
        """Set the draft's region from county, township and village; add reasons and warnings."""
        try:
            draft.region = self._region(draft, needed=needed)
        except RegionFault as fault:
            draft.reject(fault.code)

    def _region(self, draft: Draft, *, needed: bool) -> Region:
        township, village = draft.get("township") or "", draft.get("village") or ""
        if not township and not village:
            return self._own_region(needed=needed)
        if not township and len(self.scope) < 9:
            return self.lookup.village_anywhere(village)
        found, rest = self._township(township, draft.get("county") or "")
        return self._within_scope(self._village(draft, found, village or rest))

    def _own_region(self, *, needed: bool) -> Region:
        if needed and len(self.scope) < 9:
            raise RegionFault(UNKNOWN, "")
        return Region.objects.get(code=self.scope)

    def _township(self, name: str, county: str) -> tuple[Region, str]:
        if not name:
            return Region.objects.get(code=self.scope[:9]), ""
        try:
            return self.lookup.township(name, county), ""
        except RegionFault as fault:
            if fault.code != UNKNOWN:
                raise
            return self.lookup.township_with_rest(name)

    def _village(self, draft: Draft, township: Region, name: str) -> Region:
        if not name:
            return township
        try:
            return self.lookup.village(name, township.code)
        except RegionFault as fault:
            if fault.code == AMBIGUOUS:
                raise
            draft.warn("village_unknown")
            return township

    def _within_scope(self, region: Region) -> Region:
        if not contains(self.scope, region.code):
            raise RegionFault(OUT_OF_SCOPE, region.name)
        return region

    def run(
        self, table: Table, *, commit: bool, watch: Watch | None = None, store: Store | None = None
    ) -> Outcome:
        """Import a table, or with `commit` false tell what would happen. Good rows go in, bad ones come back.

        `store` may stand in the place of the resource's own, to see the rows before and after. Raises WorkbookError
        when more IDs are to be compared than the hour allows.
        """
        try:
            with transaction.atomic(), pghistory.context(user=self.user.pk), held_back():
                if commit:
                    lock_county(self.scope)
                    state_that_triggers_run()
                drafts = self._judged(table, watch or Watch())
                if commit:
                    _in_portions(drafts, store or self.store, watch or Watch())
                    rows_stored.send(
                        type(self), pks=[draft.target.pk for draft in Outcome(drafts).written if draft.target]
                    )
        except LookupLimitError as error:
            raise WorkbookError(LOOKUP_LIMIT, str(error)) from error
        return Outcome(drafts)

    def _judged(self, table: Table, watch: Watch) -> list[Draft]:
        drafts = self.drafts_of(table, watch)
        watch.step("与名册比对", len(drafts))
        self.resolve(drafts)
        for draft in drafts:
            self._settle(draft)
        return drafts

    def _settle(self, draft: Draft) -> None:
        """Give a row its fate: by what was found in it, and by what the clerk has decided."""
        if draft.mark in self.decisions.left_out:
            draft.reasons = ["left_out"]
        if draft.reasons:
            draft.status, draft.warnings = REJECTED, []
        if draft.status == UPDATED:
            for change in draft.changes:
                change.taken = self.decisions.takes(draft.mark, change.key, change.old)
            draft.dropped = {change.key for change in draft.changes if not change.taken}
            draft.status = fate_of(draft.changes)


def lock_county(code: str) -> None:
    """Make imports of the same county wait for one another, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"import:{code[:6]}"])


def state_that_triggers_run() -> None:
    """Say for this transaction that no trigger is ignored.

    Unsaid, the history triggers' check raises and catches an error for each row; undoing its subtransaction walks all
    foreign keys still to be checked, so that each row would cost more than the one before.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pgtrigger.ignore',"
            " coalesce(nullif(current_setting('pgtrigger.ignore', true), ''), '{}'), true)"
        )


def _in_portions(drafts: list[Draft], store: Store, watch: Watch) -> None:
    """Store what is to be written so many rows at a time: a bounded memory, and a bar that moves."""
    written = [draft for draft in drafts if draft.status in (CREATED, UPDATED)]
    watch.step("写入名册", len(written))
    for start in range(0, len(written), STORED_AT_ONCE):
        portion = written[start : start + STORED_AT_ONCE]
        store(portion)
        sweep()
        watch.advance(len(portion))


_rosters: dict[str, type[RosterResource]] = {}


def register_roster(resource: type[RosterResource]) -> None:
    """Offer a roster for import under its kind."""
    _rosters[resource.roster_kind] = resource


def roster_of(kind: str) -> type[RosterResource]:
    """Return the resource of a kind; raise KeyError for an unknown one."""
    return _rosters[kind]


def roster_kinds() -> Iterable[str]:
    """Return the kinds that can be imported."""
    return _rosters.keys()
