"""Reports read from a streaming replica where one is configured (DATABASE_REPLICA_URL), else from the database itself.

A replica is behind by what is on its way; `replica_age` says by how much, for the page that shows the figures.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, Error, OperationalError, connection, connections, transaction
from django.db.utils import InterfaceError

from aixin.access.routing import REPLICA
from aixin.access.scope import apply_scope, present_scope

# Seconds for which a replica that did not answer is not asked again: each try may take the time of a connection.
REST_SECONDS = 30.0

log = logging.getLogger(__name__)
Found = TypeVar("Found")
_rests_until = {REPLICA: 0.0}


@contextmanager
def reading_reports() -> Iterator[str]:
    """Give the alias to read reports from: the replica's, in a read-only transaction with the present scope.

    Without a replica, or while it is down, the default one in the transaction that is open. Should the replica fail
    within the block, the block fails; `read_report` begins again.
    """
    if not _is_up():
        yield DEFAULT_DB_ALIAS
        return
    scope = present_scope()
    with transaction.atomic(using=REPLICA):
        with connections[REPLICA].cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        apply_scope(scope, using=REPLICA)
        yield REPLICA


def read_report(read: Callable[[str], Found]) -> Found:
    """Return what `read` finds with the alias that it is given; when the replica fails meanwhile, from the default one."""
    using = DEFAULT_DB_ALIAS
    try:
        with reading_reports() as using:
            return read(using)
    except (OperationalError, InterfaceError):
        if using != REPLICA:
            raise
        _rest()
    return read(DEFAULT_DB_ALIAS)


def replica_age() -> float | None:
    """Return how many seconds old the replica's data are at most, 0 when it has everything; None without one that answers.

    What is on its way is known by the position in the log, how old by the last change that has arrived.
    """
    if not _is_up():
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_flush_lsn()::text")
        (written,) = cursor.fetchone()
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(
                "SELECT CASE WHEN pg_last_wal_replay_lsn() >= %s::pg_lsn THEN 0"
                " ELSE extract(epoch FROM clock_timestamp()"
                " - coalesce(pg_last_xact_replay_timestamp(), pg_postmaster_start_time())) END",
                [written],
            )
            (seconds,) = cursor.fetchone()
    except Error:
        _rest()
        return None
    return None if seconds is None else float(seconds)


def has_replica() -> bool:
    """Return whether one is configured."""
    return REPLICA in connections.settings


def _is_up() -> bool:
    """Return whether there is a replica that answers; one that did not is left alone for a while."""
    if not has_replica() or time.monotonic() < _rests_until[REPLICA]:
        return False
    replica = connections[REPLICA]
    try:
        if replica.connection is not None and not replica.in_atomic_block and not replica.is_usable():
            replica.close()
        replica.ensure_connection()
    except OperationalError:
        _rest()
        return False
    return True


def _rest() -> None:
    """Leave the replica alone for a while, and say so."""
    log.warning("the replica does not answer; reports are read from the primary")
    _rests_until[REPLICA] = time.monotonic() + REST_SECONDS
    connections[REPLICA].close()
