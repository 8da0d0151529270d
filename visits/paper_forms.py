"""纸质记录补录: a grid with a row for each child of a place."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from aixin.web.widgets import DayInput
from visits.choices import Way
from visits.forms import ChildrenField, checked_day
from visits.models import Visit
from visits.services import new_client_uuid


class PaperRow(forms.ModelForm):  # type: ignore[type-arg]
    """One paper record about a child; a row without date and words says nothing and is passed over."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    volunteers = ChildrenField(
        None, label="爱心妈妈", required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})
    )
    way = forms.ChoiceField(label="方式", choices=Way, initial=Way.HOME)

    class Meta:
        model = Visit
        fields = ("date", "way", "seen", "done", "minutes")
        widgets = {"date": DayInput, "seen": forms.Textarea(attrs={"rows": 2}), "done": forms.TextInput}

    def __init__(self, *args: Any, child: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"child-{child.pk}", **kwargs)
        self.child = child
        offered = child.active_volunteers
        self.fields["volunteers"].queryset = offered  # type: ignore[attr-defined]
