"""Everything is written to and read from the one database; the replica is read by whoever names it."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS

REPLICA = "replica"


class OneWriter:
    """Django's router for a database with a copy of it beside."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """Return True: a row read from the copy is the same row."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Return whether tables are made there: the copy receives its own from the primary."""
        return db != REPLICA
