from django.db import migrations

from reports.changes import changes_of, marking, source

# A finding is overdue after its day until the county has replied or the city has closed it.
FINDINGS = """
    WITH finding AS (
        SELECT f.id, f.region_code::text AS place, f.raised_on, f.closed_on, greatest(f.due_on + 1, f.raised_on) AS late_on,
               least(f.replied_on, f.closed_on) AS answered_on
        FROM reports_finding f WHERE f.region_code >= lo AND f.region_code < hi
    )
    SELECT 'findings_open', '', id, place, raised_on, 1::bigint FROM finding
    UNION ALL SELECT 'findings_open', '', id, place, closed_on, -1 FROM finding WHERE closed_on IS NOT NULL
    UNION ALL SELECT 'findings_closed', '', id, place, closed_on, 1 FROM finding WHERE closed_on IS NOT NULL
    UNION ALL SELECT 'findings_overdue', '', id, place, late_on, 1 FROM finding
    WHERE answered_on IS NULL OR answered_on > late_on
    UNION ALL SELECT 'findings_overdue', '', id, place, answered_on, -1 FROM finding WHERE answered_on > late_on
"""


class Migration(migrations.Migration):
    """Supervision among the figures: in every report and for any day."""

    dependencies = [("reports", "0005_report_forms_and_returns")]

    operations = [
        changes_of("findings", FINDINGS),
        source("findings", ("findings_open", "findings_overdue", "findings_closed")),
        marking("reports_finding", "SELECT region_code FROM r"),
    ]
