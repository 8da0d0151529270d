"""Fills the sums of all figures at once, after rows came in by COPY, without the triggers that mark what changed.

As the tables' owner may. Until it has run, every county counts as changed and is counted from its rows.
"""

from django.db import connection, transaction
from django.db.models.functions import Left

from children.models import Child
from reports.counting import rules
from reports.models import Outdated
from visits.models import Visit
from volunteers.models import Volunteer

CITY = 4


def outdate_all() -> None:
    """Mark every place that has rows to be counted anew."""
    Outdated.objects.bulk_create(Outdated(unit=unit) for unit in _codes(6))


@transaction.atomic
def fill() -> None:
    """Count everything from nothing.

    City by city from the rows, the levels and months above from what was counted: no look at what is kept.
    """
    with connection.cursor() as cursor:
        cities = _codes(CITY)
        cursor.execute("TRUNCATE reports_tally, reports_outdated")
        for code in cities:
            cursor.execute(
                _FILL, {"lo": code, "hi": code + (":" if len(code) == CITY else "!"), "rules": rules()}
            )
        for statement in (_FILL_CITIES, _FILL_PROVINCES, _FILL_MONTHS):
            cursor.execute(statement)


def _codes(length: int) -> list[str]:
    """Return the codes, so far, of all places that have rows."""
    rows = (Child.objects, Volunteer.objects, Visit.objects)
    found = {
        code for some in rows for code in some.order_by().values_list(Left("region_id", length)).distinct()
    }
    return sorted(code for (code,) in found)


_FILL = """
INSERT INTO reports_tally (level, place, grain, measure, cell, day, n)
SELECT 3, left(c.place, 6), 'D', c.measure, c.cell, c.day, sum(c.n)
FROM aixin_changes(%(lo)s, %(hi)s, NULL, %(rules)s) c GROUP BY 2, 4, 5, 6 HAVING sum(c.n) <> 0
"""
_FILL_CITIES = """
INSERT INTO reports_tally (level, place, grain, measure, cell, day, n)
SELECT 2, left(place, 4), 'D', measure, cell, day, sum(n)
FROM reports_tally WHERE level = 3 GROUP BY 2, 4, 5, 6 HAVING sum(n) <> 0
"""
_FILL_PROVINCES = """
INSERT INTO reports_tally (level, place, grain, measure, cell, day, n)
SELECT 1, left(place, 2), 'D', measure, cell, day, sum(n)
FROM reports_tally WHERE level = 2 GROUP BY 2, 4, 5, 6 HAVING sum(n) <> 0
"""
_FILL_MONTHS = """
INSERT INTO reports_tally (level, place, grain, measure, cell, day, n)
SELECT level, place, 'M', measure, cell, date_trunc('month', day)::date, sum(n)
FROM reports_tally GROUP BY 1, 2, 4, 5, 6 HAVING sum(n) <> 0
"""
