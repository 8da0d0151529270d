"""Recomputing the blind indexes under a new index key, while the system stands still.

A digest does not say under which key it was made, so there is nothing in between: exact search and the check that
nobody is registered twice would fail on rows that are not done yet. Running again is safe.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from aixin.privacy.cipher import DecryptionError
from aixin.privacy.columns import Table, quoted
from aixin.privacy.rotation import index_of_row
from aixin.privacy.rows import Fault, Outcome, read, windows, write


def reindex(table: Table, batch: int) -> Iterator[Outcome]:
    """Recompute the blind indexes of a table; yield the outcome of each batch, which is committed by then."""
    for pks in windows(table, batch, "true"):
        yield _reindexed(table, pks)


@transaction.atomic
def _reindexed(table: Table, pks: list[Any]) -> Outcome:
    names = [index.name for index in table.indexes]
    sources = [index.source.name for index in table.indexes]
    before = read(table, [*names, *sources], pks)
    rows = [dict(row) for row in before]
    faults = [fault for row in rows for fault in _reindex(table, row)]
    changed = [row for old, row in zip(before, rows, strict=True) if row != old]
    if changed:
        with _triggers_off(table):
            write(table, dict.fromkeys(names, "text"), changed)
    return Outcome.of(rows, faults)


def _reindex(table: Table, row: dict[str, Any]) -> Iterator[Fault]:
    for index in table.indexes:
        try:
            row[index.name] = index_of_row(index, row)
        except DecryptionError:
            yield Fault(table.name, row["pk"], index.source.name)


@contextmanager
def _triggers_off(table: Table) -> Iterator[None]:
    """Switch the table's triggers off until the block ends: history would take a new digest for a new number.

    Both are part of the transaction, so a run that is killed leaves them on, and no other session sees them off.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {quoted(table.name)} DISABLE TRIGGER USER")
        yield
        cursor.execute(f"ALTER TABLE {quoted(table.name)} ENABLE TRIGGER USER")
