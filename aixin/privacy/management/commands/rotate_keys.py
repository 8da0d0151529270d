import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aixin.privacy.columns import Table, sealed_tables
from aixin.privacy.keys import newest_key
from aixin.privacy.reindexing import reindex
from aixin.privacy.rotation import count_stale, rotate, verify
from aixin.privacy.rows import Fault, Outcome, bound_by_row_security, others_connected

DEFAULT_BATCH = 500
REPORT_SECONDS = 5.0
Run = Callable[[Table, int], Iterator[Outcome]]


def at_least_one(text: str) -> int:
    """Return the number typed; raise ArgumentTypeError for one below 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("must be a number from 1")
    return int(text)


class Command(BaseCommand):
    help = (
        "Re-encrypt every value that is not under the newest key of AIXIN_FIELD_KEYS, beside the running system. "
        "Exit 1 when a value could not be read or a row stayed in use; running again goes on where it stopped."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--batch", type=at_least_one, default=DEFAULT_BATCH, help="rows a transaction (500)"
        )
        mode = parser.add_mutually_exclusive_group()
        mode.add_argument(
            "--dry-run", action="store_true", help="count the rows under an older key, change nothing"
        )
        mode.add_argument(
            "--verify", action="store_true", help="check that every value can be read, change nothing"
        )
        mode.add_argument(
            "--index", action="store_true", help="recompute the blind indexes (AIXIN_INDEX_KEY)"
        )
        parser.add_argument(
            "--offline", action="store_true", help="with --index: web, worker and beat are stopped"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        tables = list(sealed_tables())
        if bound_by_row_security(tables):
            raise CommandError(
                "Row-level security hides rows from this database role: set DATABASE_OWNER_URL to the owner's."
            )
        if options["index"] or options["offline"]:
            self._refuse_unless_offline(options)
        if options["dry_run"]:
            self._count(tables)
        elif options["verify"]:
            self._run(verify, tables, options["batch"], "read")
            self._count(tables)
        elif options["index"]:
            self._run(reindex, [table for table in tables if table.indexes], options["batch"], "indexed")
        else:
            self._run(rotate, tables, options["batch"], f"brought under {newest_key().tag}")
        if self.failed:
            sys.exit(1)

    failed = False

    def _refuse_unless_offline(self, options: dict[str, Any]) -> None:
        if not (options["index"] and options["offline"]):
            raise CommandError(
                "Exact search and the check for double entries fail until all is done: "
                "stop web, worker and beat, then use --index with --offline."
            )
        others = others_connected()
        if others:
            raise CommandError(f"{others} other sessions use the database: stop web, worker and beat first.")

    def _count(self, tables: Sequence[Table]) -> None:
        """Say how many rows of each table wait for `rotate_keys`."""
        counts = {table.name: count_stale(table) for table in tables}
        for name, number in counts.items():
            if number:
                self.stdout.write(f"{name}: {number} rows under an older key")
        if any(counts.values()):
            self.stdout.write(f"{sum(counts.values())} rows need the older keys")
        else:
            self.stdout.write(f"every value is under {newest_key().tag}")

    def _run(self, run: Run, tables: Sequence[Table], batch: int, verb: str) -> None:
        total = sum(self._run_table(run, table, batch, verb) for table in tables)
        self.stdout.write(f"{total} rows {verb}")

    def _run_table(self, run: Run, table: Table, batch: int, verb: str) -> int:
        """Run over one table and report; return how many rows are done."""
        done, in_use, reported = 0, list[Any](), time.monotonic()
        for outcome in run(table, batch):
            done, in_use = done + outcome.done, outcome.in_use
            self._report(outcome.faults)
            if time.monotonic() - reported > REPORT_SECONDS:
                self.stdout.write(f"{table.name}: {done} rows {verb} so far")
                reported = time.monotonic()
        if in_use:
            self._fail(f"{table.name}: {len(in_use)} rows are in use, run this again")
        if done:
            self.stdout.write(f"{table.name}: {done} rows {verb}")
        return done

    def _report(self, faults: Sequence[Fault]) -> None:
        for fault in faults:
            self._fail(str(fault))

    def _fail(self, sentence: str) -> None:
        self.failed = True
        self.stderr.write(sentence)
