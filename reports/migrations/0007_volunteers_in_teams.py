"""Volunteers in teams: how many on any day as every other figure; each team's own number is counted when it is asked for.

Teams are many and each is of one place: among the sums of a country they would be more cells than all others together.
"""

from typing import Any

from django.db import migrations

from reports.changes import changes_of, function, local_day, marking, source

# When volunteers were qualified, as migration 0001 knows it: from the history of states that the database keeps.
SERVING = f"""
    WITH person AS (
        SELECT v.id, v.region_code::text AS place, v.state::text, {local_day("v.created_at")} AS since
        FROM volunteers_volunteer v WHERE v.id = ANY(keys) AND v.state <> 'MERGED'
    ),
    known AS (
        SELECT e.pgh_obj_id AS id, e.pgh_id AS step, e.state::text, {local_day("e.pgh_created_at")} AS day
        FROM volunteers_volunteerevent e JOIN person ON person.id = e.pgh_obj_id
    ),
    step AS (
        SELECT id, step, state, day FROM known
        UNION ALL
        SELECT person.id, 0, coalesce(first.state, person.state), least(person.since, first.day)
        FROM person LEFT JOIN LATERAL (
            SELECT known.state, known.day FROM known WHERE known.id = person.id ORDER BY step LIMIT 1) first ON true
    ),
    state AS (
        SELECT id, state, daterange(day, CASE WHEN until IS NOT NULL THEN greatest(day, until) END) AS span
        FROM (SELECT *, lead(day) OVER (PARTITION BY id ORDER BY step) AS until FROM step) s
    )
    SELECT person.id, person.place, range_agg(state.span) FROM person JOIN state ON state.id = person.id
    WHERE state.state = 'QUALIFIED' GROUP BY person.id, person.place
"""

# When each volunteer of a place counted in each of her teams; the day of leaving is the first without her.
TEAM_SPANS = """
    WITH serving AS (
        SELECT * FROM aixin_serving(ARRAY(
            SELECT v.id FROM volunteers_volunteer v WHERE v.region_code >= lo AND v.region_code < hi
              AND EXISTS (SELECT FROM organisations_teammember m WHERE m.volunteer_id = v.id)))
    )
    SELECT m.team_id, s.id, s.place, range_agg(daterange(m.since, m.until)) * s.spans
    FROM serving s JOIN organisations_teammember m ON m.volunteer_id = s.id
    GROUP BY m.team_id, s.id, s.place, s.spans
"""

IN_TEAMS = """
    WITH teamed AS (SELECT id, place, range_agg(spans) AS spans FROM aixin_team_spans(lo, hi) GROUP BY id, place)
    SELECT 'volunteers_teamed', '', id, place, e.day, e.n FROM teamed CROSS JOIN LATERAL aixin_ends(spans) AS e
"""

# Who counts in which team on a day, for a region whose figures the caller may ask.
TEAMS = """
CREATE FUNCTION aixin_teams(root text, wanted date) RETURNS TABLE (team bigint, name text, volunteer bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
#variable_conflict use_column
DECLARE
    allowed text := coalesce(current_setting('aixin.figures', true), '');
BEGIN
    IF allowed = '' OR NOT starts_with(root, rtrim(allowed, '*')) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT t.id, t.name::text, s.id FROM aixin_team_spans(root, root || ':') s
    JOIN organisations_team t ON t.id = s.team_id WHERE s.spans @> wanted;
END $$;
REVOKE ALL ON FUNCTION aixin_teams(text, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aixin_teams(text, date) TO aixin_app;
"""

TOUCHED = "SELECT v.region_code FROM r JOIN volunteers_volunteer v ON v.id = r.volunteer_id"
# Teams that are there already have not been counted.
BEGIN = """
INSERT INTO reports_outdated (unit) SELECT DISTINCT left(v.region_code, 6)
FROM organisations_teammember m JOIN volunteers_volunteer v ON v.id = m.volunteer_id
"""


class Migration(migrations.Migration):
    dependencies: list[Any] = [
        ("reports", "0006_findings_counted"),
        ("organisations", "0002_claimed_below_the_county"),
    ]

    operations = [
        function(
            "aixin_serving(keys bigint[])", "TABLE (id bigint, place text, spans datemultirange)", SERVING
        ),
        function(
            "aixin_team_spans(lo text, hi text)",
            "TABLE (team_id bigint, id bigint, place text, spans datemultirange)",
            TEAM_SPANS,
        ),
        changes_of("teams", IN_TEAMS),
        source("teams", ("volunteers_teamed",)),
        marking("organisations_teammember", TOUCHED),
        migrations.RunSQL(TEAMS, "DROP FUNCTION aixin_teams(text, date)"),
        migrations.RunSQL(BEGIN, migrations.RunSQL.noop),
    ]
