"""The forms by which a report form is defined."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from aixin.web.widgets import to_choose
from reports.dimensions import DIMENSIONS
from reports.metrics import METRICS
from reports.models import ReportForm
from reports.returns.definition import (
    CELL_SEPARATOR,
    MOST_CHECKS,
    MOST_COLUMNS,
    MOST_ROWS,
    ROWS_LABELS,
    Check,
    Column,
    Definition,
    Row,
    RowsKind,
    Source,
    faults_of,
    split_cell,
)
from reports.returns.formulas import Formula, FormulaError, parsed
from reports.returns.moving import Moves

RELATIONS = [("=", "等于"), ("<=", "不大于")]
TOO_LATE_DAYS = 60


def source_choices() -> list[Any]:
    """Return what a column may be filled from: by hand, by a formula, or a metric."""
    metrics = [(key, f"{metric.name}（{metric.unit}）") for key, metric in METRICS.items()]
    return [
        ("", "（空栏）"),
        ("不取自系统", [(str(Source.HAND), "手工填写"), (str(Source.FORMULA), "按公式计算")]),
        ("系统统计", metrics),
    ]


def cell_choices() -> list[Any]:
    """Return the cells of all dimensions, by dimension."""
    groups = [
        (
            known.label,
            [(f"{key}{CELL_SEPARATOR}{code}", f"{known.label}：{name}") for code, name in known.values],
        )
        for key, known in DIMENSIONS.items()
    ]
    return [("", "全部"), *groups]


class HeadForm(forms.ModelForm):  # type: ignore[type-arg]
    """Title, period and kind of rows."""

    rows = forms.ChoiceField(
        label="每一行是",
        choices=to_choose((str(kind), label) for kind, label in ROWS_LABELS.items()),
        error_messages={"required": "请选每一行是什么。"},
    )

    class Meta:
        model = ReportForm
        fields = ("title", "period_kind", "due_days")
        error_messages = {"title": {"required": "请填报表名称。"}}
        help_texts = {"title": "如：关爱服务月报表", "due_days": "期末后第几天截止，0 到 60。"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_days"] = forms.IntegerField(
            label="期末后几天内报送",
            min_value=0,
            max_value=TOO_LATE_DAYS,
            help_text="0 到 60。",
            error_messages={
                "required": "请填天数。",
                "invalid": "请填整数。",
                "min_value": "不能小于 0。",
                "max_value": f"不能大于 {TOO_LATE_DAYS}。",
            },
        )
        if self.instance.definition:
            self.initial["rows"] = self.instance.definition["rows"]


class CompactForm(forms.Form):
    """A form whose fields stand in the cells of a table, each with a name that is read aloud."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            is_select = isinstance(field.widget, forms.Select)
            look = "form-select form-select-sm" if is_select else "form-control form-control-sm"
            if not isinstance(field.widget, forms.CheckboxInput):
                field.widget.attrs["class"] = look


class FormulaField(forms.CharField):
    """A formula; cleaned it is a `Formula`, or None."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return parsed(text) if text else None
        except FormulaError as fault:
            raise forms.ValidationError(str(fault)) from fault


class ColumnForm(CompactForm):
    """One column of a form; without a source it is none."""

    group = forms.CharField(label="上级表头", max_length=20, required=False)
    title = forms.CharField(label="栏目名称", max_length=30, required=False)
    source = forms.ChoiceField(label="取数", choices=source_choices, required=False)
    cell = forms.ChoiceField(label="只数其中", choices=cell_choices, required=False)
    formula = FormulaField(label="公式", max_length=60, required=False)
    own_unit = forms.CharField(label="单位（手工栏）", max_length=6, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("source"):
            if cleaned.get("title"):
                self.add_error("source", "请选这一栏怎么取数。")
            return cleaned
        if (
            cleaned["source"] == Source.FORMULA
            and not cleaned.get("formula")
            and "formula" not in self.errors
        ):
            self.add_error("formula", "请写公式，如 2+3。")
        if cleaned["source"] in list(Source) and not cleaned.get("title"):
            self.add_error("title", "请填栏目名称。")
        return cleaned

    def column(self, numbers: dict[int, int]) -> Column:
        """Return the column; `numbers` gives the new number for each old one."""
        data = self.cleaned_data
        source = data["source"]
        is_metric = source not in list(Source)
        dimension, value = split_cell(data["cell"]) if is_metric else ("", "")
        formula = data["formula"] if source == Source.FORMULA else None
        return Column(
            title=data["title"] or _default_title(source, dimension, value),
            source=str(Source.METRIC) if is_metric else source,
            group=data["group"],
            metric=source if is_metric else "",
            dimension=dimension,
            value=value,
            formula=str(_renumbered(formula, numbers)) if formula else "",
            own_unit=data["own_unit"] if source == Source.HAND else "",
        )


def _default_title(metric: str, dimension: str, value: str) -> str:
    return dict(DIMENSIONS[dimension].values)[value] if dimension else METRICS[metric].name


def _renumbered(formula: Formula, numbers: dict[int, int]) -> Formula:
    """Return a formula for the columns that stay; those that it names are known to be there."""
    return formula.renumbered(numbers)


class RowForm(CompactForm):
    """A row of one's own; without a title it is none."""

    title = forms.CharField(label="行的名称", max_length=40, required=False)
    cell = forms.ChoiceField(label="只数其中", choices=cell_choices, required=False)


class CheckForm(CompactForm):
    """A check between columns; without a left side it is none."""

    left = forms.IntegerField(label="栏次", min_value=1, max_value=MOST_COLUMNS, required=False)
    relation = forms.ChoiceField(label="关系", choices=RELATIONS, required=False)
    right = FormulaField(label="右边", max_length=60, required=False)
    sentence = forms.CharField(label="不符时怎么说（可不填）", max_length=80, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("left") and not cleaned.get("right") and "right" not in self.errors:
            self.add_error("right", "请写右边，如 2+3。")
        if cleaned.get("right") and not cleaned.get("left") and "left" not in self.errors:
            self.add_error("left", "请填左边的栏次。")
        return cleaned


class _PartFormSet(BaseFormSet):  # type: ignore[type-arg]
    """Rows of a form whose management form is answered in Chinese."""

    default_error_messages = {
        "missing_management_form": "页面不完整，请刷新后重新填写。",
        "too_many_forms": "行数太多，最多 %(num)d 行。",
    }

    def kept(self) -> list[Any]:
        """Return the forms that are not ticked to be removed and hold something."""
        return [
            form
            for form in self.forms
            if not form.cleaned_data.get("DELETE") and self.holds(form.cleaned_data)
        ]

    def holds(self, data: dict[str, Any]) -> bool:
        return bool(data.get("title"))

    def numbers(self) -> dict[int, int]:
        """Return for the number that each has on the page the one that it will have."""
        kept = self.kept()
        shown = {form: number for number, form in enumerate(self.forms, start=1)}
        return {shown[form]: number for number, form in enumerate(kept, start=1)}


class _ColumnFormSet(_PartFormSet):
    def holds(self, data: dict[str, Any]) -> bool:
        return bool(data.get("source"))


class _CheckFormSet(_PartFormSet):
    def holds(self, data: dict[str, Any]) -> bool:
        return bool(data.get("left"))


def _factory(form: Any, base: Any, extra: int, most: int) -> Any:
    return formset_factory(
        form,
        formset=base,
        extra=extra,
        max_num=most,
        absolute_max=most,
        validate_max=True,
        can_delete=True,
    )


EXTRA_COLUMNS, EXTRA = 3, 2
ColumnFormSet = _factory(ColumnForm, _ColumnFormSet, EXTRA_COLUMNS, MOST_COLUMNS)
RowFormSet = _factory(RowForm, _PartFormSet, EXTRA, MOST_ROWS)
CheckFormSet = _factory(CheckForm, _CheckFormSet, EXTRA, MOST_CHECKS)


class DefinitionForms:
    """All parts of the page on which a form is defined."""

    def __init__(self, instance: ReportForm, data: Any = None) -> None:
        shown = (
            _initial(instance.defined) if instance.definition else {"columns": [], "rows": [], "checks": []}
        )
        self.head = HeadForm(data, instance=instance)
        self.columns = ColumnFormSet(data, prefix="columns", initial=shown["columns"])
        self.rows = RowFormSet(data, prefix="rows", initial=shown["rows"])
        self.checks = CheckFormSet(data, prefix="checks", initial=shown["checks"])

    def is_valid(self) -> bool:
        """Return whether every part is right by itself and all of them together; faults stand at their places."""
        parts: Sequence[Any] = (self.head, self.columns, self.rows, self.checks)
        valid = [part.is_valid() for part in parts]
        if not all(valid) or self._names_missing():
            return False
        faults = faults_of(self.definition())
        for fault in faults:
            if fault.column:
                self.columns.kept()[fault.column - 1].add_error(None, fault.text)
            elif fault.check:
                self.checks.kept()[fault.check - 1].add_error(None, fault.text)
            else:
                self.head.add_error(None, fault.text)
        return not faults

    def _names_missing(self) -> bool:
        """Say at each formula and check which column it names that is not there; return whether there is any."""
        known = self.columns.numbers()
        used = [
            (form, "formula", form.cleaned_data["formula"].columns)
            for form in self.columns.kept()
            if form.cleaned_data["source"] == Source.FORMULA
        ]
        for form in self.checks.kept():
            used += [
                (form, "left", (form.cleaned_data["left"],)),
                (form, "right", form.cleaned_data["right"].columns),
            ]
        found = [
            (form, name, number) for form, name, columns in used for number in columns if number not in known
        ]
        for form, name, number in found:
            form.add_error(name, f"没有第 {number} 栏。")
        return bool(found)

    @property
    def has_errors(self) -> bool:
        """Whether something was refused, in any part."""
        rows = (form for part in (self.columns, self.rows, self.checks) for form in part.forms)
        return bool(self.head.errors) or any(form.errors for form in rows if part_is_bound(form))

    def definition(self) -> Definition:
        """Return what was typed as a definition; asked for when the parts are valid."""
        numbers = self.columns.numbers()
        return Definition(
            rows=self.head.cleaned_data["rows"],
            columns=tuple(form.column(numbers) for form in self.columns.kept()),
            own_rows=tuple(self._own_rows()),
            checks=tuple(_check(form.cleaned_data, numbers) for form in self.checks.kept()),
        )

    def _own_rows(self) -> Iterable[Row]:
        if self.head.cleaned_data["rows"] == RowsKind.OWN:
            for form in self.rows.kept():
                yield Row(form.cleaned_data["title"], *split_cell(form.cleaned_data["cell"]))

    def moves(self) -> Moves:
        """Return where the columns and rows that there were stand from now on; asked for when the parts are valid."""
        return Moves(self.columns.numbers(), self.rows.numbers())

    def draft(self) -> ReportForm:
        """Return the form with what was typed, not stored."""
        form: ReportForm = self.head.save(commit=False)
        form.definition = self.definition().as_json()
        return form


def part_is_bound(form: Any) -> bool:
    return bool(form.is_bound)


def _check(data: dict[str, Any], numbers: dict[int, int]) -> Check:
    right = _renumbered(data["right"], numbers)
    return Check(numbers[data["left"]], data["relation"] or "=", str(right), data["sentence"])


def _initial(definition: Definition) -> dict[str, list[dict[str, Any]]]:
    return {
        "columns": [
            {
                "group": column.group,
                "title": column.title,
                "source": column.metric or column.source,
                "cell": _cell(column.dimension, column.value),
                "formula": column.formula,
                "own_unit": column.own_unit,
            }
            for column in definition.columns
        ],
        "rows": [
            {"title": row.title, "cell": _cell(row.dimension, row.value)} for row in definition.own_rows
        ],
        "checks": [
            {
                "left": check.left,
                "relation": check.relation,
                "right": check.right,
                "sentence": check.sentence,
            }
            for check in definition.checks
        ],
    }


def _cell(dimension: str, value: str) -> str:
    return f"{dimension}{CELL_SEPARATOR}{value}" if dimension else ""
