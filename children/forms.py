"""Registering and correcting a child, with errors beside the field (DOMAIN section 2)."""

import datetime
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.utils import timezone

from aixin.access.fields import KeptSecretField, PlaceField, name_blanks, past_day
from aixin.access.models import User
from aixin.exchange.identity import (
    check_against_idno,
    clean_typed_idno,
    clean_typed_name,
    clean_typed_phone,
    is_elsewhere,
)
from aixin.exchange.remedies import Remedy, remedy_for
from aixin.privacy.fields import index_of
from aixin.vocabulary import CareTopic
from aixin.web.widgets import DayInput
from children.choices import Aid, Category, LeavingReason, NeedSource, NoIdReason, ParentKind, ParentStatus
from children.models import Child, Guardian, Parent
from children.querysets import opens_locked

MAX_AGE = 22
ELSEWHERE = "id_elsewhere"


class ChildForm(forms.ModelForm):  # type: ignore[type-arg]
    """A child with its guardian and parents on one page, typed once."""

    region = PlaceField(label="现居地")
    idno = KeptSecretField(
        label="身份证号", max_length=24, help_text="填了身份证号，性别和出生日期自动得出。"
    )
    birth = forms.DateField(label="出生日期", required=False, widget=DayInput())
    other_categories = forms.MultipleChoiceField(
        label="其他类别", choices=Category, required=False, widget=forms.CheckboxSelectMultiple
    )
    aid = forms.MultipleChoiceField(
        label="救助", choices=Aid, required=False, widget=forms.CheckboxSelectMultiple
    )
    boarding = forms.NullBooleanField(
        label="寄宿",
        required=False,
        widget=forms.Select(choices=[("", "不详"), ("true", "是"), ("false", "否")]),
    )
    guardian_name = forms.CharField(label="监护人姓名", max_length=40)
    guardian_relation = forms.CharField(label="与儿童关系", max_length=20, required=False)
    guardian_phone = KeptSecretField(label="监护人电话", max_length=30)
    guardian_address = forms.CharField(label="监护人住址", max_length=100, required=False)

    class Meta:
        model = Child
        fields = (
            "name", "idno", "idno_reason", "sex", "birth", "birthday_is_lunar", "ethnicity", "region", "address",
            "hukou_place", "hukou_type", "category", "other_categories", "risk", "health",
            "disability_kind", "disability_level", "illness", "schooling", "school", "grade", "boarding",
            "guardianship", "income", "aid", "wanted_volunteers", "family_case", "notes",
        )  # fmt: skip
        widgets = {"notes": forms.Textarea(attrs={"rows": 2})}
        help_texts = {"wanted_volunteers": "不填，就按本县规定。"}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["region"].limit_to(user)  # type: ignore[attr-defined]
        self.guardian = (self.instance.pk and self.instance.main_guardian) or Guardian()
        self.parents = self._load_parents()
        self._add_parent_fields()
        self._fill_from_records()
        name_blanks(self)
        self.helper = self._layout()

    def _load_parents(self) -> dict[str, Parent]:
        stored = {parent.kind: parent for parent in self.instance.parents.all()} if self.instance.pk else {}
        return {kind: stored.get(kind, Parent(kind=kind)) for kind in ParentKind.values}

    def _add_parent_fields(self) -> None:
        for kind, label in ParentKind.choices:
            prefix = kind.lower()
            self.fields[f"{prefix}_name"] = forms.CharField(
                label=f"{label}姓名", max_length=40, required=False
            )
            self.fields[f"{prefix}_status"] = forms.ChoiceField(
                label=f"{label}状况", choices=[("", "未填"), *ParentStatus.choices], required=False
            )
            self.fields[f"{prefix}_phone"] = KeptSecretField(label=f"{label}电话", max_length=30)
            self.fields[f"{prefix}_workplace"] = forms.CharField(
                label=f"{label}务工地（到市）", max_length=60, required=False
            )

    def _fill_from_records(self) -> None:
        self._fill("guardian", self.guardian, ("name", "relation", "address"))
        for kind, parent in self.parents.items():
            self._fill(kind.lower(), parent, ("name", "status", "workplace"))
        if self.instance.pk:
            self.initial["idno"] = ""
            self.fields["idno"].show_masked(self.instance.masked_idno)  # type: ignore[attr-defined]

    def _fill(self, prefix: str, record: Guardian | Parent, names: tuple[str, ...]) -> None:
        for name in names:
            self.initial.setdefault(f"{prefix}_{name}", getattr(record, name))
        self.fields[f"{prefix}_phone"].show_masked(record.masked_phone)  # type: ignore[attr-defined]

    def _layout(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.layout = Layout(
            Fieldset(
                "基本信息",
                _row("name", "idno", "idno_reason"),
                _row("sex", "birth", "birthday_is_lunar"),
                _row("ethnicity", "region", "address"),
                _row("hukou_type", "hukou_place"),
            ),
            Fieldset("类别", _row("category", "risk"), "other_categories"),
            Fieldset(
                "监护人",
                _row("guardian_name", "guardian_relation", "guardian_phone"),
                _row("guardian_address", "guardianship", "income"),
                "aid",
            ),
            Fieldset("学校", _row("schooling", "school", "grade"), _row("boarding")),
            Fieldset("健康", _row("health", "disability_kind", "disability_level"), _row("illness")),
            Fieldset(
                "父母",
                _row("father_name", "father_status", "father_phone", "father_workplace"),
                _row("mother_name", "mother_status", "mother_phone", "mother_workplace"),
            ),
            Fieldset("结对", _row("wanted_volunteers", "family_case")),
            Fieldset("备注", "notes"),
        )
        return helper

    def clean_name(self) -> str:
        return clean_typed_name(self.cleaned_data["name"])

    def clean_idno(self) -> str:
        typed = self.cleaned_data["idno"]
        if not typed:
            return self.instance.idno if self.instance.pk else ""
        idno = clean_typed_idno(typed)
        self._check_unused(idno)
        return idno

    def _check_unused(self, idno: str) -> None:
        index = index_of(idno)
        if is_elsewhere(self.user, "child", index):
            raise forms.ValidationError("这个身份证号已在其他地区的名册中。", code=ELSEWHERE)
        post = self.user.acting_post
        assert post is not None
        known = Child.objects.within_region(post.region_id or "-").filter(idno_index=index)
        holder = known.exclude(pk=self.instance.pk).first()
        if holder is not None and not (holder.is_on_roster or opens_locked(self.user)):
            raise forms.ValidationError("这个身份证号的儿童已出列，资料已锁定，请县妇联恢复在册。")
        if holder is not None:
            raise forms.ValidationError(f"名册里已有这个身份证号：{holder.name}（编号 {holder.no}）。")

    def clean_boarding(self) -> bool | None:
        offered = [value for value, _ in self.fields["boarding"].widget.choices]
        if self.data.get(self.add_prefix("boarding"), "") not in offered:
            raise forms.ValidationError("请从列出的选项里选。")
        return cast("bool | None", self.cleaned_data["boarding"])

    def clean_guardian_phone(self) -> str:
        return self._clean_phone("guardian_phone", self.guardian.phone)

    def clean_father_phone(self) -> str:
        return self._clean_phone("father_phone", self.parents[ParentKind.FATHER].phone)

    def clean_mother_phone(self) -> str:
        return self._clean_phone("mother_phone", self.parents[ParentKind.MOTHER].phone)

    def _clean_phone(self, field: str, stored: str) -> str:
        typed = self.cleaned_data[field]
        return clean_typed_phone(typed) if typed else stored

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("idno"):
            check_against_idno(self, cleaned)
            cleaned["idno_reason"] = ""
        elif "idno" in cleaned:
            self._check_without_idno(cleaned)
        self._check_birth(cleaned.get("birth"))
        return cleaned

    def _check_without_idno(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get("idno_reason"):
            cleaned["idno_reason"] = NoIdReason.NOT_PROVIDED
        if not cleaned.get("birth") and "birth" not in self.errors:
            self.add_error("birth", "没有身份证号时，请填出生日期。")

    def _check_birth(self, birth: datetime.date | None) -> None:
        today = timezone.localdate()
        if birth and birth > today and "birth" not in self.errors:
            self.add_error("birth", "出生日期不能晚于今天。")
        elif birth and today.year - birth.year > MAX_AGE and "birth" not in self.errors:
            self.add_error("birth", "出生日期距今已超过22年，请核对。")

    @property
    def remedy(self) -> Remedy | None:
        """What can be done about an ID held elsewhere, for a child that is not on this roster yet."""
        held = not self.instance.pk and self.has_error("idno", ELSEWHERE)
        return remedy_for("children", [ELSEWHERE]) if held else None

    def built_guardian(self) -> Guardian:
        """Return the guardian as typed, not yet stored."""
        for name in ("name", "relation", "phone", "address"):
            setattr(self.guardian, name, self.cleaned_data[f"guardian_{name}"])
        return self.guardian

    def built_parents(self) -> list[Parent]:
        """Return the parents that anything is known of, not yet stored."""
        for kind, parent in self.parents.items():
            for name in ("name", "status", "phone", "workplace"):
                setattr(parent, name, self.cleaned_data[f"{kind.lower()}_{name}"])
        known = self.parents.values()
        return [p for p in known if p.pk or p.name or p.status or p.phone or p.workplace]


def _row(*names: str) -> Row:
    return Row(*(Column(name) for name in names))


class LeaveForm(forms.Form):
    """出列: reason and date, confirmed by staff."""

    reason = forms.ChoiceField(label="出列原因", choices=LeavingReason)
    day = forms.DateField(label="出列日期", widget=DayInput())

    def clean_day(self) -> datetime.date:
        return past_day(self.cleaned_data["day"], "出列日期")


class NeedForm(forms.Form):
    """A need raised by staff."""

    topic = forms.ChoiceField(label="需求", choices=CareTopic)
    detail = forms.CharField(label="具体内容", max_length=200, required=False)
    source = NeedSource.STAFF
