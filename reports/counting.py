"""What the database has counted for a region: sums of changes up to some days, and the keys of the rows behind them."""

import datetime
import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

_FIGURES = "SELECT measure, cell, place, day, total FROM aixin_figures(%s, %s, %s, %s)"
_ROWS = "aixin_counted_rows(%s, %s, %s, %s, %s, %s)"
_FOLD = "SELECT aixin_fold(%s, %s)"
# A figure that can be split in several ways is whole by this one.
WHOLE = {"registered": "category=", "eligible": "category=", "paired": "category="}
EVERYWHERE = ""
# Stands for whatever follows in a cell.
ANY = "*"


def rules() -> str:
    """Return the limits that hold where no region decided otherwise, in days, as the database's functions take them."""
    return json.dumps(
        {
            "cadence": settings.CONTACT_CADENCE_DAYS,
            "clearance": settings.CLEARANCE_VALID_DAYS,
            "fresh": settings.SITUATION_FRESH_DAYS,
        }
    )


Cells = dict[tuple[str, datetime.date, str], dict[str, int]]


@dataclass
class Counts:
    """Sums up to some days: by measure, day and place what stands under each cell; `EVERYWHERE` is the whole region."""

    cells: Cells = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))

    def add(self, measure: str, cell: str, place: str, day: datetime.date, total: int) -> None:
        """Take in what the database returned."""
        self.cells[measure, day, place][cell] += total
        self.cells[measure, day, EVERYWHERE][cell] += total

    def whole(
        self, measure: str, day: datetime.date, place: str = EVERYWHERE, part: str | None = None
    ) -> int:
        """Return the sum up to a day of what begins with `part`, or of the whole figure."""
        start = WHOLE.get(measure, "") if part is None else part
        return sum(n for cell, n in self._at(measure, day, place).items() if cell.startswith(start))

    def split(
        self, measure: str, dimension: str, day: datetime.date, place: str = EVERYWHERE
    ) -> dict[str, int]:
        """Return the sums up to a day by the values of a dimension."""
        prefix = f"{dimension}="
        return {
            cell.removeprefix(prefix): n
            for cell, n in self._at(measure, day, place).items()
            if cell.startswith(prefix)
        }

    def has_any(self, place: str) -> bool:
        """Return whether anything at all was counted at a place."""
        return any(any(cells.values()) for (_, _, at), cells in self.cells.items() if at == place)

    def places(self) -> set[str]:
        """Return the codes of all places that were counted."""
        return {place for _, _, place in self.cells if place}

    def _at(self, measure: str, day: datetime.date, place: str) -> dict[str, int]:
        return self.cells.get((measure, day, place), {})


def counted(
    code: str, days: Collection[datetime.date], measures: Iterable[str] | None = None, using: str = "default"
) -> Counts:
    """Return the sums up to each day for a region, by the places one level below it.

    Nothing where the transaction's scope does not allow the region's figures (DESIGN section 3.2).
    """
    counts = Counts()
    with connections[using].cursor() as cursor:
        wanted = None if measures is None else sorted(set(measures))
        cursor.execute(_FIGURES, [code, sorted(set(days)), wanted, rules()])
        for row in cursor.fetchall():
            counts.add(*row)
    return counts


@dataclass(frozen=True)
class RowsBehind:
    """The rows that make a figure at a place up to a day; of a stock there is no first day."""

    code: str
    measure: str
    part: str
    since: datetime.date | None
    until: datetime.date

    @property
    def _parameters(self) -> list[Any]:
        return [self.code, self.measure, self.part, self.since, self.until, rules()]

    def keys(self) -> RawSQL:
        """Return SQL for the rows' keys."""
        return RawSQL(f"SELECT id FROM {_ROWS}", self._parameters)  # noqa: S608, S611 - values are parameters

    def number(self) -> int:
        """Return how many rows there are, whoever may see them."""
        with connections["default"].cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {_ROWS}", self._parameters)  # noqa: S608
            found: tuple[int] = cursor.fetchone()
        return found[0]

    def amount_of(self, rows: QuerySet[Any]) -> int:
        """Return how much of the figure some of the rows make together."""
        chosen, values = rows.order_by().values("pk").query.sql_with_params()
        with connections[rows.db].cursor() as cursor:
            cursor.execute(
                f"SELECT coalesce(sum(amount), 0)::bigint FROM {_ROWS} WHERE id IN ({chosen})",  # noqa: S608
                [*self._parameters, *values],
            )
            found: tuple[int] = cursor.fetchone()
        return found[0]


def fold(most: int = 100) -> int:
    """Bring the sums of the counties that changed up to date, the longest waiting first; return how many there were."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_FOLD, [most, rules()])
        found: tuple[Any, ...] = cursor.fetchone()
        return int(found[0])


def fold_all() -> int:
    """Fold until nothing waits; return how many counties were counted."""
    done = 0
    while some := fold():
        done += some
    return done
