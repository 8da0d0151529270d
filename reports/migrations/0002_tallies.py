"""Sums of the changes by county, city and province, folded in the background; what changed since is counted at reading.

Whatever writes appends the county's code to `reports_outdated`, once a statement, and waits for nobody. Reading takes the
sums of every county that is not there and counts the others from their rows, all in one snapshot: a figure is exact with
the next load, and no two writers meet on a counter.
"""

from django.db import migrations, models

from aixin.access.row_security import protect
from reports.changes import marking, source

MEASURES = {
    "children": (
        "registered", "eligible", "paired", "refused", "institution", "never_visited", "clear", "entered", "left",
        "visited",
    ),
    "pairings": ("pairings", "agreements", "overdue", "paired_new", "pairings_ended"),
    "volunteers": (
        "volunteers", "volunteers_paired", "clearances", "volunteers_on_file", "volunteers_new", "volunteers_gone",
        "idle_capacity",
    ),
    "visits": ("visits", "households", "contacts"),
    "duties": ("duties_due", "duties_done", "duties_overdue"),
    "concerns": ("concerns_raised", "concerns_open", "concerns_closed"),
}  # fmt: skip
# A function that gives the changes of some measures; an app that brings figures of its own adds a row in a migration.
TABLE = "CREATE TABLE reports_source (function text PRIMARY KEY, measures text[] NOT NULL)"
# The changes of some measures, or of all, between two region codes.
CHANGES = """
CREATE FUNCTION aixin_changes(lo text, hi text, wanted text[], rules jsonb)
RETURNS TABLE (measure text, cell text, id bigint, place text, day date, n bigint)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    source text;
BEGIN
    FOR source IN SELECT s.function FROM reports_source s WHERE wanted IS NULL OR s.measures && wanted LOOP
        RETURN QUERY EXECUTE format(
            'SELECT * FROM %I($1, $2, $3) c WHERE $4 IS NULL OR c.measure = ANY($4)', source
        ) USING lo, hi, rules, wanted;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION aixin_changes(text, text, text[], jsonb) FROM PUBLIC;
"""

# A unit is a county with all below it, or what a region above counties has of its own: '!' comes before all digits.
UNIT_END = "unit || CASE length(unit) WHEN 6 THEN ':' ELSE '!' END"

FIGURES = f"""
CREATE FUNCTION aixin_figures(root text, days date[], wanted text[], rules jsonb)
RETURNS TABLE (measure text, cell text, place text, day date, total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
#variable_conflict use_column
DECLARE
    allowed text := coalesce(current_setting('aixin.figures', true), '');
    width int := CASE length(root) WHEN 0 THEN 2 WHEN 2 THEN 4 WHEN 4 THEN 6 WHEN 6 THEN 9 ELSE 12 END;
    own_level int := length(root) / 2 + 1;
    months date[] := ARRAY(SELECT DISTINCT date_trunc('month', d)::date FROM unnest(days) AS d ORDER BY 1);
    behind text[];
BEGIN
    IF allowed = '' OR NOT starts_with(root, rtrim(allowed, '*')) THEN
        RETURN;
    END IF;
    IF length(root) >= 6 THEN
        RETURN QUERY
        WITH summed AS (
            SELECT c.measure, c.cell, left(c.place, width) AS place, c.day, sum(c.n) AS n
            FROM aixin_changes(root, root || ':', wanted, rules) c GROUP BY 1, 2, 3, 4
        )
        SELECT s.measure, s.cell, s.place, d.day, sum(s.n)::bigint
        FROM summed s JOIN unnest(days) AS d(day) ON s.day <= d.day GROUP BY 1, 2, 3, 4;
        RETURN;
    END IF;
    behind := ARRAY(SELECT DISTINCT o.unit FROM reports_outdated o WHERE o.unit >= root AND o.unit < root || ':');
    RETURN QUERY
    -- Whole months are read once, for however many days; each by how many of the days' months begin no later.
    WITH due AS (
        SELECT d.day, date_trunc('month', d.day)::date AS month FROM unnest(days) AS d(day)
    ), by_month AS (
        SELECT t.measure, t.cell, t.place, width_bucket(t.day, months) AS begun, sum(t.n) AS n FROM (
            SELECT t.measure, t.cell, t.place, t.day, t.n FROM reports_tally t
            WHERE t.level = own_level AND t.place >= root AND t.place < root || ':' AND t.grain = 'M'
              AND t.day < months[cardinality(months)] AND (wanted IS NULL OR t.measure = ANY(wanted))
            UNION ALL
            SELECT t.measure, t.cell, left(t.place, width), t.day, -t.n FROM reports_tally t
            WHERE t.level = 3 AND t.place = ANY(behind) AND t.grain = 'M'
              AND t.day < months[cardinality(months)] AND (wanted IS NULL OR t.measure = ANY(wanted))
        ) t GROUP BY 1, 2, 3, 4
    ), summed AS (
        SELECT m.measure, m.cell, m.place, due.day, sum(m.n) AS n
        FROM by_month m JOIN due ON m.begun < width_bucket(due.month, months)
        GROUP BY 1, 2, 3, 4
        UNION ALL
        SELECT t.measure, t.cell, t.place, due.day, sum(t.n) FROM due CROSS JOIN LATERAL (
            SELECT t.measure, t.cell, t.place, t.n FROM reports_tally t
            WHERE t.level = own_level AND t.place >= root AND t.place < root || ':' AND t.grain = 'D'
              AND t.day BETWEEN due.month AND due.day AND (wanted IS NULL OR t.measure = ANY(wanted))
            UNION ALL
            SELECT t.measure, t.cell, left(t.place, width), -t.n FROM reports_tally t
            WHERE t.level = 3 AND t.place = ANY(behind) AND t.grain = 'D'
              AND t.day BETWEEN due.month AND due.day AND (wanted IS NULL OR t.measure = ANY(wanted))
        ) t GROUP BY 1, 2, 3, 4
        UNION ALL
        SELECT c.measure, c.cell, left(unit, width), d.day, sum(c.n)
        FROM unnest(behind) AS unit
        CROSS JOIN LATERAL aixin_changes(unit, {UNIT_END}, wanted, rules) c
        JOIN unnest(days) AS d(day) ON c.day <= d.day
        GROUP BY 1, 2, 3, 4
    )
    SELECT s.measure::text, s.cell::text, s.place::text, s.day, sum(s.n)::bigint FROM summed s
    GROUP BY 1, 2, 3, 4 HAVING sum(s.n) <> 0;
END $$;
REVOKE ALL ON FUNCTION aixin_figures(text, date[], text[], jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aixin_figures(text, date[], text[], jsonb) TO aixin_app;
"""

# The rows behind a figure and how much of it each is, of one cell or of all that begin as is said before a '*': of a stock
# those that count on the last day, of a flow those with a change within the days.
ROWS = """
CREATE FUNCTION aixin_counted_rows(root text, counted text, part text, since date, until date, rules jsonb)
RETURNS TABLE (id bigint, amount bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
#variable_conflict use_column
DECLARE
    allowed text := coalesce(current_setting('aixin.figures', true), '');
BEGIN
    IF allowed = '' OR NOT starts_with(root, rtrim(allowed, '*')) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT c.id, sum(c.n)::bigint FROM aixin_changes(root, root || ':', ARRAY[counted], rules) c
    WHERE (c.cell = part OR starts_with(c.cell, rtrim(part, '*')) AND part <> rtrim(part, '*')) AND c.day <= until AND (since IS NULL OR c.day >= since)
    GROUP BY c.id HAVING sum(c.n) > 0;
END $$;
REVOKE ALL ON FUNCTION aixin_counted_rows(text, text, text, date, date, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aixin_counted_rows(text, text, text, date, date, jsonb) TO aixin_app;
"""

# Brings the longest outdated counties' sums up to date, one folder at a time; returns how many there were. What is
# written after the first statement stays marked and is only counted once more.
FOLD = f"""
CREATE FUNCTION aixin_fold(most int, rules jsonb) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    units text[];
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('aixin_fold')) THEN
        RETURN 0;
    END IF;
    units := ARRAY(SELECT o.unit FROM reports_outdated o GROUP BY o.unit ORDER BY min(o.id) LIMIT most);
    DELETE FROM reports_outdated WHERE unit = ANY(units);
    WITH fresh AS (
        SELECT unit, c.measure, c.cell, c.day, sum(c.n) AS n FROM unnest(units) AS unit
        CROSS JOIN LATERAL aixin_changes(unit, {UNIT_END}, NULL, rules) c
        GROUP BY 1, 2, 3, 4
    ), change AS (
        SELECT unit, measure, cell, day, coalesce(f.n, 0) - coalesce(t.n, 0) AS n
        FROM fresh f FULL JOIN (
            SELECT place AS unit, measure, cell, day, n FROM reports_tally
            WHERE level = 3 AND grain = 'D' AND place = ANY(units)
        ) t USING (unit, measure, cell, day)
        WHERE f.n IS DISTINCT FROM t.n
    )
    INSERT INTO reports_tally (level, place, grain, measure, cell, day, n)
    SELECT l.level, left(unit, l.level * 2), g.grain, measure, cell,
           CASE g.grain WHEN 'M' THEN date_trunc('month', day)::date ELSE day END, sum(n)
    FROM change CROSS JOIN generate_series(1, 3) AS l(level) CROSS JOIN (VALUES ('D'), ('M')) AS g(grain)
    GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(n) <> 0
    ON CONFLICT (level, place, grain, measure, cell, day) DO UPDATE SET n = reports_tally.n + EXCLUDED.n;
    DELETE FROM reports_tally WHERE n = 0;
    RETURN cardinality(units);
END $$;
REVOKE ALL ON FUNCTION aixin_fold(int, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aixin_fold(int, jsonb) TO aixin_app;
"""

# Whose figures a changed row enters: codes of regions, from the rows of a statement under the name `r`.
_OF_CHILD = "SELECT c.region_code FROM r JOIN children_child c ON c.id = r.child_id"
TOUCHED = {
    "children_child": "SELECT region_code FROM r",
    "volunteers_volunteer": "SELECT region_code FROM r",
    "pairing_pairing": """
        SELECT region_code FROM r
        UNION ALL SELECT v.region_code FROM r JOIN volunteers_volunteer v ON v.id = r.volunteer_id""",
    "pairing_pairingstep": """
        SELECT p.region_code FROM r JOIN pairing_pairing p ON p.id = r.pairing_id WHERE r.kind IN ('PAUSED', 'RESUMED')
        UNION ALL
        SELECT v.region_code FROM r JOIN pairing_pairing p ON p.id = r.pairing_id
        JOIN volunteers_volunteer v ON v.id = p.volunteer_id WHERE r.kind IN ('PAUSED', 'RESUMED')""",
    "visits_visit": """
        SELECT region_code FROM r
        UNION ALL
        SELECT c.region_code FROM r JOIN visits_visitedchild x ON x.visit_id = r.id
        JOIN children_child c ON c.id = x.child_id""",
    "visits_visitedchild": f"""
        {_OF_CHILD}
        UNION ALL SELECT v.region_code FROM r JOIN visits_visit v ON v.id = r.visit_id""",
    "visits_visit_volunteers": """
        SELECT c.region_code FROM r JOIN visits_visitedchild x ON x.visit_id = r.visit_id
        JOIN children_child c ON c.id = x.child_id""",
    "visits_situation": _OF_CHILD,
    "care_duty": "SELECT region_code FROM r",
    "concerns_concern": "SELECT region_code FROM r",
    "care_carepolicy": """
        SELECT p.code AS region_code FROM r JOIN access_region p ON starts_with(p.code, r.region_code) AND p.level <= 3""",
}
# What is there already has no tallies yet.
BEGIN = """
INSERT INTO reports_outdated (unit) SELECT DISTINCT left(code, 6) FROM (
    SELECT region_code AS code FROM children_child UNION SELECT region_code FROM volunteers_volunteer
    UNION SELECT region_code FROM visits_visit
) r
"""


class Migration(migrations.Migration):
    """Tables, what fills them, and the one door through which figures come out."""

    dependencies = [
        ("reports", "0001_changes_of_figures"),
    ]

    operations = [
        migrations.CreateModel(
            name="Outdated",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "unit",
                    models.CharField(db_collation="C", db_index=True, max_length=6, verbose_name="地区"),
                ),
            ],
            options={
                "verbose_name": "待重算地区",
                "verbose_name_plural": "待重算地区",
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "省"),
                            (2, "市"),
                            (3, "县（市、区）"),
                            (4, "乡镇（街道）"),
                            (5, "村（社区）"),
                        ],
                        verbose_name="级别",
                    ),
                ),
                ("place", models.CharField(db_collation="C", max_length=6, verbose_name="地区")),
                (
                    "grain",
                    models.CharField(choices=[("D", "日"), ("M", "月")], max_length=1, verbose_name="时段"),
                ),
                ("measure", models.CharField(max_length=24, verbose_name="指标")),
                ("cell", models.CharField(blank=True, max_length=40, verbose_name="分组")),
                ("day", models.DateField(verbose_name="日期")),
                ("n", models.BigIntegerField(verbose_name="变化")),
            ],
            options={
                "verbose_name": "指标累计",
                "verbose_name_plural": "指标累计",
                "indexes": [
                    models.Index(condition=models.Q(("n", 0)), fields=["n"], name="tally_of_nothing")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("level", "place", "grain", "day", "measure", "cell"), name="one_tally_a_day"
                    )
                ],
            },
        ),
        migrations.RunSQL(TABLE, "DROP TABLE reports_source"),
        protect("reports_tally"),
        protect("reports_outdated"),
        protect("reports_source"),
        *(source(name, measures) for name, measures in MEASURES.items()),
        migrations.RunSQL(CHANGES, "DROP FUNCTION aixin_changes(text, text, text[], jsonb)"),
        migrations.RunSQL(FIGURES, "DROP FUNCTION aixin_figures(text, date[], text[], jsonb)"),
        migrations.RunSQL(ROWS, "DROP FUNCTION aixin_counted_rows(text, text, text, date, date, jsonb)"),
        migrations.RunSQL(FOLD, "DROP FUNCTION aixin_fold(int, jsonb)"),
        *(marking(table, touched) for table, touched in TOUCHED.items()),
        migrations.RunSQL(BEGIN, "DELETE FROM reports_outdated"),
    ]
