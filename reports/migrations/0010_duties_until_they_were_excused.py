from importlib import import_module
from typing import Any

from django.db import migrations

from reports.changes import changed

# What was excused on its last day or before was never due. What was excused or lapsed later was due and overdue until
# that day; what was moved when it was late counts by its first last day, and was overdue until it was moved. Nothing
# decided today changes the figures of a month that is over.
DUTIES = """
    WITH duty AS (
        SELECT d.id, d.region_code::text AS place, 'duty=' || d.kind AS cell, d.state, d.due_on, d.missed,
               coalesce(d.missed[1], d.due_on) AS first_due_on,
               CASE d.state WHEN 'DONE' THEN d.done_on WHEN 'OPEN' THEN NULL ELSE d.closed_on END AS ended_on
        FROM care_duty d WHERE d.region_code >= lo AND d.region_code < hi
          AND NOT (d.state = 'EXCUSED' AND d.closed_on <= d.due_on AND d.missed IS NULL)
    ),
    late AS (
        SELECT id, place, cell, missed[i] + 1 AS since, missed[i + 1] AS until
        FROM duty CROSS JOIN LATERAL generate_series(1, cardinality(missed), 2) AS i WHERE missed[i + 1] > missed[i] + 1
        UNION ALL
        SELECT id, place, cell, due_on + 1, ended_on FROM duty WHERE ended_on IS NULL OR ended_on > due_on + 1
    )
    SELECT 'duties_due', cell, id, place, first_due_on, 1::bigint FROM duty
    UNION ALL SELECT 'duties_done', cell, id, place, due_on, 1 FROM duty
    WHERE state = 'DONE' AND ended_on <= due_on AND missed IS NULL
    UNION ALL SELECT 'duties_overdue', cell, id, place, since, 1 FROM late
    UNION ALL SELECT 'duties_overdue', cell, id, place, until, -1 FROM late WHERE until IS NOT NULL
"""
FORMER = import_module("reports.migrations.0002_changes_of_figures").DUTIES
# What is counted already was counted the former way.
BEGIN = """
INSERT INTO reports_outdated (unit) SELECT DISTINCT left(region_code, 6) FROM care_duty
WHERE state IN ('EXCUSED', 'LAPSED')
"""


class Migration(migrations.Migration):
    """A duty that was excused, lapsed or moved counts until the day on which it was."""

    dependencies: list[Any] = [
        ("reports", "0009_forms_begin_and_rows_cross"),
        ("care", "0004_day_of_closing"),
    ]

    operations = [
        changed("duties", DUTIES, FORMER),
        migrations.RunSQL(BEGIN, BEGIN),
    ]
