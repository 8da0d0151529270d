"""Uploading a blank workbook, saying what its cells hold, filling in what no system knows."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from django import forms

from aixin.access.models import Region
from reports.crossing import SHORTEST_CODE, can_cross
from reports.dimensions import DIMENSIONS
from reports.metrics import METRICS, Metric
from reports.models import FormWorkbook, WorkbookValue
from reports.returns.definition import split_cell
from reports.returns.forms import cell_choices
from reports.returns.hand_form import touched
from reports.returns.workbooks import GridCell, place_in_row, tidied

HAND, NOTHING, BY_ROW = "hand", "nothing", "row"


class UploadForm(forms.ModelForm):  # type: ignore[type-arg]
    """A blank workbook of the level above."""

    file = forms.FileField(
        label="空表文件",
        error_messages={"required": "请先选择文件。", "empty": "文件是空的，请重新选择。"},
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )

    class Meta:
        model = FormWorkbook
        fields = ("title", "period_kind", "sheet")
        error_messages = {"title": {"required": "请填名称。"}}
        help_texts = {"title": "如：省妇联关爱服务季报", "sheet": "不填用第一张。"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sheet"].required = False


def source_choices() -> list[Any]:
    metrics = [(key, f"{metric.name}（{metric.unit}）") for key, metric in METRICS.items()]
    return [
        ("", "请选择"),
        ("不取自系统", [(HAND, "手工填写"), (NOTHING, "取消对应，保持原样")]),
        ("系统统计", metrics),
    ]


class MapForm(forms.Form):
    """What the ticked cells hold."""

    cells = forms.MultipleChoiceField(
        label="单元格",
        error_messages={"required": "请先在表里勾选单元格。", "invalid_choice": "请只勾选表里的单元格。"},
    )
    source = forms.ChoiceField(
        label="填什么", choices=source_choices, error_messages={"required": "请选填什么。"}
    )
    cell = forms.ChoiceField(label="只数其中", choices=cell_choices, required=False)
    across = forms.ChoiceField(label="同时只数", choices=cell_choices, required=False)
    place = forms.ChoiceField(label="哪里的", required=False)
    replaces = forms.BooleanField(label="格子里原来的文字由数字代替", required=False)
    label = forms.CharField(
        label="手工填写的内容",
        max_length=40,
        required=False,
        help_text="手工填写时写明填什么，如：活动经费（万元）",
    )

    def __init__(
        self,
        data: Any,
        *,
        grid: list[list[GridCell]],
        region: Region,
        places: list[Region],
        mapped: Collection[str],
    ) -> None:
        super().__init__(data)
        self.printed = {
            cell.name: cell.text for row in grid for cell in row if cell.text and cell.name not in mapped
        }
        self.grid, self.places, self.region = grid, places, region
        names = [cell.name for row in grid for cell in row if not cell.is_formula]
        self.fields["cells"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            ("", f"{region.name}（全部）"),
            (BY_ROW, "按所在行的地名"),
            *((place.code, place.name) for place in places),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        source = cleaned.get("source")
        if source == HAND and not cleaned.get("label"):
            self.add_error("label", "请写明要填什么。")
        if source in METRICS:
            self._check_metric(cleaned)
        covered = [name for name in cleaned.get("cells", []) if name in self.printed]
        if covered and source != NOTHING and not cleaned.get("replaces"):
            said = "、".join(f"{name}“{self.printed[name][:12]}”" for name in covered[:3])
            self.add_error(
                "replaces", f"{said}原来有文字，填了就盖掉。要盖掉请勾选这一项，不要盖请重选单元格。"
            )
        return cleaned

    def _check_metric(self, cleaned: dict[str, Any]) -> None:
        dimension, _ = split_cell(cleaned.get("cell") or "")
        metric = METRICS[cleaned["source"]]
        if dimension and dimension not in metric.dimensions:
            self.add_error("cell", f"“{metric.name}”不能按{DIMENSIONS[dimension].label}分。")
        elif fault := self._fault_across(metric, dimension, cleaned.get("across") or ""):
            self.add_error("across", fault)
        if cleaned.get("place") == BY_ROW:
            nameless = [name for name in cleaned.get("cells", []) if not self._place(name)]
            if nameless:
                self.add_error("place", f"{'、'.join(nameless[:5])} 所在的行里没有找到下级地区的名称。")

    def _fault_across(self, metric: Metric, dimension: str, across: str) -> str:
        """Return why a figure cannot be narrowed to a second cell; empty where it can, or is not to be."""
        other, _ = split_cell(across)
        if not other:
            return ""
        if not dimension:
            return "请先选“只数其中”。"
        if not can_cross(metric, dimension, other):
            labels = [DIMENSIONS[key].label for key in (dimension, other)]
            return f"“{metric.name}”不能既按{labels[0]}又按{labels[1]}分。"
        return "" if len(self.region.code) >= SHORTEST_CODE else "省里的数不能同时按两项分。"

    def _place(self, name: str) -> str:
        row = next(row for row in self.grid if any(cell.name == name for cell in row))
        return place_in_row(row, self.places)

    def wanted(self) -> dict[str, dict[str, str] | None]:
        """Return for each ticked cell what it holds from now on."""
        return {name: self._what(name) for name in self.cleaned_data["cells"]}

    def _what(self, name: str) -> dict[str, str] | None:
        data = self.cleaned_data
        if data["source"] == NOTHING:
            return None
        if data["source"] == HAND:
            return {"hand": data["label"]}
        dimension, value = split_cell(data["cell"])
        place = self._place(name) if data["place"] == BY_ROW else data["place"]
        what = {"metric": data["source"], "dimension": dimension, "value": value, "place": place}
        return {**what, "across": data["across"]} if data["across"] else what


def _cell_label(name: str, label: str, place: str) -> str:
    """Return what a cell asks for: whose, what, and where it is: 文水县 · 活动经费：活动经费（万元）（G5）."""
    place = place.removesuffix(label).rstrip(" ·：")
    return f"{place}：{label}（{name}）" if place else f"{label}（{name}）"


class FillForm(forms.Form):
    """A text and a source for each cell that people fill in."""

    def __init__(
        self,
        data: Any,
        cells: Iterable[tuple[str, str]],
        known: Collection[WorkbookValue],
        places: Callable[[str], str] = lambda _: "",
    ) -> None:
        super().__init__(data)
        self.cells = [(name, _cell_label(name, label, places(name))) for name, label in cells]
        stored = {value.cell: value for value in known}
        for name, label in self.cells:
            before = stored.get(name)
            self.fields[f"value-{name}"] = forms.CharField(
                label=label,
                max_length=100,
                required=False,
                initial=before.value if before else "",
                show_hidden_initial=True,
            )
            self.fields[f"source-{name}"] = forms.CharField(
                label=f"来源：{label}",
                max_length=100,
                required=False,
                initial=before.source if before else "",
                show_hidden_initial=True,
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, _ in self.cells:
            cleaned[f"value-{name}"] = tidied(cleaned.get(f"value-{name}") or "")
            if cleaned[f"value-{name}"].startswith("="):
                self.add_error(f"value-{name}", "不能填公式，请填算好的数字。")
            if cleaned.get(f"value-{name}") and not cleaned.get(f"source-{name}"):
                self.add_error(f"source-{name}", "请写数字的来源。")
        return cleaned

    def typed(self) -> dict[str, tuple[str, str]]:
        """Return text and source of each cell that was changed; an empty text takes its value away."""
        data = self.cleaned_data
        return {
            name: (data[f"value-{name}"], data[f"source-{name}"])
            for name, _ in self.cells
            if touched(self, f"value-{name}") or touched(self, f"source-{name}")
        }

    def shown(self) -> list[Any]:
        """Return hidden inputs with what stood in the fields when the page was opened."""
        return [self[name].as_hidden(only_initial=True) for name in self.fields]

    def rows(self) -> Iterator[tuple[Any, Any]]:
        for name, _ in self.cells:
            yield self[f"value-{name}"], self[f"source-{name}"]
