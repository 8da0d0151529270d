import datetime
from typing import Any

from django import forms
from django.utils import timezone

from aixin.web.widgets import DayInput
from rounds.choices import NEEDS_WORDS, Outcome
from rounds.models import Round

LONGEST_DAYS = 92


class RoundForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Round
        fields = ("title", "due_on")
        widgets = {"due_on": DayInput}
        help_texts = {"title": "如：2026年第四季度摸排"}
        error_messages = {
            "title": {"required": "请填名称。"},
            "due_on": {"required": "请填截止日期。"},
        }

    def clean_due_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["due_on"]
        left = (day - timezone.localdate()).days
        if left < 0:
            raise forms.ValidationError("截止日期不能早于今天。")
        if left > LONGEST_DAYS:
            raise forms.ValidationError("一轮摸排最长三个月，请核对年月。")
        return day


class AnswerForm(forms.Form):
    """What is said of one child; a change or a leaving is said in words."""

    outcome = forms.ChoiceField(
        label="孩子的情况",
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一项。"},
    )
    words = forms.CharField(
        label="说明",
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="有变化、离开的，写一句：什么变化、去了哪里。可以用语音输入。",
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("outcome") in NEEDS_WORDS and not cleaned.get("words"):
            self.add_error("words", "有变化或离开的，请写一句说明。")
        return cleaned
