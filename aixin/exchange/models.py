"""Import jobs: the file as it came, encrypted; what the clerk chose; what each row came to."""

import base64
import json
from typing import Any

from django.conf import settings
from django.db import models

from aixin.access.models import ScopedModel
from aixin.privacy.fields import EncryptedField


class ImportState(models.TextChoices):
    PREVIEW = "PREVIEW", "待确认"
    DONE = "DONE", "已完成"
    ABANDONED = "ABANDONED", "已放弃"


class ImportJob(ScopedModel):
    """One uploaded roster. `region` is where the uploader acts; only counts stand here in the clear."""

    kind = models.CharField("名册", max_length=12)
    filename = models.CharField("文件名", max_length=120)
    content = EncryptedField("文件内容")
    outcome = EncryptedField("逐行结果", blank=True, default="")
    sheet = models.CharField("工作表", max_length=60, blank=True)
    mapping = models.JSONField("表头对应", default=dict)
    counts = models.JSONField("计数", default=dict)
    state = models.CharField("状态", max_length=10, choices=ImportState, default=ImportState.PREVIEW)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    confirmed_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"import {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == ImportState.PREVIEW

    def keep_content(self, data: bytes) -> None:
        """Take the uploaded bytes; they are encrypted when the job is saved."""
        self.content = base64.b64encode(data).decode()

    def file_bytes(self) -> bytes:
        """Return the uploaded bytes."""
        return base64.b64decode(self.content)

    def keep_rows(self, rows: list[dict[str, Any]]) -> None:
        """Take what each row came to; encrypted when saved, because it repeats the row's words."""
        self.outcome = json.dumps(rows, ensure_ascii=False, default=str)

    def rows(self) -> list[dict[str, Any]]:
        """Return what each row came to."""
        return json.loads(self.outcome) if self.outcome else []

    def chosen_mapping(self) -> dict[int, str | None]:
        """Return the clerk's own choices: column index to key, or to None for a column left out."""
        return {int(column): key or None for column, key in self.mapping.items()}
