"""Asking for a child, offering one, and deciding."""

import datetime
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.utils import timezone

from aixin.access.fields import PlaceField, past_day
from aixin.access.models import Region, User
from aixin.access.people import name_for
from aixin.access.regions import Level, county_of
from aixin.exchange.identity import clean_typed_idno, clean_typed_name
from aixin.web.widgets import DayInput
from pairing.models import Pairing
from transfers.models import Transfer
from transfers.moving import Acceptance
from transfers.services import Wanted

LENGTH = 200


def _sentence(label: str, help_text: str = "", *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LENGTH,
        required=required,
        help_text=help_text,
        error_messages={"required": "请写一句原因。"},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RequestForm(forms.Form):
    """Whom an office asks for; the child's own form sends the first three under the same names."""

    name = forms.CharField(label="儿童姓名", max_length=40)
    idno = forms.CharField(
        label="身份证号", max_length=24, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    region = PlaceField(label="现居地")
    remark = _sentence(
        "说明", "对方会看到，写清孩子为什么在您这里，例如：随母亲迁来，在本镇小学读书。不要写证件号码。"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].limit_to(user)  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        return clean_typed_name(self.cleaned_data["name"])

    def clean_idno(self) -> str:
        return clean_typed_idno(self.cleaned_data["idno"])

    def wanted(self) -> Wanted:
        """Return what was typed."""
        data = self.cleaned_data
        return Wanted(data["name"], data["idno"], data["region"], data["remark"])


class PairingsField(forms.TypedMultipleChoiceField):
    """The pairings that go on; the others end."""

    def __init__(self) -> None:
        super().__init__(
            label="继续的结对",
            required=False,
            coerce=int,
            widget=forms.CheckboxSelectMultiple,
            help_text="先问过爱心妈妈，她愿意跨县继续再勾选。没有勾选的，转走当天解除，原因记为“调整”。",
        )

    def offer(self, user: User, pairings: Iterable[Pairing]) -> None:
        """Offer these pairings."""
        self.choices = [(pairing.pk, _pairing_text(user, pairing)) for pairing in pairings]


def _pairing_text(user: User, pairing: Pairing) -> str:
    since = f"，{pairing.started_on:%Y-%m-%d} 起" if pairing.started_on else ""
    return f"{name_for(user, pairing.volunteer.name)}（{pairing.get_state_display()}{since}）"


class OfferForm(forms.Form):
    """To which county, why, and which pairings the holder would let go on."""

    county = forms.ChoiceField(label="转往")
    remark = _sentence("说明", "对方会看到，写清为什么转、孩子现在住在哪里。不要写证件号码。", required=True)
    going_on = PairingsField()

    def __init__(self, *args: Any, user: User, pairings: Iterable[Pairing], own: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["county"].choices = [("", "请选择"), *_counties_around(own)]  # type: ignore[attr-defined]
        _offer_pairings(self, user, pairings)

    def clean_county(self) -> Region:
        found: Region = Region.objects.get(code=self.cleaned_data["county"])
        return found


def _offer_pairings(form: forms.Form, user: User, pairings: Iterable[Pairing]) -> None:
    field: PairingsField = form.fields["going_on"]  # type: ignore[assignment]
    field.offer(user, pairings)
    if not field.choices:
        del form.fields["going_on"]


def _counties_around(own: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the counties of the province but one's own, by name, in groups: one's own city first."""
    province = Region.objects.below(own[:2]).filter(retired=False)
    cities = dict(province.filter(level=Level.CITY).values_list("code", "name"))
    counties = province.filter(level=Level.COUNTY).exclude(code=county_of(own)).order_by("code")
    groups = groupby(counties, key=lambda county: county.code[:4])
    named = [(code, [(county.code, county.name) for county in group]) for code, group in groups]
    named.sort(key=lambda group: group[0] != own[:4])
    return [(cities.get(code, ""), options) for code, options in named]


class AcceptForm(forms.Form):
    """When the child moves; of an offer also where to, and whether its pairings go on as the holder would let them."""

    place = PlaceField(label="现居地")
    day = forms.DateField(label="转接日期", widget=DayInput())
    going_on = PairingsField()
    keep = forms.BooleanField(
        label="对方同意继续的结对，这边也继续",
        required=False,
        help_text="不勾选的，接收当天解除，原因记为“调整”，孩子列入等待结对。",
    )
    answer = _sentence("给对方的话")

    def __init__(
        self, *args: Any, user: User, transfer: Transfer, pairings: Iterable[Pairing], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.transfer = transfer
        self.fields["day"].initial = timezone.localdate
        if transfer.is_request:
            del self.fields["place"], self.fields["keep"]
            _offer_pairings(self, user, pairings)
            return
        del self.fields["going_on"]
        self.fields["place"].limit_to(user)  # type: ignore[attr-defined]
        if not transfer.going_on:
            del self.fields["keep"]

    def clean_day(self) -> datetime.date:
        return past_day(self.cleaned_data["day"], "转接日期", years=1)

    def terms(self) -> Acceptance:
        """Return what was stated."""
        data = self.cleaned_data
        kept = self.transfer.going_on if data.get("keep") else data.get("going_on", ())
        return Acceptance(data["day"], data["answer"], frozenset(kept), data.get("place"))


class RefuseForm(forms.Form):
    """Why not: the other side reads it."""

    answer = _sentence("不同意的原因", "对方会看到，请写一句完整的话。", required=True)
