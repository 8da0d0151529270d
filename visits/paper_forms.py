"""纸质记录补录: a grid with a row for each child of a place (DOMAIN section 5: paper records are typed in later)."""

import datetime
from typing import Any

from django import forms

from aixin.access.scoped import typed_ids
from aixin.web.widgets import DayInput
from visits.choices import Way
from visits.forms import ChildrenField, built_visit, check_visit_day
from visits.models import Visit
from visits.services import new_client_uuid
from volunteers.models import Volunteer


class PaperRow(forms.ModelForm):  # type: ignore[type-arg]
    """One paper record about a child; a row in which nothing was typed says nothing and is passed over."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    volunteers = ChildrenField(Volunteer.objects.none(), label="爱心妈妈", required=False)
    way = forms.ChoiceField(label="方式", choices=Way)

    class Meta:
        model = Visit
        fields = ("date", "way", "seen", "done", "minutes")
        widgets = {
            "date": DayInput,
            "seen": forms.Textarea(attrs={"rows": 2}),
            "done": forms.Textarea(attrs={"rows": 2}),
        }
        error_messages = {"date": {"required": "请填日期。", "invalid": "日期写法不对，如 2026-10-01。"}}

    def __init__(self, data: Any = None, *, child: Any) -> None:
        super().__init__(data, prefix=f"child-{child.pk}")
        self.child = child
        stand_by = [pairing.volunteer for pairing in child.standing_pairings]
        self.fields["volunteers"].queryset = Volunteer.objects.filter(pk__in=[one.pk for one in stand_by])  # type: ignore[attr-defined]
        self.stand_by = stand_by
        self.fields["date"].required = True
        self.initial.update(client_uuid=new_client_uuid(), way=Way.HOME, date=None)

    @property
    def says_something(self) -> bool:
        """Whether anything was typed in the row; the way is always chosen."""
        return any(self.data.get(self.add_prefix(name)) for name in ("date", "seen", "done", "minutes"))

    def ticked(self) -> set[int]:
        """Return the volunteers ticked: what was sent, else the main one."""
        if self.is_bound:
            sent: Any = self.data
            return set(typed_ids(sent.getlist(self.add_prefix("volunteers"))))
        return {pairing.volunteer_id for pairing in self.child.standing_pairings if pairing.is_main}

    def clean_date(self) -> datetime.date:
        return check_visit_day(self.cleaned_data["date"])

    def built(self) -> Visit:
        return built_visit(self)
