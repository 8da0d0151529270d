"""Forms of teams, organisations, claims and postings."""

import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.utils import timezone

from aixin.access.fields import KeptSecretField, name_blanks
from aixin.access.models import Region, User
from aixin.exchange.identity import clean_typed_phone
from aixin.web.widgets import DayInput
from organisations.models import Claim, Organisation, Team
from volunteers.forms import VolunteerForm
from volunteers.models import Volunteer

FARTHEST_YEARS = 5


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]
    """What both have: a name that no other open one of the office bears."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and user.acting_post is not None:
            self.instance.region_id = user.acting_post.region_id
        self.fields["name"].error_messages["required"] = "请填名称。"

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        others = type(self.instance).objects.open().filter(region=self.instance.region_id, name=name)
        if others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("已经有这个名称了，请换一个。")
        return name


class TeamForm(GroupForm):
    class Meta:
        model = Team
        fields = ("name", "purpose", "leader")
        help_texts = {"name": "如：法官妈妈、警官妈妈", "purpose": "一句话，如：为孩子讲法、帮家庭打官司"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leader: Any = self.fields["leader"]
        if self.instance.pk is None:
            del self.fields["leader"]
            return
        members = self.instance.memberships.standing().values("volunteer")
        leader.queryset = Volunteer.objects.serving().filter(pk__in=members)
        leader.empty_label = "还没有定"
        leader.label_from_instance = lambda one: f"{one.name}（编号 {one.no}）"
        leader.help_text = "从成员里选；没有的，先把她加入小分队。"


class OrganisationForm(GroupForm):
    liaison_phone = KeptSecretField(label="联络人电话", max_length=30)

    class Meta:
        model = Organisation
        fields = ("name", "kind", "purpose", "liaison_name", "liaison_phone")
        help_texts = {"purpose": "一句话，如：结对残疾儿童"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_blanks(self)
        self.fields["kind"].error_messages["required"] = "请选类别。"
        if self.instance.pk:
            self.initial["liaison_phone"] = ""
            self.fields["liaison_phone"].show_masked(self.instance.masked_liaison_phone)  # type: ignore[attr-defined]

    def clean_liaison_phone(self) -> str:
        typed = self.cleaned_data["liaison_phone"]
        return clean_typed_phone(typed) if typed else self.instance.liaison_phone


class DecisionForm(forms.Form):
    """The county's yes to a claim: which of the organisation's volunteers, and that she was looked at."""

    volunteer = forms.ModelChoiceField(
        Volunteer.objects.none(),
        label="由谁结对",
        empty_label="请选择",
        error_messages={"required": "请选一位爱心妈妈。"},
    )
    regardless = forms.BooleanField(label="提示的情况已核实，仍然这样安排", required=False)

    def __init__(self, *args: Any, claim: Claim, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = claim.organisation.memberships.standing().values("volunteer")
        field: Any = self.fields["volunteer"]
        field.queryset = Volunteer.objects.serving().filter(pk__in=members)
        field.label_from_instance = lambda one: f"{one.name}（编号 {one.no}，准入查询{one.clearance_text}）"
        field.initial = claim.volunteer_id


class RefusalForm(forms.Form):
    reason = forms.CharField(
        label="不同意的原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="单位会看到，请不要写孩子的名字和住处。",
        error_messages={"required": "请写明原因，单位会看到。"},
    )


class PostingForm(forms.Form):
    """To which county, from when until when."""

    county = forms.ModelChoiceField(
        Region.objects.none(),
        label="外派到",
        empty_label="请选择",
        error_messages={"required": "请选县区。"},
    )
    since = forms.DateField(label="从哪天起", widget=DayInput())
    until = forms.DateField(label="到哪天", required=False, widget=DayInput(), help_text="没有说定的留空。")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["county"]
        post = user.acting_post
        field.queryset = Region.objects.children_of(str(post.region_id)) if post else Region.objects.none()
        field.label_from_instance = lambda place: place.name

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        for name, day in (("since", since), ("until", until)):
            if day is not None and abs(day.year - timezone.localdate().year) > FARTHEST_YEARS:
                self.add_error(name, "日期离现在太远，请核对年份。")
        if isinstance(since, datetime.date) and until is not None and until < since:
            self.add_error("until", "止的日期不能早于起的日期。")
        return cleaned


class OfficeVolunteerForm(VolunteerForm):
    """A volunteer of the city's own offices: her home is the city itself."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        del self.fields["region"]
        if self.instance.pk is None and user.acting_post is not None:
            self.instance.region_id = user.acting_post.region_id

    def _layout(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        rows = (("name", "idno", "phone"), ("sex", "birth", "kind"), ("unit", "duty", "capacity"))
        helper.layout = Layout(
            Fieldset("基本信息", *(Row(*(Column(name) for name in row)) for row in rows)),
            Fieldset(
                "结对意愿",
                "skills",
                Row(Column("reach"), Column("wished_sex"), Column("state")),
                *(["leaves"] if "leaves" in self.fields else []),
                Row(Column("wished_age_from"), Column("wished_age_to")),
                "wished_categories",
                "notes",
            ),
        )
        return helper
