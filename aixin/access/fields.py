"""Form fields that staff's forms share."""

import datetime
from itertools import groupby
from typing import Any

from django import forms
from django.utils import timezone

from aixin.access.models import Region, User
from aixin.access.regions import Level


class PlaceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A township or village of the user's scope, grouped by township."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(Region.objects.none(), *args, **kwargs)

    def limit_to(self, user: User, *, from_level: Level = Level.TOWNSHIP) -> None:
        """Offer the places of the user's region from a level downwards."""
        post = user.acting_post
        scope = post.region_id if post and post.region_id else "-"
        places = Region.objects.below(scope).filter(level__gte=from_level, retired=False)
        self.queryset = places
        self.widget.choices = [("", "请选择"), *_grouped(list(places))]


def _grouped(places: list[Region]) -> list[tuple[str, Any]]:
    """Return options: each township with its villages as one group, anything else on its own."""
    options: list[tuple[str, Any]] = []
    for _, group in groupby(places, key=lambda place: place.code[:9]):
        members = list(group)
        if len(members) == 1:
            options.append((members[0].code, members[0].place))
        else:
            options.append((members[0].name, [(place.code, _option(place)) for place in members]))
    return options


def _option(place: Region) -> str:
    return f"{place.name}（村不详）" if place.level == Level.TOWNSHIP else place.place


OLDEST_YEARS = 25


def past_day(day: datetime.date, what: str, years: int = OLDEST_YEARS) -> datetime.date:
    """Return the day of something that has happened; raise ValidationError for one to come or too long ago."""
    today = timezone.localdate()
    if day > today:
        raise forms.ValidationError(f"{what}不能晚于今天。")
    if today.year - day.year > years:
        raise forms.ValidationError(f"{what}太早，请核对年份。")
    return day


class KeptSecretField(forms.CharField):
    """Input for an encrypted value that is never shown: left empty, the stored one stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(*args, **kwargs)
        self.widget.attrs["autocomplete"] = "off"

    def show_masked(self, masked: str) -> None:
        """Tell that a value is stored, without showing it."""
        if masked:
            self.widget.attrs["placeholder"] = f"{masked}，不改请留空"


def name_blanks(form: forms.BaseForm) -> None:
    """Let the empty option of every plain select say 请选择 instead of a row of dashes."""
    for field in form.fields.values():
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            choices: list[Any] = list(field.choices)  # type: ignore[arg-type]
            field.choices = [(value, label if value else "请选择") for value, label in choices]
