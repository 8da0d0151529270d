"""Forms of duties and of what a region decides about them."""

import datetime
from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from care.choices import Festival
from care.models import CarePolicy
from care.policy import Rules

_TICKS = forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})
DAY_FIELDS = (
    "call_days", "meeting_days", "home_days", "change_hours", "window_days", "remind_days", "chair_days",
    "township_days", "county_days", "fresh_days", "callbacks", "callback_day",
)  # fmt: skip
SWITCHES = ("school", "birthday")


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


# How far ahead a duty may be moved.
FARTHEST_DAYS = 366


class MoveForm(forms.Form):
    day = forms.DateField(label="改到哪天", error_messages={"required": "请选新的日期。"}, widget=DayInput)
    reason = forms.CharField(
        label="为什么改期", max_length=200, error_messages={"required": "请写一句为什么改期。"}
    )

    def clean_day(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["day"]
        if day < timezone.localdate():
            raise forms.ValidationError("新的日期不能早于今天。")
        if (day - timezone.localdate()).days > FARTHEST_DAYS:
            raise forms.ValidationError("新的日期最晚到明年今天，请核对年份。")
        return day


class ExcuseForm(forms.Form):
    reason = forms.CharField(
        label="为什么这次不用办",
        max_length=200,
        error_messages={"required": "请写一句为什么这次不用办。"},
        help_text="如：孩子住校，班主任每周联系。下一次照常安排。",
    )


class ReportForm(forms.Form):
    day = forms.DateField(label="哪天知道的", widget=DayInput)
    note = forms.CharField(
        label="什么情况",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写一句是什么变故或困难。"},
    )

    def clean_day(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["day"]
        today = timezone.localdate()
        if not today - datetime.timedelta(days=30) <= day <= today:
            raise forms.ValidationError("请填最近 30 天内、不晚于今天的日期。")
        return day


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    """A region's own decisions; what is left empty holds as the region above says."""

    school = forms.ChoiceField(label="每学期到校一次", required=False)
    birthday = forms.ChoiceField(label="生日必访", required=False)
    festivals_own = forms.BooleanField(label="节日由本级定（改了下面的勾选，就以本级为准）", required=False)
    festivals_on = forms.MultipleChoiceField(
        label="必访的节日", required=False, choices=Festival.choices, widget=_TICKS
    )

    class Meta:
        model = CarePolicy
        fields = DAY_FIELDS

    def __init__(self, *args: Any, holds: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holds = holds
        for name in DAY_FIELDS:
            self.fields[name].widget.attrs["placeholder"] = f"同上级（{getattr(holds, name)}）"
            _say_range(self.fields[name], name)
        for name in SWITCHES:
            above = (
                "同上级" if getattr(self.instance, name) is not None else f"同上级（{_word(holds, name)}）"
            )
            self.fields[name].choices = [("", above), ("1", "要"), ("0", "不要")]  # type: ignore[attr-defined]
            self.initial[name] = {None: "", True: "1", False: "0"}[getattr(self.instance, name)]
        self.initial["festivals_own"] = self.instance.festivals is not None
        self.initial["festivals_on"] = list(holds.festivals)

    @property
    def cadence_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("call_days", "meeting_days", "home_days", "school")]

    @property
    def visit_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("change_hours", "birthday", "window_days")]

    @property
    def telling_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("remind_days", "chair_days", "township_days", "county_days")]

    @property
    def county_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("fresh_days", "callbacks", "callback_day")]

    def draft(self) -> CarePolicy:
        """Return the region's decisions as the form states them, not stored."""
        own: CarePolicy = self.save(commit=False)
        for name in SWITCHES:
            setattr(own, name, {"": None, "1": True, "0": False}[self.cleaned_data[name]])
        ticked = self.cleaned_data["festivals_on"]
        decides = self.cleaned_data["festivals_own"] or set(ticked) != set(self.holds.festivals)
        own.festivals = ticked if decides else None
        return own


def _say_range(field: Any, name: str) -> None:
    """Let a number out of the model's range be refused in the words of the form."""
    limits = cast("models.Field[Any, Any]", CarePolicy._meta.get_field(name)).validators
    least = max(limit.limit_value for limit in limits if isinstance(limit, MinValueValidator))
    most = min(limit.limit_value for limit in limits if isinstance(limit, MaxValueValidator))
    words = f"“{field.label}”请填 {least} 到 {most} 之间的整数，空着同上级。"
    field.error_messages["invalid"] = words
    field.validators = [MinValueValidator(least, words), MaxValueValidator(most, words)]


def _word(holds: Rules, name: str) -> str:
    return "要" if getattr(holds, name) else "不要"
