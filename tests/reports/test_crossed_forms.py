"""类别 down and 性别 across: forms whose rows and columns are both narrowed, exact for any past day."""

import datetime

import pytest
from django.utils import timezone

from aixin.access.models import Region
from aixin.access.scope import acting
from children.models import Child
from reports.crossing import crossed
from reports.figures import figures_of
from reports.models import ReportForm
from reports.periods import Period
from reports.returns.definition import Check, Column, Definition, Row, faults_of
from reports.returns.filling import filled
from reports.returns.forms import DefinitionForms
from tests.cast import CITY, WENSHUI, XIJIE, Cast
from tests.factories import ChildFactory

SEXES = (
    Column("合计", "metric", metric="registered"),
    Column("男", "metric", metric="registered", dimension="sex", value="M"),
    Column("女", "metric", metric="registered", dimension="sex", value="F"),
    Column("未登记", "metric", metric="registered", dimension="sex", value=""),
    Column("应结未结女童", "metric", metric="unpaired", dimension="sex", value="F"),
)
FORM = Definition("categories", SEXES, checks=(Check(1, "=", "2+3+4", ""),))


def sheet_of(
    user: object, code: str, period: Period, definition: Definition = FORM
) -> dict[str, tuple[object, ...]]:
    """Return the values of each line of a form for a region, as a user's office sees them."""
    with acting(user):
        sheet = filled(definition, figures_of(Region.objects.get(pk=code), period))
    return {line.key: line.values for line in sheet.all_lines()}


def test_categories_and_sexes_cross_and_add_up(cast: Cast) -> None:
    assert faults_of(FORM) == []
    ChildFactory(region_id=XIJIE, sex="M", category="ORPHAN_SCATTERED")
    ChildFactory(region_id=XIJIE, sex="F", category="ORPHAN_SCATTERED")
    period = Period.containing(timezone.localdate())
    lines = sheet_of(cast.city, CITY, period)
    assert lines["ORPHAN_SCATTERED"] == (2, 1, 1, 0, 1)
    total = lines.pop("total")
    assert total[0] == Child.objects.filter(region__code__startswith=CITY).count()
    assert tuple(map(sum, zip(*lines.values(), strict=True))) == total  # type: ignore[arg-type]


def test_a_past_day_is_counted_as_it_was(cast: Cast) -> None:
    child = ChildFactory(region_id=XIJIE, sex="M", category="ORPHAN_SCATTERED")
    period = Period.containing(timezone.localdate())
    Child.objects.filter(pk=child.pk).update(registered_on=period.first)
    assert sheet_of(cast.wenshui, WENSHUI, period)["ORPHAN_SCATTERED"][:2] == (1, 1)
    assert sheet_of(cast.wenshui, WENSHUI, period.previous)["ORPHAN_SCATTERED"][:2] == (0, 0)


def test_own_rows_of_ages_cross_with_categories_and_a_whole_row_does_not(cast: Cast) -> None:
    today = timezone.localdate()
    ChildFactory(region_id=XIJIE, category="ORPHAN_SCATTERED", birth=today - datetime.timedelta(days=365 * 8))
    columns = (
        Column("散居孤儿", "metric", metric="registered", dimension="category", value="ORPHAN_SCATTERED"),
    )
    rows = (Row("全部"), Row("6–13岁", "age", "6-13"), Row("0–5岁", "age", "0-5"))
    definition = Definition("rows", columns, rows)
    assert faults_of(definition) == []
    lines = sheet_of(cast.wenshui, WENSHUI, Period.containing(today), definition)
    assert lines == {"r1": (1,), "r2": (1,), "r3": (0,)}


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (
            Column("散居", "metric", metric="registered", dimension="category", value="ORPHAN_SCATTERED"),
            "请选别的",
        ),
        (Column("电话", "metric", metric="visits", dimension="way", value="CALL"), "“走访”不能按类别分"),
    ],
)
def test_what_cannot_cross_is_refused_in_words(column: Column, said: str) -> None:
    (fault,) = faults_of(Definition("categories", (column,)))
    assert said in fault.text


def test_nobody_counts_across_outside_the_own_region(cast: Cast) -> None:
    today = timezone.localdate()
    ask = {"pairs": [("category", "sex")], "keys": ["registered"]}
    with acting(cast.wenshui):
        assert crossed(WENSHUI, today, **ask).numbers
        assert not crossed(CITY, today, **ask).numbers
    with acting(cast.xingxian):
        assert not crossed(WENSHUI, today, **ask).numbers
    assert not crossed("14", today, **ask).is_known


def test_a_missing_column_is_named_by_the_number_that_was_typed() -> None:
    def formset(prefix: str, *rows: dict[str, str]) -> dict[str, str]:
        body = {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": "0"}
        return body | {
            f"{prefix}-{n}-{name}": text for n, row in enumerate(rows) for name, text in row.items()
        }

    body = {
        "title": "表", "period_kind": "month", "due_days": "5", "rows": "places",
        **formset("columns", {"source": "registered"}, {"source": "eligible"},
                  {"source": "formula", "formula": "1+7", "title": "和"}),
        **formset("checks", {"left": "1", "relation": "=", "right": "2+9"}, {"left": "8", "right": "1"}),
        **formset("rows"),
    }  # fmt: skip
    parts = DefinitionForms(ReportForm(), body)
    assert not parts.is_valid()
    assert parts.columns.forms[2].errors["formula"] == ["没有第 7 栏。"]
    assert parts.checks.forms[0].errors["right"] == ["没有第 9 栏。"]
    assert parts.checks.forms[1].errors["left"] == ["没有第 8 栏。"]
    nothing = DefinitionForms(ReportForm(), {**body, "rows": ""})
    nothing.is_valid()
    assert nothing.head.errors["rows"] == ["请选每一行是什么。"]
