"""The chain over the trail: entries are written unchained, one sealer links them, a check finds what was changed.

A seal covers the entries of transactions that had all ended when it was made, so it never waits for a writer and
no writer waits for it.
"""

import datetime
import hashlib
import json
from collections.abc import Iterable, Iterator

from django.db import connection, transaction
from django.db.models import Count, Sum

from aixin.audit.checks import LEAST_DAYS
from aixin.audit.models import Entry, Seal, Verification

SEALER_LOCK = 20261121


@transaction.atomic
def seal() -> Seal | None:
    """Link what has been written since the last seal; return the new one, or None when there is nothing to do."""
    if not _alone():
        return None
    last = Seal.objects.last()
    first, horizon = (last.next_transaction if last else 0), _oldest_running()
    digest, count = digest_of(_entries(first, horizon), last.digest if last else "")
    if not count:
        return None
    return Seal.objects.create(
        first_transaction=first,
        next_transaction=horizon,
        entries=count,
        previous=last.digest if last else "",
        digest=digest,
    )


def _alone() -> bool:
    """Return whether no other sealer is at work; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        return bool(cursor.fetchone()[0])


# Numbers are the cluster's, so what runs in another database is left out; whatever is not known to, counts.
_OLDEST_RUNNING = """
WITH taken AS (SELECT pg_current_snapshot() AS snapshot),
running AS (SELECT xid::text::bigint AS xid FROM taken, pg_snapshot_xip(snapshot) AS xid),
elsewhere AS (
    SELECT lock.transactionid::text::bigint AS short_xid
    FROM pg_locks lock JOIN pg_stat_activity backend USING (pid)
    WHERE lock.locktype = 'transactionid' AND lock.mode = 'ExclusiveLock' AND lock.granted
      AND backend.datname <> current_database()
)
SELECT least(
    (SELECT min(xid) FROM running WHERE xid % 4294967296 NOT IN (SELECT short_xid FROM elsewhere)),
    pg_current_xact_id_if_assigned()::text::bigint,
    (SELECT pg_snapshot_xmax(snapshot)::text::bigint FROM taken)
)
"""


def _oldest_running() -> int:
    """Return the number below which every transaction of this database has ended."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST_RUNNING)
        return int(cursor.fetchone()[0])


def _entries(first: int, horizon: int) -> Iterable[Entry]:
    covered = Entry.objects.filter(transaction__gte=first, transaction__lt=horizon)
    return covered.order_by("id").iterator(chunk_size=2000)


def digest_of(entries: Iterable[Entry], previous: str) -> tuple[str, int]:
    """Return the digest over the entries and the seal before, and how many entries there were."""
    running, count = hashlib.sha256(previous.encode()), 0
    for entry in entries:
        running.update(_line(entry))
        count += 1
    return running.hexdigest(), count


def _line(entry: Entry) -> bytes:
    fields = [field.attname for field in Entry._meta.concrete_fields]
    return json.dumps([str(getattr(entry, name)) for name in fields], ensure_ascii=False).encode() + b"\n"


def faults() -> Iterator[str]:
    """Yield a sentence for each seal that no longer fits its entries or the seal before it; nothing when all is well."""
    previous, upto = "", 0
    for link in Seal.objects.order_by("id").iterator():
        fault = _chain_fault(link, previous, upto) or fault_of(link)
        if fault:
            yield fault
        previous, upto = link.digest, link.next_transaction


def _chain_fault(link: Seal, previous: str, upto: int) -> str:
    follows = link.previous == previous and link.first_transaction == upto
    return "" if follows else f"seal {link.pk}: does not follow the seal before it"


def fault_of(link: Seal) -> str:
    """Return what is wrong between a seal and its entries, or nothing; a pruned seal has none left."""
    if link.pruned_at:
        return _pruned_fault(link)
    digest, count = digest_of(_entries(link.first_transaction, link.next_transaction), link.previous)
    if count != link.entries:
        return f"seal {link.pk}: {link.entries} entries were sealed, {count} are there"
    return "" if digest == link.digest else f"seal {link.pk}: an entry was changed"


def _pruned_fault(link: Seal) -> str:
    assert link.pruned_at is not None
    if link.pruned_at - link.sealed_at < datetime.timedelta(days=LEAST_DAYS):
        return f"seal {link.pk}: pruned before its time"
    left = Entry.objects.filter(
        transaction__gte=link.first_transaction, transaction__lt=link.next_transaction
    ).exists()
    return f"seal {link.pk}: pruned, but entries are there" if left else ""


def verify() -> tuple[Verification, list[str]]:
    """Check the whole chain, keep what came of it, and return that with the faults."""
    found = list(faults())
    sums = Seal.objects.filter(pruned_at__isnull=True).aggregate(seals=Count("pk"), entries=Sum("entries"))
    kept = Verification.objects.create(seals=sums["seals"], entries=sums["entries"] or 0, faults=len(found))
    return kept, found
