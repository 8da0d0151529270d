"""When two records are near enough to ask whether they are of one person (DOMAIN sections 2, 3). No database here."""

import datetime
import re
from dataclasses import dataclass

from duplicates.choices import Reason

TOWNSHIP = 9
# The last digit follows from the others: a slip in one of them changes both.
BODY = 17
MOBILE = re.compile(r"1\d{10}")


@dataclass(frozen=True)
class Facts:
    """What is compared of a person; a child has no phone of its own."""

    name: str
    pinyin: str
    birth: datetime.date | None
    region: str
    idno: str
    phone: str = ""


def near_children(one: Facts, other: Facts) -> Reason | None:
    """Return why the two may be the same child, or None.

    Two different ID numbers are two persons, unless one looks like a slip of the other: twins differ in one digit
    as well, so the name must sound the same, or the digits be swapped.
    """
    if one.idno and other.idno:
        return Reason.NEAR_ID if _near_ids(one, other) else None
    if one.birth is None or other.birth is None:
        return None
    if one.name == other.name and one.birth == other.birth:
        return Reason.SAME_NAME
    if one.name == other.name and _near_births(one.birth, other.birth):
        return Reason.NEAR_BIRTH
    if one.pinyin == other.pinyin and one.birth == other.birth and _same_township(one, other):
        return Reason.SAME_SOUND
    return None


def near_volunteers(one: Facts, other: Facts) -> Reason | None:
    """Return why the two may be the same volunteer, or None.

    Name and phone together are hers whatever the ID numbers say, one of which is wrong then. A mobile phone alone may
    be her husband's, and two ID numbers tell the two apart. A roster often knows no more than a name and a phone: a
    namesake in the township of whom an ID number and a birth date are missing may have a new phone.
    """
    if one.name == other.name and one.phone and one.phone == other.phone:
        return Reason.SAME_PHONE
    reason = near_children(one, other)
    if reason is not None or (one.idno and other.idno):
        return reason
    if one.phone == other.phone and MOBILE.fullmatch(one.phone):
        return Reason.SHARED_PHONE
    unborn = one.birth is None or other.birth is None
    return Reason.NAMESAKE if unborn and one.name == other.name and _same_township(one, other) else None


def _same_township(one: Facts, other: Facts) -> bool:
    return one.region[:TOWNSHIP] == other.region[:TOWNSHIP]


def _near_ids(one: Facts, other: Facts) -> bool:
    left, right = one.idno[:BODY], other.idno[:BODY]
    return is_swapped(left, right) or (one.pinyin == other.pinyin and is_one_off(left, right))


def digits_of(idno: str) -> str:
    """Return what two numbers that differ by a swap have in common: their digits, sorted."""
    return "".join(sorted(idno[:BODY]))


def _near_births(one: datetime.date, other: datetime.date) -> bool:
    if one.year == other.year and (one.month, one.day) == (other.day, other.month):
        return True
    left, right = f"{one:%Y%m%d}", f"{other:%Y%m%d}"
    return is_one_off(left, right) or is_swapped(left, right)


def is_one_off(left: str, right: str) -> bool:
    """Return whether two texts of one length differ in exactly one place."""
    return len(left) == len(right) and len(_differing(left, right)) == 1


def is_swapped(left: str, right: str) -> bool:
    """Return whether two neighbouring places are exchanged, and nothing else differs."""
    if len(left) != len(right):
        return False
    places = _differing(left, right)
    if len(places) != 2 or places[1] != places[0] + 1:
        return False
    first, second = places
    return (left[first], left[second]) == (right[second], right[first])


def _differing(left: str, right: str) -> list[int]:
    return [place for place, pair in enumerate(zip(left, right, strict=True)) if pair[0] != pair[1]]
