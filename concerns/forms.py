"""Forms of what is raised, reported and asked; two of them stand inside the form of a visit."""

from typing import Any

from django import forms

from aixin.web.widgets import to_choose
from children.models import Child
from concerns.choices import Kind, Office, Sign, Topic, Urgency
from concerns.models import Concern, Question, Specialist
from concerns.services import new_client_uuid
from volunteers.models import Volunteer

CHECKS = forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})


class NamedChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class ConcernPart(forms.Form):
    """问题上报 inside the form of a visit: nothing chosen and nothing written is nothing raised."""

    template_name = "concerns/part_concern.html"

    child = NamedChoice(Child.objects.none(), label="哪个孩子", required=False)
    kind = forms.ChoiceField(label="哪方面的问题", choices=to_choose(Kind.choices), required=False)
    urgency = forms.ChoiceField(
        label="急不急",
        choices=Urgency.choices,
        widget=forms.RadioSelect,
        required=False,
        initial=Urgency.DAILY,
    )
    text = forms.CharField(label="什么问题，需要谁帮忙", max_length=1000, required=False)

    def __init__(self, *args: Any, children: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["child"].queryset = children  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("text") and not cleaned.get("kind"):
            self.add_error("kind", "请选是哪方面的问题。")
        if cleaned.get("kind") and not cleaned.get("text"):
            self.add_error("text", "请写一句是什么问题。")
        return cleaned

    @property
    def is_raised(self) -> bool:
        """Whether the valid form says anything."""
        return bool(self.cleaned_data.get("kind"))

    @property
    def is_open(self) -> bool:
        """Whether the page shows it unfolded: something is wrong in it."""
        return bool(self.is_bound and self.errors)

    def built(self) -> Concern:
        """Return the matter as typed, not yet stored."""
        cleaned = self.cleaned_data
        urgency = cleaned["urgency"] or Urgency.DAILY
        return Concern(kind=cleaned["kind"], urgency=urgency, text=cleaned["text"])


class ConcernForm(forms.ModelForm):  # type: ignore[type-arg]
    """问题上报 from a child's page."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label="哪方面的问题",
        choices=Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选是哪方面的问题。"},
    )
    urgency = forms.ChoiceField(
        label="急不急", choices=Urgency.choices, widget=forms.RadioSelect, initial=Urgency.DAILY
    )

    class Meta:
        model = Concern
        fields = ("kind", "urgency", "text")
        labels = {"text": "什么问题，需要谁帮忙"}
        error_messages = {"text": {"required": "请写一句是什么问题。"}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("client_uuid", new_client_uuid())

    def built(self) -> Concern:
        """Return the matter as typed, not yet stored."""
        concern: Concern = self.save(commit=False)
        concern.client_uuid = self.cleaned_data["client_uuid"]
        return concern


class HandOverForm(forms.Form):
    office = forms.ChoiceField(
        label="移交给", choices=to_choose(Office.choices), error_messages={"required": "请选移交给哪个部门。"}
    )
    handed_to = forms.CharField(label="对方经办人、电话", max_length=60, required=False)


class ResultForm(forms.Form):
    result = forms.CharField(
        label="办理结果（会告诉上报的人）",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写一句办理结果。"},
    )


class ReportPart(forms.Form):
    """强制报告 inside the form of a visit: never refused for what is missing."""

    template_name = "concerns/part_report.html"

    signs = forms.MultipleChoiceField(
        label="发现了什么（可多选）", choices=Sign.choices, widget=CHECKS, required=False
    )
    text = forms.CharField(label="看到、听到的情况", max_length=1000, required=False)
    about_head = forms.BooleanField(label="事情涉及县妇联负责人本人", required=False)

    def __init__(self, *args: Any, children: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    @property
    def is_raised(self) -> bool:
        """Whether the valid form says anything."""
        return bool(self.cleaned_data["signs"] or self.cleaned_data["text"])

    @property
    def stated_signs(self) -> list[str]:
        """What was ticked; words alone are a sign too."""
        return self.cleaned_data["signs"] or [Sign.OTHER.value]


class ReportForm(ReportPart):
    """强制报告 from a child's page."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("client_uuid", new_client_uuid())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("signs") and not cleaned.get("text"):
            self.add_error("signs", "请勾选发现了什么，或写一句。")
        return cleaned


class StepForm(forms.Form):
    text = forms.CharField(
        label="做了什么",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写一句。"},
    )


class QuestionForm(forms.ModelForm):  # type: ignore[type-arg]
    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    child = NamedChoice(
        Child.objects.none(), label="关于哪个孩子", required=False, empty_label="不针对哪个孩子"
    )

    class Meta:
        model = Question
        fields = ("topic", "child", "text")
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}
        error_messages = {
            "topic": {"required": "请选是哪方面的问题。"},
            "text": {"required": "请写下您的问题。"},
        }

    def __init__(self, *args: Any, children: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["child"].queryset = children  # type: ignore[attr-defined]
        self.fields["topic"].choices = to_choose(Topic.choices)  # type: ignore[attr-defined]
        self.initial.setdefault("client_uuid", new_client_uuid())

    def built(self) -> Question:
        """Return the question as typed, not yet stored."""
        question: Question = self.save(commit=False)
        question.client_uuid = self.cleaned_data["client_uuid"]
        return question


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label="解答",
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "请写下解答。"},
    )


class SpecialistForm(forms.ModelForm):  # type: ignore[type-arg]
    volunteer = NamedChoice(
        Volunteer.objects.none(),
        label="爱心妈妈",
        empty_label="请选择",
        error_messages={"required": "请选一位爱心妈妈。"},
    )
    topic = forms.ChoiceField(
        label="解答什么",
        choices=to_choose(Topic.choices),
        error_messages={"required": "请选解答哪方面。"},
    )

    class Meta:
        model = Specialist
        fields = ("volunteer", "topic")

    def __init__(self, *args: Any, offered: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = self.fields["volunteer"]
        people.queryset = offered  # type: ignore[attr-defined]
        people.label_from_instance = _with_kind  # type: ignore[attr-defined]


def _with_kind(volunteer: Volunteer) -> str:
    return f"{volunteer.name}（{volunteer.get_kind_display()}）"
