from typing import Any

from django import forms

from aixin.todos.kinds import Decision


class DecisionForm(forms.Form):
    """Why it is decided so; asked for where a decision needs it."""

    reason = forms.CharField(
        label="原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写一句话。不要写证件号码和电话。",
    )

    def __init__(self, *args: Any, decision: Decision, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = decision.needs_reason
        self.fields["reason"].label = decision.question if decision.needs_reason else "说明（可不填）"
