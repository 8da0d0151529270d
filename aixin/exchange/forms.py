"""What a requester and a head state about an export."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from aixin.exchange.choices import FileFormat, Purpose
from aixin.exchange.ledgers import LedgerColumn
from aixin.exchange.services import Decision, Terms
from aixin.privacy.masks import mask_numbers

MASKED, FULL = "masked", "full"
CONTENTS = ((MASKED, "号码隐去"), (FULL, "含完整号码"))


class ExportForm(forms.Form):
    """Purpose, recipient and contents of an export; full numbers are offered to a county and below."""

    contents = forms.ChoiceField(label="内容", choices=CONTENTS, initial=MASKED, widget=forms.RadioSelect)
    purpose = forms.ChoiceField(
        label="目的",
        choices=[("", "请选择"), *Purpose.choices],
        error_messages={"required": "请选择导出的目的。"},
    )
    purpose_note = forms.CharField(
        label="目的说明", max_length=60, required=False, help_text="目的选“其他”时必填。"
    )
    recipient = forms.CharField(
        label="接收单位（接收人）",
        max_length=60,
        help_text="自己用的填本单位。",
        error_messages={"required": "请填写名单交给谁用。"},
    )
    file_format = forms.ChoiceField(
        label="格式",
        choices=FileFormat,
        initial=FileFormat.XLSX,
        required=False,
        widget=forms.RadioSelect,
    )
    columns = forms.MultipleChoiceField(
        label="导出哪些列",
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)

    def __init__(
        self,
        *args: Any,
        may_full: bool,
        columns: Sequence[LedgerColumn] = (),
        chosen: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._columns = [column for column in columns if not column.fixed]
        keys = {column.key for column in self._columns}
        usual = [column.key for column in self._columns if column.usual]
        self.fields["columns"].choices = [(column.key, column.title) for column in self._columns]  # type: ignore[attr-defined]
        self.fields["columns"].initial = [key for key in chosen if key in keys] or usual
        if not may_full:
            self.fields["contents"].choices = CONTENTS[:1]  # type: ignore[attr-defined]

    @property
    def column_groups(self) -> list[tuple[str, list[Any]]]:
        """The boxes of the columns, under the headings that they have in the ledger."""
        groups: dict[str, list[Any]] = {}
        for column, box in zip(self._columns, self["columns"], strict=True):
            groups.setdefault(column.group or "其他", []).append((box, column.full_only))
        return list(groups.items())

    def clean_purpose_note(self) -> str:
        return mask_numbers(self.cleaned_data["purpose_note"])

    def clean_recipient(self) -> str:
        return mask_numbers(self.cleaned_data["recipient"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("purpose") == Purpose.OTHER and not cleaned.get("purpose_note"):
            self.add_error("purpose_note", "请写明是什么目的。")
        return cleaned

    def terms(self) -> Terms:
        """Return what was stated."""
        cleaned = self.cleaned_data
        return Terms(
            purpose=Purpose(cleaned["purpose"]),
            purpose_note=cleaned["purpose_note"],
            recipient=cleaned["recipient"],
            full=cleaned["contents"] == FULL,
            form_key=cleaned["form_key"],
            columns=tuple(cleaned["columns"]),
            file_format=FileFormat(cleaned["file_format"] or FileFormat.XLSX),
        )


APPROVE, REFUSE = "approve", "refuse"


class DecisionForm(forms.Form):
    """A head's answer; the pressed button is the decision."""

    decision = forms.ChoiceField(choices=((APPROVE, "批准"), (REFUSE, "不批准")))
    remark = forms.CharField(
        label="审批意见", max_length=200, required=False, help_text="不批准的，请写明原因，申请人会看到。"
    )
    standing = forms.BooleanField(label="30天内同一目的、同一接收单位的导出免再批", required=False)

    def clean_remark(self) -> str:
        return mask_numbers(self.cleaned_data["remark"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("decision") == REFUSE and not cleaned.get("remark"):
            self.add_error("remark", "不批准的，请写明原因。")
        return cleaned

    def answer(self) -> Decision:
        """Return what was decided."""
        cleaned = self.cleaned_data
        return Decision(cleaned["decision"] == APPROVE, cleaned["remark"], cleaned["standing"])
