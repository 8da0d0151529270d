"""Short public numbers: said on the phone, printed on cards, matched on re-import (DOMAIN section 2).

One digit for the kind, the running number, one ISO 7064 check digit. Digits only, so that they survive a
telephone line and a spreadsheet.
"""

from enum import StrEnum

from django.db import connection
from stdnum.exceptions import ValidationError as NumberError
from stdnum.iso7064 import mod_11_10

SEQUENCE = "public_number_seq"


class Kind(StrEnum):
    CHILD = "1"
    VOLUNTEER = "2"
    PAIRING = "3"


def allocate(kind: Kind, count: int = 1) -> list[str]:
    """Return `count` new public numbers of a kind, taken from the database's sequence in one query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [SEQUENCE, count])
        return [build(kind, number) for (number,) in cursor.fetchall()]


def build(kind: Kind, running: int) -> str:
    """Return the public number of a kind for a running number."""
    body = f"{kind.value}{running:05d}"
    return body + str(mod_11_10.calc_check_digit(body))


def is_valid(number: str) -> bool:
    """Return whether the check digit fits."""
    try:
        mod_11_10.validate(number)
    except NumberError:
        return False
    return True
