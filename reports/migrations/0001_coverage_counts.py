from django.db import migrations

# The definitions are those of reports/metrics.py; tests/reports holds the two equal. Only counts leave the function,
# and only for a region at or below the one whose figures the transaction's scope allows.
FORWARD = """
CREATE FUNCTION aixin_coverage_counts(root text, width int, today date, cadence int)
RETURNS TABLE (metric text, place text, category text, number bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
#variable_conflict use_column
DECLARE
    allowed text := coalesce(current_setting('aixin.figures', true), '');
    hi text := root || ':';
BEGIN
    IF allowed = '' OR left(root, length(allowed)) <> allowed THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH child AS (
        SELECT c.id, left(c.region_code, width) AS place, c.category::text AS category,
               c.consent = 'REFUSED' AS refused, c.category = 'ORPHAN_INSTITUTION' AS institution
        FROM children_child c
        WHERE c.region_code >= root AND c.region_code < hi AND c.status = 'ON_ROSTER'
    ), active AS (
        SELECT p.id, p.child_id, p.volunteer_id, p.started_on, left(p.region_code, width) AS place
        FROM pairing_pairing p WHERE p.region_code >= root AND p.region_code < hi AND p.state = 'ACTIVE'
    ), since AS (
        SELECT a.child_id, min(a.started_on) AS first FROM active a GROUP BY a.child_id
    ), counted AS (
        SELECT child.*, since.first, NOT refused AND NOT institution AS eligible
        FROM child LEFT JOIN since ON since.child_id = child.id
    ), contact AS (
        SELECT a.id, max(v.date) AS last
        FROM active a
        JOIN visits_visit_volunteers w ON w.volunteer_id = a.volunteer_id
        JOIN visits_visitedchild x ON x.visit_id = w.visit_id AND x.child_id = a.child_id
        JOIN visits_visit v ON v.id = w.visit_id AND v.withdrawn_at IS NULL
        GROUP BY a.id
    ), visit AS (
        SELECT left(v.region_code, width) AS place, v.date FROM visits_visit v
        WHERE v.region_code >= root AND v.region_code < hi AND v.withdrawn_at IS NULL
    )
    SELECT m.metric, c.place, c.category, count(*)
    FROM counted c CROSS JOIN LATERAL (VALUES
        ('registered', true), ('refused', c.refused), ('institution', c.institution), ('eligible', c.eligible),
        ('paired', c.eligible AND c.first IS NOT NULL), ('unpaired', c.eligible AND c.first IS NULL),
        ('never_visited', c.first IS NOT NULL AND NOT EXISTS (
            SELECT FROM visits_visitedchild x JOIN visits_visit v ON v.id = x.visit_id
            WHERE x.child_id = c.id AND v.withdrawn_at IS NULL AND v.date >= c.first))
    ) AS m(metric, holds)
    WHERE m.holds GROUP BY 1, 2, 3
    UNION ALL
    SELECT 'volunteers', left(v.region_code, width), '', count(*) FROM volunteers_volunteer v
    WHERE v.region_code >= root AND v.region_code < hi AND v.state = 'QUALIFIED' GROUP BY 2
    UNION ALL
    SELECT 'pairings', a.place, '', count(*) FROM active a GROUP BY 2
    UNION ALL
    SELECT 'overdue', a.place, '', count(*) FROM active a LEFT JOIN contact USING (id)
    WHERE greatest(a.started_on, contact.last) < today - cadence GROUP BY 2
    UNION ALL
    SELECT 'visits_total', visit.place, '', count(*) FROM visit GROUP BY 2
    UNION ALL
    SELECT 'visits_30d', visit.place, '', count(*) FROM visit
    WHERE visit.date > today - 30 AND visit.date <= today GROUP BY 2;
END $$;
"""


class Migration(migrations.Migration):
    """Figures for those who may see figures and no rows."""

    dependencies = [("visits", "0003_row_level_security")]

    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION aixin_coverage_counts(text, int, date, int)")]
