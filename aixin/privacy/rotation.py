"""Bringing stored values under the newest key beside the live system, and checking that all can be read.

A value's tag says which key sealed it, so a run that was killed goes on where it stopped. Values are written by SQL
of their own: no `save`, so `updated_at` stays, and no history, because its triggers do not look at ciphertext.
"""

import time
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from aixin.privacy.cipher import DecryptionError, blind_index
from aixin.privacy.columns import Index, Table
from aixin.privacy.rows import Fault, Outcome, count, read, windows, write

# Rows that somebody is just writing are left alone and tried again.
ATTEMPTS, PAUSE_SECONDS = 5, 0.5


def count_stale(table: Table) -> int:
    """Return how many rows hold a value that is not under the newest key."""
    return count(table, *_stale(table))


def rotate(table: Table, batch: int) -> Iterator[Outcome]:
    """Re-encrypt what is not under the newest key; yield the outcome of each batch, which is committed by then.

    Rows that somebody holds are passed over and tried again at the end; the last outcome names those still held.
    """
    held: list[Any] = []
    for pks in windows(table, batch, *_stale(table)):
        outcome = _rotated(table, pks)
        held += outcome.in_use
        yield outcome
    for _ in range(ATTEMPTS):
        if not held:
            return
        time.sleep(PAUSE_SECONDS)
        outcome = _rotated(table, held)
        held = outcome.in_use
        yield outcome


def verify(table: Table, batch: int) -> Iterator[Outcome]:
    """Read every value and compare every blind index; yield the outcome of each batch. Changes nothing."""
    names = [column.name for column in table.columns] + [index.name for index in table.indexes]
    for pks in windows(table, batch, "true"):
        rows = read(table, names, pks)
        yield Outcome.of(rows, [fault for row in rows for fault in _faults(table, row)])


def index_of_row(index: Index, row: dict[str, Any]) -> str | None:
    """Return the blind index that a row as stored should have; raise DecryptionError."""
    plaintexts = index.source.plaintexts(row[index.source.name])
    return blind_index(plaintexts[0]) if plaintexts else None


def _stale(table: Table) -> tuple[str, list[str]]:
    conditions = [column.stale() for column in table.columns]
    return (
        "(" + " OR ".join(condition for condition, _ in conditions) + ")",
        [value for _, values in conditions for value in values],
    )


@transaction.atomic
def _rotated(table: Table, pks: list[Any]) -> Outcome:
    """Re-encrypt those of the rows that nobody holds, in a transaction of their own."""
    types, stale = {column.name: column.db_type for column in table.columns}, _stale(table)
    # A lock that lets others go on pointing at the row. It waits for nobody, so it is part of no deadlock.
    rows = read(table, list(types), pks, *stale, lock="FOR NO KEY UPDATE SKIP LOCKED")
    faults = [fault for row in rows for fault in _renew(table, row)]
    write(table, types, rows)
    missed = sorted({*pks} - {row["pk"] for row in rows})
    held = [row["pk"] for row in read(table, [table.pk], missed, *stale)] if missed else []
    return Outcome.of(rows, faults, held)


def _renew(table: Table, row: dict[str, Any]) -> Iterator[Fault]:
    """Bring a row's values under the newest key in place; yield a fault for each that cannot be read."""
    for column in table.columns:
        try:
            row[column.name] = column.renewed(row[column.name])
        except DecryptionError:
            yield Fault(table.name, row["pk"], column.name)


def _faults(table: Table, row: dict[str, Any]) -> Iterator[Fault]:
    for column in table.columns:
        try:
            column.plaintexts(row[column.name])
        except DecryptionError:
            yield Fault(table.name, row["pk"], column.name)
    yield from (
        Fault(table.name, row["pk"], index.name, "does not fit its value")
        for index in table.indexes
        if not _fits(index, row)
    )


def _fits(index: Index, row: dict[str, Any]) -> bool:
    """Return whether an index is its value's; of a value that cannot be read nothing is said here."""
    try:
        return bool(row[index.name] == index_of_row(index, row))
    except DecryptionError:
        return True
