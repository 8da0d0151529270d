"""Visits, their people and what follows from them, made by the database from the pairings in a few statements."""

import datetime
from typing import Any

from django.db import connection
from django.db.models import Model

from aixin.access.regions import upper_bound
from children.models import ConsentRecord
from demo.scale.copying import defaults_of
from visits.models import Situation, Visit, VisitedChild

# Visits go back so many days; one pairing in so many is never visited, one in so many not lately; for so many standing
# visits one is withdrawn, one reports a change, one was written down late.
SPAN, NEVER, NEGLECTED, WITHDRAWN, CHANGED, LATE = 540, 20, 8, 200, 40, 12
RARELY, NEGLECTED_DAYS = 31, 45
SEEN = (
    "孩子情绪不错，作业写完了才出去玩。", "奶奶腿疼，赶集不方便，孩子会帮着做饭。", "数学测验有进步，想要一本字典。",
    "天冷了，给孩子带了一件棉衣。", "和孩子聊了半小时，说想爸爸妈妈，周末约了视频。", "家里刚收完玉米，孩子帮着晒粮。",
)  # fmt: skip
WAYS = ("HOME", "HOME", "HOME", "PHONE", "PHONE", "MEETING", "SCHOOL", "VIDEO")


def _chance(key: str) -> str:
    """Return SQL for a number from a key that looks like chance and is always the same."""
    return f"abs(hashint8extended({key}, 1411) %% 1000000)"


_BEGUN = f"""
CREATE TEMP TABLE scale_begun ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY p.id) - 1 AS place, p.child_id, p.volunteer_id, p.region_code, p.started_on,
    coalesce(p.ended_on, CASE WHEN {_chance("p.id + 7")} %% {NEGLECTED} = 0 THEN greatest(p.started_on, %(neglected)s::date)
        ELSE %(today)s::date END) AS until, clerk.id AS clerk_id
FROM pairing_pairing p JOIN access_user clerk ON clerk.username = 'clerk-' || left(p.region_code, 6)
WHERE p.region_code >= %(lo)s AND p.region_code < %(hi)s AND p.started_on IS NOT NULL
    AND {_chance("p.id")} %% {NEVER} <> 0
"""  # noqa: S608 - our own numbers
# The visits of a pairing go back from its last day in even steps; those that would lie before its first day lie anywhere
# in it.
_MADE = f"""
CREATE TEMP TABLE scale_made ON COMMIT DROP AS
SELECT %(base)s + n AS id, begun.child_id, begun.volunteer_id, begun.region_code, begun.clerk_id,
    CASE WHEN until - back < started_on THEN until - (chance %% (greatest(until - started_on, 0) + 1))::int
        ELSE until - back END AS date,
    chance, n > %(standing)s AS withdrawn
FROM generate_series(1, %(total)s) AS n
CROSS JOIN LATERAL (SELECT {_chance("%(base)s + n")} AS chance, (n - 1) %% %(pairs)s AS place,
    ((n - 1) / %(pairs)s)::int AS turn) AS drawn
JOIN scale_begun begun USING (place)
CROSS JOIN LATERAL (SELECT turn * %(step)s + (chance %% %(step)s)::int AS back) AS reckoned
"""  # noqa: S608 - our own numbers
_VISITS = {
    "id": "id",
    "region_code": "region_code",
    "client_uuid": "('00000000-0000-4000-8000-' || lpad(to_hex(id), 12, '0'))::uuid",
    "date": "date",
    "way": f"(%(ways)s::text[])[1 + chance %% {len(WAYS)}]",
    "family": f"CASE WHEN chance %% {CHANGED} = 0 THEN 'CHANGED' ELSE 'UNCHANGED' END",
    "study": f"CASE WHEN chance %% {CHANGED} = 0 THEN 'CHANGED' ELSE 'UNCHANGED' END",
    "life": f"CASE WHEN chance %% {CHANGED} = 0 THEN 'CHANGED' ELSE 'UNCHANGED' END",
    "seen": f"(%(seen)s::text[])[1 + chance %% {len(SEEN)}]",
    "minutes": "20 + chance %% 60",
    "is_backfill": f"chance %% {LATE} = 0",
    "recorded_by_id": "clerk_id",
    "recorded_at": f"least(date + CASE WHEN chance %% {LATE} = 0 THEN 9 ELSE 0 END + interval '10 hours', now())",
    "withdrawn_at": "CASE WHEN withdrawn THEN now() END",
    "withdrawn_reason": "CASE WHEN withdrawn THEN '重复登记' ELSE '' END",
}
# 三必清 as `visits.situations.renew` finds it: what the newest standing visit says, and the newest change.
_SITUATIONS = """
WITH told AS (
    SELECT link.child_id, visit.id, visit.date, visit.region_code, visit.family, visit.seen
    FROM visits_visitedchild link JOIN visits_visit visit ON visit.id = link.visit_id WHERE visit.withdrawn_at IS NULL
), latest AS (
    SELECT DISTINCT ON (child_id) child_id, id, date FROM told ORDER BY child_id, date DESC, id DESC
), changed AS (
    SELECT DISTINCT ON (child_id) child_id, date, seen FROM told WHERE family = 'CHANGED'
    ORDER BY child_id, date DESC, id DESC
)
"""
_SITUATION = {
    "child_id": "latest.child_id",
    "region_code": "child.region_code",
    "part": "part",
    "confirmed_on": "latest.date",
    "source": "'VISIT'",
    "visit_id": "latest.id",
    "text": "changed.seen",
    "changed_on": "changed.date",
}
_KNOWN = (
    "latest JOIN children_child child ON child.id = latest.child_id CROSS JOIN (VALUES ('FAMILY'), ('STUDY'), ('LIFE'))"
    " AS parts(part) JOIN changed ON changed.child_id = latest.child_id"
)
_CONSENTS = {
    "child_id": "child.id",
    "region_code": "child.region_code",
    "text_id": "%(text)s",
    "answer": "'AGREED'",
    "given_by": "guardian.name",
    "relation": "guardian.relation",
    "way": "'SIGNED'",
    "given_on": "child.registered_on",
    "recorded_by_id": "clerk.id",
    "recorded_at": "child.registered_on + interval '10 hours'",
}
_AGREED = (
    "children_child child JOIN children_guardian guardian ON guardian.child_id = child.id"
    " JOIN access_user clerk ON clerk.username = 'clerk-' || left(child.region_code, 6)"
    " WHERE child.consent = 'GIVEN' AND child.id %% 25 <> 0"
)


def make_visits(code: str, number: int, base: int, today: datetime.date) -> int:
    """Make so many standing visits of the pairings below a code, with keys above `base`; return the highest key."""
    given: dict[str, Any] = {
        "lo": code, "hi": upper_bound(code), "today": today, "base": base, "standing": number,
        "neglected": today - datetime.timedelta(days=NEGLECTED_DAYS), "total": number + number // WITHDRAWN,
        "ways": list(WAYS), "seen": list(SEEN),
    }  # fmt: skip
    given["pairs"] = _run(_BEGUN, given)
    given["step"] = max(1, min(RARELY, SPAN * given["pairs"] // max(number, 1)))
    if given["pairs"]:
        _run(_MADE, given)
        _insert(Visit, _VISITS, "scale_made", given)
        _insert(VisitedChild, {"visit_id": "id", "child_id": "child_id"}, "scale_made", given)
        links = {"visit_id": "id", "volunteer_id": "volunteer_id"}
        _insert(Visit.volunteers.through, links, "scale_made", given)
        _run("DROP TABLE scale_made", {})
    _run("DROP TABLE scale_begun", {})
    return base + int(given["total"])


def make_situations() -> None:
    """Set 三必清 of every child from its visits."""
    _insert(Situation, _SITUATION, _KNOWN, {}, before=_SITUATIONS)


def make_consents(text: int) -> None:
    """Record the yes of most guardians whose child says so."""
    _insert(ConsentRecord, _CONSENTS, _AGREED, {"text": text})


def _insert(
    model: type[Model], columns: dict[str, str], source: str, given: dict[str, Any], before: str = ""
) -> None:
    """Insert a row for each of a source, from expressions; columns that are not named take their fields' defaults."""
    fixed = {column: value for column, value in defaults_of(model).items() if column not in columns}
    values = [*columns.values(), *(f"%(fixed_{column})s" for column in fixed)]
    _run(
        f"{before} INSERT INTO {model._meta.db_table} ({', '.join([*columns, *fixed])})"  # noqa: S608 - our own names
        f" SELECT {', '.join(values)} FROM {source}",
        given | {f"fixed_{column}": value for column, value in fixed.items()},
    )


def _run(statement: str, given: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return int(cursor.rowcount)
