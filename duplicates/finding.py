"""Finding the near pairs among some records and the rest of their county, set-based.

Candidates share the sound of their name, the birth date and the first letter, or a phone, within a county; ID numbers
are opened for those alone, never for a whole roster.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from django.db.models import Q
from django.db.models.functions import Left

from aixin.privacy.fields import index_of
from duplicates.choices import Reason
from duplicates.kinds import BY_ID, Key, Kind, Light
from duplicates.nearness import digits_of

COUNTY = 6
LEVELS = (12, 9, 6)
# A phone that more records have is an office's or a village chair's and says nothing.
SHARERS = 4
Pair = tuple[int, int]
Found = dict[Pair, tuple[Reason, str, str]]


def near_pairs(kind: Kind, county: str, pks: Iterable[int]) -> Found:
    """Return reason, place and digest of every near pair of a county with one of the records."""
    focus = set(pks)
    blocks = _blocks(kind, county, focus)
    by_id = [block for key, block in blocks if key[0] == BY_ID]
    pairs = _pairs((block for key, block in blocks if key[0] != BY_ID), focus)
    rows = _rows_of(
        kind, {pk for pair in pairs for pk in pair} | {row.pk for block in by_id for row in block}
    )
    pairs |= _pairs(_of_same_digits(by_id, rows), focus)
    return dict(_near_among(kind, rows, pairs))


def _pairs(blocks: Iterable[list[Light]], focus: set[int]) -> set[Pair]:
    """Return the pairs that share a block and of which one is looked at."""
    pairs: set[Pair] = set()
    for block in blocks:
        looked_at = [row for row in block if row.pk in focus]
        pairs.update(_ordered(one, other) for one in looked_at for other in block if one.pk != other.pk)
    return pairs


def _of_same_digits(blocks: Iterable[list[Light]], rows: dict[int, Any]) -> Iterator[list[Light]]:
    """Yield the blocks of an ID number once more, by its digits: only two of the same digits are a swap apart."""
    for block in blocks:
        by_digits: dict[str, list[Light]] = defaultdict(list)
        for row in block:
            by_digits[digits_of(rows[row.pk].idno)].append(row)
        yield from by_digits.values()


def _ordered(one: Light, other: Light) -> Pair:
    return (one.pk, other.pk) if one.pk < other.pk else (other.pk, one.pk)


def _blocks(kind: Kind, county: str, focus: set[int]) -> list[tuple[Key, list[Light]]]:
    """Return the county's records by what near ones have in common; the database is asked once, without a join.

    Within an import its statistics know nothing of the new rows yet, and a join would be planned for none.
    """
    blocks: dict[Key, list[Light]] = defaultdict(list)
    for row in _light_rows(kind, county, focus):
        for key in kind.blocks(row):
            blocks[key].append(row)
    return [(key, block) for key, block in blocks.items() if _is_telling(key, block, focus)]


def _is_telling(key: Key, block: list[Light], focus: set[int]) -> bool:
    """Return whether a block may hold a near pair of which one is looked at."""
    is_crowd = key[0] == "phone" and len(block) > SHARERS
    return len(block) > 1 and not is_crowd and any(row.pk in focus for row in block)


def _light_rows(kind: Kind, county: str, focus: set[int]) -> list[Light]:
    rows = kind.comparable().within_region(county).order_by()
    near = Q()
    for name, values in _shared(kind, rows.filter(pk__in=focus)).items():
        near |= Q(**{f"{name}__in": values})
    known = {field.name for field in kind.model._meta.concrete_fields} | {"pk", "region_id"}
    read = [field.name for field in fields(Light) if field.name in known]
    return [Light(**row) for row in rows.filter(near).values(*read)]


def _shared(kind: Kind, rows: Any) -> dict[str, set[Any]]:
    """Return which values near ones of some records may have in common with them."""
    found = list(rows.values_list(*kind.shared))
    return {name: {row[place] for row in found if row[place]} for place, name in enumerate(kind.shared)}


def _rows_of(kind: Kind, pks: set[int]) -> dict[int, Any]:
    found: dict[int, Any] = kind.model.objects.only(*kind.needed).in_bulk(list(pks))
    return found


def _near_among(
    kind: Kind, rows: dict[int, Any], pairs: set[Pair]
) -> Iterator[tuple[Pair, tuple[Reason, str, str]]]:
    facts = {pk: kind.facts(row) for pk, row in rows.items()}
    for pair in pairs:
        one, other = (rows[pk] for pk in pair)
        reason = kind.near(facts[one.pk], facts[other.pk])
        if reason is not None:
            yield pair, (reason, common_place(one.region_id, other.region_id), digest_of(kind, one, other))


def digest_of(kind: Kind, one: Any, other: Any) -> str:
    """Return a keyed digest of what was compared of both; it changes as soon as any of it does."""
    return str(index_of("|".join(map(str, [*kind.compared(one), *kind.compared(other)]))))


def common_place(one: str, other: str) -> str:
    """Return the smallest place that holds both: the village, the township or the county."""
    shared = next(
        (length for length in LEVELS if len(one) >= length and one[:length] == other[:length]), COUNTY
    )
    return one[:shared]


def counties(kind: Kind) -> list[str]:
    """Return the counties that have records to compare."""
    places = kind.comparable().order_by().annotate(county=Left("region_id", COUNTY))
    return sorted(places.values_list("county", flat=True).distinct())
