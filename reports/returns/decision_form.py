"""What the level above decides on a version."""

from typing import Any

from django import forms


class DecisionForm(forms.Form):
    """Accept it, or send it back and say why."""

    act = forms.ChoiceField(
        label="审核意见",
        choices=[("accept", "接收"), ("back", "退回，请改正后再报")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选接收或退回。"},
    )
    remark = forms.CharField(
        label="退回意见",
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="退回时写明哪里不对。",
    )
    number = forms.IntegerField(min_value=1, max_value=9999, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("act") == "back" and not cleaned.get("remark"):
            self.add_error("remark", "请写退回意见。")
        return cleaned
