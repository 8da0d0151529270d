"""记一次: what a volunteer fills in under a minute, and staff for her."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from children.models import Child
from visits.choices import Answer, Finding, Way
from visits.models import CallBack, Visit
from visits.services import new_client_uuid
from volunteers.models import Volunteer

BACKFILL_AFTER_DAYS = 7
OLDEST_YEARS = 5


def is_late(day: datetime.date) -> bool:
    """Return whether a record made today of a visit on that day is one typed in later (补录)."""
    return (timezone.localdate() - day).days > BACKFILL_AFTER_DAYS


class ChildrenField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class VisitForm(forms.ModelForm):  # type: ignore[type-arg]
    """One contact with the children of a household."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    children = ChildrenField(
        Child.objects.none(),
        label="孩子",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={"required": "请选择孩子。"},
    )
    volunteers = ChildrenField(
        Volunteer.objects.none(),
        label="爱心妈妈",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    way = forms.ChoiceField(
        label="怎么联系的",
        choices=Way,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择联系方式。"},
    )

    class Meta:
        model = Visit
        fields = (
            "date", "way", "family", "study", "life", "seen", "done", "next_step", "goods", "goods_value", "companions",
        )  # fmt: skip
        widgets = {
            "date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "family": forms.RadioSelect,
            "study": forms.RadioSelect,
            "life": forms.RadioSelect,
            "seen": forms.Textarea(attrs={"rows": 3}),
            "done": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, offered: Any, companions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["children"].queryset = offered  # type: ignore[attr-defined]
        self.fields["volunteers"].queryset = companions  # type: ignore[attr-defined]
        self.initial.setdefault("client_uuid", new_client_uuid())
        for name in ("family", "study", "life"):
            self.fields[name].choices = Finding.choices  # type: ignore[attr-defined]

    def clean_date(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["date"]
        today = timezone.localdate()
        if day > today:
            raise forms.ValidationError("日期不能晚于今天。")
        if today.year - day.year > OLDEST_YEARS:
            raise forms.ValidationError("日期太早，请核对年份。")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        changed = any(cleaned.get(name) == Finding.CHANGED for name in ("family", "study", "life"))
        if changed and not cleaned.get("seen"):
            self.add_error("seen", "有变化的，请写一句变化是什么。")
        return cleaned

    def built(self) -> Visit:
        """Return the visit as typed, not yet stored; late paper records say that they are (补录)."""
        visit: Visit = self.save(commit=False)
        visit.client_uuid = self.cleaned_data["client_uuid"]
        visit.is_backfill = is_late(visit.date)
        return visit


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="撤回原因", max_length=100, error_messages={"required": "请写一句为什么撤回。"}
    )


class CallBackForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = CallBack
        fields = ("assigned_to", "due_on", "question")
        widgets = {"due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = self.fields["assigned_to"]
        people.queryset = colleagues  # type: ignore[attr-defined]
        people.empty_label = None  # type: ignore[attr-defined]
        people.label_from_instance = lambda user: user.get_full_name()  # type: ignore[attr-defined]

    def clean_due_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["due_on"]
        if day < timezone.localdate():
            raise forms.ValidationError("最晚日期不能早于今天。")
        return day


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label="结果", choices=Answer.choices, error_messages={"required": "请选回访结果。"}
    )
    remark = forms.CharField(label="说明", max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("answer") == Answer.TROUBLE and not cleaned.get("remark"):
            self.add_error("remark", "有问题的，请写一句是什么问题。")
        return cleaned


class SituationForm(forms.Form):
    text = forms.CharField(
        label="现在的情况", max_length=1000, error_messages={"required": "请写一句现在的情况。"}
    )
