"""记一次: what a volunteer fills in under a minute, and staff for her."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from aixin.access.models import User
from aixin.privacy.masks import mask_numbers
from aixin.web.widgets import DayInput, to_choose
from children.models import Child
from pairing.pictures import PictureError, upright_jpeg
from visits.choices import Answer, Finding, Way
from visits.models import CallBack, Visit
from visits.photos import MOST_PHOTOS, PHOTO_BYTES
from visits.services import TYPED, new_client_uuid
from volunteers.models import Volunteer

BACKFILL_AFTER_DAYS = 7
OLDEST_YEARS = 5
LATEST_DAYS = 366
PARTS = ("family", "study", "life")
MOST_DRAWN = 50
MOST_WORDS = 200
MOST_SEEN = 1000


def is_late(day: datetime.date) -> bool:
    """Return whether a record made today of a visit on that day is one typed in later (补录)."""
    return (timezone.localdate() - day).days > BACKFILL_AFTER_DAYS


def check_visit_day(day: datetime.date) -> datetime.date:
    """Return the day of a visit; raise ValidationError for one that cannot be."""
    today = timezone.localdate()
    if day > today:
        raise forms.ValidationError("日期不能晚于今天。")
    if today.year - day.year > OLDEST_YEARS:
        raise forms.ValidationError("日期太早，请核对年份。")
    return day


def built_visit(form: Any) -> Visit:
    """Return the visit that a form states, not yet stored; late paper records say that they are (补录)."""
    visit: Visit = form.save(commit=False)
    visit.client_uuid = form.cleaned_data["client_uuid"]
    visit.is_backfill = is_late(visit.date)
    return visit


class ChildrenField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class PhotosInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several photographs; cleans to JPEGs that are small and bare."""

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        """Return the JPEGs; raise ValidationError for what is none, too large, or one too many."""
        files = data if isinstance(data, list) else [data] if data else []
        if len(files) > MOST_PHOTOS:
            raise forms.ValidationError(f"一次最多{MOST_PHOTOS}张照片。")
        return [_photo_of(super(PhotosField, self).clean(file)) for file in files]


def _photo_of(uploaded: Any) -> bytes:
    if uploaded.size > PHOTO_BYTES:
        raise forms.ValidationError("照片超过 10 MB，请用手机裁小一些再传。")
    try:
        return upright_jpeg(uploaded.read())
    except PictureError as fault:
        raise forms.ValidationError(str(fault)) from fault


def said_words() -> forms.CharField:
    """Return the field for one sentence about a part of which nothing was ever told."""
    return forms.CharField(
        max_length=MOST_WORDS,
        required=False,
        error_messages={"max_length": f"请写短一些，最多{MOST_WORDS}个字。"},
    )


class VisitForm(forms.ModelForm):  # type: ignore[type-arg]
    """One contact with the children of a household."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput)
    children = ChildrenField(
        Child.objects.none(),
        label="孩子",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={
            "required": "请选择孩子。",
            "invalid_choice": "选的孩子里，有的现在不是您的结对孩子，没有存上。请联系县妇联。",
        },
    )
    volunteers = ChildrenField(
        Volunteer.objects.none(),
        label="爱心妈妈",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    way = forms.ChoiceField(
        label="怎么联系的",
        choices=Way,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择联系方式。"},
    )
    photos = PhotosField(label="照片", required=False, widget=PhotosInput(attrs={"accept": "image/*"}))
    family_words = said_words()
    study_words = said_words()
    life_words = said_words()
    # Whether she was asked about another visit that reads alike, and wants this one too.
    again = forms.BooleanField(widget=forms.HiddenInput, required=False)
    # Written without a network: nobody is there to be asked.
    queued = forms.BooleanField(widget=forms.HiddenInput, required=False)
    # Of the copy from which a visit is corrected.
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Visit
        fields = TYPED
        widgets = {
            "date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "next_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "goods": forms.TextInput(attrs={"class": "form-control"}),
            "goods_value": forms.NumberInput(
                attrs={"class": "form-control", "inputmode": "decimal", "min": 0, "step": "0.01"}
            ),
            "companions": forms.TextInput(attrs={"class": "form-control"}),
            "family": forms.RadioSelect,
            "study": forms.RadioSelect,
            "life": forms.RadioSelect,
            "seen": forms.Textarea(attrs={"rows": 3}),
            "done": forms.Textarea(attrs={"rows": 2}),
        }
        error_messages = {
            "date": {"required": "请填是哪一天。", "invalid": "日期写法不对，请写成 2026-10-01 这样。"},
            "next_on": {"invalid": "日期写法不对，请写成 2026-10-01 这样。"},
            "minutes": {"invalid": "请填分钟数，如 60。"},
            "goods_value": {"invalid": "请填数字，如 50。"},
        }

    def __init__(self, *args: Any, offered: Any, companions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["children"].queryset = offered  # type: ignore[attr-defined]
        self.fields["volunteers"].queryset = companions  # type: ignore[attr-defined]
        self.initial.setdefault("client_uuid", new_client_uuid())
        for name in PARTS:
            self.fields[name].choices = Finding.choices  # type: ignore[attr-defined]
            self.fields[f"{name}_words"].label = self.fields[name].label

    def clean_date(self) -> datetime.date:
        return check_visit_day(self.cleaned_data["date"])

    def clean_next_on(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["next_on"]
        latest = timezone.localdate() + datetime.timedelta(days=LATEST_DAYS)
        if day is not None and day > latest:
            raise forms.ValidationError("下一步的日期太远，请核对年份。")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        day, following = cleaned.get("date"), cleaned.get("next_on")
        if day and following and following < day:
            self.add_error("next_on", "下一步的日期不能早于这次联系。")
        changed = any(cleaned.get(name) == Finding.CHANGED and not self._words_of(name) for name in PARTS)
        if changed and not cleaned.get("seen"):
            self.add_error("seen", "有变化的，请写一句变化是什么。")
        self._take_words(cleaned)
        return cleaned

    def _words_of(self, name: str) -> str:
        return " ".join(str(self.cleaned_data.get(f"{name}_words", "")).split())

    def _take_words(self, cleaned: dict[str, Any]) -> None:
        """Make what was said of a part for the first time its change, on a line of its own of what was seen."""
        told = {name: words for name in PARTS if (words := self._words_of(name))}
        if not told or "seen" not in cleaned:
            return
        lines = [f"{self.fields[name].label}：{words}" for name, words in told.items()]
        cleaned.update(
            dict.fromkeys(told, Finding.CHANGED), seen="\n".join(filter(None, [cleaned["seen"], *lines]))
        )
        if len(cleaned["seen"]) > MOST_SEEN:
            self.add_error("seen", f"一共最多{MOST_SEEN}个字，请写短一些。")

    def built(self) -> Visit:
        return built_visit(self)


class UploadForm(forms.Form):
    """The next part of a photo: of which visit, from which byte on, of how many."""

    visit = forms.UUIDField()
    offset = forms.IntegerField(min_value=0)
    size = forms.IntegerField(min_value=1, max_value=PHOTO_BYTES)
    part = forms.FileField()


class UnreachedForm(forms.Form):
    client_uuid = forms.UUIDField(widget=forms.HiddenInput)


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="撤回原因", max_length=100, error_messages={"required": "请写一句为什么撤回。"}
    )


def caller_text(user: User) -> str:
    """Return how a colleague is offered: name, posts and account, because two may bear one office's name."""
    name, account = user.get_full_name(), f"账号 {mask_numbers(user.username)}"
    return f"{name}（{account}）" if name == user.shown_posts else f"{name}（{user.shown_posts}，{account}）"


class CallBackForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = CallBack
        fields = ("assigned_to", "due_on", "question")
        widgets = {"due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = self.fields["assigned_to"]
        people.queryset = colleagues  # type: ignore[attr-defined]
        people.empty_label = None  # type: ignore[attr-defined]
        people.label_from_instance = caller_text  # type: ignore[attr-defined]

    def clean_due_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["due_on"]
        if day < timezone.localdate():
            raise forms.ValidationError("最晚日期不能早于今天。")
        return day


class DrawForm(forms.Form):
    """抽查: visits of which days, how many of them, and who calls."""

    since = forms.DateField(label="从哪天的走访", widget=DayInput())
    until = forms.DateField(label="到哪天的走访", widget=DayInput())
    number = forms.IntegerField(label="抽几次", min_value=1, max_value=MOST_DRAWN)
    caller = forms.ModelChoiceField(User.objects.none(), label="由谁回访", empty_label=None)

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        caller: Any = self.fields["caller"]
        caller.queryset = colleagues
        caller.label_from_instance = caller_text
        for kind in ("min_value", "max_value", "invalid", "required"):
            self.fields["number"].error_messages[kind] = f"请填 1 到 {MOST_DRAWN}。"
        self.fields["number"].help_text = f"随机抽取，一次最多 {MOST_DRAWN} 次。"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", "截止日期不能早于开始日期。")
        return cleaned


SAID = [choice for choice in Answer.choices if choice[0] != Answer.LET_OFF]


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label="结果", choices=to_choose(SAID), error_messages={"required": "请选回访结果。"}
    )
    remark = forms.CharField(label="说明", max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("answer") in {Answer.TROUBLE, Answer.DENIED} and not cleaned.get("remark"):
            self.add_error("remark", "有问题的，请写一句说明。")
        return cleaned


class SituationForm(forms.Form):
    text = forms.CharField(
        label="现在的情况", max_length=1000, error_messages={"required": "请写一句现在的情况。"}
    )
