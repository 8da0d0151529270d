"""What a report form consists of: rows, columns, and the checks between columns (勾稽). No database."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from reports.crossing import can_cross
from reports.dimensions import DIMENSIONS
from reports.metrics import METRICS, Kind
from reports.returns.formulas import Formula, parsed

MOST_COLUMNS, MOST_ROWS, MOST_CHECKS = 40, 60, 40
# Between a dimension and its value, where a page or a mapping names a cell.
CELL_SEPARATOR = ":"


class RowsKind(StrEnum):
    """What the rows of a form are."""

    PLACES = "places"
    CATEGORIES = "categories"
    OWN = "rows"


class Source(StrEnum):
    """Where a column's values come from."""

    METRIC = "metric"
    FORMULA = "formula"
    HAND = "hand"


ROWS_LABELS = {
    RowsKind.PLACES: "下级地区（县填报时是乡镇，市汇总时是县）",
    RowsKind.CATEGORIES: "儿童类别",
    RowsKind.OWN: "自定的行",
}


@dataclass(frozen=True)
class Column:
    """One column: a metric, optionally one cell of a dimension; a formula of other columns; or typed by hand."""

    title: str
    source: str
    group: str = ""
    metric: str = ""
    dimension: str = ""
    value: str = ""
    formula: str = ""
    own_unit: str = ""

    @property
    def unit(self) -> str:
        """人, 次, %, … as the heading shows it."""
        if self.source == Source.METRIC:
            return METRICS[self.metric].unit if self.metric in METRICS else ""
        return "%" if self.is_rate else self.own_unit

    @property
    def is_rate(self) -> bool:
        """Whether it is a percentage, which does not add up."""
        if self.source == Source.METRIC:
            return self.metric in METRICS and METRICS[self.metric].kind == Kind.RATE
        return self.source == Source.FORMULA and self.parsed.is_rate

    @property
    def parsed(self) -> Formula:
        return parsed(self.formula)

    @property
    def meaning(self) -> str:
        """What is counted, in words."""
        if self.source == Source.HAND:
            return "由填报单位填写，注明来源。"
        if self.source == Source.FORMULA:
            return f"按栏次计算：{self.formula}。"
        metric = METRICS.get(self.metric)
        narrowed = cell_label(self.dimension, self.value)
        return f"{metric.meaning if metric else ''}{f'只数{narrowed}。' if narrowed else ''}"


@dataclass(frozen=True)
class Row:
    """A row of one's own: its title, and the cell of a dimension that it is narrowed to."""

    title: str
    dimension: str = ""
    value: str = ""


@dataclass(frozen=True)
class Check:
    """勾稽: a column equals, or is at most, what a formula of others comes to."""

    left: int
    relation: str
    right: str
    sentence: str

    @property
    def parsed(self) -> Formula:
        return parsed(self.right)


@dataclass(frozen=True)
class Definition:
    """A whole form, as it is stored with the form and frozen with every version of a return."""

    rows: str
    columns: tuple[Column, ...]
    own_rows: tuple[Row, ...] = ()
    checks: tuple[Check, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def numbered(self) -> Iterator[tuple[int, Column]]:
        """Yield the columns with their numbers (栏次), from 1."""
        yield from enumerate(self.columns, start=1)

    @property
    def units(self) -> str:
        """The units of the form, each once, for its head: 人、次、%."""
        return "、".join(dict.fromkeys(column.unit for column in self.columns if column.unit))

    @property
    def hand_columns(self) -> list[int]:
        """The numbers of the columns that people fill in."""
        return [number for number, column in self.numbered() if column.source == Source.HAND]

    @property
    def row_dimensions(self) -> set[str]:
        """The dimensions to whose cells rows are narrowed."""
        if self.rows == RowsKind.CATEGORIES:
            return {"category"}
        return {row.dimension for row in self.own_rows if row.dimension}

    @property
    def has_total(self) -> bool:
        """Whether its rows add up: one's own rows may overlap."""
        return self.rows != RowsKind.OWN

    def title_of(self, number: int) -> str:
        """Return a column's title with the heading above it."""
        column = self.columns[number - 1]
        return f"{column.group} {column.title}".strip()


def from_json(data: Mapping[str, Any]) -> Definition:
    """Return the definition that `as_json` gave."""
    return Definition(
        rows=data["rows"],
        columns=tuple(Column(**column) for column in data["columns"]),
        own_rows=tuple(Row(**row) for row in data.get("own_rows", ())),
        checks=tuple(Check(**check) for check in data.get("checks", ())),
    )


def cell_label(dimension: str, value: str) -> str:
    """Return how a page names one cell of a dimension: 性别 女; empty for none."""
    known = DIMENSIONS.get(dimension)
    return f"{known.label} {known.name_of(value)}" if known else ""


def split_cell(text: str) -> tuple[str, str]:
    """Return dimension and value of a chosen cell; two empty texts for none."""
    dimension, _, value = text.partition(CELL_SEPARATOR)
    return dimension, value


def sentence_of(check: Check, definition: Definition) -> str:
    """Return what a check says: its own sentence, or the columns' names with the sign between them."""
    if check.sentence:
        return check.sentence
    sign = "应等于" if check.relation == "=" else "不能大于"
    return f"“{definition.title_of(check.left)}”{sign}“{check.parsed.words(definition.title_of)}”"


@dataclass(frozen=True)
class Fault:
    """Something about a definition that does not hold together: at a column (number) or a check, or at neither."""

    text: str
    column: int = 0
    check: int = 0


def faults_of(definition: Definition) -> list[Fault]:
    """Return what is wrong with a definition, in words; a good one has nothing."""
    found = [] if definition.columns else [Fault("至少要有一栏。")]
    if definition.rows == RowsKind.OWN and not definition.own_rows:
        found.append(Fault("行是“自定的行”时，至少要写一行。"))
    for number, column in definition.numbered():
        said = _fault_of_column(definition, number, column)
        if said:
            found.append(Fault(said, column=number))
    for place, check in enumerate(definition.checks, start=1):
        said = _fault_of_check(definition, check)
        if said:
            found.append(Fault(said, check=place))
    return found


def _fault_of_column(definition: Definition, number: int, column: Column) -> str:
    if column.source == Source.FORMULA:
        return _fault_of_formula(definition, number, column.parsed)
    if column.source == Source.METRIC:
        return _fault_of_metric(definition, column)
    return ""


def _fault_of_formula(definition: Definition, number: int, formula: Formula) -> str:
    for other in formula.columns:
        if not 1 <= other <= len(definition.columns):
            return f"没有第 {other} 栏。"
        named = definition.columns[other - 1]
        if other == number or (named.source == Source.FORMULA and other > number):
            return "公式只能用前面的栏，或不是公式的栏。"
        if named.is_rate:
            return f"第 {other} 栏是百分比，不能再加减。"
    return ""


def _fault_of_metric(definition: Definition, column: Column) -> str:
    metric = METRICS.get(column.metric)
    if metric is None:
        return "没有这个指标。"
    splits = definition.row_dimensions
    for dimension in sorted({*splits, column.dimension} - {""}):
        if dimension not in metric.dimensions:
            return f"“{metric.name}”不能按{_label(dimension)}分。"
    if column.dimension in splits:
        return f"行已经按{_label(column.dimension)}分了，这一栏的“只数其中”请选别的。"
    for dimension in sorted(splits) if column.dimension else ():
        if not can_cross(metric, dimension, column.dimension):
            return f"“{metric.name}”不能既按{_label(dimension)}又按{_label(column.dimension)}分。"
    return ""


def _label(dimension: str) -> str:
    return DIMENSIONS[dimension].label if dimension in DIMENSIONS else dimension


def _fault_of_check(definition: Definition, check: Check) -> str:
    formula = check.parsed
    if formula.is_rate:
        return "勾稽关系只比较数字，不用除法。"
    for number in (check.left, *formula.columns):
        if not 1 <= number <= len(definition.columns):
            return f"没有第 {number} 栏。"
        if definition.columns[number - 1].is_rate:
            return f"第 {number} 栏是百分比，不能用在勾稽关系里。"
    return ""


@dataclass(frozen=True)
class Sample:
    """A form that comes with the program, to be copied."""

    key: str
    title: str
    period_kind: str
    definition: Definition = field(repr=False)
