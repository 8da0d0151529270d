"""Imports: the uploaded files, encrypted, what was decided about them, and what headings mean in a county."""

import base64
import datetime
import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from aixin.access.models import ScopedModel
from aixin.exchange.choices import BUSY_STATES, ImportState
from aixin.exchange.decisions import Decisions
from aixin.exchange.querysets import ImportJobQuerySet
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
    def progress_key(self) -> str:
        """Under which its progress is reported."""
        return f"import:{self.pk}"

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

    def locked(self) -> "ImportJob":
        """Return the job as it is now, held against everybody else until the transaction ends."""
        found: ImportJob = ImportJob.objects.select_for_update(of=("self",)).get(pk=self.pk)
        return found

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
