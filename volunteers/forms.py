"""Registering and correcting a volunteer (DOMAIN section 3)."""

import datetime
from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms

from aixin.access.fields import KeptSecretField, PlaceField, name_blanks, past_day
from aixin.access.models import User
from aixin.access.regions import Level
from aixin.access.signals import ending_planned
from aixin.exchange.identity import (
    check_against_idno,
    clean_typed_idno,
    clean_typed_name,
    clean_typed_phone,
    is_elsewhere,
)
from aixin.privacy.fields import index_of
from aixin.vocabulary import CareTopic, Reach, Sex
from aixin.web.widgets import DayInput, to_choose
from volunteers.choices import SET_BY_ACT, Clearance, State, WishedCategory
from volunteers.models import Volunteer

MAX_AGE = 100


class VolunteerForm(forms.ModelForm):  # type: ignore[type-arg]
    region = PlaceField(label="所在地")
    idno = KeptSecretField(
        label="身份证号", max_length=24, help_text="填了身份证号，性别和出生日期自动得出。"
    )
    phone = KeptSecretField(label="手机号", max_length=30)
    birth = forms.DateField(label="出生日期", required=False, widget=DayInput())
    skills = forms.MultipleChoiceField(
        label="特长", choices=CareTopic, required=False, widget=forms.CheckboxSelectMultiple
    )
    wished_categories = forms.MultipleChoiceField(
        label="愿意结对的类别",
        choices=WishedCategory,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="都不选，就是都愿意。",
    )

    leaves = forms.BooleanField(
        label="确认退出：她的结对今天全部解除，孩子重新安排",
        required=False,
        help_text="状态改为“已退出”时勾选。",
    )

    class Meta:
        model = Volunteer
        fields = (
            "name", "idno", "sex", "birth", "phone", "region", "unit", "duty", "kind", "skills", "capacity",
            "reach", "wished_age_from", "wished_age_to", "wished_sex", "wished_categories", "state", "notes",
        )  # fmt: skip
        widgets = {"notes": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["region"].limit_to(user, from_level=Level.COUNTY)  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial.update(idno="", phone="")
            self.fields["idno"].show_masked(self.instance.masked_idno)  # type: ignore[attr-defined]
            self.fields["phone"].show_masked(self.instance.masked_phone)  # type: ignore[attr-defined]
        offered = [choice for choice in State.choices if choice[0] not in SET_BY_ACT]
        self.fields["state"].choices = offered  # type: ignore[attr-defined]
        if not self.instance.pk or self.instance.state == State.LEFT:
            del self.fields["leaves"]
        name_blanks(self)
        self.fields["reach"].choices = [("", "按本县规定"), *Reach.choices]  # type: ignore[attr-defined]
        self.fields["wished_sex"].choices = [("", "都可以"), *Sex.choices]  # type: ignore[attr-defined]
        self.helper = self._layout()

    def _layout(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.layout = Layout(
            Fieldset("基本信息", _row("name", "idno", "phone"), _row("sex", "birth", "region")),
            Fieldset("单位与类别", _row("unit", "duty", "kind")),
            Fieldset(
                "结对意愿",
                "skills",
                _row("capacity", "reach", "state"),
                *(["leaves"] if "leaves" in self.fields else []),
                _row("wished_age_from", "wished_age_to", "wished_sex"),
                "wished_categories",
                "notes",
            ),
        )
        return helper

    def clean_name(self) -> str:
        return clean_typed_name(self.cleaned_data["name"])

    def clean_idno(self) -> str:
        typed = self.cleaned_data["idno"]
        if not typed:
            return self.instance.idno if self.instance.pk else ""
        idno = clean_typed_idno(typed)
        index = index_of(idno)
        if is_elsewhere(self.user, "volunteer", index):
            raise forms.ValidationError("这个身份证号已在其他地区的爱心妈妈名册中，请联系上级妇联。")
        visible = Volunteer.objects.visible_to(self.user)
        holder = visible.filter(idno_index=index).exclude(pk=self.instance.pk).first()
        if holder is not None:
            raise forms.ValidationError(f"名册里已有这个身份证号：{holder.name}（编号 {holder.no}）。")
        return idno

    def clean_birth(self) -> datetime.date | None:
        birth: datetime.date | None = self.cleaned_data["birth"]
        return past_day(birth, "出生日期", MAX_AGE) if birth else None

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"]
        return clean_typed_phone(typed) if typed else (self.instance.phone if self.instance.pk else "")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("idno"):
            check_against_idno(self, cleaned)
        self._check_wished_ages(cleaned.get("wished_age_from"), cleaned.get("wished_age_to"))
        self._ask_before_leaving(cleaned)
        return cleaned

    def _ask_before_leaving(self, cleaned: dict[str, Any]) -> None:
        """退出 ends her pairings the same day: it wants a tick of its own, and says how many those are."""
        if "leaves" not in self.fields or cleaned.get("state") != State.LEFT or cleaned.get("leaves"):
            return
        planned = ending_planned.send(Volunteer, label=Volunteer._meta.label_lower, pk=self.instance.pk)
        ends = "；".join(text for _, text in planned if text)
        if ends:
            self.add_error("leaves", f"她退出后，{ends}。要她退出，请勾选这一项。")

    def _check_wished_ages(self, youngest: int | None, oldest: int | None) -> None:
        if youngest is not None and oldest is not None and youngest > oldest:
            self.add_error("wished_age_to", "年龄的止不能小于起。")


def _row(*names: str) -> Row:
    return Row(*(Column(name) for name in names))


class ClearanceForm(forms.Form):
    """Result of a 准入查询 for one or several volunteers."""

    result = forms.ChoiceField(
        label="查询结果",
        choices=to_choose(choice for choice in Clearance.choices if choice[0] != "UNCHECKED"),
        error_messages={"required": "请选查询结果。"},
    )
    day = forms.DateField(label="查询日期", widget=DayInput())
    officer = forms.CharField(
        label="经办人",
        max_length=40,
        error_messages={"required": "请填经办人姓名。"},
        help_text="查询的人的姓名。",
    )

    def __init__(self, *args: Any, people: Iterable[Volunteer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = list(people)

    def clean_result(self) -> str:
        """A passed check is about somebody's ID number: without one nobody can have been checked."""
        result: str = self.cleaned_data["result"]
        nameless = [volunteer.name for volunteer in self.people if not volunteer.idno_index]
        if result == Clearance.PASSED and nameless:
            raise forms.ValidationError(f"没有身份证号，不能登记通过，请先补登：{'、'.join(nameless[:10])}。")
        return result

    def clean_day(self) -> datetime.date:
        return past_day(self.cleaned_data["day"], "查询日期")
