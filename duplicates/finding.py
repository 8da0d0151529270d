"""Finding the near pairs among some children and the rest of their county, set-based.

Candidates share the sound of their name, or the birth date and the first letter, within a county; ID numbers are
opened for those alone, never for a whole roster.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from aixin.access.regions import county_of
from aixin.privacy.fields import index_of
from children.choices import Status
from children.models import Child
from duplicates.choices import Reason
from duplicates.nearness import Facts, nearness

COUNTY = 6
LEVELS = (12, 9, 6)
CANDIDATES = """
    SELECT DISTINCT least(a.id, b.id), greatest(a.id, b.id)
    FROM children_child a JOIN children_child b
      ON b.region_code >= %(lo)s AND b.region_code < %(hi)s AND b.status = 'ON_ROSTER' AND b.id <> a.id
     AND {shared}
    WHERE a.id = ANY(%(pks)s) AND a.status = 'ON_ROSTER' AND a.region_code >= %(lo)s AND a.region_code < %(hi)s
"""
# Two without a common name are compared by their ID numbers only.
SHARED = (
    "b.pinyin = a.pinyin",
    (
        "b.birth = a.birth AND left(b.initials, 1) = left(a.initials, 1)"
        " AND a.idno_index IS NOT NULL AND b.idno_index IS NOT NULL"
    ),
)
Pair = tuple[int, int]


def near_pairs(pks: Iterable[int]) -> dict[Pair, tuple[Reason, str, str]]:
    """Return reason, place and digest of every near pair with one of the children, as far as the scope reaches."""
    by_county: dict[str, list[int]] = {}
    for pk, code in Child.objects.registered().filter(pk__in=list(pks)).values_list("pk", "region_id"):
        by_county.setdefault(county_of(code), []).append(pk)
    found: dict[Pair, tuple[Reason, str, str]] = {}
    for county, focus in by_county.items():
        found.update(_near_among(_candidates(county, focus)))
    return found


def _candidates(county: str, pks: list[int]) -> set[Pair]:
    bounds: dict[str, Any] = {"lo": county, "hi": f"{county}:", "pks": pks}
    pairs: set[Pair] = set()
    with connection.cursor() as cursor:
        for shared in SHARED:
            cursor.execute(CANDIDATES.format(shared=shared), bounds)
            pairs.update(cursor.fetchall())
    return pairs


def _near_among(pairs: set[Pair]) -> Iterator[tuple[Pair, tuple[Reason, str, str]]]:
    rows = _rows_of({pk for pair in pairs for pk in pair})
    for pair in pairs:
        one, other = (rows[pk] for pk in pair)
        reason = nearness(facts_of(one), facts_of(other))
        if reason is not None:
            yield pair, (reason, common_place(one.region_id, other.region_id), digest_of(one, other))


def _rows_of(pks: set[int]) -> dict[int, Child]:
    needed = ("name", "pinyin", "birth", "region_id", "idno", "idno_index")
    return Child.objects.only(*needed).in_bulk(list(pks))


def facts_of(child: Child) -> Facts:
    """Return what is compared of a child."""
    return Facts(child.name, child.pinyin, child.birth, child.region_id, child.idno)


def digest_of(one: Child, other: Child) -> str:
    """Return a keyed digest of what was compared of both; it changes as soon as any of it does."""
    parts: list[Any] = [one.name, one.birth, one.idno_index, other.name, other.birth, other.idno_index]
    return str(index_of("|".join(map(str, parts))))


def common_place(one: str, other: str) -> str:
    """Return the smallest place that holds both: the village, the township or the county."""
    shared = next(
        (length for length in LEVELS if len(one) >= length and one[:length] == other[:length]), COUNTY
    )
    return one[:shared]


def counties() -> list[str]:
    """Return the counties that have children on the roster."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT left(region_code, %s) FROM children_child WHERE status = %s ORDER BY 1",
            [COUNTY, Status.ON_ROSTER],
        )
        return [code for (code,) in cursor.fetchall()]
