"""Imports and exports: the files, encrypted, and what was decided about them."""

import base64
import datetime
import json
import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from aixin.access.models import ScopedModel
from aixin.exchange.choices import BUSY_STATES, ExportState, FileFormat, ImportState, Purpose
from aixin.exchange.decisions import Decisions
from aixin.exchange.querysets import ExportQuerySet, ImportJobQuerySet, StandingApprovalQuerySet
from aixin.privacy.fields import EncryptedField

FILE_KEPT = datetime.timedelta(days=30)
REJECTED_KEPT = datetime.timedelta(days=7)


class ImportJob(ScopedModel):
    """One uploaded roster. `region` is where the uploader acts; only counts stand here in the clear."""

    kind = models.CharField("名册", max_length=12)
    filename = models.CharField("文件名", max_length=120)
    content = EncryptedField("文件内容")
    outcome = EncryptedField("逐行结果", blank=True, default="")
    # The cells of the rows that stay out, apart from the outcome because they are gone earlier.
    rejected = EncryptedField("退回行", blank=True, default="")
    # What the clerk has decided: cells that she corrected are people's.
    decided = EncryptedField("核对决定", blank=True, default="")
    # Headings as understood, with examples of their cells.
    layout = EncryptedField("表头", blank=True, default="")
    sheet = models.CharField("工作表", max_length=60, blank=True)
    mapping = models.JSONField("表头对应", default=dict)
    counts = models.JSONField("计数", default=dict)
    total = models.PositiveIntegerField("行数", default=0)
    state = models.CharField("状态", max_length=10, choices=ImportState, default=ImportState.PREVIEW)
    failure = models.CharField("没有完成的原因", max_length=200, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0, editable=False)
    queued_at = models.DateTimeField("排队时间", null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    confirmed_at = models.DateTimeField("确认时间", null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="撤销人",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    undone_at = models.DateTimeField("撤销时间", null=True, editable=False)
    erased_at = models.DateTimeField("文件清除时间", null=True, editable=False)

    objects = ImportJobQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "导入"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["queued_at"], name="import_busy", condition=Q(state__in=BUSY_STATES)),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for the clerk; a file whose time is over cannot be imported any more."""
        return self.state == ImportState.PREVIEW and not self.is_over

    @property
    def is_busy(self) -> bool:
        return self.state in BUSY_STATES

    @property
    def is_large(self) -> bool:
        """Whether it is too long for a page's patience and runs in a task."""
        return self.total > settings.IMPORT_IN_PAGE_ROWS

    @property
    def is_over(self) -> bool:
        """Whether the file's time is over, also before the nightly task has removed it."""
        return self.erased_at is not None or self.file_until <= timezone.now()

    @property
    def lost_its_file(self) -> bool:
        """Whether an erased person's request has taken the file before its time."""
        return self.erased_at is not None and self.erased_at < self.file_until

    @property
    def file_until(self) -> datetime.datetime:
        """When the file and all that was kept of it goes."""
        return self.created_at + FILE_KEPT

    @property
    def rejected_until(self) -> datetime.datetime:
        """Until when the rejected rows may be fetched."""
        return (self.confirmed_at or self.created_at) + REJECTED_KEPT

    @property
    def offers_rejected(self) -> bool:
        """Whether rejected rows can still be fetched."""
        return bool(self.counts.get("rejected")) and not self.is_over and self.rejected_until > timezone.now()

    def keep_content(self, data: bytes) -> None:
        """Take the uploaded bytes; they are encrypted when the job is saved."""
        self.content = base64.b64encode(data).decode()

    def file_bytes(self) -> bytes:
        """Return the uploaded bytes."""
        return base64.b64decode(self.content)

    def keep_rows(self, rows: list[dict[str, Any]], rejected: list[dict[str, Any]]) -> None:
        """Take what each row came to, and the cells of those that stay out; encrypted when saved."""
        self.outcome = json.dumps(rows, ensure_ascii=False, default=str)
        self.rejected = json.dumps(rejected, ensure_ascii=False, default=str)

    def rows(self) -> list[dict[str, Any]]:
        """Return what each row came to; nothing once that time is over, which an erased person's file does not end."""
        return json.loads(self.outcome) if self.outcome and self.file_until > timezone.now() else []

    def rejected_rows(self) -> list[dict[str, Any]]:
        """Return number, cells and reasons of the rows that stayed out; nothing after their time."""
        return json.loads(self.rejected) if self.rejected and self.offers_rejected else []

    def keep_layout(self, layout: dict[str, Any]) -> None:
        """Take the headings as understood; encrypted when saved, because examples are people's words."""
        self.layout = json.dumps(layout, ensure_ascii=False)

    def understood(self) -> dict[str, Any]:
        """Return `headings` (column, text, key, example, learnt), the titles of what is `missing`, the `sheets` read and
        those with a roster that were not."""
        nothing: dict[str, Any] = {"headings": [], "missing": [], "sheets": [], "other_sheets": []}
        return json.loads(self.layout) if self.layout and not self.is_over else nothing

    def decisions(self) -> Decisions:
        """Return what the clerk has decided so far."""
        return Decisions.of(json.loads(self.decided)) if self.decided else Decisions()

    def keep_decisions(self, decisions: Decisions) -> None:
        """Take the clerk's decisions; encrypted when saved."""
        self.decided = json.dumps(decisions.stored(), ensure_ascii=False)

    def chosen_mapping(self) -> dict[int, str | None]:
        """Return the clerk's own choices: column index to key, or to None for a column left out."""
        return {int(column): key or None for column, key in self.mapping.items()}


class ImportImage(ScopedModel):
    """What a part of an import's rows was before it, and is after it, so that it can be taken back."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="images")
    content = EncryptedField("前像")

    class Meta:
        verbose_name = verbose_name_plural = "导入前像"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"image {self.pk}"


class LearntHeading(ScopedModel):
    """What a heading means in this county's files, as a clerk has said; `region` is the county."""

    kind = models.CharField("名册", max_length=12)
    heading = models.CharField("表头", max_length=200)
    key = models.CharField("字段", max_length=40, blank=True, help_text="空的表示不导入")
    learnt_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="修改人", on_delete=models.PROTECT, related_name="+"
    )
    learnt_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "记住的表头"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "kind", "heading"], name="one_meaning_a_heading_and_county"
            )
        ]

    def __str__(self) -> str:
        return f"heading {self.pk}"


class Reason(models.Model):
    """What an export is for, and who is to have it."""

    purpose = models.CharField("目的", max_length=12, choices=Purpose)
    purpose_note = models.CharField("目的说明", max_length=60, blank=True)
    recipient = models.CharField("接收单位（接收人）", max_length=60)

    class Meta:
        abstract = True

    @property
    def purpose_text(self) -> str:
        """The purpose in words: 其他：换届交接."""
        label = str(self.get_purpose_display())
        return f"{label}：{self.purpose_note}" if self.purpose_note else label


class StandingApproval(Reason, ScopedModel):
    """For 30 days at most one requester exports one list for one purpose and recipient without asking again."""

    kind = models.CharField("名单", max_length=20)
    title = models.CharField("名单名称", max_length=40)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="申请人", on_delete=models.PROTECT, related_name="+"
    )
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="批准人", on_delete=models.PROTECT, related_name="+"
    )
    granted_at = models.DateTimeField("批准时间", auto_now_add=True)
    until = models.DateField("有效期至")
    revoked_at = models.DateTimeField("撤销时间", null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="撤销人",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )

    objects = StandingApprovalQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "免批授权"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"standing approval {self.pk}"


class Export(Reason, ScopedModel):
    """A list on its way out. `region` is where the requester acts; the file is encrypted and gone after a week."""

    kind = models.CharField("名单", max_length=20)
    title = models.CharField("名单名称", max_length=40)
    # In words; encrypted because a filter may be a name.
    filters = EncryptedField("筛选条件", blank=True, default="")
    full = models.BooleanField("含完整号码", default=False)
    file_format = models.CharField("格式", max_length=4, choices=FileFormat, default=FileFormat.XLSX)
    # Keys of the ledger's columns; none is the usual ones.
    columns = ArrayField(models.CharField(max_length=40), verbose_name="列", default=list)
    # The place that the ledger is about, at or below the region.
    area = models.CharField("填报地区", max_length=12, blank=True)
    state = models.CharField("状态", max_length=10, choices=ExportState)
    rows = models.PositiveIntegerField("行数")
    model_label = models.CharField("对象", max_length=40)
    row_ids = ArrayField(models.BigIntegerField(), verbose_name="对象编号", default=list)
    # Persons named in the file beside the rows themselves, as label:id, so that an erasure finds them.
    people = ArrayField(models.CharField(max_length=60), verbose_name="涉及人员", default=list)
    # Public numbers of everyone in the file, for the trail.
    audit_subjects = ArrayField(models.CharField(max_length=12), verbose_name="人员编号", default=list)
    content = EncryptedField("文件内容", blank=True, default="")
    form_key = models.UUIDField("提交标识", default=uuid.uuid4, editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="申请人", on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField("申请时间", auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="审批人",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField("审批时间", null=True)
    remark = models.CharField("审批意见", max_length=200, blank=True)
    standing = models.ForeignKey(
        StandingApproval, verbose_name="免批授权", null=True, on_delete=models.PROTECT, related_name="+"
    )
    expires_at = models.DateTimeField("下载截止", null=True)

    objects = ExportQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "导出"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["requested_by", "form_key"], name="one_export_a_form"),
            models.CheckConstraint(
                condition=~Q(state=ExportState.READY) | Q(expires_at__isnull=False),
                name="ready_export_expires",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "state"], name="export_region_state"),
            GinIndex(fields=["row_ids"], name="export_row_ids"),
            GinIndex(fields=["people"], name="export_people"),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"

    @property
    def is_requested(self) -> bool:
        return self.state == ExportState.REQUESTED

    @property
    def is_available(self) -> bool:
        """Whether the file may still be fetched, also before the nightly task has removed it."""
        return (
            self.state == ExportState.READY
            and self.expires_at is not None
            and self.expires_at > timezone.now()
        )

    @property
    def is_over(self) -> bool:
        """Whether there was a file and its time is over."""
        return self.state == ExportState.EXPIRED or (
            self.state == ExportState.READY and not self.is_available
        )

    @property
    def shown_state(self) -> str:
        """The state in words, as it is this minute."""
        return str(ExportState.EXPIRED.label if self.is_over else self.get_state_display())

    @property
    def contents(self) -> str:
        return "含完整号码" if self.full else "号码已隐去"

    @property
    def asked_by(self) -> str:
        """Who asked, with her office; an account that is the office's own says so already."""
        name, office = self.requested_by.get_full_name(), f"{self.region.name}妇联"
        return office if name == office else f"{name}（{office}）"

    @property
    def filename(self) -> str:
        """The name of the file on the requester's disk, without anybody's."""
        return f"{self.title}_{timezone.localdate():%Y%m%d}.{self.file_format}"

    def is_of(self, user: Any) -> bool:
        """Whether the user asked for it in the post acted in."""
        post = user.acting_post
        return self.requested_by_id == user.pk and post is not None and post.region_id == self.region_id

    def keep_content(self, data: bytes) -> None:
        """Take the workbook; it is encrypted when the row is saved."""
        self.content = base64.b64encode(data).decode()

    def file_bytes(self) -> bytes:
        """Return the workbook."""
        return base64.b64decode(self.content)


class ColumnChoice(ScopedModel):
    """Which columns a user had in a ledger last, acting in this region; offered to her again."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="账号", on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField("名单", max_length=20)
    columns = ArrayField(models.CharField(max_length=40), verbose_name="列", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "记住的列"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["user", "region", "kind"], name="one_choice_a_ledger")]

    def __str__(self) -> str:
        return f"columns {self.pk}"


class WordTemplate(ScopedModel):
    """A county's own template of a document; `region` is the county. Encrypted: what else stands in it nobody knows."""

    document = models.CharField("文书", max_length=40)
    content = EncryptedField("模板文件")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "文书模板"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["region", "document"], name="one_template_a_county")]

    def __str__(self) -> str:
        return f"template {self.pk}"

    def keep_content(self, data: bytes) -> None:
        """Take the uploaded bytes; they are encrypted when the template is saved."""
        self.content = base64.b64encode(data).decode()

    def file_bytes(self) -> bytes:
        """Return the uploaded bytes."""
        return base64.b64decode(self.content)
