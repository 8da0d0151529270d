"""Finding the near pairs among some children and the rest of their county, set-based.

Candidates share the sound of their name, or the birth date and the first letter, within a county; ID numbers are
opened for those alone, never for a whole roster.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q

from aixin.access.regions import county_of
from aixin.privacy.fields import index_of
from children.choices import Status
from children.models import Child
from duplicates.choices import Reason
from duplicates.nearness import Facts, nearness

COUNTY = 6
LEVELS = (12, 9, 6)
Pair = tuple[int, int]


@dataclass(frozen=True)
class Light:
    """What blocks are made of: a child without its numbers."""

    pk: int
    pinyin: str
    initials: str
    birth: datetime.date | None
    has_id: bool


def near_pairs(pks: Iterable[int]) -> dict[Pair, tuple[Reason, str, str]]:
    """Return reason, place and digest of every near pair with one of the children, as far as the scope reaches."""
    by_county: dict[str, list[int]] = {}
    for pk, code in Child.objects.registered().filter(pk__in=list(pks)).values_list("pk", "region_id"):
        by_county.setdefault(county_of(code), []).append(pk)
    found: dict[Pair, tuple[Reason, str, str]] = {}
    for county, focus in by_county.items():
        found.update(_near_among(_candidates(county, set(focus))))
    return found


def _candidates(county: str, focus: set[int]) -> set[Pair]:
    """Return the pairs that share a block and of which one is looked at."""
    pairs: set[Pair] = set()
    for block in _blocks(county, focus):
        looked_at = [child for child in block if child.pk in focus]
        pairs.update(_ordered(one, other) for one in looked_at for other in block if one.pk != other.pk)
    return pairs


def _ordered(one: Light, other: Light) -> Pair:
    return (one.pk, other.pk) if one.pk < other.pk else (other.pk, one.pk)


def _blocks(county: str, focus: set[int]) -> Iterator[list[Light]]:
    """Yield the county's children by what near ones have in common; the database is asked once, without a join.

    Within an import its statistics know nothing of the new rows yet, and a join would be planned for none.
    """
    blocks: dict[tuple[Any, ...], list[Light]] = defaultdict(list)
    for child in _light_rows(county, focus):
        for key in _keys(child):
            blocks[key].append(child)
    return (block for block in blocks.values() if len(block) > 1)


def _keys(child: Light) -> Iterator[tuple[Any, ...]]:
    """Yield the blocks in which a child stands.

    One slip in a birth date leaves its year, or its month and day. Two whose names differ are compared by ID alone.
    """
    if child.birth is None:
        return
    yield "year", child.pinyin, child.birth.year
    yield "day", child.pinyin, child.birth.month, child.birth.day
    if child.has_id:
        yield "id", child.initials[:1], child.birth


def _light_rows(county: str, focus: set[int]) -> list[Light]:
    rows = Child.objects.registered().within_region(county).order_by()
    shared = list(rows.filter(pk__in=focus).values_list("pinyin", "birth"))
    sounds, births = {sound for sound, _ in shared}, {birth for _, birth in shared if birth}
    near = rows.filter(Q(pinyin__in=sounds) | Q(birth__in=births))
    values = near.values_list("pk", "pinyin", "initials", "birth", "idno_index")
    return [Light(pk, pinyin, initials, birth, bool(index)) for pk, pinyin, initials, birth, index in values]


def _near_among(pairs: set[Pair]) -> Iterator[tuple[Pair, tuple[Reason, str, str]]]:
    rows = _rows_of({pk for pair in pairs for pk in pair})
    facts = {pk: facts_of(child) for pk, child in rows.items()}
    for pair in pairs:
        one, other = (rows[pk] for pk in pair)
        reason = nearness(facts[one.pk], facts[other.pk])
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
