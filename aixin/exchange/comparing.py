"""A list of another department held against a roster: kept for two hours, encrypted, in the cache and nowhere else.

Of rows that are not taken over nothing is stored: neither file nor outcome comes into a table. Each clerk has one
comparison at a time in each of her posts; a new one takes the old one's place.
"""

import base64
import datetime
import json
import time
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.cache import cache
from django.db import models

from aixin.access.models import User
from aixin.exchange.columns import Column
from aixin.exchange.reading.model import Cell
from aixin.exchange.reading.table import Heading, Table, TableRow
from aixin.exchange.reading.values import clean_text
from aixin.privacy.cipher import DecryptionError, decrypt, encrypt

KEPT_SECONDS = 2 * 3600
LONGEST = 20_000
_CONTEXT = "exchange.comparison"
# A row by the keys of its columns, as JSON can hold it.
Cells = dict[str, Any]


class Department(models.TextChoices):
    CIVIL_AFFAIRS = "CIVIL_AFFAIRS", "民政"
    EDUCATION = "EDUCATION", "教育"
    DISABLED = "DISABLED", "残联"
    OTHER = "OTHER", "其他部门"


@dataclass
class Comparison:
    """What a list and the roster say of each other.

    `theirs` are rows that the roster does not have, `differing` those that say otherwise; both are dicts with
    `row` and `cells` beside what the page shows. `matched` are keys of the roster's rows that the list has too;
    `taken` maps the number of a row that was taken over to its import, `defaults` are cells of rows that lack them.
    """

    department: str
    filename: str
    total: int
    defaults: Cells = field(default_factory=dict)
    theirs: list[dict[str, Any]] = field(default_factory=list)
    differing: list[dict[str, Any]] = field(default_factory=list)
    matched: list[int] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)
    until: float = field(default_factory=lambda: time.time() + KEPT_SECONDS)

    @property
    def department_name(self) -> str:
        return str(Department(self.department).label)

    @property
    def ends_at(self) -> datetime.datetime:
        """When it is gone, whatever is done with it until then."""
        return datetime.datetime.fromtimestamp(self.until, datetime.UTC)

    def row(self, number: int) -> dict[str, Any] | None:
        """Return the row of the list that bears a number and is no mere repetition of the roster, or None."""
        return next((row for row in (*self.theirs, *self.differing) if row["row"] == number), None)


def keep(user: User, comparison: Comparison) -> None:
    """Keep a comparison until its end; one that is changed does not live longer."""
    left = int(comparison.until - time.time())
    packed = zlib.compress(json.dumps(asdict(comparison), ensure_ascii=False).encode())
    cache.set(_key(user), encrypt(base64.b64encode(packed).decode(), _CONTEXT), max(left, 1))


def opened(user: User) -> Comparison | None:
    """Return the user's comparison in the post acted in, or None when there is none or its time is over."""
    try:
        packed = base64.b64decode(decrypt(cache.get(_key(user)) or "", _CONTEXT))
    except DecryptionError:
        return None
    found = Comparison(**json.loads(zlib.decompress(packed)))
    return found if found.until > time.time() else None


def close(user: User) -> None:
    """Forget the user's comparison."""
    cache.delete(_key(user))


def _key(user: User) -> str:
    post = user.acting_post
    return f"comparison:{user.pk}:{post.pk if post else 0}"


def plain_cells(table: Table) -> list[tuple[int, Cells]]:
    """Return number and cells of the rows of a table, dates as text."""
    return [
        (row.number, {key: _plain(cell) for key, cell in table.record(row).items()}) for row in table.rows
    ]


def _plain(cell: Cell) -> str | int | float | bool:
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return clean_text(cell) if isinstance(cell, datetime.time | datetime.timedelta) else cell


def table_of(columns: Iterable[Column], rows: Iterable[tuple[int, Cells]]) -> Table:
    """Return rows as a table, with the columns that any of them has."""
    lines = list(rows)
    used = [column for column in columns if any(column.key in cells for _, cells in lines)]
    return Table(
        sheet_name="",
        headings=[Heading(place, (column.title,)) for place, column in enumerate(used)],
        mapping={place: column.key for place, column in enumerate(used)},
        rows=[TableRow(number, tuple(cells.get(c.key, "") for c in used)) for number, cells in lines],
    )
