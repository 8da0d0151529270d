"""What changes a figure, by how much, on which day: every figure of any day is the sum of its changes up to that day.

One function a subject gives the changes of the rows between two region codes (the second excluded). Children, their
categories and their places count as they are now; days of joining, pairing, pausing, visiting are those on the rows.
`tests/reports` holds all of it equal to definitions written out a second time in Python.
"""

from typing import Any

from django.db import migrations

from reports.changes import changes_of, function, local_day

# Both ends of every span: one more on its first day, one less on the day after its last.
ENDS = """
    SELECT lower(span), 1::bigint FROM unnest(spans) AS span
    UNION ALL SELECT upper(span), -1::bigint FROM unnest(spans) AS span WHERE NOT upper_inf(span)
"""

# How many days without contact are too many, or hold what is known of a child: the nearest region's decision for a
# county, its own, the city's or the province's.
POLICY_DAYS = """
    SELECT coalesce((
        SELECT d.days FROM care_carepolicy p
        CROSS JOIN LATERAL (SELECT CASE rule WHEN 'cadence' THEN p.call_days ELSE p.fresh_days END AS days) d
        WHERE p.region_code IN (left(place, 2), left(place, 4), left(place, 6)) AND d.days IS NOT NULL
        ORDER BY p.region_code DESC LIMIT 1
    ), (rules->>rule)::int)
"""

# When a pairing held: from its start to its end, less its pauses. What the row says now has the last word.
SPANS = f"""
    SELECT p.id, p.child_id, p.volunteer_id, p.region_code::text, p.started_on, p.ended_on, p.end_reason::text,
           p.agreement_signed,
           datemultirange(daterange(begun.day, CASE
               WHEN p.state = 'ENDED' THEN greatest(begun.day, p.ended_on)
               WHEN p.state = 'PAUSED' AND NOT coalesce(pause.lasts, false)
               THEN greatest(begun.day, {local_day("p.updated_at")})
           END)) - coalesce(pause.spans, '{{}}')
    FROM pairing_pairing p
    CROSS JOIN LATERAL (SELECT CASE WHEN p.state = 'ENDED' THEN p.started_on
        ELSE least(p.started_on, {local_day("p.updated_at")}) END AS day) begun
    LEFT JOIN LATERAL (
        SELECT range_agg(daterange(s.day, CASE
                   WHEN s.until IS NOT NULL THEN greatest(s.until, s.day)
                   WHEN p.state = 'ACTIVE' THEN s.day
               END)) AS spans, bool_or(s.until IS NULL) AS lasts
        FROM (
            SELECT kind, t.day, lead(t.day) OVER (ORDER BY t.id) AS until FROM pairing_pairingstep t
            WHERE t.pairing_id = p.id AND t.kind IN ('PAUSED', 'RESUMED')
        ) s WHERE s.kind = 'PAUSED'
    ) pause ON true
    WHERE p.id = ANY(keys) AND p.started_on IS NOT NULL AND p.state IN ('ACTIVE', 'PAUSED', 'ENDED')
"""

# When a child was on the roster; one that was entered by mistake or twice never was.
LIVES = f"""
    SELECT c.id, c.region_code::text, c.category::text, c.sex::text, c.birth, c.schooling::text, c.risk::text,
           c.consent = 'REFUSED', c.category = 'ORPHAN_INSTITUTION', c.left_reason::text,
           datemultirange(CASE
               WHEN c.status = 'ON_ROSTER' THEN daterange(entry.day, NULL)
               WHEN c.status IN ('LEFT', 'ERASED') AND c.left_on IS NOT NULL
                   AND c.left_reason NOT IN ('MISTAKE', 'DUPLICATE')
               THEN daterange(entry.day, greatest(entry.day, least(c.left_on, {local_day("c.updated_at")})))
               ELSE 'empty'
           END)
    FROM children_child c
    CROSS JOIN LATERAL (SELECT least(c.registered_on, {local_day("c.updated_at")}) AS day) entry
    WHERE c.region_code >= lo AND c.region_code < hi
"""

LIFE = """
    life AS MATERIALIZED (SELECT * FROM aixin_lives(lo, hi)),
    span AS MATERIALIZED (
        SELECT * FROM aixin_spans(ARRAY(
            SELECT p.id FROM pairing_pairing p WHERE p.region_code >= lo AND p.region_code < hi))
    )"""

CHILDREN = f"""
    WITH {LIFE},
    contact AS MATERIALIZED (
        SELECT x.child_id, v.date, v.family, v.study, v.life
        FROM life JOIN visits_visitedchild x ON x.child_id = life.id
        JOIN visits_visit v ON v.id = x.visit_id AND v.withdrawn_at IS NULL
    ),
    first_visit AS (
        SELECT span.id, min(contact.date) AS day FROM span
        JOIN contact ON contact.child_id = span.child_id AND contact.date >= span.started_on GROUP BY span.id
    ),
    held AS (
        SELECT span.child_id, range_agg(span.spans) AS paired,
               range_agg(span.spans * datemultirange(daterange(NULL, f.day)))
                   - coalesce(range_agg(span.spans * datemultirange(daterange(f.day, NULL)))
                       FILTER (WHERE f.day IS NOT NULL), '{{}}') AS unvisited
        FROM span LEFT JOIN first_visit f ON f.id = span.id GROUP BY span.child_id
    ),
    -- "No change" makes nothing clear of which nothing was ever said.
    told AS (
        SELECT child_id, 'FAMILY' AS part, date AS day, family = 'CHANGED' AS says FROM contact WHERE family <> ''
        UNION ALL SELECT child_id, 'STUDY', date, study = 'CHANGED' FROM contact WHERE study <> ''
        UNION ALL SELECT child_id, 'LIFE', date, life = 'CHANGED' FROM contact WHERE life <> ''
        -- OFFSET 0 keeps it a look-up for each child: few are ever stated, and a country's parts would be read for one county.
        UNION ALL SELECT life.id, s.part, s.stated_on, s.stated_text_on IS NOT NULL FROM life CROSS JOIN LATERAL (
            SELECT * FROM visits_situation s WHERE s.child_id = life.id AND s.stated_on IS NOT NULL OFFSET 0) s
    ),
    -- Most children were never told of in all three parts, and ranges cost: theirs are not made.
    spoken AS (
        SELECT child_id FROM (SELECT child_id, part FROM told GROUP BY child_id, part HAVING bool_or(says)) t
        GROUP BY child_id HAVING count(*) = 3
    ),
    unit AS MATERIALIZED (
        SELECT code, aixin_policy_days(code, 'fresh', rules) AS days
        FROM (SELECT DISTINCT left(region_code, 6) AS code FROM life) u
    ),
    part AS (
        SELECT told.child_id, part, range_agg(daterange(day, day + unit.days + 1)) AS spans
        FROM spoken JOIN told ON told.child_id = spoken.child_id JOIN life ON life.id = told.child_id
        JOIN unit ON unit.code = left(life.region_code, 6)
        GROUP BY told.child_id, part
    ),
    clear AS (
        SELECT child_id, range_intersect_agg(spans) AS spans FROM part GROUP BY child_id
    ),
    child AS MATERIALIZED (
        SELECT life.*, CASE WHEN refused OR institution THEN '{{}}' ELSE life.spans END AS eligible,
               coalesce(held.paired, '{{}}') AS paired, coalesce(held.unvisited, '{{}}') * life.spans AS unvisited,
               coalesce(clear.spans, '{{}}') * life.spans AS clear
        FROM life LEFT JOIN held ON held.child_id = life.id LEFT JOIN clear ON clear.child_id = life.id
    ),
    counted AS (
        SELECT measure, c.id, c.region_code AS place, c.category, c.sex, c.schooling, c.risk, c.birth, m.spans
        FROM child c CROSS JOIN LATERAL (VALUES
            ('registered', c.spans), ('eligible', c.eligible), ('paired', c.eligible * c.paired)
        ) AS m(measure, spans) WHERE m.spans <> '{{}}'
    ),
    split AS (
        SELECT measure, d.cell, id, place, spans FROM counted CROSS JOIN LATERAL (VALUES
            ('category=' || category), ('sex=' || sex), ('stage=' || schooling), ('risk=' || risk)
        ) AS d(cell)
        UNION ALL
        SELECT measure, 'age=' || b.band, id, place, spans * datemultirange(daterange(
            (birth + make_interval(years => b.since))::date, (birth + make_interval(years => b.until))::date))
        FROM counted CROSS JOIN (VALUES ('0-5', 0, 6), ('6-13', 6, 14), ('14-17', 14, 18), ('18', 18, NULL))
            AS b(band, since, until)
        WHERE birth IS NOT NULL
        UNION ALL SELECT measure, 'age=', id, place, spans FROM counted WHERE birth IS NULL
        UNION ALL SELECT 'refused', '', id, region_code, spans FROM child WHERE refused
        UNION ALL SELECT 'institution', '', id, region_code, spans FROM child WHERE institution
        UNION ALL SELECT 'never_visited', '', id, region_code, unvisited FROM child
        UNION ALL SELECT 'clear', '', id, region_code, clear FROM child
    )
    SELECT measure, cell, id, place, e.day, e.n FROM split CROSS JOIN LATERAL aixin_ends(spans) AS e
    UNION ALL
    SELECT 'entered', '', id, region_code, lower(spans), 1 FROM life WHERE spans <> '{{}}'
    UNION ALL
    SELECT 'left', 'reason=' || left_reason, id, region_code, upper(spans), 1 FROM life
    WHERE spans <> '{{}}' AND NOT upper_inf(spans)
    UNION ALL
    SELECT 'visited', 'per=' || p.kind, child_id, life.region_code, min(contact.date), 1
    FROM contact JOIN life ON life.id = contact.child_id
    CROSS JOIN (VALUES ('month'), ('quarter'), ('year')) AS p(kind)
    WHERE life.spans <> '{{}}'
    GROUP BY p.kind, child_id, life.region_code, date_trunc(p.kind, contact.date::timestamp)
"""

PAIRINGS = f"""
    WITH {LIFE},
    unit AS MATERIALIZED (
        SELECT code, aixin_policy_days(code, 'cadence', rules) AS days
        FROM (SELECT DISTINCT left(region_code, 6) AS code FROM span) u
    ),
    point AS (
        SELECT id, started_on AS day FROM span
        UNION
        SELECT span.id, v.date FROM span
        JOIN visits_visitedchild x ON x.child_id = span.child_id
        JOIN visits_visit_volunteers w ON w.visit_id = x.visit_id AND w.volunteer_id = span.volunteer_id
        JOIN visits_visit v ON v.id = x.visit_id AND v.withdrawn_at IS NULL AND v.date > span.started_on
    ),
    silence AS (
        SELECT id, day, lead(day) OVER (PARTITION BY id ORDER BY day) AS until FROM point
    ),
    -- One silence after the other, so that no two of a pairing overlap.
    late AS (
        SELECT span.id, span.region_code, a.name, span.spans * datemultirange(
                   daterange(since.day + a.lo, least(silence.until, since.day + a.hi))) AS spans
        FROM silence JOIN span ON span.id = silence.id
        JOIN unit ON unit.code = left(span.region_code, 6) AND unit.days > 0
        CROSS JOIN LATERAL (SELECT silence.day + unit.days + 1 AS day) since
        CROSS JOIN (VALUES ('1-7', 0, 7), ('8-30', 7, 30), ('31-90', 30, 90), ('91', 90, NULL)) AS a(name, lo, hi)
        WHERE silence.until IS NULL OR silence.until > since.day + a.lo
    ),
    split AS (
        SELECT 'pairings' AS measure, '' AS cell, id, region_code, spans FROM span
        UNION ALL SELECT 'agreements', '', id, region_code, spans FROM span WHERE agreement_signed
        UNION ALL SELECT 'overdue', 'ageing=' || name, id, region_code, spans FROM late
    )
    SELECT measure, cell, id, region_code, e.day, e.n FROM split CROSS JOIN LATERAL aixin_ends(spans) AS e
    UNION ALL SELECT 'paired_new', '', id, region_code, started_on, 1 FROM span
    UNION ALL SELECT 'pairings_ended', 'end=' || end_reason, id, region_code, ended_on, 1 FROM span
    WHERE ended_on IS NOT NULL
"""

# A volunteer's states in time, from the history that the database keeps; who has none there is what she is now.
VOLUNTEERS = f"""
    WITH person AS MATERIALIZED (
        SELECT v.id, v.region_code::text AS place, v.kind::text, v.state::text, v.capacity, v.clearance, v.cleared_on,
               {local_day("v.created_at")} AS since
        FROM volunteers_volunteer v WHERE v.region_code >= lo AND v.region_code < hi AND v.state <> 'MERGED'
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
        SELECT id, state, datemultirange(daterange(day, CASE WHEN until IS NOT NULL THEN greatest(day, until) END)) AS spans
        FROM (SELECT *, lead(day) OVER (PARTITION BY id ORDER BY step) AS until FROM step) s
    ),
    qualified AS (
        SELECT p.*, s.spans FROM person p JOIN (
            SELECT id, range_agg(spans) AS spans FROM state WHERE state = 'QUALIFIED' GROUP BY id
        ) s ON s.id = p.id
    ),
    pair AS MATERIALIZED (
        SELECT * FROM aixin_spans(ARRAY(
            SELECT p.id FROM pairing_pairing p JOIN person ON person.id = p.volunteer_id))
    ),
    held AS (SELECT volunteer_id, range_agg(spans) AS spans FROM pair GROUP BY volunteer_id),
    move AS (
        SELECT q.id, e.day, e.n AS serving, 0 AS pairs FROM qualified q CROSS JOIN LATERAL aixin_ends(q.spans) AS e
        UNION ALL
        SELECT p.volunteer_id, e.day, 0, e.n FROM pair p CROSS JOIN LATERAL aixin_ends(p.spans) AS e
    ),
    level AS (
        SELECT q.id, q.place, m.day, CASE WHEN sum(sum(serving)) OVER past > 0
            THEN greatest(q.capacity - sum(sum(pairs)) OVER past, 0) ELSE 0 END AS idle
        FROM move m JOIN qualified q ON q.id = m.id GROUP BY q.id, q.place, q.capacity, m.day
        WINDOW past AS (PARTITION BY q.id ORDER BY m.day)
    ),
    split AS (
        SELECT 'volunteers' AS measure, 'kind=' || kind AS cell, id, place, spans FROM qualified
        UNION ALL SELECT 'volunteers_paired', '', q.id, place, q.spans * held.spans
        FROM qualified q JOIN held ON held.volunteer_id = q.id
        UNION ALL SELECT 'clearances', '', id, place,
            spans * datemultirange(daterange(cleared_on, cleared_on + (rules->>'clearance')::int + 1))
        FROM qualified WHERE clearance = 'PASSED' AND cleared_on IS NOT NULL
        UNION ALL SELECT 'volunteers_on_file', 'state=' || s.state, p.id, p.place, range_agg(s.spans)
        FROM state s JOIN person p ON p.id = s.id WHERE s.state NOT IN ('ERASED', 'MERGED')
        GROUP BY p.id, p.place, s.state
    )
    SELECT measure, cell, id, place, e.day, e.n FROM split CROSS JOIN LATERAL aixin_ends(spans) AS e
    UNION ALL SELECT 'volunteers_new', '', id, place, e.day, 1 FROM qualified CROSS JOIN LATERAL aixin_ends(spans) AS e
    WHERE e.n > 0
    UNION ALL SELECT 'volunteers_gone', '', id, place, e.day, 1 FROM qualified CROSS JOIN LATERAL aixin_ends(spans) AS e
    WHERE e.n < 0
    UNION ALL
    SELECT 'idle_capacity', '', id, place, day,
           (idle - coalesce(lag(idle) OVER (PARTITION BY id ORDER BY day), 0))::bigint FROM level
"""

VISITS = """
    WITH visit AS (
        SELECT v.id, v.region_code::text AS place, v.date, v.way, v.households FROM visits_visit v
        WHERE v.region_code >= lo AND v.region_code < hi AND v.withdrawn_at IS NULL
    )
    SELECT 'visits', 'way=' || way, id, place, date, 1 FROM visit
    UNION ALL SELECT 'households', '', id, place, date, households FROM visit
    UNION ALL SELECT 'contacts', '', id, place, date,
        (SELECT count(*) FROM visits_visitedchild x WHERE x.visit_id = visit.id) FROM visit
"""

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
        SELECT id, place, cell, missed[i] + 1 AS since, least(missed[i + 1], ended_on) AS until
        FROM duty CROSS JOIN LATERAL generate_series(1, cardinality(missed), 2) AS i
        WHERE least(missed[i + 1], ended_on) > missed[i] + 1
        UNION ALL
        SELECT id, place, cell, due_on + 1, ended_on FROM duty WHERE ended_on IS NULL OR ended_on > due_on + 1
    )
    SELECT 'duties_due', cell, id, place, first_due_on, 1::bigint FROM duty
    UNION ALL SELECT 'duties_done', cell, id, place, first_due_on, 1 FROM duty
    WHERE state = 'DONE' AND ended_on <= first_due_on
    UNION ALL SELECT 'duties_overdue', cell, id, place, since, 1 FROM late
    UNION ALL SELECT 'duties_overdue', cell, id, place, until, -1 FROM late WHERE until IS NOT NULL
"""

CONCERNS = f"""
    WITH concern AS (
        SELECT c.id, c.region_code::text AS place, 'concern=' || c.kind AS cell, {local_day("c.raised_at")} AS raised,
               {local_day("c.closed_at")} AS closed
        FROM concerns_concern c WHERE c.region_code >= lo AND c.region_code < hi
    )
    SELECT 'concerns_raised', cell, id, place, raised, 1 FROM concern
    UNION ALL SELECT 'concerns_open', cell, id, place, raised, 1 FROM concern
    UNION ALL SELECT 'concerns_open', cell, id, place, closed, -1 FROM concern WHERE closed IS NOT NULL
    UNION ALL SELECT 'concerns_closed', cell, id, place, closed, 1 FROM concern WHERE closed IS NOT NULL
"""

SPAN_COLUMNS = (
    "TABLE (id bigint, child_id bigint, volunteer_id bigint, region_code text, started_on date, ended_on date,"
    " end_reason text, agreement_signed boolean, spans datemultirange)"
)
LIFE_COLUMNS = (
    "TABLE (id bigint, region_code text, category text, sex text, birth date, schooling text, risk text,"
    " refused boolean, institution boolean, left_reason text, spans datemultirange)"
)


class Migration(migrations.Migration):
    """Changes of every figure about children, pairings, volunteers, visits, duties and matters raised."""

    dependencies: list[Any] = [
        ("care", "0001_duties"),
        ("concerns", "0001_concerns_reports_questions"),
        ("visits", "0007_situations"),
    ]

    operations = [
        function("aixin_ends(spans datemultirange)", "TABLE (day date, n bigint)", ENDS, "IMMUTABLE"),
        function("aixin_policy_days(place text, rule text, rules jsonb)", "int", POLICY_DAYS),
        function("aixin_spans(keys bigint[])", SPAN_COLUMNS, SPANS),
        function("aixin_lives(lo text, hi text)", LIFE_COLUMNS, LIVES),
        changes_of("children", CHILDREN),
        changes_of("pairings", PAIRINGS),
        changes_of("volunteers", VOLUNTEERS),
        changes_of("visits", VISITS),
        changes_of("duties", DUTIES),
        changes_of("concerns", CONCERNS),
    ]
