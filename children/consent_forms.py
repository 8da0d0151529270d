"""Forms of a guardian's answer, of the text read out, and of keeping a record longer."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from aixin.access.fields import name_blanks
from aixin.exchange.identity import clean_typed_name
from aixin.web.widgets import DayInput, to_choose
from children.choices import ConsentAnswer, ConsentWay, ScanKind
from children.consent_text import missing_notices
from children.consenting import Answer, Paper
from children.dates import years_before

SCAN_BYTES = 10 * 1024 * 1024
# What a file begins with, whatever its name says.
SCAN_STARTS = {b"\xff\xd8\xff": ScanKind.JPG, b"\x89PNG\r\n\x1a\n": ScanKind.PNG, b"%PDF-": ScanKind.PDF}
LONGEST_HOLD_YEARS = 10

CHILDHOOD_YEARS = 18


def read_scan(uploaded: Any) -> Paper | None:
    """Return an uploaded scan, None when there is none; raise ValidationError for what is too big or no scan."""
    if not uploaded:
        return None
    if (uploaded.size or 0) > SCAN_BYTES:
        raise forms.ValidationError("文件超过 10 MB，请压缩或调低扫描精度后再传。")
    content = uploaded.read()
    kind = next((kind for start, kind in SCAN_STARTS.items() if content.startswith(start)), None)
    if kind is None:
        raise forms.ValidationError("只能上传 jpg、png 图片或 pdf 文件。")
    return Paper(kind.value, content)


class ConsentForm(forms.Form):
    """Who said it, how and when; the text that was read out goes along."""

    shown = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    given_by = forms.CharField(label="监护人姓名", max_length=40)
    relation = forms.CharField(label="与儿童关系", max_length=20, required=False)
    way = forms.ChoiceField(
        label="方式",
        choices=to_choose(ConsentWay.choices),
        error_messages={"required": "请选监护人用什么方式表态。"},
    )
    given_on = forms.DateField(label="表态日期", widget=DayInput())
    note = forms.CharField(label="说明", max_length=200, required=False)
    scan = forms.FileField(
        label="签字扫描件",
        required=False,
        help_text="可以不传。jpg、png 或 pdf，不超过 10 MB，加密保存。",
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png,.pdf"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_blanks(self)

    def clean_given_by(self) -> str:
        return clean_typed_name(self.cleaned_data["given_by"])

    def clean_given_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["given_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("表态日期不能晚于今天。")
        if day < years_before(timezone.localdate(), CHILDHOOD_YEARS):
            raise forms.ValidationError("表态日期太早，请核对年份。")
        return day

    def clean_scan(self) -> Paper | None:
        return read_scan(self.cleaned_data["scan"])

    def said(self, answer: ConsentAnswer) -> Answer:
        """Return what the guardian said."""
        names = ("given_by", "relation", "given_on", "note")
        words = {name: self.cleaned_data[name] for name in names}
        return Answer(answer=answer, way=ConsentWay(self.cleaned_data["way"]), **words)


class TextForm(forms.Form):
    """A new version of the text; it must speak of all seven notices."""

    title = forms.CharField(label="标题", max_length=60)
    body = forms.CharField(label="正文", max_length=5000, widget=forms.Textarea(attrs={"rows": 22}))
    valid_from = forms.DateField(label="启用日期", widget=DayInput())

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"].replace("\r\n", "\n")
        missing = missing_notices(body)
        if missing:
            raise forms.ValidationError(f"按规定还要写明：{'、'.join(missing)}。")
        return body

    def clean_valid_from(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["valid_from"]
        if day < timezone.localdate():
            raise forms.ValidationError("启用日期不能早于今天。")
        return day


class HoldForm(forms.Form):
    """Until when a record is kept beyond its date, and why."""

    until = forms.DateField(label="保存至", widget=DayInput())
    reason = forms.CharField(label="延期原因", max_length=200)

    def __init__(self, *args: Any, ends: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ends = ends
        self.fields["reason"].help_text = "如：案件尚未办结、监护人要求保留。不要写姓名和号码。"

    def clean_until(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["until"]
        if day <= max(self.ends, timezone.localdate()):
            raise forms.ValidationError(f"要晚于现在的到期日（{self.ends:%Y-%m-%d}）。")
        if day.year > timezone.localdate().year + LONGEST_HOLD_YEARS:
            raise forms.ValidationError(f"一次最多延期{LONGEST_HOLD_YEARS}年。")
        return day
