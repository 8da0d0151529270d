"""What is stated when a question is kept."""

from typing import Any

from django import forms
from django.http import QueryDict

from aixin.access.models import User
from aixin.privacy.masks import mask_numbers
from reports.asking.question import Question, question_from
from reports.asking.subjects import subject_of
from reports.models import SavedQuestion

LONGEST = 2000


class KeptForm(forms.Form):
    """The name of a question, and whether the office shares it."""

    name = forms.CharField(
        label="名称",
        max_length=40,
        help_text="写清楚查什么，不要写人的姓名。",
        error_messages={"required": "请给这个查询起个名称。", "max_length": "名称最多 40 个字。"},
    )
    is_shared = forms.BooleanField(label="本地区共用（本单位和下级都能看到）", required=False)

    def clean_name(self) -> str:
        return mask_numbers(self.cleaned_data["name"])

    @property
    def stated(self) -> dict[str, Any]:
        """Name and sharing, as the services take them."""
        return {"name": self.cleaned_data["name"], "shared": self.cleaned_data["is_shared"]}

    @classmethod
    def of(cls, row: SavedQuestion) -> "KeptForm":
        """Return the form as a question has it now."""
        return cls(initial={"name": row.name, "is_shared": row.is_shared})


class KeepForm(KeptForm):
    """The same beside the question itself, as its address writes it."""

    query = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "keep_%s", **kwargs})
        self.user = user

    def clean_query(self) -> Question:
        """Return the question, as far as it is understood whole."""
        question = question_of(self.cleaned_data["query"], self.user)
        if question is None or question.complaints:
            raise forms.ValidationError("这个查询里有看不懂的条件，请改好再保存。")
        return question


def question_of(query: str, user: User) -> Question | None:
    """Return the question that a query writes, None where it is about nothing we know."""
    data = QueryDict(query)
    subject = subject_of(data.get("subject", ""))
    return question_from(data, subject, user) if subject else None
