"""Tables without triggers, constraints and indexes while they are filled: each is put back as it was, at the end."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

# What the owner may take away and put back. Primary keys stay: others refer to them.
_CONSTRAINTS = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE conrelid = ANY(%s::regclass[]) AND contype = ANY(%s) ORDER BY contype DESC, conname
"""
_INDEXES = """
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index i WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary
AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x'))
ORDER BY 2
"""
_QUICK = ("SET LOCAL maintenance_work_mem = '1GB'", "SET LOCAL work_mem = '256MB'")


@contextmanager
def bare(tables: Sequence[str]) -> Iterator[None]:
    """Lay triggers, foreign and unique keys and indexes of these tables aside for a block, inside a transaction.

    What the block has written is checked when the constraints come back: a row that breaks one fails the whole.
    """
    with connection.cursor() as cursor:
        for statement in _QUICK:
            cursor.execute(statement)
        laid_aside = _found(tables, "f") + _found(tables, "u") + _found(tables, None)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for away, _ in laid_aside:
            cursor.execute(away)
        yield
        # Indexes and unique keys first: the foreign keys are checked by them.
        for _, back in reversed(laid_aside):
            cursor.execute(back)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _found(tables: Sequence[str], kind: str | None) -> list[tuple[str, str]]:
    """Return the statements that take away and bring back the constraints of a kind, or the plain indexes."""
    with connection.cursor() as cursor:
        if kind is None:
            cursor.execute(_INDEXES, [list(tables)])
        else:
            cursor.execute(_CONSTRAINTS, [list(tables), [kind]])
        return list(cursor.fetchall())
