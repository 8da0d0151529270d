"""Generated rosters of all kinds come out row for row and value for value."""

from __future__ import annotations

import pytest

from aixin.exchange.reading import values
from aixin.exchange.reading.model import Cell
from aixin.exchange.reading.table import Table, find_best_table
from aixin.exchange.reading.workbook import read_workbook

from .layouts import Entry, Layout, make_layout
from .specs import CHILDREN, PAIRINGS, VOLUNTEERS

SPECS = {"children": CHILDREN, "volunteers": VOLUNTEERS, "pairings": PAIRINGS}
LAYOUTS = [(kind, seed) for kind in SPECS for seed in range(20)]


def read(kind: str, layout: Layout) -> Table:
    return find_best_table(read_workbook(layout.data, layout.filename), SPECS[kind])


def parsed(key: str, cell: Cell) -> str:
    if key.endswith("idno"):
        try:
            return values.parse_idno(cell) or ""
        except values.ValueFault as fault:
            return fault.code
    if key in ("birth", "started"):
        date = values.parse_date(cell)
        return str(date.value)[: 10 if date.precision == "day" else 7] if date else ""
    if key.endswith("phone"):
        return values.parse_phone(cell)[0][0]
    if key == "sex":
        return values.parse_sex(cell) or ""
    return values.clean_name(cell) if key.endswith("name") else values.clean_text(cell)


@pytest.mark.parametrize(("kind", "seed"), LAYOUTS)
def test_every_column_is_found(kind: str, seed: int) -> None:
    layout = make_layout(kind, seed)
    table = read(kind, layout)
    assert set(table.mapping.values()) == layout.keys, [heading.text for heading in table.unmapped]


@pytest.mark.parametrize(("kind", "seed"), LAYOUTS)
def test_exactly_the_data_rows_come_out(kind: str, seed: int) -> None:
    layout = make_layout(kind, seed)
    table = read(kind, layout)
    assert [row.number for row in table.rows] == [number for number, _ in layout.truth], table.dropped


@pytest.mark.parametrize(("kind", "seed"), LAYOUTS)
def test_every_value_is_as_meant(kind: str, seed: int) -> None:
    layout = make_layout(kind, seed)
    table = read(kind, layout)
    for row, (number, meant) in zip(table.rows, layout.truth, strict=True):
        record = table.record(row)
        found: Entry = {key: parsed(key, record[key]) for key in meant}
        assert found == meant, number
