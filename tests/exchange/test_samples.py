"""The five sample rosters, row for row against their truth."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from aixin.exchange.reading import values
from aixin.exchange.reading.headers import ColumnSpec
from aixin.exchange.reading.model import Cell
from aixin.exchange.reading.table import Table, find_best_table
from aixin.exchange.reading.workbook import read_workbook

from .specs import CHILDREN, PAIRINGS, VOLUNTEERS

SAMPLES = Path(__file__).parent.parent / "samples"
ROSTERS = [
    ("01-儿童花名册-规范.xlsx", CHILDREN),
    ("02-文水县信息台账.xlsx", CHILDREN),
    ("03-爱心妈妈登记表.xls", VOLUNTEERS),
    ("04-爱心妈妈名单.csv", VOLUNTEERS),
    ("05-结对台账.xlsx", PAIRINGS),
]
Truth = list[dict[str, object]]
RENAMED = {"volunteer": "volunteer_name"}


def read(name: str, columns: tuple[ColumnSpec, ...]) -> tuple[Table, Truth]:
    table = find_best_table(read_workbook((SAMPLES / name).read_bytes(), name), columns)
    truth = json.loads((SAMPLES / name).with_suffix(".truth.json").read_text("utf-8"))
    return table, truth


def _phone(cell: Cell) -> object:
    numbers, _ = values.parse_phone(cell)
    return numbers[0] if numbers else ""


PARSERS: dict[str, Callable[[Cell], object]] = {
    "name": values.clean_name,
    "guardian": values.clean_name,
    "volunteer_name": values.clean_name,
    "liaison": values.clean_name,
    "idno": values.parse_idno,
    "child_idno": values.parse_idno,
    "sex": values.parse_sex,
    "phone": _phone,
    "volunteer_phone": _phone,
    "liaison_phone": _phone,
    "capacity": values.parse_count,
    "agreement_signed": values.parse_bool,
    "grade": lambda cell: values.parse_grade(cell).text,
    **dict.fromkeys(
        ("ethnicity", "school", "relation", "need", "unit", "kind", "skills", "township"), values.clean_text
    ),
}


@pytest.mark.parametrize(("name", "columns"), ROSTERS)
def test_exactly_the_true_rows_are_data(name: str, columns: tuple[ColumnSpec, ...]) -> None:
    table, truth = read(name, columns)
    assert [row.number for row in table.rows] == [entry["row"] for entry in truth]
    assert not table.missing


@pytest.mark.parametrize(("name", "columns"), ROSTERS)
def test_every_column_is_understood(name: str, columns: tuple[ColumnSpec, ...]) -> None:
    table, _ = read(name, columns)
    assert {heading.text for heading in table.unmapped} <= {"序号"}


@pytest.mark.parametrize(("name", "columns"), ROSTERS)
def test_good_rows_have_the_true_values(name: str, columns: tuple[ColumnSpec, ...]) -> None:
    table, truth = read(name, columns)
    for row, entry in zip(table.rows, truth, strict=True):
        if not entry["ok"]:
            continue
        record = table.record(row)
        expected = {RENAMED.get(key, key): value for key, value in entry.items()}
        for key, parse in PARSERS.items():
            if key in expected and key in record:
                assert parse(record[key]) == expected[key], (row.number, key)


@pytest.mark.parametrize(("name", "columns"), ROSTERS)
def test_good_rows_have_the_true_dates(name: str, columns: tuple[ColumnSpec, ...]) -> None:
    table, truth = read(name, columns)
    for row, entry in zip(table.rows, truth, strict=True):
        record = table.record(row)
        key = "started" if "started" in record else "birth"
        if entry["ok"] and key in record:
            date = values.parse_date(record[key])
            assert date is not None
            length = {"day": 10, "month": 7, "year": 4}[date.precision]
            assert str(date.value)[:length] == str(entry[key])[:length], row.number


@pytest.mark.parametrize(("row", "code"), [(8, "id_precision_lost"), (54, "id_checksum")])
def test_broken_ids_say_why(row: int, code: str) -> None:
    table, _ = read(*ROSTERS[1])
    record = table.record(next(one for one in table.rows if one.number == row))
    with pytest.raises(values.ValueFault) as caught:
        values.parse_idno(record["idno"])
    assert caught.value.code == code


def test_a_row_without_name_is_data() -> None:
    table, _ = read(*ROSTERS[1])
    record = table.record(next(row for row in table.rows if row.number == 96))
    assert values.clean_name(record["name"]) == ""
    assert record["township"] == "马西乡"


def test_a_bad_phone_is_left_over_as_typed() -> None:
    table, _ = read(*ROSTERS[1])
    record = table.record(next(row for row in table.rows if row.number == 7))
    assert values.parse_phone(record["phone"]) == ([], "1380013")


def test_ditto_gives_the_village_above() -> None:
    table, _ = read(*ROSTERS[1])
    by_number = {row.number: table.record(row) for row in table.rows}
    assert by_number[17]["village"] == by_number[16]["village"]
    assert by_number[37]["village"] == "北胡村"


def test_a_volunteer_merged_over_two_children_stands_in_both_rows() -> None:
    table, _ = read(*ROSTERS[4])
    record = table.record(next(row for row in table.rows if row.number == 10))
    assert (record["volunteer_name"], record["volunteer_phone"]) == ("张燕轩", "13806179963")
