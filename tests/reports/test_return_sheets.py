"""Forms without a database: formulas, totals, checks, sums, differences, small cells."""

import datetime
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from aixin.access.models import Post, Role
from reports.figures import PlaceFigures
from reports.returns.definition import Check, Column, Definition, Row, from_json
from reports.returns.definition import faults_of as faults
from reports.returns.filling import filled
from reports.returns.formulas import FormulaError, parsed
from reports.returns.hiding import Dashboard, hidden_cells
from reports.returns.samples import samples
from reports.returns.sheets import Sheet, added_up, broken_checks, differences
from reports.returns.sheets import from_json as sheet_from_json
from reports.returns.showing import headings_of, shown_sheet


@dataclass
class Told:
    """Figures as somebody says them."""

    totals: dict[str, Any]
    places: list[PlaceFigures] = field(default_factory=list)
    cells: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    by_place: dict[tuple[str, str, str], dict[str, int]] = field(default_factory=dict)
    as_of: datetime.date = datetime.date(2026, 10, 31)

    def cell(self, metric: str, dimension: str) -> dict[str, int]:
        return self.cells.get((metric, dimension), {})

    def place_cell(self, code: str, metric: str, dimension: str) -> dict[str, int]:
        return self.by_place.get((code, metric, dimension), {})


def metric(title: str, key: str, group: str = "", dimension: str = "", value: str = "") -> Column:
    return Column(title, "metric", group, key, dimension, value)


COLUMNS = (
    metric("在册", "registered"),
    metric("男", "registered", "其中", "sex", "M"),
    metric("女", "registered", "其中", "sex", "F"),
    metric("应结对", "eligible"),
    metric("结对率", "coverage"),
    Column("活动", "hand", own_unit="场次"),
    Column("男占比", "formula", formula="2/1"),
)
FORM = Definition(
    "places", COLUMNS, checks=(Check(1, "=", "2+3", "男女之和应等于在册"), Check(4, "<=", "1", ""))
)


def told(**changes: Any) -> Any:
    one = {"registered": 60, "eligible": 50, "paired": 25, "coverage": 50.0}
    two = {"registered": 40, "eligible": 40, "paired": 40, "coverage": 100.0}
    return Told(
        totals={"registered": 100, "eligible": 90, "paired": 65, "coverage": 72.2},
        places=[PlaceFigures("141121", "文水县", one), PlaceFigures("141123", "兴县", two)],
        cells={("registered", "sex"): {"M": 55, "F": 45}},
        by_place={
            ("141121", "registered", "sex"): {"M": 35, "F": 25},
            ("141123", "registered", "sex"): {"M": 20, "F": 20},
        },
        **changes,
    )


HAND = {("141121", 6): 3, ("141123", 6): 1.5}


@pytest.mark.parametrize(
    ("text", "value"), [("2+3", 7), ("1-2-3", 3), ("3/1", 40.0), ("２＋３", 7), ("3", 4), ("第2栏", None)]
)
def test_a_formula_is_what_offices_write(text: str, value: float | None) -> None:
    values = {1: 10, 2: 3, 3: 4}
    if value is None:
        with pytest.raises(FormulaError, match="栏次"):
            parsed(text)
    else:
        assert parsed(text).value(lambda number: values[number]) == value


@pytest.mark.parametrize("text", ["", "2*3", "1/2/3", "2++3", "999", "a", "2+", "__import__"])
def test_nothing_else_is_a_formula(text: str) -> None:
    with pytest.raises(FormulaError):
        parsed(text)


def test_a_form_is_filled_with_figures_hand_values_and_formulas() -> None:
    sheet = filled(FORM, told(), HAND)
    assert [line.values for line in sheet.lines] == [
        (60, 35, 25, 50, 50.0, 3, 58.3),
        (40, 20, 20, 40, 100.0, 1.5, 50.0),
    ]
    assert sheet.total
    assert sheet.total.values == (100, 55, 45, 90, 72.2, 4.5, 55.0)
    assert sheet_from_json(sheet.as_json()) == sheet


def test_a_value_nobody_typed_is_missing_and_named() -> None:
    sheet = filled(FORM, told(), {("141121", 6): 0})
    assert sheet.total
    assert sheet.total.value(6) is None
    broken = broken_checks(FORM, sheet)
    assert [(one.line, one.gap) for one in broken] == [("兴县", None)]
    assert "活动" in broken[0].sentence


def test_a_check_that_fails_says_which_line_and_by_how_much() -> None:
    figures = told()
    figures.by_place["141123", "registered", "sex"] = {"M": 20, "F": 17}
    broken = broken_checks(FORM, filled(FORM, figures, HAND))
    assert [(one.line, one.sentence, one.left, one.right, one.gap) for one in broken] == [
        ("兴县", "男女之和应等于在册", 40, 37, 3)
    ]


def test_a_part_greater_than_its_whole_is_found_without_a_sentence_of_its_own() -> None:
    figures = told()
    figures.places[0].values["eligible"] = 61
    (one,) = broken_checks(FORM, filled(FORM, figures, HAND))
    assert one.sentence == "“应结对”不能大于“在册”"


def test_a_sum_takes_each_place_s_total_and_works_percentages_out_anew() -> None:
    one, two = filled(FORM, told(), HAND), filled(FORM, told(), {("141121", 6): 1, ("141123", 6): 1})
    sheet = added_up(FORM, [("141121", "文水县", one), ("141123", "兴县", two)])
    assert [(line.key, line.title) for line in sheet.lines] == [("141121", "文水县"), ("141123", "兴县")]
    assert sheet.total
    assert sheet.total.values == (200, 110, 90, 180, 72.2, 6.5, 55.0)


def test_rows_of_one_s_own_are_cells_and_add_up_line_by_line() -> None:
    rows = (Row("男童", "sex", "M"), Row("女童", "sex", "F"), Row("全部"))
    form = Definition("rows", (metric("在册", "registered"),), rows)
    sheet = filled(form, told())
    assert [(line.title, line.values) for line in sheet.lines] == [
        ("男童", (55,)),
        ("女童", (45,)),
        ("全部", (100,)),
    ]
    assert sheet.total is None
    both = added_up(form, [("1", "甲", sheet), ("2", "乙", sheet)])
    assert [line.values for line in both.lines] == [(110,), (90,), (200,)]


def test_differences_name_every_cell_also_of_a_line_that_came_or_went() -> None:
    before = filled(FORM, told(), HAND)
    figures = told()
    figures.places[0].values["registered"] = 61
    figures.places[1] = replace(figures.places[1], code="141199", name="新县")
    found = {
        (one.line, one.column): (one.before, one.after)
        for one in differences(FORM, before, filled(FORM, figures, HAND))
    }
    assert found["文水县", "在册"] == (60, 61)
    assert found["兴县", "在册"] == (40, None)
    assert found["新县", "在册"] == (None, 40)
    assert ("文水县", "应结对") not in found
    assert differences(FORM, before, before) == []


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (Definition("places", ()), "至少要有一栏"),
        (Definition("rows", COLUMNS[:1]), "至少要写一行"),
        (Definition("places", (metric("x", "no_such"),)), "没有这个指标"),
        (Definition("places", (metric("x", "volunteers", "", "category", "DIFFICULT"),)), "不能按"),
        (
            Definition("categories", (metric("x", "registered", "", "category", "DIFFICULT"),)),
            "行已经按类别分了",
        ),
        (Definition("places", (COLUMNS[0], Column("x", "formula", formula="1+9"))), "没有第 9 栏"),
        (Definition("places", (Column("x", "formula", formula="1+1"),)), "只能用前面的栏"),
        (Definition("places", (COLUMNS[4], Column("x", "formula", formula="1+1"))), "百分比"),
        (Definition("places", COLUMNS, checks=(Check(1, "=", "5", ""),)), "百分比"),
        (Definition("places", COLUMNS, checks=(Check(1, "=", "2/3", ""),)), "不用除法"),
    ],
)
def test_a_definition_that_does_not_hold_together_is_refused(form: Definition, said: str) -> None:
    assert any(said in fault.text for fault in faults(form)), faults(form)


def test_the_shipped_forms_hold_together_and_survive_storing() -> None:
    assert samples()
    for sample in samples().values():
        assert faults(sample.definition) == []
        assert from_json(sample.definition.as_json()) == sample.definition
        assert shown_sheet(sample.definition, filled(sample.definition, told())).lines


def test_headings_of_a_group_stand_once_over_their_columns() -> None:
    groups, headings = headings_of(FORM)
    assert [(head.text, head.span, head.rows) for head in groups][:3] == [
        ("在册", 1, 2),
        ("其中", 2, 1),
        ("应结对", 1, 2),
    ]
    assert [head.text for head in headings] == ["男", "女"]


def official() -> Any:
    post = Post(role=Role.OFFICIAL, region_id="1411")
    return type("Leader", (), {"acting_post": post, "is_active": True})()


def small() -> Sheet:
    figures = told()
    figures.by_place["141123", "registered", "sex"] = {"M": 3, "F": 37}
    figures.cells["registered", "sex"] = {"M": 38, "F": 62}
    return filled(FORM, figures, {("141121", 6): 20, ("141123", 6): 30})


def test_a_small_cell_is_hidden_from_officials_with_what_gives_it_away() -> None:
    hidden = hidden_cells(FORM, small(), official(), Dashboard())
    # Three boys: hidden; so are by the total the other county's, and the share; by the check another of their row.
    assert {("141123", 2), ("141121", 2), ("141123", 7)} <= hidden
    # Nothing is left from which one cell alone could be worked out.
    for number in (2, 3):
        column = {("141121", number), ("141123", number), ("total", number)}
        assert len(column & hidden) != 1
    for key in ("141121", "141123", "total"):
        assert len({(key, 1), (key, 2), (key, 3)} & hidden) != 1


def test_staff_see_every_cell() -> None:
    staff = official()
    staff.acting_post.role = Role.STAFF
    assert hidden_cells(FORM, small(), staff, Dashboard()) == set()
