"""Forms of supervision: a leader with her counties, a finding, the county's reply, the city's answer to it."""

import datetime
import uuid
from typing import Any

from django import forms
from django.utils import timezone

from aixin.access.models import Post, Region, Role, User
from aixin.access.querysets import within
from aixin.web.widgets import DayInput
from reports.metrics import METRICS
from reports.models.supervision import Finding, Leader

LONGEST_DAYS = 366
OLDEST_DAYS = 366
NO_NAMES = "不要写孩子和家长的姓名、电话。"
TEXT = forms.Textarea(attrs={"rows": 4})


class CountyChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class CountiesChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class AccountChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.get_full_name()}（{obj.username}）"


class LeaderForm(forms.ModelForm):  # type: ignore[type-arg]
    """A leader and the counties she looks after."""

    counties = CountiesChoice(
        Region.objects.none(),
        label="包联哪些县（市、区）",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={"required": "请至少选一个县（市、区）。"},
    )
    since = forms.DateField(label="从哪天起", widget=DayInput, error_messages={"required": "请填从哪天起。"})
    until = forms.DateField(label="到哪天止", widget=DayInput, required=False, help_text="空着为长期。")

    class Meta:
        model = Leader
        fields = ("name", "title", "unit", "user")
        field_classes = {"user": AccountChoice}
        labels = {"user": "登录账号"}
        help_texts = {
            "title": "如：副市长、市妇联副主席",
            "user": "有领导账号的，可以自己填写督办；没有就空着，由市妇联代填。",
        }
        error_messages = {
            "name": {"required": "请填姓名。"},
            "title": {"required": "请填职务。"},
            "unit": {"required": "请填单位。"},
        }

    def __init__(self, *args: Any, city: str, counties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["counties"].queryset = counties  # type: ignore[attr-defined]
        officials = Post.objects.current().filter(within(city), role=Role.OFFICIAL)
        people = User.objects.filter(is_active=True, pk__in=officials.values("user_id")).order_by("pk")
        account: Any = self.fields["user"]
        account.queryset, account.empty_label = people, "没有账号"
        if self.instance.pk:
            self._show_current()

    def _show_current(self) -> None:
        current = [
            row for row in self.instance.counties.all() if row.is_current or row.since > timezone.localdate()
        ]
        self.initial.setdefault("counties", [row.region_id for row in current])
        if current:
            self.initial.setdefault("since", min(row.since for row in current))
            self.initial.setdefault("until", current[0].until)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        today = timezone.localdate()
        if since and not today.year - 10 <= since.year <= today.year + 1:
            self.add_error("since", "请核对年份。")
        if until and until < today:
            self.add_error("until", "截止日期不能早于今天。")
        elif since and until and (until < since or until.year > today.year + 10):
            self.add_error("until", "截止日期要在开始日期之后，十年以内。")
        return cleaned


def due_day(day: datetime.date) -> datetime.date:
    """Return a deadline; raise ValidationError for one that is past or more than a year ahead."""
    left = (day - timezone.localdate()).days
    if left < 1:
        raise forms.ValidationError("办理期限最早是明天。")
    if left > LONGEST_DAYS:
        raise forms.ValidationError("办理期限最长一年，请核对年月。")
    return day


class FindingForm(forms.ModelForm):  # type: ignore[type-arg]
    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    region = CountyChoice(
        Region.objects.none(),
        label="哪个县（市、区）",
        empty_label="请选择",
        error_messages={"required": "请选是哪个县（市、区）。"},
    )
    metric = forms.ChoiceField(label="和哪个数字有关", required=False)

    class Meta:
        model = Finding
        fields = ("region", "leader", "found_on", "place", "text", "metric", "due_on")
        widgets = {"found_on": DayInput, "due_on": DayInput, "text": TEXT}
        help_texts = {"text": NO_NAMES, "place": "如：凤城镇某村", "due_on": "县里要在这天以前回复。"}
        error_messages = {
            "found_on": {"required": "请填哪天去的。"},
            "place": {"required": "请填在哪里看到的。"},
            "text": {"required": "请写发现了什么问题。"},
            "due_on": {"required": "请填办理期限。"},
        }

    def __init__(self, *args: Any, counties: Any, leaders: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("client_uuid", uuid.uuid4())
        self.fields["region"].queryset = counties  # type: ignore[attr-defined]
        self.fields["metric"].choices = [  # type: ignore[attr-defined]
            ("", "没有"), *((key, metric.name) for key, metric in METRICS.items())
        ]  # fmt: skip
        if leaders is None:
            del self.fields["leader"]
            return
        leader: Any = self.fields["leader"]
        leader.queryset, leader.empty_label = leaders, "市妇联自己督导"
        leader.label_from_instance = lambda row: f"{row.name}（{row.title}）"

    def clean_found_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["found_on"]
        ago = (timezone.localdate() - day).days
        if not 0 <= ago <= OLDEST_DAYS:
            raise forms.ValidationError("督导日期不能晚于今天，也不能早于一年前。")
        return day

    def clean_due_on(self) -> datetime.date:
        return due_day(self.cleaned_data["due_on"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        leader, county = cleaned.get("leader"), cleaned.get("region")
        if leader and county and not leader.counties.filter(region=county).exists():
            self.add_error("leader", f"{leader.name}没有包联{county.name}。")
        return cleaned


class ReplyForm(forms.Form):
    text = forms.CharField(
        label="办理情况",
        max_length=1000,
        widget=TEXT,
        help_text=f"怎么办的、办到什么程度。{NO_NAMES}",
        error_messages={"required": "请写办理情况。"},
    )


class CloseForm(forms.Form):
    act = forms.CharField(widget=forms.HiddenInput, initial="close")
    text = forms.CharField(label="审核意见", max_length=300, required=False, help_text=NO_NAMES)


class ReturnForm(forms.Form):
    act = forms.CharField(widget=forms.HiddenInput, initial="return")
    text = forms.CharField(
        label="为什么退回",
        max_length=300,
        help_text=NO_NAMES,
        error_messages={"required": "请写为什么退回，县里好重新办。"},
    )
    due_on = forms.DateField(label="新的期限", widget=DayInput, error_messages={"required": "请填新的期限。"})

    def clean_due_on(self) -> datetime.date:
        return due_day(self.cleaned_data["due_on"])
