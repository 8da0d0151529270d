"""The form of the public page, and those of the office."""

import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.core.validators import MaxValueValidator
from django.utils import timezone

from aixin.access.fields import name_blanks, past_day
from aixin.access.models import Region
from aixin.access.phone_codes import MOBILE
from aixin.exchange.identity import check_against_idno, clean_typed_idno, clean_typed_name
from aixin.vocabulary import CareTopic, Reach, Sex
from aixin.web.widgets import DayInput
from children.dates import years_before
from recruitment.choices import Decision
from recruitment.models import MOST_CHILDREN, Application, Certificate, JoinPage
from volunteers.choices import WishedCategory
from volunteers.models import Volunteer

MAX_AGE, YOUNGEST = 100, 18
FARTHEST_YEARS = 30
SIGNED_BY_HER = (
    "name", "phone", "idno", "sex", "birth", "region", "kind", "unit", "duty", "skills", "capacity", "reach",
    "wished_sex", "wish",
)  # fmt: skip


def leave_open(form: forms.BaseForm) -> None:
    """Let the empty answer about whom she would take say that all are welcome."""
    form.fields["reach"].choices = [("", "听县里安排"), *Reach.choices]  # type: ignore[attr-defined]
    form.fields["wished_sex"].choices = [("", "都可以"), *Sex.choices]  # type: ignore[attr-defined]


class SignUpForm(forms.ModelForm):  # type: ignore[type-arg]
    phone = forms.RegexField(
        MOBILE,
        label="手机号",
        error_messages={"invalid": "请填11位手机号。"},
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "maxlength": 11}),
    )
    idno = forms.CharField(
        label="身份证号",
        required=False,
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="可以先不填，审核时再补。填了就不用填性别和出生日期。",
    )
    birth = forms.DateField(label="出生日期", required=False, widget=DayInput())
    region = forms.ModelChoiceField(
        Region.objects.none(), label="您住在哪个乡镇（街道）", empty_label="请选择"
    )
    skills = forms.MultipleChoiceField(
        label="您擅长什么", choices=CareTopic, required=False, widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(
        label="我已看过上面的说明，同意县妇联为审核报名和安排结对使用我填写的信息",
        error_messages={"required": "要先同意个人信息的使用，才能报名。"},
    )

    class Meta:
        model = Application
        fields = SIGNED_BY_HER
        widgets = {"wish": forms.Textarea(attrs={"rows": 2})}
        error_messages = {
            "name": {"required": "请填姓名。"},
            "capacity": {"required": "请填愿意结对几个孩子。", "max_value": "先报不超过10个，以后可以再加。"},
        }

    def __init__(self, *args: Any, county: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region: Any = self.fields["region"]
        region.queryset = Region.objects.children_of(county)
        region.label_from_instance = lambda place: place.name
        self.fields["phone"].error_messages["required"] = "请填11位手机号。"
        region.error_messages["required"] = "请选择乡镇（街道）。"
        name_blanks(self)
        leave_open(self)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Fieldset(
                "您是谁",
                Row(Column("name"), Column("phone")),
                "idno",
                Row(Column("sex"), Column("birth")),
                "region",
            ),
            Fieldset("您做什么工作", "kind", Row(Column("unit"), Column("duty"))),
            Fieldset(
                "您能做什么", "skills", Row(Column("capacity"), Column("reach"), Column("wished_sex")), "wish"
            ),
        )

    def clean_name(self) -> str:
        return clean_typed_name(self.cleaned_data["name"])

    def clean_idno(self) -> str:
        typed = self.cleaned_data["idno"]
        return clean_typed_idno(typed) if typed else ""

    def clean_birth(self) -> datetime.date | None:
        birth: datetime.date | None = self.cleaned_data["birth"]
        return past_day(birth, "出生日期", MAX_AGE) if birth else None

    def _check_age(self, birth: datetime.date | None) -> None:
        """Who is not 18 cannot be a volunteer (DOMAIN section 3); who is older than 65 is for people to decide."""
        if birth is not None and birth > years_before(timezone.localdate(), YOUNGEST):
            self.add_error("birth", "满18周岁才能报名。")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("idno"):
            check_against_idno(self, cleaned)
        elif not self.errors.get("idno"):
            self._check_without_idno(cleaned)
        self._check_age(cleaned.get("birth"))
        return cleaned

    def _check_without_idno(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get("birth") and not self.errors.get("birth"):
            self.add_error("birth", "没填身份证号的，请填出生日期。")
        if not cleaned.get("sex") and not self.errors.get("sex"):
            self.add_error("sex", "没填身份证号的，请选性别。")


class AmendForm(SignUpForm):
    """The same form, sent again: the phone was confirmed and stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["phone"], self.fields["agreed"]
        self.helper.layout[0].fields[0] = "name"
        # The stored number is not shown to whoever holds the link; left empty it stays.
        if self.instance.idno:
            self.initial["idno"] = ""
            self.fields["idno"].widget.attrs["placeholder"] = f"{self.instance.masked_idno}，不改请留空"

    def clean_idno(self) -> str:
        return super().clean_idno() or self.instance.idno


class CodeForm(forms.Form):
    code = forms.RegexField(
        r"^\d{6}$",
        label="短信验证码",
        error_messages={"invalid": "请填短信里的6位数字。", "required": "请填短信里的6位数字。"},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 6}
        ),
    )


class DecisionForm(forms.Form):
    """What the county decides, with its reason."""

    decision = forms.ChoiceField(label="审核结果", choices=Decision, widget=forms.RadioSelect)
    known = forms.ModelChoiceField(
        Volunteer.objects.none(), label="她已在名册上", required=False, empty_label="不是，新登记一位"
    )
    reason = forms.CharField(
        label="原因",
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="退回、不予通过时必填，本人会看到。",
    )

    def __init__(
        self, *args: Any, application: Application, known: Any, taken: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.application, self.taken = application, taken
        field: Any = self.fields["known"]
        field.queryset = known
        field.label_from_instance = lambda one: f"{one.name}（编号 {one.no}，{one.get_state_display()}）"
        if not known:
            del self.fields["known"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        decision = cleaned.get("decision")
        if decision in {Decision.RETURN, Decision.REFUSE} and not cleaned.get("reason"):
            self.add_error("reason", "请写明原因，本人会看到。")
        if decision == Decision.ACCEPT:
            self._check_acceptance(cleaned)
        return cleaned

    def _check_acceptance(self, cleaned: dict[str, Any]) -> None:
        if self.application.is_age_unusual and not cleaned.get("reason"):
            self.add_error("reason", "年龄不在18至65周岁，通过的话请写明理由。")
        if not cleaned.get("known") and self.taken:
            self.add_error(
                "decision", "这个身份证号已在爱心妈妈名册上，请选她原有的档案；在其他地区的，请联系上级妇联。"
            )


class JoinPageForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = JoinPage
        fields = ("heading", "appeal", "contact", "is_open")
        widgets = {"appeal": forms.Textarea(attrs={"rows": 10})}
        help_texts = {
            "appeal": "空一行就是另起一段。",
            "contact": "如：文水县妇联 0358-1234567，工作日上班时间",
            "is_open": "不勾选，报名页只显示咨询方式，不能报名。",
        }


class WishesForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a volunteer says herself of whom and how many she would take."""

    skills = forms.MultipleChoiceField(
        label="我擅长", choices=CareTopic, required=False, widget=forms.CheckboxSelectMultiple
    )
    capacity = forms.IntegerField(
        label="最多结对几个孩子",
        min_value=0,
        help_text="现在的结对不受影响；填 0 就是暂时不再安排新的孩子。",
    )
    wished_categories = forms.MultipleChoiceField(
        label="愿意结对的孩子",
        choices=WishedCategory,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="都不选，就是都愿意。",
    )

    class Meta:
        model = Volunteer
        fields = (
            "skills", "capacity", "reach", "wished_age_from", "wished_age_to", "wished_sex", "wished_categories",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The county may have agreed on more with her than anybody can ask for.
        most = max(MOST_CHILDREN, self.instance.capacity)
        field: Any = self.fields["capacity"]
        field.max_value = most
        field.validators.append(MaxValueValidator(most, f"最多填 {most} 个，要更多请和县妇联商量。"))
        field.widget.attrs["max"] = most
        leave_open(self)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        youngest, oldest = cleaned.get("wished_age_from"), cleaned.get("wished_age_to")
        if youngest is not None and oldest is not None and youngest > oldest:
            self.add_error("wished_age_to", "年龄的止不能小于起。")
        return cleaned


class CertificateForm(forms.ModelForm):  # type: ignore[type-arg]
    number = forms.CharField(label="证书编号", required=False, max_length=60)
    valid_until = forms.DateField(
        label="有效期至", required=False, widget=DayInput(), help_text="长期有效的留空。"
    )

    class Meta:
        model = Certificate
        fields = ("name", "number", "issuer", "valid_until")

    def clean_valid_until(self) -> datetime.date | None:
        """Refuse a day that nobody can mean: more than thirty years from now."""
        until: datetime.date | None = self.cleaned_data["valid_until"]
        if until is not None and abs(until.year - timezone.localdate().year) > FARTHEST_YEARS:
            raise forms.ValidationError("有效期离现在太远，请核对年份；长期有效的留空。")
        return until
