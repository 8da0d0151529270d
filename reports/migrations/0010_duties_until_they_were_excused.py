from importlib import import_module
from typing import Any

from django.db import migrations

from reports.changes import changed

# What was excused on its last day or before was never due. What was excused or lapsed later was due and overdue until
# that day: nothing decided today changes the figures of a month that is over.
DUTIES = """
    WITH duty AS (
        SELECT d.id, d.region_code::text AS place, 'duty=' || d.kind AS cell, d.state, d.due_on,
               CASE d.state WHEN 'DONE' THEN d.done_on WHEN 'OPEN' THEN NULL ELSE d.closed_on END AS ended_on
        FROM care_duty d WHERE d.region_code >= lo AND d.region_code < hi
          AND NOT (d.state = 'EXCUSED' AND d.closed_on <= d.due_on)
    )
    SELECT 'duties_due', cell, id, place, due_on, 1::bigint FROM duty
    UNION ALL SELECT 'duties_done', cell, id, place, due_on, 1 FROM duty WHERE state = 'DONE' AND ended_on <= due_on
    UNION ALL SELECT 'duties_overdue', cell, id, place, due_on + 1, 1 FROM duty
    WHERE ended_on IS NULL OR ended_on > due_on + 1
    UNION ALL SELECT 'duties_overdue', cell, id, place, ended_on, -1 FROM duty WHERE ended_on > due_on + 1
"""
FORMER = import_module("reports.migrations.0002_changes_of_figures").DUTIES
# What is counted already was counted the former way.
BEGIN = """
INSERT INTO reports_outdated (unit) SELECT DISTINCT left(region_code, 6) FROM care_duty
WHERE state IN ('EXCUSED', 'LAPSED')
"""


class Migration(migrations.Migration):
    """A duty that was excused or lapsed counts until the day on which it was."""

    dependencies: list[Any] = [
        ("reports", "0009_forms_begin_and_rows_cross"),
        ("care", "0004_day_of_closing"),
    ]

    operations = [
        changed("duties", DUTIES, FORMER),
        migrations.RunSQL(BEGIN, BEGIN),
    ]
