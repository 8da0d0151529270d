"""Reading and writing ciphertext as it stands, a batch of rows at a time, without a model in between."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from aixin.privacy.columns import Table, quoted

# An uploaded workbook is one value: a batch takes fewer of those.
BATCH_BYTES = 16 * 1024 * 1024
UNREADABLE = "cannot be read with the present keys"


@dataclass(frozen=True)
class Fault:
    """What is wrong with one value; as text it names table, primary key and column, never the value."""

    table: str
    pk: Any
    column: str
    what: str = UNREADABLE

    def __str__(self) -> str:
        return f"{self.table} {self.pk}: {self.column} {self.what}"


@dataclass
class Outcome:
    """What became of some rows: how many are as they should be, what is wrong, which were in use by somebody."""

    done: int = 0
    faults: list[Fault] = field(default_factory=list)
    in_use: list[Any] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Sequence[Any], faults: list[Fault], in_use: Sequence[Any] = ()) -> "Outcome":
        """Return the outcome of rows of which some have faults."""
        return cls(len(rows) - len({fault.pk for fault in faults}), faults, list(in_use))


def bound_by_row_security(tables: Sequence[Table]) -> bool:
    """Return whether the database hides rows of these tables from the present role."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_or(row_security_active(name)) FROM unnest(%s::text[]) AS name",
            [[quoted(table.name) for table in tables]],
        )
        return bool(cursor.fetchone()[0])


def others_connected() -> int:
    """Return how many other sessions use this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename IS NOT NULL AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def count(table: Table, condition: str, values: Sequence[str] = ()) -> int:
    """Return how many rows meet an SQL condition."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {quoted(table.name)} WHERE {condition}", list(values))  # noqa: S608
        return int(cursor.fetchone()[0])


def windows(table: Table, batch: int, condition: str, values: Sequence[str] = ()) -> Iterator[list[Any]]:
    """Yield the primary keys of rows that meet the condition, in order, as many at a time as one batch may take."""
    pk, beyond, last = quoted(table.pk), "true", list[Any]()
    size = " + ".join(f"coalesce(octet_length({quoted(column.name)}::text), 0)" for column in table.columns)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {pk}, {size} FROM {quoted(table.name)} "  # noqa: S608
                f"WHERE {beyond} AND {condition} ORDER BY {pk} LIMIT %s",
                [*last, *values, batch],
            )
            found = _fitting(cursor.fetchall())
        if not found:
            return
        yield found
        beyond, last = f"{pk} > %s", [found[-1]]


def _fitting(rows: list[tuple[Any, int]]) -> list[Any]:
    """Return the first keys whose values fit into a batch together, one at least."""
    taken: list[Any] = []
    total = 0
    for pk, size in rows:
        total += size
        if taken and total > BATCH_BYTES:
            break
        taken.append(pk)
    return taken


def read(
    table: Table,
    names: Sequence[str],
    pks: Sequence[Any],
    condition: str = "true",
    values: Sequence[str] = (),
    lock: str = "",
) -> list[dict[str, Any]]:
    """Return those of the rows that meet the condition, by column, with the primary key under `pk`."""
    columns, pk = ", ".join(quoted(name) for name in names), quoted(table.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {pk}, {columns} FROM {quoted(table.name)} "  # noqa: S608
            f"WHERE {pk} IN %s AND {condition} ORDER BY {pk} {lock}",
            [tuple(pks), *values],
        )
        return [dict(zip(["pk", *names], row, strict=True)) for row in cursor.fetchall()]


def write(table: Table, types: dict[str, str], rows: Sequence[dict[str, Any]]) -> None:
    """Write these columns, each of its type, of these rows."""
    names = list(types)
    sets = ", ".join(f"{quoted(name)} = new.c{n}::{types[name]}" for n, name in enumerate(names))
    arrays = ", ".join("%s::text[]" for _ in names)
    aliases = ", ".join(f"c{n}" for n, _ in enumerate(names))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quoted(table.name)} AS old SET {sets} "  # noqa: S608
            f"FROM unnest(%s::{table.pk_type}[], {arrays}) AS new(pk, {aliases}) "
            f"WHERE old.{quoted(table.pk)} = new.pk",
            [[row["pk"] for row in rows], *([row[name] for row in rows] for name in names)],
        )
