"""The statements that bring the duties of programmes in line with pairings and visits, a county or a few children.

Parameters stand in `care.programmes.making`; the ground of all is as in `care.statements`: an active pairing of a
child on the roster, counted from the later of pairing and go-live.
"""

# ruff: noqa: S608 - what is put in are names of this file, never a value

from care.statements import TAKING_BACK, counts, lapses, whose

_SPAN = "split_part(d.occasion, ':', 2)"


def fulfil(*, some: bool) -> str:
    """Close what visits have done: of several in a span, each takes a visit of its own. Returns the keys."""
    return f"""
WITH due AS MATERIALIZED (
    SELECT d.id, d.child_id, d.item_id, d.region_code, d.opens_on, d.due_on, d.state, d.closed_on, i.ways, {_SPAN} AS span,
           row_number() OVER (PARTITION BY d.child_id, d.item_id, {_SPAN} ORDER BY d.due_on, d.id) AS place
    FROM care_duty d JOIN care_programmeitem i ON i.id = d.item_id AND i.how = 'VISIT'
    WHERE {whose("d", some=some)} AND d.state IN ('OPEN', 'LAPSED')
),
contacts AS (
    SELECT due.child_id, due.item_id, due.span, v.id AS visit_id, min(v.date) AS day
    FROM due
    JOIN visits_visitedchild c ON c.child_id = due.child_id
    JOIN visits_visit v ON v.id = c.visit_id AND v.withdrawn_at IS NULL
      AND v.date BETWEEN due.opens_on AND %(today)s AND v.way = ANY(due.ways)
      AND (due.state = 'OPEN' OR v.date <= least(due.due_on + %(grace)s, due.closed_on))
    WHERE {counts("due.region_code")} AND NOT EXISTS (
        SELECT FROM care_duty d
        WHERE d.child_id = due.child_id AND d.item_id = due.item_id AND {_SPAN} = due.span AND d.visit_id = v.id)
    GROUP BY due.child_id, due.item_id, due.span, v.id
),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY child_id, item_id, span ORDER BY day, visit_id) AS place FROM contacts
)
UPDATE care_duty d SET state = 'DONE', done_on = ranked.day, visit_id = ranked.visit_id, closed_on = NULL
FROM due JOIN ranked USING (child_id, item_id, span, place)
WHERE d.id = due.id RETURNING d.id
"""


# Opens what a visit had done that counts no more; a tick stands as long as the visit it was made in.
REOPEN = """
UPDATE care_duty d SET state = 'OPEN', done_on = NULL, visit_id = NULL
FROM care_programmeitem i
WHERE i.id = d.item_id AND d.state = 'DONE' AND d.child_id = ANY(%(children)s) AND d.visit_id = ANY(%(visits)s)
  AND (i.how = 'VISIT' OR NOT EXISTS (
    SELECT FROM visits_visit v JOIN visits_visitedchild c ON c.visit_id = v.id
    WHERE v.id = d.visit_id AND v.withdrawn_at IS NULL AND c.child_id = d.child_id))
"""

LAPSE = f"""
UPDATE care_duty d SET state = 'LAPSED', closed_on = %(today)s
WHERE {whose("d", some=False)} AND d.state = 'OPEN' AND d.item_id IS NOT NULL AND d.due_on < %(today)s - %(grace)s
RETURNING d.id
"""


def _wanted(*, some: bool) -> str:
    """Return the common table expressions of what is due for whom: `wanted`."""
    return f"""
grounds AS MATERIALIZED (
    SELECT p.child_id, c.region_code, c.birth, array_append(c.other_categories, c.category)::text[] AS categories,
           max(p.volunteer_id) FILTER (WHERE p.is_main) AS volunteer_id,
           greatest(%(since)s::date, min(greatest(p.started_on, (
               SELECT max(s.day) FROM pairing_pairingstep s WHERE s.pairing_id = p.id AND s.kind = 'RESUMED')))) AS since
    FROM pairing_pairing p JOIN children_child c ON c.id = p.child_id
    WHERE {whose("p", some=some)} AND p.state = 'ACTIVE' AND c.status = 'ON_ROSTER'
    GROUP BY p.child_id, c.id
),
slots AS MATERIALIZED (
    SELECT * FROM unnest(
        %(s_item)s::bigint[], %(s_occasion)s::text[], %(s_first)s::date[], %(s_due)s::date[], %(s_latest)s::date[])
      AS s(item_id, occasion, first, due, latest)
),
joined AS MATERIALIZED (
    SELECT programme_id, joined_on, string_to_array(townships, ',') AS townships
    FROM unnest(%(j_programme)s::bigint[], %(j_on)s::date[], %(j_townships)s::text[])
      AS j(programme_id, joined_on, townships)
),
wanted AS MATERIALIZED (
    SELECT g.child_id, g.region_code, g.volunteer_id, i.id AS item_id, i.name AS what, s.occasion,
           greatest(s.first, g.since) AS opens_on, s.due AS due_on
    FROM slots s
    JOIN care_programmeitem i ON i.id = s.item_id
    JOIN care_programme p ON p.id = i.programme_id
    JOIN joined j ON j.programme_id = p.id
    JOIN grounds g ON (cardinality(j.townships) = 0 OR left(g.region_code, 9) = ANY(j.townships))
      AND (cardinality(i.categories) = 0 OR g.categories && i.categories::text[])
      AND (i.age_from IS NULL OR g.birth <= s.first - make_interval(years => i.age_from))
      AND (i.age_to IS NULL OR g.birth > s.first - make_interval(years => i.age_to + 1))
    LEFT JOIN care_enrolment e ON e.programme_id = p.id AND e.child_id = g.child_id
    WHERE e.standing IS DISTINCT FROM 'OUT' AND (p.reach = 'ALL' OR e.standing = 'IN')
      AND greatest(g.since, j.joined_on, e.decided_on) <= s.latest
)"""


def make(*, some: bool) -> str:
    """Make what is due and missing, take back what is open without a ground, let day and name of the rest follow.

    What somebody moved to another day stays as long as its item and the pairing do. Returns how many were made, and
    the keys of those taken back.
    """
    return f"""
WITH {_wanted(some=some)},
known AS MATERIALIZED (
    SELECT w.*, d.id, d.state, d.moved_from, d.opens_on AS had_opens_on, d.due_on AS had_due_on, d.what AS had_what
    FROM wanted w
    LEFT JOIN care_duty d ON d.child_id = w.child_id AND d.kind = 'PROGRAMME' AND d.occasion = w.occasion
      AND {whose("d", some=some)}
),
taken AS MATERIALIZED (
    -- What no slot of these weeks stands for any more is late by itself: the night's run may not have come by yet.
    SELECT d.id, d.item_id = ANY(%(standing)s) AND (d.due_on < %(today)s - %(grace)s OR {lapses()}) AS lapses
    FROM care_duty d
    WHERE {whose("d", some=some)} AND d.state = 'OPEN' AND d.item_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM known k WHERE k.id = d.id)
      AND (d.moved_from IS NULL OR d.item_id <> ALL(%(standing)s)
           OR NOT EXISTS (SELECT FROM grounds g WHERE g.child_id = d.child_id))
),{TAKING_BACK},
revived AS (
    UPDATE care_duty d SET state = 'OPEN', closed_on = NULL, volunteer_id = k.volunteer_id
    FROM known k WHERE d.id = k.id AND k.state = 'LAPSED' AND k.had_due_on >= %(today)s - %(grace)s
),
followed AS (
    UPDATE care_duty d SET opens_on = k.opens_on, meant_on = k.due_on, due_on = k.due_on, what = k.what
    FROM known k
    WHERE d.id = k.id AND k.state = 'OPEN' AND k.moved_from IS NULL
      AND (k.opens_on, k.due_on, k.what) IS DISTINCT FROM (k.had_opens_on, k.had_due_on, k.had_what)
),
made AS (
    INSERT INTO care_duty
        (child_id, region_code, volunteer_id, kind, occasion, opens_on, meant_on, due_on, state, reason, note, source,
         item_id, what)
    SELECT child_id, region_code, volunteer_id, 'PROGRAMME', occasion, opens_on, due_on, due_on, 'OPEN', '', '', '',
           item_id, what
    FROM known WHERE id IS NULL
    ON CONFLICT (child_id, kind, occasion) DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM made), (SELECT coalesce(array_agg(id), '{{}}') FROM taken)
"""


def preview() -> str:
    """Count the children that would take part and what would be due for them."""
    return f"""
WITH {_wanted(some=False)}
SELECT count(DISTINCT child_id), count(*) FROM wanted
"""
