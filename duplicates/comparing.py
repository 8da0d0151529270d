"""Two records side by side: what each says, where they differ, and which side is the better guess."""

from typing import Any

from aixin.access.people import name_for, text_for
from duplicates.kinds import Kind
from duplicates.sides import FIRST, SECOND, Cell, Row, fuller, numbers_of


def compare(kind: Kind, user: Any, first: Any, second: Any) -> list[Row]:
    """Return what both records say, row by row, as the user may read it; what neither says is left out."""
    better = better_side(kind, first, second)
    rows = [_field_row(kind, user, name, first, second, better) for name in kind.fields]
    rows += kind.further_rows(user, first, second, better)
    return [row for row in rows if row.differs or not all(cell.is_empty for cell in row.cells)]


def better_side(kind: Kind, first: Any, second: Any) -> str:
    """Return the side whose number should stay."""
    return FIRST if kind.rank(first) <= kind.rank(second) else SECOND


def _field_row(kind: Kind, user: Any, name: str, first: Any, second: Any, better: str) -> Row:
    label = kind.place_label if name == "region" else str(kind.model._meta.get_field(name).verbose_name)
    left, right = getattr(first, name), getattr(second, name)
    default = fuller(left, right, better)
    cells = (
        _field_cell(kind, user, name, first, FIRST, default),
        _field_cell(kind, user, name, second, SECOND, default),
    )
    return Row(name, label, cells, left != right, kind.remark(name, first, second) if left != right else "")


def _field_cell(kind: Kind, user: Any, name: str, row: Any, side: str, default: str) -> Cell:
    if name in kind.numbers:
        return Cell(side, "", numbers_of(row, name), side == default)
    return Cell(side, _text(user, row, name), (), side == default)


def _text(user: Any, row: Any, name: str) -> str:
    value = getattr(row, name)
    if name == "name":
        return name_for(user, value)
    if name == "notes":
        return text_for(user, value)
    if name == "region":
        return str(row.region.place)
    if isinstance(value, bool):
        return "是" if value else "否"
    field: Any = row._meta.get_field(name)
    labels = dict(getattr(getattr(field, "base_field", field), "flatchoices", ()))
    if isinstance(value, list):
        return "、".join(str(labels.get(item, item)) for item in value)
    return str(labels.get(value, value)) if value not in (None, "") else ""
