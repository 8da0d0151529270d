"""The statements that bring duties in line with pairings, visits and policy: set by set, a county or a few children.

Parameters stand in `care.making`. `whose` narrows a table with `region_code` and `child_id` to the rows concerned.
"""

# ruff: noqa: S608 - what is put in are names of this file, never a value


def whose(alias: str, *, some: bool) -> str:
    """Return SQL for the rows of a county, or of some of its children."""
    narrowed = f" AND {alias}.child_id = ANY(%(children)s)" if some else ""
    return f"{alias}.region_code >= %(lo)s AND {alias}.region_code < %(hi)s{narrowed}"


def counts(region: str) -> str:
    """Return SQL for a visit `v` of child `c`: made by one of its volunteers, or by its village or township.

    OFFSET 0 keeps it a look-up for each visit: a county would otherwise read every pairing there is.
    """
    return f"""(
        EXISTS (
            SELECT FROM visits_visit_volunteers l JOIN pairing_pairing q ON q.volunteer_id = l.volunteer_id
            WHERE l.visit_id = v.id AND q.child_id = c.child_id AND q.started_on IS NOT NULL
            OFFSET 0)
        OR EXISTS (
            SELECT FROM access_post o
            WHERE o.user_id = v.recorded_by_id AND o.role = 'STAFF' AND length(o.region_code) >= 9
              AND starts_with({region}, o.region_code)))"""


_WAYS = "unnest(%(way_kinds)s::text[], %(ways)s::text[]) AS w(kind, way)"


def fulfil(*, some: bool) -> str:
    """Close what the earliest contact that counts has done; return the keys of what was closed."""
    return f"""
WITH found AS (
    SELECT DISTINCT ON (d.id) d.id, v.date, v.id AS visit_id
    FROM care_duty d
    JOIN visits_visitedchild c ON c.child_id = d.child_id
    JOIN visits_visit v ON v.id = c.visit_id AND v.withdrawn_at IS NULL
      AND v.date BETWEEN d.opens_on AND %(today)s
    JOIN {_WAYS} ON w.kind = d.kind AND w.way = v.way
    WHERE {whose("d", some=some)} AND d.state IN ('OPEN', 'LAPSED')
      AND (d.state = 'OPEN' OR v.date <= least(d.due_on + %(grace)s, d.closed_on)) AND {counts("d.region_code")}
    ORDER BY d.id, v.date, v.id
)
UPDATE care_duty d SET state = 'DONE', done_on = found.date, visit_id = found.visit_id, closed_on = NULL
FROM found WHERE d.id = found.id RETURNING d.id
"""


# Whether anything is open that has begun and that a way of visiting does: of the cadence and the calendar (false), of
# programmes (true).
BEGUN = """
SELECT DISTINCT d.item_id IS NOT NULL FROM care_duty d LEFT JOIN care_programmeitem i ON i.id = d.item_id
WHERE d.child_id = ANY(%(children)s) AND d.state IN ('OPEN', 'LAPSED') AND d.opens_on <= %(today)s
  AND (d.kind = ANY(%(done_by_way)s) OR i.how = 'VISIT' AND %(way)s = ANY(i.ways))
"""


REOPEN = """
UPDATE care_duty SET state = 'OPEN', done_on = NULL, visit_id = NULL
WHERE state = 'DONE' AND item_id IS NULL AND child_id = ANY(%(children)s) AND visit_id = ANY(%(visits)s)
"""


# Closes what belonged to a day long past.
LAPSE = f"""
UPDATE care_duty d SET state = 'LAPSED', closed_on = %(today)s
WHERE {whose("d", some=False)} AND d.state = 'OPEN' AND d.kind = ANY(%(dated)s) AND d.due_on < %(today)s - %(grace)s
RETURNING d.id
"""

# Whoever was entered by mistake or twice never was on the roster: nothing was due.
_ENTERED = """EXISTS (
    SELECT FROM children_child c WHERE c.id = d.child_id AND c.left_reason NOT IN ('MISTAKE', 'DUPLICATE'))"""
# From `taken`, open duties with `lapses`: what was overdue stays as lapsed, because figures of days past count it; the
# rest goes.
TAKING_BACK = """
lapsed AS (
    UPDATE care_duty d SET state = 'LAPSED', closed_on = %(today)s FROM taken t WHERE t.id = d.id AND t.lapses
),
dropped AS (
    DELETE FROM care_duty d USING taken t WHERE t.id = d.id AND NOT t.lapses
)"""

# Takes back what is open for children who are on the roster no more.
TAKE_BACK_OF_GONE = f"""
WITH taken AS MATERIALIZED (
    SELECT d.id, d.due_on < %(today)s AND {_ENTERED} AS lapses
    FROM care_duty d JOIN children_child c ON c.id = d.child_id AND c.status <> 'ON_ROSTER'
    WHERE {whose("d", some=False)} AND d.state = 'OPEN'
),{TAKING_BACK}
SELECT id FROM taken
"""


def lapses() -> str:
    """Return SQL for whether an open duty `d` without ground was overdue for a pairing that is over, among `grounds`.

    What a correction took the ground from (a visit, a rule) was never rightly due.
    """
    return f"""(d.due_on < %(today)s AND {_ENTERED}
        AND NOT EXISTS (SELECT FROM grounds g WHERE g.child_id = d.child_id AND g.since <= d.opens_on))"""


# Removes what a child brought along to a county that has not begun to remind. The counties are leapt through by the index
# of what is open: a look-up for each of them, however many duties there are.
DROP_WHERE_NOBODY_BEGAN = """
WITH RECURSIVE counties AS (
    (SELECT left(region_code, 6) AS code FROM care_duty WHERE state = 'OPEN' ORDER BY region_code LIMIT 1)
    UNION ALL
    SELECT (
        SELECT left(d.region_code, 6) FROM care_duty d
        WHERE d.state = 'OPEN' AND d.region_code >= counties.code || ':' ORDER BY d.region_code LIMIT 1)
    FROM counties WHERE counties.code IS NOT NULL
)
DELETE FROM care_duty d USING counties x
WHERE NOT EXISTS (SELECT FROM care_golive g WHERE g.region_code = x.code)
  AND d.region_code >= x.code AND d.region_code < x.code || ':'
  AND d.state = 'OPEN' AND d.kind = ANY(%(made)s)
RETURNING d.id
"""


def _wanted(*, some: bool) -> str:
    """Return the common table expressions of what is due for whom: `wanted`."""
    return f"""
grounds AS MATERIALIZED (
    SELECT p.child_id, c.region_code, c.birth, c.birthday_is_lunar, c.schooling = ANY(%(schooled)s) AS at_school,
           max(p.volunteer_id) FILTER (WHERE p.is_main) AS volunteer_id,
           greatest(%(since)s::date, min(greatest(p.started_on, (
               SELECT max(s.day) FROM pairing_pairingstep s WHERE s.pairing_id = p.id AND s.kind = 'RESUMED')))) AS since
    FROM pairing_pairing p JOIN children_child c ON c.id = p.child_id
    WHERE {whose("p", some=some)} AND p.state = 'ACTIVE' AND c.status = 'ON_ROSTER'
    GROUP BY p.child_id, c.id
),
contacts AS MATERIALIZED (
    SELECT c.child_id, w.kind, max(v.date) AS day
    FROM grounds g
    JOIN visits_visitedchild c ON c.child_id = g.child_id
    JOIN visits_visit v ON v.id = c.visit_id AND v.withdrawn_at IS NULL AND v.date > g.since AND v.date <= %(today)s
    JOIN {_WAYS} ON w.way = v.way AND w.kind = ANY(%(cadence)s)
    WHERE {counts("g.region_code")}
    GROUP BY c.child_id, w.kind
),
excused AS MATERIALIZED (
    SELECT d.child_id, d.kind, max(d.due_on) AS day FROM care_duty d
    WHERE {whose("d", some=some)} AND d.state = 'EXCUSED' GROUP BY d.child_id, d.kind
),
cadence AS (
    SELECT g.*, k.kind, k.days, greatest(g.since, t.day, e.day) AS base
    FROM grounds g CROSS JOIN unnest(%(cadence)s::text[], %(days)s::int[]) AS k(kind, days)
    LEFT JOIN contacts t ON t.child_id = g.child_id AND t.kind = k.kind
    LEFT JOIN excused e ON e.child_id = g.child_id AND e.kind = k.kind
),
wanted AS (
    SELECT child_id, region_code, volunteer_id, kind, to_char(base, 'YYYY-MM-DD') AS occasion, base + 1 AS opens_on,
           base + days AS meant_on, base + days AS due_on
    FROM cadence
    UNION ALL
    SELECT g.child_id, g.region_code, g.volunteer_id, 'BIRTHDAY', to_char(b.day, 'YYYY-MM-DD'),
           greatest(b.day - %(window)s, g.since), b.day, b.day + %(window)s
    FROM grounds g
    JOIN unnest(%(b_lunar)s::bool[], %(b_birth)s::date[], %(b_day)s::date[]) AS b(is_lunar, birth, day)
      ON b.birth = g.birth AND b.is_lunar = g.birthday_is_lunar
    WHERE b.day >= g.since
    UNION ALL
    SELECT g.child_id, g.region_code, g.volunteer_id, 'FESTIVAL', f.occasion,
           greatest(f.day - %(window)s, g.since), f.day, f.day + %(window)s
    FROM grounds g CROSS JOIN unnest(%(f_name)s::text[], %(f_day)s::date[]) AS f(occasion, day)
    WHERE f.day >= g.since
    UNION ALL
    SELECT g.child_id, g.region_code, g.volunteer_id, 'SCHOOL', t.key, greatest(t.first, g.since), t.last, t.last
    FROM grounds g
    CROSS JOIN unnest(%(t_key)s::text[], %(t_first)s::date[], %(t_last)s::date[]) AS t(key, first, last)
    WHERE g.at_school AND g.since <= t.last - %(grace)s
)"""


def make(*, some: bool) -> str:
    """Make what is due and missing, take back what is open without a ground, let the days of the rest follow.

    What lapsed because its pairing was over is open again where the pairing stands again. Returns how many were made,
    and the keys of those that were taken back.
    """
    return f"""
WITH {_wanted(some=some)},
known AS MATERIALIZED (
    SELECT w.*, d.id, d.state, d.moved_from, d.opens_on AS had_opens_on, d.due_on AS had_due_on
    FROM wanted w
    LEFT JOIN care_duty d ON d.child_id = w.child_id AND d.kind = w.kind AND d.occasion = w.occasion
      AND {whose("d", some=some)}
),
taken AS MATERIALIZED (
    SELECT d.id, {lapses()} AS lapses FROM care_duty d
    WHERE {whose("d", some=some)} AND d.state = 'OPEN' AND d.kind = ANY(%(made)s)
      AND NOT EXISTS (SELECT FROM known k WHERE k.id = d.id)
      AND (d.kind <> ALL(%(dated)s) OR d.due_on >= %(today)s AND d.moved_from IS NULL
           OR NOT EXISTS (SELECT FROM grounds g WHERE g.child_id = d.child_id))
),{TAKING_BACK},
revived AS (
    UPDATE care_duty d SET state = 'OPEN', closed_on = NULL, volunteer_id = k.volunteer_id
    FROM known k
    WHERE d.id = k.id AND k.state = 'LAPSED' AND (k.kind = ANY(%(cadence)s) OR k.had_due_on >= %(today)s - %(grace)s)
),
followed AS (
    UPDATE care_duty d SET opens_on = k.opens_on, meant_on = k.meant_on, due_on = k.due_on
    FROM known k
    WHERE d.id = k.id AND k.state = 'OPEN' AND k.moved_from IS NULL
      AND (k.opens_on, k.due_on) IS DISTINCT FROM (k.had_opens_on, k.had_due_on)
),
made AS (
    INSERT INTO care_duty
        (child_id, region_code, volunteer_id, kind, occasion, opens_on, meant_on, due_on, state, reason, note, source)
    SELECT child_id, region_code, volunteer_id, kind, occasion, opens_on, meant_on, due_on, 'OPEN', '', '', ''
    FROM known WHERE id IS NULL
    ON CONFLICT (child_id, kind, occasion) DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM made), (SELECT coalesce(array_agg(id), '{{}}') FROM taken)
"""


def preview() -> str:
    """Count what would be due: already overdue, and within thirty days, for children of a county."""
    return f"""
WITH {_wanted(some=False)}
SELECT kind, count(*) FILTER (WHERE due_on < %(today)s), count(*) FILTER (WHERE due_on BETWEEN %(today)s AND %(until)s)
FROM wanted GROUP BY kind
"""


# What was written in a county since its last run: taken before anything is read, so that what comes later stays.
TAKE_TOUCHES = (
    "DELETE FROM care_countytouch t WHERE t.region_code >= %(lo)s AND t.region_code < %(hi)s RETURNING t.id"
)

# Notes by what a county was brought up to date; whom to tell is to be looked at again.
NOTE_RUN = """
INSERT INTO care_countyrun (region_code, mark, told) VALUES (%(lo)s, %(mark)s, '')
ON CONFLICT (region_code) DO UPDATE SET mark = EXCLUDED.mark, told = '' RETURNING region_code
"""

# Where nobody is reminded what is written is not looked at, so that no run there counts as the last one.
_NOT_REMINDED = """NOT EXISTS (
    SELECT FROM care_golive g WHERE g.region_code = left(x.region_code, 6) AND g.paused_on IS NULL)"""
FORGET_RUNS = f"DELETE FROM care_countyrun x WHERE {_NOT_REMINDED} RETURNING x.region_code"
FORGET_TOUCHES = f"DELETE FROM care_countytouch x WHERE {_NOT_REMINDED} RETURNING x.id"
