"""Figures out of the kept sums beside a statement that counts the raw tables, and what keeping them costs a writer.

Run, as the owner, in a directory made by `seed_demo --scale national` (or `province`):
`AIXIN_VAR=… AIXIN_DB_ROLE=owner .venv/bin/python bench/figures.py ""`, or with the code of a region instead of the whole
country's empty one. Both give the same figures, or it stops. Writes docs/benchmarks.md.
"""

import datetime
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aixin.settings.local")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.report import write_section  # noqa: E402
from bench.reports import WANTED_WRITE, write_costs  # noqa: E402
from children.models import Child  # noqa: E402
from reports.counting import counted, fold  # noqa: E402
from visits.models import Visit  # noqa: E402
from volunteers.models import Volunteer  # noqa: E402

ROUNDS, ALL, BY_CITY = 5, "*", 4
WANTED = 0.05
MEASURES = (
    "registered",
    "eligible",
    "paired",
    "volunteers",
    "pairings",
    "visits",
    "never_visited",
    "overdue",
)
# The same figures by hand, without policies, by the places one level below.
RAW = """
WITH child AS (
    SELECT c.id, left(c.region_code, %(width)s) AS place,
           c.consent <> 'REFUSED' AND c.category <> 'ORPHAN_INSTITUTION' AS eligible
    FROM children_child c WHERE c.status = 'ON_ROSTER' AND c.region_code >= %(root)s AND c.region_code < %(root)s || ':'
), active AS (
    SELECT p.id, p.child_id, p.volunteer_id, p.started_on, left(p.region_code, %(width)s) AS place FROM pairing_pairing p
    WHERE p.state = 'ACTIVE' AND p.region_code >= %(root)s AND p.region_code < %(root)s || ':'
), since AS (
    SELECT child_id, min(started_on) AS first FROM active GROUP BY child_id
), counted AS (
    SELECT child.*, since.first FROM child LEFT JOIN since ON since.child_id = child.id
), contact AS (
    SELECT a.id, max(v.date) AS last FROM active a
    JOIN visits_visit_volunteers w ON w.volunteer_id = a.volunteer_id
    JOIN visits_visitedchild x ON x.visit_id = w.visit_id AND x.child_id = a.child_id
    JOIN visits_visit v ON v.id = w.visit_id AND v.withdrawn_at IS NULL GROUP BY a.id
)
SELECT m.name, place, count(*) FROM counted c CROSS JOIN LATERAL (VALUES
    ('registered', true), ('eligible', eligible), ('paired', eligible AND first IS NOT NULL),
    ('never_visited', first IS NOT NULL AND NOT EXISTS (
        SELECT FROM visits_visitedchild x JOIN visits_visit v ON v.id = x.visit_id
        WHERE x.child_id = c.id AND v.withdrawn_at IS NULL AND v.date >= c.first))) AS m(name, holds)
WHERE m.holds GROUP BY 1, 2
UNION ALL SELECT 'volunteers', left(region_code, %(width)s), count(*) FROM volunteers_volunteer
WHERE state = 'QUALIFIED' AND region_code >= %(root)s AND region_code < %(root)s || ':' GROUP BY 2
UNION ALL SELECT 'pairings', place, count(*) FROM active GROUP BY 2
UNION ALL SELECT 'overdue', place, count(*) FROM active LEFT JOIN contact USING (id)
WHERE greatest(started_on, contact.last) < %(today)s::date - %(cadence)s GROUP BY 2
UNION ALL SELECT 'visits', left(region_code, %(width)s), count(*) FROM visits_visit
WHERE withdrawn_at IS NULL AND region_code >= %(root)s AND region_code < %(root)s || ':' GROUP BY 2
"""


def kept(root: str, today: datetime.date) -> dict[tuple[str, str], int]:
    """Return the figures by place out of the sums."""
    counts = counted(root, [today], MEASURES)
    found = {
        (name, place): counts.whole(name, today, place) for name in MEASURES for place in counts.places()
    }
    return {key: number for key, number in found.items() if number}


def raw(root: str, today: datetime.date) -> dict[tuple[str, str], int]:
    """Return the same figures counted by hand."""
    width = 2 if not root else BY_CITY
    with connection.cursor() as cursor:
        cursor.execute(
            RAW, {"root": root, "width": width, "today": today, "cadence": settings.CONTACT_CADENCE_DAYS}
        )
        return {(name, place): number for name, place, number in cursor.fetchall()}


def timed(read: Callable[[], Any]) -> tuple[Any, float]:
    begin = time.perf_counter()
    found = read()
    return found, time.perf_counter() - begin


def catch_up() -> None:
    """Fold county by county, each in a transaction of its own."""
    while True:
        with transaction.atomic():
            if not fold(10):
                return


def main() -> None:
    today, root = timezone.localdate(), sys.argv[1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('aixin.figures', %s, false)", [root or ALL])
    catch_up()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE reports_tally")
    ratios = []
    for _ in range(ROUNDS):
        (by_hand, slow), (summed, fast) = timed(lambda: raw(root, today)), timed(lambda: kept(root, today))
        assert by_hand == summed, set(by_hand.items()) ^ set(summed.items())
        ratios.append(fast / slow)
    costs = write_costs()
    write_section("Figures kept", table(root, statistics.median(ratios), costs))


def table(root: str, ratio: float, costs: dict[str, float]) -> list[str]:
    size = f"{Child.objects.count():,} children, {Volunteer.objects.count():,} volunteers, {Visit.objects.count():,} visits"
    lines = [
        f"{size}: eight figures of the whole, by the places one level below, out of the kept sums over a statement by hand",
        "that counts the raw tables, without policies; the same numbers, or the run stops. And inserts with over without",
        f"the triggers that mark a county. Medians of {ROUNDS} rounds in turn.",
        f'Made by `AIXIN_DB_ROLE=owner .venv/bin/python bench/figures.py "{root}"`.',
        "",
        "| what | ratio | wanted |",
        "|---|---|---|",
        f"| figures: kept / counted by hand | {ratio:.3f} | at most {WANTED} |",
    ]
    return lines + [
        f"| insert of a {name}: with / without | {cost:.2f} | at most {WANTED_WRITE} |"
        for name, cost in costs.items()
    ]


if __name__ == "__main__":
    main()
