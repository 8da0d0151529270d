"""What an auditor narrows the trail by. The last thirty days stand in the form until she asks for more."""

import datetime
import ipaddress
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone

from aixin.access.auditing.wording import kind_text
from aixin.access.models import Region, Role, User
from aixin.access.numbers import is_valid
from aixin.access.regions import Level, level_of
from aixin.access.scoped import acting_user
from aixin.audit.models import Action, Entry
from aixin.audit.querysets import EntryQuerySet

USUAL_DAYS = 30
BAD_NUMBER = "编号不对：最后一位校验码不符，请再核对一遍。"


class TrailForm(forms.Form):
    """Says in a sentence what cannot be looked for."""

    def clean_subject(self) -> str:
        number = str(self.cleaned_data["subject"]).strip()
        if number and not is_valid(number):
            raise forms.ValidationError(BAD_NUMBER)
        return number

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"]).strip()
        try:
            return str(ipaddress.ip_address(address)) if address else ""
        except ValueError as error:
            raise forms.ValidationError("地址写法不对，例如 10.1.2.3。") from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "结束日期早于开始日期。")
        return cleaned


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TrailFilter(django_filters.FilterSet):
    """Filters of the trail; nothing is shown while one of them is wrong."""

    since = django_filters.DateFilter(label="从", method="from_day", widget=Day)
    until = django_filters.DateFilter(label="到", method="to_day", widget=Day)
    action = django_filters.ChoiceFilter(label="动作", choices=Action, empty_label="全部")
    who = django_filters.CharFilter(label="账号或姓名", method="by_account")
    role = django_filters.ChoiceFilter(label="角色", choices=Role, empty_label="全部")
    region = django_filters.ChoiceFilter(label="操作人地区", method="by_region", empty_label="全部")
    kind = django_filters.ChoiceFilter(label="对象", field_name="object_type", empty_label="全部")
    object_id = django_filters.CharFilter(label="对象序号")
    subject = django_filters.CharFilter(label="人员编号", method="about")
    address = django_filters.CharFilter(label="来源地址")

    class Meta:
        model = Entry
        form = TrailForm
        fields = ()

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        asked = data is not None and any(name in data for name in self.base_filters)
        super().__init__(data if asked else {"since": usual_start().isoformat()}, *args, **kwargs)
        self.filters["region"].extra["choices"] = _offered_regions(self.request)
        self.filters["kind"].extra["choices"] = [
            (label, kind_text(label)) for label in Entry.objects.all().object_types()
        ]

    @property
    def qs(self) -> EntryQuerySet:
        """The entries that fit, the latest first; none while a filter is wrong."""
        found: EntryQuerySet = self.queryset.none() if self.errors else super().qs
        return found.newest_first(few=bool(self.form.cleaned_data.get("subject")))

    def from_day(self, rows: EntryQuerySet, name: str, value: datetime.date) -> EntryQuerySet:
        return rows.filter(at__gte=_midnight(value))

    def to_day(self, rows: EntryQuerySet, name: str, value: datetime.date) -> EntryQuerySet:
        return rows.filter(at__lt=_midnight(value + datetime.timedelta(days=1)))

    def by_account(self, rows: EntryQuerySet, name: str, value: str) -> EntryQuerySet:
        users = User.objects.filter(Q(username=value) | Q(display_name=value))
        return rows.filter(user__in=list(users.values_list("pk", flat=True)[:50]))

    def by_region(self, rows: EntryQuerySet, name: str, value: str) -> EntryQuerySet:
        return rows.by_region(value)

    def about(self, rows: EntryQuerySet, name: str, value: str) -> EntryQuerySet:
        return rows.about(value)

    def stated(self) -> dict[str, str]:
        """Return the filters that are set in words, but for whose account: the trail notes them for an export."""
        cleaned = self.form.cleaned_data if self.form.is_valid() else {}
        return {
            str(field.label): str(dict(getattr(field, "choices", ())).get(cleaned[name], cleaned[name]))
            for name, field in self.form.fields.items()
            if cleaned.get(name) and name != "who"
        }


def usual_start() -> datetime.date:
    """Return the day from which the trail is shown when nothing is asked."""
    return timezone.localdate() - datetime.timedelta(days=USUAL_DAYS)


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def _offered_regions(request: Any) -> list[tuple[str, str]]:
    """Return the counties and above of the auditor's range; for a county also its townships."""
    post = acting_user(request).acting_post
    scope = (post.region_id or "") if post else ""
    lowest = max(Level.COUNTY, level_of(scope) + 1) if scope else Level.COUNTY
    regions = Region.objects.below(scope) if scope else Region.objects.all()
    return list(regions.filter(level__lte=lowest, retired=False).values_list("code", "place"))
