"""What a night's duties and a morning's reminders cost beside a bare INSERT … SELECT of as many rows.

Run: `.venv/bin/python bench/make_duties.py [--pairings N]` on the demo city (`make run` once first). So many invented
children are put beside its own, each with a volunteer, every second one with a visit; all in one transaction, rolled
back. The bare part inserts the very same rows from a temporary table into the same tables with the same indexes. Both are
measured on the same emptied tables; the second run is measured against the bare part too. Room
for about 6 GB of tables and write-ahead log is wanted for 1.2 million. Writes docs/benchmarks.md.
"""

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aixin.settings.local")
# The owner may ANALYZE what was put there; the policies of the app role do not bind it.
os.environ.setdefault("AIXIN_DB_ROLE", "owner")
django.setup()

from django.db import connection, transaction  # noqa: E402
from django.db.models import Model  # noqa: E402
from django.utils import timezone  # noqa: E402

from aixin.access.scope import EVERYTHING, opened  # noqa: E402
from bench.report import write_section  # noqa: E402
from care.models import Duty  # noqa: E402
from care.reminders import remind  # noqa: E402
from children.models import Child  # noqa: E402
from pairing.models import Pairing  # noqa: E402
from visits.models import Visit  # noqa: E402

PAIRINGS = 1_200_000
MEGABYTE_IN_KB = 1024
TABLES = ("children_child", "pairing_pairing", "visits_visit")


def run(statement: str, *given: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given or None)


def clone(model: type[Model], number: int, source: str, **changed: str) -> None:
    """Insert so many copies of a model's rows, with columns changed; `n` counts them and `t` is the row copied."""
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    values = ", ".join(changed.get(column, f"t.{column}") for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {source}")
        (total,) = cursor.fetchone()
    run(
        f"WITH rows AS (SELECT *, row_number() OVER () - 1 AS place FROM {source})"
        f" INSERT INTO {model._meta.db_table} ({', '.join(columns)})"
        f" SELECT {values} FROM generate_series(1, {number}) n JOIN rows t ON t.place = n % {total}"
    )


def people(number: int) -> None:
    """Put invented children with volunteers and visits beside the demo city's, without the history of their making."""
    for table in TABLES:
        run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    clone(
        Child,
        number,
        "children_child WHERE status = 'ON_ROSTER'",
        no="'B' || n",
        idno="''",
        idno_index="NULL",
        idno_reason="'NOT_PROVIDED'",
        birth="t.birth - n % 300",
    )
    run("ANALYZE children_child")
    # A pairing is copied for each new child; the volunteers are the demo city's.
    clone(
        Pairing,
        number,
        "pairing_pairing WHERE state = 'ACTIVE'",
        no="'B' || n",
        region_code="(SELECT c.region_code FROM children_child c WHERE c.no = 'B' || n)",
        child_id="(SELECT c.id FROM children_child c WHERE c.no = 'B' || n)",
        is_main="true",
        started_on="current_date - n % 200",
    )
    clone(
        Visit,
        number // 2,
        "visits_visit",
        client_uuid="gen_random_uuid()",
        companions="'B' || n",
        date="current_date - n % 60",
    )
    run("ANALYZE visits_visit, pairing_pairing")
    run(
        "INSERT INTO visits_visitedchild (visit_id, child_id) SELECT v.id, c.id FROM visits_visit v"
        " JOIN children_child c ON c.no = v.companions"
    )
    run(
        "INSERT INTO visits_visit_volunteers (visit_id, volunteer_id) SELECT v.id, p.volunteer_id FROM visits_visit v"
        " JOIN pairing_pairing p ON p.no = v.companions"
    )
    run("SET CONSTRAINTS ALL IMMEDIATE")
    for table in TABLES:
        run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    run("ANALYZE")


def seconds(work: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def empty() -> None:
    # Emptied, not deleted from: within one transaction what is deleted stays in the way of every index.
    run("TRUNCATE care_duty, notify_notice CASCADE")
    run("DELETE FROM care_countyrun")
    run("DELETE FROM care_countytouch")


def keep() -> None:
    run("CREATE TEMP TABLE kept_duty AS SELECT * FROM care_duty")
    run("CREATE TEMP TABLE kept_notice AS SELECT * FROM notify_notice")


def insert_kept() -> None:
    run("INSERT INTO care_duty SELECT * FROM kept_duty")
    run("INSERT INTO notify_notice SELECT * FROM kept_notice")


def measure(number: int) -> dict[str, float]:
    """Return seconds of the whole and the bare way, of a second run, and how much memory the whole took."""
    today = timezone.localdate()
    with opened(EVERYTHING):
        save = transaction.savepoint()
        people(number)
        empty()
        remind(today)
        keep()
        empty()
        bare = seconds(insert_kept)
        empty()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        whole = seconds(lambda: remind(today))
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        outcomes: list[Any] = []
        again = seconds(lambda: outcomes.append(remind(today)))
        duties = Duty.objects.count()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM kept_notice")
            (notices,) = cursor.fetchone()
        transaction.savepoint_rollback(save)
    assert outcomes == [{"created": 0, "resolved": 0, "recipients": 0}], outcomes
    return {
        "bare": bare, "whole": whole, "again": again, "duties": duties, "notices": notices,
        "peak": before / MEGABYTE_IN_KB, "growth": (after - before) / MEGABYTE_IN_KB,
    }  # fmt: skip


def lines(number: int, found: dict[str, float]) -> list[str]:
    return [
        f"{number:,} pairings beside the demo city: {found['duties']:,.0f} duties, {found['notices']:,.0f} reminders,",
        "in one transaction that is rolled back. The bare part: INSERT … SELECT of the same rows, same tables and indexes.",
        f"Made by `.venv/bin/python bench/make_duties.py --pairings {number}`.",
        "",
        "| measured | outcome | wanted |",
        "|---|---|---|",
        f"| duties and reminders, over the bare part | {found['whole'] / found['bare']:.2f} | at most 3 |",
        f"| a second run the same day, over the bare part | {found['again'] / found['bare']:.2f} | at most 0.3 |",
        "| new rows of the second run | 0 | 0 |",
        f"| memory that a run adds to the {found['peak']:.0f} MB that one has taken | {found['growth']:.0f} MB | constant |",
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairings", type=int, default=PAIRINGS)
    wanted: int = parser.parse_args().pairings
    outcome = measure(wanted)
    print(outcome)
    write_section("Duties and reminders", lines(wanted, outcome))
