"""Taking a request, answering it, confirming an erasure."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from aixin.access.fields import name_blanks
from aixin.exchange.identity import clean_typed_name, clean_typed_phone
from aixin.rights.choices import Kind, State
from aixin.rights.models import RightsRequest
from aixin.web.widgets import DayInput

OLDEST = datetime.timedelta(days=366)


class RequestForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who asks for what, and when it came in."""

    asker_name = forms.CharField(label="请求人姓名", max_length=40)
    asker_phone = forms.CharField(label="请求人电话", max_length=30, required=False)
    content = forms.CharField(
        label="请求内容", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    class Meta:
        model = RightsRequest
        fields = ("kind", "asker_name", "asker_relation", "asker_phone", "way", "received_on", "content")
        widgets = {"received_on": DayInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["content"].help_text = "更正请写明哪一项应改成什么；证件号码不要写在这里。"
        name_blanks(self)

    def clean_asker_name(self) -> str:
        return clean_typed_name(self.cleaned_data["asker_name"])

    def clean_asker_phone(self) -> str:
        typed = self.cleaned_data["asker_phone"]
        return clean_typed_phone(typed) if typed else ""

    def clean_received_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("收到日期不能晚于今天。")
        if day < timezone.localdate() - OLDEST:
            raise forms.ValidationError("收到日期太早，请核对年份。")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("kind") == Kind.CORRECTION and not cleaned.get("content"):
            self.add_error("content", "请写明哪一项应改成什么。")
        return cleaned


class AnswerForm(forms.Form):
    """How a request ended."""

    state = forms.ChoiceField(
        label="办理结果", choices=[(State.DONE, State.DONE.label), (State.DECLINED, State.DECLINED.label)]
    )
    remark = forms.CharField(
        label="办理情况", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, is_erasure: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remark"].help_text = "未予办理时必须写明理由，并告知请求人。"
        if is_erasure:
            # Data is removed by the erasure itself, never by saying so.
            self.fields["state"].choices = [(State.DECLINED, State.DECLINED.label)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("state") == State.DECLINED and not cleaned.get("remark", "").strip():
            self.add_error("remark", "请写明未予办理的理由。")
        return cleaned


class EraseForm(forms.Form):
    """The public number typed again: nobody erases by a slip of the mouse."""

    public_no = forms.CharField(label="输入编号确认", max_length=12)

    def __init__(self, *args: Any, wanted: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wanted = wanted
        self.fields["public_no"].widget.attrs.update(inputmode="numeric", autocomplete="off")

    def clean_public_no(self) -> str:
        typed: str = self.cleaned_data["public_no"].strip()
        if typed != self.wanted:
            raise forms.ValidationError("编号不对，请照上面的编号输入。")
        return typed
