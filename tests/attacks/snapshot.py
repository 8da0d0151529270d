"""What the database holds, so that a test can say that a refused request changed nothing."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

# A refusal is noted in the trail, and every request touches its session.
GROWING = re.compile(r"^audit_entry$|session")
# Columns that differ between two equal requests: keys, running numbers, times.
_VOLATILE = re.compile(
    r"(^|_)(id|no|at|uuid|transaction|key)$|^updated|^password$|^last_login$|^date_joined$|^username$|_hash$"
)
# A message leads to the row it is about, whose key two equal requests set differently.
_KEY_IN_LINK = re.compile(r"/\d+/")
_CIPHERTEXT = re.compile(r"a\d+:[A-Za-z0-9+/=_-]+")


@cache
def _tables() -> tuple[str, ...]:
    return tuple(name for name in connection.introspection.table_names() if not GROWING.search(name))


@dataclass(frozen=True)
class Contents:
    """Count and digest of every table, and how much the transaction had written to each by then."""

    digests: dict[str, tuple[int, Any]]
    written: dict[str, int]
    begun: Any


def contents(since: Contents | None = None) -> Contents:
    """Return what the tables hold; with an earlier answer only those written to since then are read.

    PostgreSQL counts what a transaction writes, also what is taken back: what has not moved holds what it held.
    """
    begun, written = _written()
    known = since.digests if since and since.begun == begun else {}
    still = {table: known[table] for table in known if since and since.written[table] == written[table]}
    return Contents(still | _digests([table for table in _tables() if table not in still]), written, begun)


def changed(before: Contents) -> list[str]:
    """Return the tables that differ from an earlier `contents()`."""
    after = contents(before).digests
    return [table for table in after if after[table] != before.digests[table]]


def _written() -> tuple[Any, dict[str, int]]:
    """Return when the transaction began and how many rows it has written to each table."""
    counts = " + ".join(f"pg_stat_get_xact_tuples_{what}(oid)" for what in ("inserted", "updated", "deleted"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT now(), relname, {counts} FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        found = cursor.fetchall()
    return found[0][0], {table: count for _, table, count in found}


def _digests(tables: list[str]) -> dict[str, tuple[int, Any]]:
    """Return count and digest of tables, in one query."""
    if not tables:
        return {}
    parts = [
        f"SELECT '{table}', count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM \"{table}\" t"
        for table in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return {table: (count, digest) for table, count, digest in cursor.fetchall()}


def newest() -> dict[str, int]:
    """Return the highest key of every table: rows above it were made since."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if isinstance(model._meta.pk, models.AutoField):
                table, key = model._meta.db_table, model._meta.pk.column
                cursor.execute(f'SELECT coalesce(max("{key}"), 0) FROM "{table}"')
                (found[table],) = cursor.fetchone()
    return found


Rows = dict[str, Counter[str]]


def rows(since: dict[str, int], tables: Iterable[str] = ()) -> Rows:
    """Return every row as text by table, without what two equal requests set differently.

    `since` tells which rows are new; `tables` are those to look at, all if there are none.
    """
    found: Rows = {}
    with connection.cursor() as cursor:
        for table in tables or _tables():
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            found[table] = Counter(_plain(table, json.loads(row), since) for (row,) in cursor.fetchall())
    return found


def difference(one: Rows, other: Rows) -> list[str]:
    """Return the rows that stand in one only, with their tables."""
    return [
        f"{table} {row}"
        for table in one
        for row in ((one[table] - other[table]) + (other[table] - one[table])).elements()
    ]


def _plain(table: str, row: dict[str, Any], since: dict[str, int]) -> str:
    kept = {}
    for column, value in row.items():
        target = _links().get((table, column))
        if target and value is not None:
            kept[column] = "new" if isinstance(value, int) and value > since.get(target, value) else value
        elif not _VOLATILE.search(column):
            kept[column] = _KEY_IN_LINK.sub("/key/", value) if column == "link" else value
    return _CIPHERTEXT.sub("ciphertext", str(kept))


@cache
def _links() -> dict[tuple[str, str], str]:
    """Return the table that each foreign key leads to; those of the history to its context do not matter."""
    return {
        (model._meta.db_table, known.column): known.related_model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        for known in model._meta.concrete_fields
        if known.is_relation and not known.name.startswith("pgh_")
    }


@contextmanager
def undone() -> Iterator[None]:
    """Run a block and take back what it wrote."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
