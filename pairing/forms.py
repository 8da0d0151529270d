"""Confirming and ending a pairing."""

import datetime
from typing import Any

from django import forms

from aixin.access.fields import KeptSecretField, past_day
from aixin.exchange.identity import clean_typed_phone
from aixin.web.widgets import DayInput
from pairing.choices import EndReason
from pairing.models import Pairing
from pairing.services import Terms


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


class EndForm(forms.Form):
    """Why and when a pairing ends, and what the next volunteer should know."""

    reason = forms.ChoiceField(label="解除原因", choices=EndReason)
    day = forms.DateField(label="解除日期", widget=DayInput())
    handover = forms.CharField(
        label="交接说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, pairing: Pairing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pairing = pairing

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
