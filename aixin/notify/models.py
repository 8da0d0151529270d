"""The inbox. A notice has one addressee, and a key that keeps it from being sent twice."""

from typing import Any, Self

from django.db import models

from aixin.access.models import ScopedModel
from aixin.notify.addressees import addressees_of


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: Any) -> Self:
        """Notices addressed to the user, whichever post she acts in."""
        return self.filter(addressee__in=addressees_of(user)) if user.is_authenticated else self.none()

    def open(self) -> Self:
        """Notices whose matter is not settled."""
        return self.filter(resolved_at__isnull=True)

    def unread(self) -> Self:
        return self.open().filter(read_at__isnull=True)


class Notice(ScopedModel):
    """A message to one person about one thing, settled when that thing is done."""

    addressee = models.CharField("收件人", max_length=40)
    kind = models.CharField("种类", max_length=20)
    key = models.CharField("唯一键", max_length=80, unique=True)
    subject = models.CharField("事由", max_length=40, blank=True, db_index=True)
    title = models.CharField("标题", max_length=100)
    body = models.CharField("内容", max_length=300, blank=True)
    link = models.CharField("链接", max_length=200, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("已读时间", null=True)
    resolved_at = models.DateTimeField("办结时间", null=True)

    objects = NoticeQuerySet.as_manager()  # type: ignore[assignment, misc]

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["addressee", "resolved_at"])]

    def __str__(self) -> str:
        return self.key
