"""Forms of a pairing's life: confirming, pausing, ending, its papers, the card and what comes back by it."""

import datetime
from typing import Any

from django import forms

from aixin.access.fields import KeptSecretField, past_day
from aixin.exchange.identity import clean_typed_phone
from aixin.web.widgets import DayInput, to_choose
from children.consent_forms import read_scan
from children.consenting import Paper
from pairing.choices import CHOSEN_REASONS, ReportKind
from pairing.models import Pairing
from pairing.pictures import PictureError, upright_jpeg
from pairing.services import Terms

PORTRAIT_BYTES = 20 * 1024 * 1024


class ConfirmForm(forms.Form):
    """What staff state when they pair a child with a volunteer."""

    started_on = forms.DateField(label="结对日期", widget=DayInput())
    is_main = forms.BooleanField(label="由她主责", required=False)
    liaison = forms.CharField(label="村妇联主席（联络人）", max_length=40, required=False)
    liaison_phone = KeptSecretField(label="主席电话", max_length=30)
    agreement_signed = forms.BooleanField(label="安全责任书已签", required=False)
    notes = forms.CharField(
        label="备注", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_started_on(self) -> datetime.date:
        return past_day(self.cleaned_data["started_on"], "结对日期")

    def clean_liaison_phone(self) -> str:
        typed = self.cleaned_data["liaison_phone"]
        return clean_typed_phone(typed) if typed else ""

    def terms(self) -> Terms:
        """Return the cleaned terms."""
        return Terms(**self.cleaned_data)


def hand_over_field() -> forms.CharField:
    """Return the field for what the next volunteer should know."""
    return forms.CharField(
        label="交接说明",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="接手的爱心妈妈看得到：孩子的习惯、约好的事、要留意的情况。加密保存。",
    )


def offer_heirs(form: forms.Form, pairing: Pairing) -> None:
    """Let a form ask who becomes main; the question is left out when there is nothing to choose."""
    heirs = pairing.heirs() if pairing.is_main and pairing.is_active else []
    if heirs:
        named = to_choose((str(one.pk), one.volunteer.name) for one in heirs)
        form.fields["heir"].choices = named  # type: ignore[attr-defined]
        form.fields["heir"].error_messages["required"] = "请选由谁主责。"
    else:
        del form.fields["heir"]


def heir_in(form: forms.Form) -> int | None:
    """Return the pairing that was chosen to become main, if there was a choice."""
    chosen = form.cleaned_data.get("heir")
    return int(chosen) if chosen else None


class PauseForm(forms.Form):
    """Why a pairing pauses, and what whoever steps in should know."""

    reason = forms.CharField(label="暂停原因", max_length=100, help_text="如：生病住院、外出学习。")
    heir = forms.ChoiceField(label="暂停期间由谁主责")
    handover = hand_over_field()

    def __init__(self, *args: Any, pairing: Pairing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_heirs(self, pairing)


class HandOverForm(forms.Form):
    """What the next volunteer should know, written after the end."""

    handover = hand_over_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handover"].required = True
        self.fields["handover"].error_messages["required"] = "请写一句交接说明。"


class RefusalForm(forms.Form):
    """Why the county says no to what a township proposed."""

    reason = forms.CharField(label="不同意的原因", max_length=100)


class AgreementForm(forms.Form):
    """On which days the two signed the 安全责任书, and its scan."""

    volunteer_signed_on = forms.DateField(label="爱心妈妈签字日期", widget=DayInput())
    guardian_signed_on = forms.DateField(label="监护人签字日期", widget=DayInput())
    scan = forms.FileField(
        label="签字扫描件",
        required=False,
        help_text="可以不传。jpg、png 或 pdf，不超过 10 MB，加密保存。",
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png,.pdf"}),
    )

    def clean_volunteer_signed_on(self) -> datetime.date:
        return past_day(self.cleaned_data["volunteer_signed_on"], "签字日期")

    def clean_guardian_signed_on(self) -> datetime.date:
        return past_day(self.cleaned_data["guardian_signed_on"], "签字日期")

    def clean_scan(self) -> Paper | None:
        return read_scan(self.cleaned_data["scan"])


class PortraitForm(forms.Form):
    """A volunteer's picture for the door, and that she agrees to its being shown there."""

    picture = forms.FileField(
        label="照片",
        help_text="正面免冠照片，手机拍的就行（jpg、png、heic，不超过 20 MB）。系统自动缩小，并去掉拍摄地点等附加信息。",
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png,.heic,.heif"}),
    )
    agreed = forms.BooleanField(
        label="本人同意：监护人扫描结对卡时显示这张照片",
        error_messages={"required": "本人同意后才能使用照片。"},
    )

    def clean_picture(self) -> bytes:
        uploaded = self.cleaned_data["picture"]
        if (uploaded.size or 0) > PORTRAIT_BYTES:
            raise forms.ValidationError("照片超过 20 MB，请用手机裁小一些再传。")
        try:
            return upright_jpeg(uploaded.read())
        except PictureError as fault:
            raise forms.ValidationError(str(fault)) from fault


class DoorReportForm(forms.Form):
    """What somebody with a card tells the county; nobody is logged in."""

    text = forms.CharField(
        label="请写下情况", max_length=500, widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    phone = forms.CharField(
        label="您的电话（可不填）",
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )

    def __init__(self, *args: Any, kind: ReportKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == ReportKind.COMPLAINT:
            self.fields["text"].required = True
            self.fields["text"].error_messages["required"] = "请写一句发生了什么。"
        else:
            self.fields["text"].label = "原因（可不填）"

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"]
        return clean_typed_phone(typed) if typed else ""


class ReportAnswerForm(forms.Form):
    """What the county did about a report."""

    remark = forms.CharField(label="办理情况", max_length=300)


class RuleForm(forms.Form):
    """Whether what townships pair waits for the county."""

    needed = forms.ChoiceField(
        label="乡镇、村提出的结对",
        choices=[("", "按上级规定"), ("1", "要经县级同意"), ("0", "不用审批，直接办理")],
        required=False,
        widget=forms.RadioSelect,
    )

    def decided(self) -> bool | None:
        """Return the region's own decision; None follows the region above."""
        return {"1": True, "0": False}.get(self.cleaned_data["needed"])


class EndForm(forms.Form):
    """Why and when a pairing ends, and what the next volunteer should know."""

    reason = forms.ChoiceField(
        label="解除原因", choices=to_choose(CHOSEN_REASONS), error_messages={"required": "请选解除原因。"}
    )
    day = forms.DateField(label="解除日期", widget=DayInput())
    heir = forms.ChoiceField(label="由谁接任主责")
    handover = hand_over_field()

    def __init__(self, *args: Any, pairing: Pairing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pairing = pairing
        offer_heirs(self, pairing)

    def clean_day(self) -> datetime.date:
        day = past_day(self.cleaned_data["day"], "解除日期")
        if self.pairing.started_on and day < self.pairing.started_on:
            raise forms.ValidationError(f"解除日期不能早于结对日期（{self.pairing.started_on:%Y-%m-%d}）。")
        return day


class PairingForm(forms.ModelForm):  # type: ignore[type-arg]
    """Papers and liaison of a standing pairing."""

    liaison_phone = KeptSecretField(label="主席电话", max_length=30)

    class Meta:
        model = Pairing
        fields = ("liaison", "liaison_phone", "agreement_signed", "notes")
        widgets = {"notes": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["liaison_phone"] = ""
        self.fields["liaison_phone"].show_masked(self.instance.masked_liaison_phone)  # type: ignore[attr-defined]

    def clean_liaison_phone(self) -> str:
        typed = self.cleaned_data["liaison_phone"]
        return clean_typed_phone(typed) if typed else self.instance.liaison_phone
