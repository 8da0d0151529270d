"""The form for values that no system knows: a field for each row of each such column, a source for the column."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms

from reports.models import HandValue
from reports.returns.definition import Definition
from reports.returns.services import Typed
from reports.returns.sheets import Line, Sheet

LARGEST = 999_999_999
# What is counted one by one has no decimals.
COUNTED = frozenset(
    {"人", "人次", "名", "个", "次", "场", "场次", "件", "份", "户", "户次", "对", "支", "所"}
)


class HandForm(forms.Form):
    """Built for one return: `rows` gives the template its lines."""

    def __init__(self, data: Any, definition: Definition, sheet: Sheet, known: list[HandValue]) -> None:
        super().__init__(data)
        self.definition, self.lines = definition, sheet.lines
        stored = {(value.row, value.column): value for value in known}
        for column in definition.hand_columns:
            title = definition.title_of(column)
            for line in self.lines:
                field = _number_field(f"{line.title} {title}", definition.columns[column - 1].own_unit)
                before = stored.get((line.key, column))
                field.initial = None if before is None else _plain(before.value)
                field.show_hidden_initial = True
                self.fields[name_of(line, column)] = field
            sources = [value.source for value in known if value.column == column]
            self.fields[f"source-{column}"] = forms.CharField(
                label=f"来源：{title}",
                max_length=100,
                required=False,
                initial=sources[0] if sources else "",
                help_text="如：县妇联活动台账",
                show_hidden_initial=True,
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for column in self.definition.hand_columns:
            typed = [cleaned.get(name_of(line, column)) for line in self.lines]
            if any(value is not None for value in typed) and not cleaned.get(f"source-{column}"):
                self.add_error(f"source-{column}", "请写数字的来源。")
        return cleaned

    def typed(self) -> Iterator[Typed]:
        """Yield every cell that was changed, as it was typed; an empty one takes its value away.

        What the page showed and nobody touched is left to whoever changed it meanwhile.
        """
        for column in self.definition.hand_columns:
            source = self.cleaned_data[f"source-{column}"]
            for line in self.lines:
                name = name_of(line, column)
                if touched(self, name):
                    yield Typed(line.key, column, self.cleaned_data[name], source)
                elif touched(self, f"source-{column}"):
                    yield Typed(line.key, column, None, source, is_untouched=True)

    def rows(self) -> Iterator[tuple[str, list[Any]]]:
        """Yield title and fields of each line."""
        for line in self.lines:
            yield line.title, [self[name_of(line, column)] for column in self.definition.hand_columns]

    def sources(self) -> list[Any]:
        return [self[f"source-{column}"] for column in self.definition.hand_columns]

    def sources_shown(self) -> list[Any]:
        """Return hidden inputs with the sources as they stood when the page was opened."""
        return [source.as_hidden(only_initial=True) for source in self.sources()]

    def titles(self) -> list[str]:
        return [self.definition.title_of(column) for column in self.definition.hand_columns]


def name_of(line: Line, column: int) -> str:
    """Return the name of a cell's field: by the row itself, as another may come before it while the page is open."""
    return f"value-{line.key}-{column}"


def touched(form: forms.Form, name: str) -> bool:
    """Return whether a field was sent with something else than the page had shown in it."""
    shown = form[name].html_initial_name
    return name in form.data and (shown not in form.data or name in form.changed_data)


class PlainNumberField(forms.DecimalField):
    """A number as people write it: 1e5 is none."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and "e" in value.lower():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


def _number_field(label: str, unit: str) -> forms.DecimalField:
    return PlainNumberField(
        label=label,
        min_value=0,
        max_value=LARGEST,
        decimal_places=0 if unit in COUNTED else 2,
        required=False,
        error_messages={
            "invalid": "请填数字。",
            "min_value": "不能小于 0。",
            "max_value": "数字太大，请核对单位。",
            "max_digits": "数字太大，请核对单位。",
            "max_whole_digits": "数字太大，请核对单位。",
            "max_decimal_places": f"“{unit}”请填整数。" if unit in COUNTED else "最多填两位小数。",
        },
        widget=forms.NumberInput(attrs={"class": "form-control form-control-sm"}),
    )


def _plain(value: Decimal) -> Decimal | int:
    return int(value) if value == int(value) else value.normalize()
