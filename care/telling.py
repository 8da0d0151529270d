"""Writes the notices of what is due: one statement for a county, worded once for all duties that read alike."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.urls import reverse

from aixin.access.regions import upper_bound
from care.choices import DutyKind
from care.escalating import staff_of
from care.making import County
from care.models import SUBJECT
from care.wording import asked_of, day_text, name_of, when_text

KIND = "duty"
# After which who has not answered is reminded again.
AGAIN_DAYS = 30


class Alike(NamedTuple):
    """What is told of many duties in the same words, and whether some of them are nobody's but the chair's."""

    kind: str
    occasion: str
    what: str
    opens_on: datetime.date
    meant_on: datetime.date
    due_on: datetime.date
    is_moved: bool
    is_orphaned: bool


# Open, at most the policy's days before its day, and still the main volunteer's. `d` is the duty.
_DUE = """
    d.region_code >= %(lo)s AND d.region_code < %(hi)s AND d.state = 'OPEN' AND d.meant_on <= %(soon)s
    AND (%(only)s::bigint IS NULL OR d.id = %(only)s)
    AND (d.volunteer_id IS NULL OR EXISTS (
        SELECT FROM pairing_pairing p
        WHERE p.child_id = d.child_id AND p.volunteer_id = d.volunteer_id AND p.state = 'ACTIVE' AND p.is_main
          AND p.region_code >= %(lo)s AND p.region_code < %(hi)s))"""

_ALIKE = f"""
SELECT d.kind, d.occasion, d.what, d.opens_on, d.meant_on, d.due_on, d.moved_from IS NOT NULL,
       bool_or(d.volunteer_id IS NULL)
FROM care_duty d WHERE {_DUE}
GROUP BY 1, 2, 3, 4, 5, 6, 7
"""  # noqa: S608 - what is put in is of this file

# The tail of a notice's key is its last day and stage; who is told of it has a place in the key too, so that nobody is
# told twice, whichever runs meet. What was told already is left out before anything is written; a notice that was
# settled since is opened again.
_TELL = f"""
WITH words AS (
    SELECT * FROM unnest(
        %(kinds)s::text[], %(occasions)s::text[], %(whats)s::text[], %(opens)s::date[], %(meants)s::date[],
        %(dues)s::date[], %(moved)s::bool[], %(tails)s::text[], %(titles)s::text[], %(bodies)s::text[]
    ) AS w(kind, occasion, what, opens_on, meant_on, due_on, is_moved, tail, title, body)
),
chairs AS (
    SELECT * FROM unnest(%(places)s::text[], %(users)s::bigint[]) AS h(place, user_id)
),
due AS (
    SELECT d.id, d.region_code, d.child_id, d.volunteer_id, w.tail, w.title, w.body
    FROM care_duty d
    JOIN words w ON (w.kind, w.occasion, w.what, w.opens_on, w.meant_on, w.due_on, w.is_moved)
                  = (d.kind, d.occasion, d.what, d.opens_on, d.meant_on, d.due_on, d.moved_from IS NOT NULL)
    WHERE {_DUE}
),
addressed AS (
    SELECT due.*, 'volunteer:' || volunteer_id AS addressee FROM due WHERE volunteer_id IS NOT NULL
    UNION ALL
    SELECT due.*, 'user:' || h.user_id FROM due
    JOIN chairs h ON h.place = CASE
        WHEN due.region_code = ANY(%(places)s) THEN due.region_code ELSE left(due.region_code, 9) END
    WHERE due.volunteer_id IS NULL
),
drafts AS (
    SELECT a.*, c.name, %(subject)s || a.id AS subject, %(subject)s || a.id || a.tail || a.addressee AS key
    FROM addressed a JOIN children_child c ON c.id = a.child_id
),
sent AS (
    INSERT INTO notify_notice (region_code, addressee, kind, key, subject, title, body, link, created_at)
    SELECT region_code, addressee, %(kind)s, key, subject, name || title, body, %(link)s || child_id, now()
    FROM drafts
    WHERE NOT EXISTS (
        SELECT FROM notify_notice n
        WHERE n.key = drafts.key AND n.resolved_at IS NULL AND n.kind = %(kind)s
          AND n.region_code >= %(lo)s AND n.region_code < %(hi)s)
    ORDER BY id
    ON CONFLICT (key) DO UPDATE SET resolved_at = NULL, read_at = NULL WHERE notify_notice.resolved_at IS NOT NULL
    RETURNING addressee, xmax = 0 AS is_new
)
SELECT count(*), coalesce(array_agg(DISTINCT addressee), '{{}}') FROM sent WHERE is_new
"""  # noqa: S608 - what is put in is of this file


def tell(county: County, today: datetime.date, only: int | None = None) -> tuple[int, set[str]]:
    """Send the notices of a county's duties, or of one; return how many were new, and to whom.

    The transaction must see the county, and be allowed to write notices there.
    """
    given: dict[str, Any] = {
        "lo": county.code,
        "hi": upper_bound(county.code),
        "soon": today + datetime.timedelta(days=county.rules.remind_days),
        "only": only,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, given)
        alike = [Alike(*row) for row in cursor.fetchall()]
        if not alike:
            return 0, set()
        chairs = _chairs(county) if any(one.is_orphaned for one in alike) else []
        cursor.execute(_TELL, given | _words(alike, today) | _people(chairs))
        number, people = cursor.fetchone()
    return number, set(people)


def _words(alike: Sequence[Alike], today: datetime.date) -> dict[str, Any]:
    return {
        "kind": KIND,
        "subject": SUBJECT,
        "link": f"{reverse('visits:new')}?child=",
        "kinds": [one.kind for one in alike],
        "occasions": [one.occasion for one in alike],
        "whats": [one.what for one in alike],
        "opens": [one.opens_on for one in alike],
        "meants": [one.meant_on for one in alike],
        "dues": [one.due_on for one in alike],
        "moved": [one.is_moved for one in alike],
        "tails": [f":{one.due_on}:{stage(one, today)}:" for one in alike],
        "titles": [_title(one, today) for one in alike],
        "bodies": [_body(one) for one in alike],
    }


def _chairs(county: County) -> list[tuple[str, int]]:
    """Return who does what no volunteer is there for, by place: the village's chair, else the township's."""
    return [(place, user) for place, users in staff_of(county.code).items() for user in users]


def _people(chairs: Iterable[tuple[str, int]]) -> dict[str, Any]:
    pairs = list(chairs)
    return {"places": [place for place, _ in pairs], "users": [user for _, user in pairs]}


def stage(due: Alike, today: datetime.date) -> str:
    """Return which reminder it is time for: before, on the day, after, and again each month after that."""
    late = (today - due.due_on).days
    if late > 0:
        return f"AFTER{(late - 1) // AGAIN_DAYS}"
    return "DAY" if today >= due.meant_on else "BEFORE"


def _title(due: Alike, today: datetime.date) -> str:
    """Return what follows the child's name."""
    when = when_text(due, today)
    if due.kind == DutyKind.CALL and when.endswith("没有联系"):
        return f"：{when}"
    return f"：{name_of(due.kind, due.occasion, due.what)}，{when}"


def _body(due: Alike) -> str:
    if due.kind == DutyKind.CALL:
        return f"请在{day_text(due.due_on)}前打个电话或去看看孩子，再记一次。"
    return f"请在{day_text(due.due_on)}前{asked_of(due.kind, due.occasion, due.what)}，回来记一次。"
