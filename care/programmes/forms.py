"""Forms of programmes: what one is, its items as rows, where it is held, and what is decided about one child."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property

from aixin.web.widgets import DayInput, to_choose
from care.models import Duty
from care.programmes.choices import Certified, How, Period, Reach
from care.programmes.models import Programme, ProgrammeItem
from children.choices import Category
from visits.choices import Way

TICKS = forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})
A_YEAR, LONGEST_DAYS = datetime.timedelta(days=366), 3 * 366
BLANK_ROWS, MOST_ITEMS, DAYS_OF_WEEK = 3, 20, 7
_DATE_ERRORS = {"required": "请填日期。", "invalid": "日期写法不对，如 2026-10-01。"}


class ProgrammeForm(forms.ModelForm):  # type: ignore[type-arg]
    reach = forms.ChoiceField(
        label="哪些孩子参加",
        choices=to_choose(Reach.choices),
        error_messages={"required": "请选哪些孩子参加。"},
    )

    class Meta:
        model = Programme
        fields = (
            "name", "purpose", "first_on", "last_on", "reach", "certificate", "certificate_title",
            "certificate_text", "certificate_share",
        )  # fmt: skip
        widgets = {"first_on": DayInput, "last_on": DayInput, "purpose": forms.Textarea(attrs={"rows": 2})}
        error_messages = {
            "name": {"required": "请写项目名称。"},
            "first_on": _DATE_ERRORS,
            "last_on": _DATE_ERRORS,
        }
        help_texts = {
            "certificate_share": "项目里再没有新的事要到期以后发；该办的次数里办完多少才发，免办的不算。"
        }

    def clean_first_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["first_on"]
        today = timezone.localdate()
        if "first_on" in self.changed_data and not today - A_YEAR <= day <= today + A_YEAR:
            raise forms.ValidationError("开始日期要在前后一年以内，请核对年份。")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_on"), cleaned.get("last_on")
        if first and last and not 0 <= (last - first).days <= LONGEST_DAYS:
            self.add_error("last_on", "结束日期要在开始日期之后，最长三年。")
        if cleaned.get("certificate") != Certified.NONE and not cleaned.get("certificate_title"):
            self.add_error("certificate_title", "要发证书，请写证书名称。")
        return cleaned


class ItemForm(forms.ModelForm):  # type: ignore[type-arg]
    how = forms.ChoiceField(
        label="怎样算做了", choices=to_choose(How.choices), error_messages={"required": "请选怎样算做了。"}
    )
    period = forms.ChoiceField(
        label="多久", choices=to_choose(Period.choices), error_messages={"required": "请选多久做一次。"}
    )
    ways = forms.MultipleChoiceField(label="哪种走访算", required=False, choices=Way.choices, widget=TICKS)
    categories = forms.MultipleChoiceField(
        label="只给哪些类别的孩子（不勾就是都给）", required=False, choices=Category.choices, widget=TICKS
    )

    class Meta:
        model = ProgrammeItem
        fields = ("name", "how", "ways", "period", "times", "categories", "age_from", "age_to")
        error_messages = {"name": {"required": "请写做什么。"}, "times": {"required": "请写几次。"}}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("how") == How.VISIT and not cleaned.get("ways"):
            self.add_error("ways", "请勾选哪种走访算做了。")
        if cleaned.get("period") == Period.WEEK and (cleaned.get("times") or 0) > DAYS_OF_WEEK:
            self.add_error("times", "每周最多 7 次。")
        ages = cleaned.get("age_from"), cleaned.get("age_to")
        if None not in ages and ages[0] > ages[1]:  # type: ignore[operator]
            self.add_error("age_to", "年龄上限不能小于下限。")
        return cleaned


class _Items(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """The items that stand; at least one row is filled in."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].widget.attrs["class"] = "form-check-input"

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = [form for form in self.forms if form.has_changed() or form.instance.pk]
        if not [form for form in kept if not form.cleaned_data.get("DELETE")]:
            raise forms.ValidationError("请至少写一项内容。")


ItemFormSet = forms.inlineformset_factory(
    Programme,
    ProgrammeItem,
    form=ItemForm,
    formset=_Items,
    extra=BLANK_ROWS,
    max_num=MOST_ITEMS,
    validate_max=True,
    can_delete=True,
)


def items_of(programme: Programme, data: Any = None) -> Any:
    """Return the rows of a programme's items, filled in from what was sent, if anything was."""
    standing = ProgrammeItem.objects.standing()
    return ItemFormSet(data, instance=programme, queryset=standing, prefix="items")


class TownshipsForm(forms.Form):
    """Where a county holds a programme; all of its townships is the whole county."""

    townships = forms.MultipleChoiceField(
        label="哪些乡镇参加",
        widget=TICKS,
        error_messages={"required": "请至少勾选一个乡镇。", "invalid_choice": "请从列出的乡镇里选。"},
    )

    def __init__(self, *args: Any, offered: list[tuple[str, str]], chosen: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["townships"].choices = offered  # type: ignore[attr-defined]
        self.initial["townships"] = chosen or [code for code, _ in offered]

    @property
    def chosen(self) -> list[str]:
        """What is to be stored: nothing where every township takes part."""
        ticked: list[str] = self.cleaned_data["townships"]
        return [] if len(ticked) == len(self.fields["townships"].choices) else ticked  # type: ignore[attr-defined]


class LeaveOutForm(forms.Form):
    reason = forms.CharField(
        label="为什么不参加",
        max_length=100,
        error_messages={"required": "请写一句为什么不参加。"},
        help_text="如：监护人不愿意参加。只有本县看得到。",
    )


class DoneForm(forms.Form):
    """做了: a duty that a tick closes, and on which day it was done."""

    done_on = forms.DateField(label="哪天做的", widget=DayInput, error_messages=_DATE_ERRORS)

    def __init__(self, *args: Any, duty: Duty, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duty = duty
        self.initial["done_on"] = timezone.localdate()

    def clean_done_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["done_on"]
        if not self.duty.opens_on <= day <= timezone.localdate():
            raise forms.ValidationError(f"请填 {self.duty.opens_on:%Y-%m-%d} 到今天之间的日期。")
        return day


class DonePart(forms.Form):
    """What of her programmes was done, inside the form of a visit; a tick that is out of date is let go."""

    template_name = "care/programmes/part.html"

    def __init__(self, *args: Any, children: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.children = children
        self.fields["done"] = _Lenient(label="这次还办了", choices=self._offered)

    @cached_property
    def duties(self) -> list[Duty]:
        """What may be ticked; not looked up for a form that ticks nothing and is not shown again."""
        return list(Duty.objects.to_tick(timezone.localdate()).filter(child__in=self.children))

    def _offered(self) -> list[tuple[int, str]]:
        return [(duty.pk, f"{duty.child.name}：{duty.what}") for duty in self.duties]

    @property
    def ticked(self) -> list[Duty]:
        """The duties that were ticked and are still open."""
        keys = self.cleaned_data["done"]
        return [duty for duty in self.duties if duty.pk in keys] if keys else []


class _Lenient(forms.MultipleChoiceField):
    """Ticks of which those offered no more are left out: a form written offline may be days old."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=TICKS, **kwargs)

    def clean(self, value: Any) -> list[int]:
        if not value:
            return []
        choices: Any = self.choices
        known = {str(key) for key, _ in choices}
        return [int(one) for one in value if one in known]
