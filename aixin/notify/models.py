"""The inbox. A notice has one addressee, and a key that keeps it from being sent twice."""

import datetime
import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from aixin.access.models import ScopedModel
from aixin.notify.addressees import addressees_of
from aixin.privacy.fields import EncryptedField


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


class Feedback(ScopedModel):
    """What a user wants the office of her region to know about the work or about this system."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="反馈人", on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField("意见或问题", max_length=1000)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    handled_at = models.DateTimeField("处理时间", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "意见反馈"
        ordering = [models.F("handled_at").asc(nulls_first=True), "-id"]

    def __str__(self) -> str:
        return f"feedback {self.pk}"


class SmsState(models.TextChoices):
    WAITING = "WAITING", "待发送"
    SENT = "SENT", "已发出"
    FAILED = "FAILED", "发送失败"
    EXPIRED = "EXPIRED", "过期未发"
    WITHHELD = "WITHHELD", "不予发送"


class SmsQuerySet(models.QuerySet["Sms"]):
    def due(self) -> Self:
        """Messages to be sent now: an attempt that failed or was cut off is repeated after a minute."""
        rested = models.Q(attempted_at=None) | models.Q(attempted_at__lt=timezone.now() - SMS_REST)
        return self.filter(rested, state=SmsState.WAITING, expires_at__gt=timezone.now())

    def due_too_late(self) -> Self:
        """Messages that expired before they went out."""
        return self.filter(state=SmsState.WAITING, expires_at__lte=timezone.now())

    def stale(self) -> Self:
        """Messages past their time that still hold number or text."""
        return self.filter(expires_at__lte=timezone.now(), forgotten=False)


SMS_ATTEMPTS = 5
SMS_REST = datetime.timedelta(minutes=1)


class Sms(models.Model):
    """A message on its way out. Number and text are gone once it has expired; the fate stays.

    Its key is made here, because log-in writes it before there is a scope in which the row could be read back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("种类", max_length=20)
    phone = EncryptedField("号码", blank=True, default="")
    text = EncryptedField("内容", blank=True, default="")
    state = models.CharField("状态", max_length=10, choices=SmsState, default=SmsState.WAITING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    attempted_at = models.DateTimeField("上次尝试", null=True)
    error = models.CharField("失败原因", max_length=100, blank=True)
    created_at = models.DateTimeField("时间", default=timezone.now, db_index=True)
    expires_at = models.DateTimeField("有效至")
    sent_at = models.DateTimeField("发出时间", null=True)
    forgotten = models.BooleanField("已清除", default=False)

    objects = SmsQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "短信"
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "expires_at"])]

    def __str__(self) -> str:
        return str(self.pk)
