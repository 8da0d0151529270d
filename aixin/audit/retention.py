"""Removing what is older than the retention: whole links of the chain, whose seals stay (DOMAIN section 6).

Only the owner of the tables can, and only for entries older than six months: a trigger holds everybody to it.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from aixin.audit.models import Action, Entry, Seal
from aixin.audit.sealing import fault_of
from aixin.audit.trail import record

LINKS_AT_ONCE = 500


class PruneError(Exception):
    """Nothing more may be removed; the message is for the operator."""


@dataclass(frozen=True)
class Pruned:
    """How much was removed."""

    links: int
    entries: int


def prune() -> Pruned:
    """Remove the entries of every link sealed before the retention and mark its seal; return how much that was.

    Raises PruneError for anyone but the owner, and for a link that no longer fits: evidence is not cleared away.
    """
    if not _is_owner():
        raise PruneError("only the owner of the tables may prune: set AIXIN_DB_ROLE=owner")
    limit = timezone.now() - datetime.timedelta(days=settings.AUDIT_KEEP_DAYS)
    links = entries = 0
    for batch in _batches(limit):
        links, entries = links + len(batch), entries + _remove(batch)
    if links:
        record(None, Action.PRUNE, links=links, entries=entries)
    return Pruned(links, entries)


def _is_owner() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_userbyid(relowner) = current_user FROM pg_class WHERE oid = 'audit_entry'::regclass"
        )
        return bool(cursor.fetchone()[0])


def _batches(limit: datetime.datetime) -> Iterator[list[Seal]]:
    """Yield the oldest links whose time is up, in order; an entry is never younger than its seal."""
    while True:
        standing = Seal.objects.filter(pruned_at__isnull=True)[:LINKS_AT_ONCE]
        batch = list(takewhile(lambda link: link.sealed_at < limit, standing))
        if not batch:
            return
        yield batch


@transaction.atomic
def _remove(batch: list[Seal]) -> int:
    for link in batch:
        fault = fault_of(link)
        if fault:
            raise PruneError(f"{fault}; not pruned")
    first, end = batch[0].first_transaction, batch[-1].next_transaction
    removed, _ = Entry.objects.filter(transaction__gte=first, transaction__lt=end).delete()
    Seal.objects.filter(pk__in=[link.pk for link in batch]).update(pruned_at=timezone.now())
    return removed
