"""Exports: the files on their way out, encrypted, who approved them, and how an office wants them to look."""

import base64
import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from aixin.access.models import ScopedModel
from aixin.exchange.choices import ExportState, FileFormat, Purpose
from aixin.exchange.querysets import ExportQuerySet, StandingApprovalQuerySet
from aixin.privacy.fields import EncryptedField


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
    # While the worker is to make the file: since when, how often it was tried, and the sentence if it did not succeed.
    queued_at = models.DateTimeField("排队时间", null=True, editable=False)
    attempts = models.PositiveSmallIntegerField("次数", default=0, editable=False)
    failure = models.CharField("没有生成的原因", max_length=100, blank=True, editable=False)

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
    def is_waiting(self) -> bool:
        return self.state == ExportState.WAITING

    @property
    def progress_key(self) -> str:
        """Under which its progress is reported."""
        return f"export:{self.pk}"

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
