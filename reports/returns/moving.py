"""What was typed into the drafts of a form, when the form's rows and columns are given other places."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

from reports.returns.definition import Definition, RowsKind

_ASIDE_COLUMN, _ASIDE_ROW = 1000, "~"


@dataclass(frozen=True)
class Moves:
    """Where each column and each of one's own rows stands from now on, by the number it had; the others are gone."""

    columns: Mapping[int, int] = field(default_factory=dict)
    rows: Mapping[int, int] = field(default_factory=dict)


NO_MOVES = Moves()


def move_typed(values: Any, before: Definition, after: Definition, moves: Moves) -> None:
    """Give typed values the places of their rows and columns; remove those whose row or column is no longer filled in."""
    hand_before, hand_after = set(before.hand_columns), set(after.hand_columns)
    columns = {old: new for old, new in moves.columns.items() if old in hand_before and new in hand_after}
    values.exclude(column__in=columns).delete()
    for old, new in columns.items():
        values.filter(column=old).update(column=new + _ASIDE_COLUMN)
    values.filter(column__gt=_ASIDE_COLUMN).update(column=F("column") - _ASIDE_COLUMN)
    if before.rows != after.rows:
        values.all().delete()
    elif before.rows == RowsKind.OWN:
        _move_rows(values, moves.rows)


def _move_rows(values: Any, rows: Mapping[int, int]) -> None:
    values.exclude(row__in=[f"r{number}" for number in rows]).delete()
    for old, new in rows.items():
        values.filter(row=f"r{old}").update(row=Concat(Value(_ASIDE_ROW), Value(f"r{new}")))
    values.filter(row__startswith=_ASIDE_ROW).update(row=Substr("row", 2))
