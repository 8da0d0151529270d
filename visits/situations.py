"""三必清: family, study and life of a child, renewed by visits and by what staff confirm (DOMAIN section 5)."""

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import Case, Count, DateField, F, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from aixin.access.querysets import within
from aixin.access.regions import contains
from aixin.access.scope import EVERYTHING, opened
from aixin.audit.models import Action
from aixin.audit.trail import record
from children.models import Child
from visits.choices import Part, Source
from visits.models import Situation

# What every standing visit says of the parts, and of these the newest, against what staff have said: the later counts,
# and of one day what staff said. A line of what was seen that begins with a part's name is that part's own.
_KNOWN = """
WITH told AS (
    SELECT link.child_id, said.part, said.finding, visit.id, visit.date,
        coalesce(substring(visit.seen FROM '(?n)^' || said.label || '：(.+)$'), visit.seen) AS seen
    FROM visits_visitedchild link JOIN visits_visit visit ON visit.id = link.visit_id
    CROSS JOIN LATERAL (
        VALUES ('FAMILY', visit.family, '家庭情况'), ('STUDY', visit.study, '学习情况'), ('LIFE', visit.life, '生活情况')
    ) AS said(part, finding, label)
    WHERE link.child_id = ANY(%(children)s) AND visit.withdrawn_at IS NULL AND said.finding <> ''
), latest AS (
    SELECT DISTINCT ON (child_id, part) child_id, part, date, id FROM told
    ORDER BY child_id, part, date DESC, id DESC
), changed AS (
    SELECT DISTINCT ON (child_id, part) child_id, part, date, seen FROM told WHERE finding = 'CHANGED'
    ORDER BY child_id, part, date DESC, id DESC
), known AS (
    SELECT child.id AS child_id, child.region_code, parts.part, latest.date AS met_on, latest.id AS visit_id,
        changed.date AS changed_on, changed.seen,
        said.stated_on, said.stated_source, said.stated_text, said.stated_text_on,
        latest.date IS NOT NULL AND (said.stated_on IS NULL OR latest.date > said.stated_on) AS met_last,
        changed.date IS NOT NULL AND (said.stated_text_on IS NULL OR changed.date > said.stated_text_on) AS seen_last
    FROM children_child child CROSS JOIN (VALUES ('FAMILY'), ('STUDY'), ('LIFE')) AS parts(part)
    LEFT JOIN changed ON changed.child_id = child.id AND changed.part = parts.part
    LEFT JOIN visits_situation said ON said.child_id = child.id AND said.part = parts.part
    LEFT JOIN latest ON latest.child_id = child.id AND latest.part = parts.part
        AND (changed.date IS NOT NULL OR said.stated_text_on IS NOT NULL)
    WHERE child.id = ANY(%(children)s)
)
"""
_STORE = (
    _KNOWN
    + """
INSERT INTO visits_situation AS held (
    child_id, region_code, part, confirmed_on, source, visit_id, text, changed_on,
    stated_source, stated_text
)
SELECT child_id, region_code, part,
    CASE WHEN met_last THEN met_on ELSE stated_on END,
    CASE WHEN met_last THEN 'VISIT' ELSE stated_source END,
    CASE WHEN met_last THEN visit_id END,
    CASE WHEN seen_last THEN seen ELSE coalesce(stated_text, '') END,
    CASE WHEN seen_last THEN changed_on ELSE stated_text_on END,
    '', ''
FROM known WHERE met_on IS NOT NULL OR stated_on IS NOT NULL
ON CONFLICT (child_id, part) DO UPDATE SET
    confirmed_on = EXCLUDED.confirmed_on, source = EXCLUDED.source, visit_id = EXCLUDED.visit_id,
    text = EXCLUDED.text, changed_on = EXCLUDED.changed_on
WHERE (held.confirmed_on, held.source, held.visit_id, held.text, held.changed_on)
    IS DISTINCT FROM
    (EXCLUDED.confirmed_on, EXCLUDED.source, EXCLUDED.visit_id, EXCLUDED.text, EXCLUDED.changed_on)
"""
)
_FORGET = (
    _KNOWN
    + """
DELETE FROM visits_situation held USING known
WHERE held.child_id = known.child_id AND held.part = known.part
    AND known.met_on IS NULL AND known.stated_on IS NULL
"""
)
_LOCK = "SELECT id FROM children_child WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"


class NothingKnownError(Exception):
    """There is nothing yet that could be confirmed; the message is for the user."""


# Days by the region that decided them, as an app above says.
FreshnessByRegion = Callable[[], dict[str, int]]
_decided: list[FreshnessByRegion] = []


def register_freshness(decided: FreshnessByRegion) -> None:
    """Let an app above say for how many days a part stays clear: a region's own decision, for all places below it."""
    _decided.append(decided)


def _days_by_region() -> list[tuple[str, int]]:
    """Return what regions decided, the lowest first."""
    found = {code: days for decided in _decided for code, days in decided().items()}
    return _lowest_first(found)


def _lowest_first(decided: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(decided.items(), key=lambda pair: -len(pair[0]))


def freshness_days(region: str = "") -> int:
    """Return for how many days a part stays clear at a place (DOMAIN section 5: 180)."""
    nearest = (days for code, days in _days_by_region() if contains(code, region))
    return next(nearest, int(settings.SITUATION_FRESH_DAYS))


def fresh_since(today: datetime.date, region: str = "") -> datetime.date:
    """Return the first day of which what was heard still counts as clear."""
    return today - datetime.timedelta(days=freshness_days(region))


def fresh(today: datetime.date, decided: dict[str, int] | None = None) -> Any:
    """Return the parts that are clear on a day, each by what holds where its child lives, or by other decisions."""
    usual = today - datetime.timedelta(days=int(settings.SITUATION_FRESH_DAYS))
    whens = [
        When(within(code), then=Value(today - datetime.timedelta(days=days)))
        for code, days in (_days_by_region() if decided is None else _lowest_first(decided))
    ]
    since = Case(*whens, default=Value(usual), output_field=DateField()) if whens else Value(usual)
    return Situation.objects.filter(confirmed_on__gte=since)


def renew(children: Iterable[int], *, after_new: bool = False) -> None:
    """Bring 三必清 of these children in line with their standing visits; a constant number of statements.

    `after_new`: what changed is a visit more, by which nothing can become unknown.

    A part of which nothing was ever said stays 未清, whatever "no change" a visit notes (DOMAIN section 5).

    Runs in every range: a volunteer who withdraws her visit does not see the one before it, which counts again.
    """
    keys = sorted(set(children))
    if not keys:
        return
    with opened(EVERYTHING), connection.cursor() as cursor:
        # Two visits of one child at a time: the later one counts both.
        cursor.execute(_LOCK, [keys])
        if not after_new:
            cursor.execute(_FORGET, {"children": keys})
        cursor.execute(_STORE, {"children": keys})


@transaction.atomic
def state(actor: Any, child: Child, part: Part, text: str, source: Source = Source.STAFF) -> Situation:
    """Confirm a part as it stands (without a text) or correct it, as of today, and return it.

    Raises NothingKnownError when there is nothing to confirm.
    """
    today = timezone.localdate()
    known = Situation.objects.select_for_update().filter(child=child, part=part)
    if not text and not known.exists():
        raise NothingKnownError(f"{part.label}还没有记录，请先写一句现在的情况。")
    first = Situation(child=child, region_id=child.region_id, part=part, confirmed_on=today, source=source)
    Situation.objects.bulk_create([first], ignore_conflicts=True)
    said = {"stated_text": text, "stated_text_on": today} if text else {}
    known.update(stated_on=today, stated_source=source, **said)
    renew([child.pk])
    stored: Situation = Situation.objects.select_related("child").get(child=child, part=part)
    record(actor, Action.UPDATE, stored, part=part.value, change="corrected" if text else "confirmed")
    return stored


def with_clear_parts(children: Any) -> Any:
    """Annotate `clear_parts`: the parts of each child that are clear today."""
    theirs = fresh(timezone.localdate()).filter(child=OuterRef("pk"))
    return children.annotate(clear_parts=ArraySubquery(theirs.order_by("part").values("part")))


def unclear(children: Any, part: str = "", decided: dict[str, int] | None = None) -> Any:
    """Return the registered children of whom any part is 未清, or one part in particular; or by other decisions."""
    theirs = fresh(timezone.localdate(), decided).filter(child=OuterRef("pk"))
    wanted = theirs.filter(part=part) if part else theirs
    counted = wanted.order_by().values("child").annotate(number=Count("pk")).values("number")
    clear = children.registered().annotate(parts_clear=Coalesce(Subquery(counted), 0))
    return clear.filter(parts_clear__lt=1 if part else len(Part))


def newest_changes(child: Child, limit: int) -> list[Any]:
    """Return the latest changes of a child's parts, from their history, the newest first."""
    events: Any = Situation.events.rel.related_model.objects  # type: ignore[attr-defined]
    changes = events.filter(child=child).exclude(pgh_label="delete")
    return list(changes.annotate(day=F("changed_on")).order_by("-pgh_id")[:limit])
