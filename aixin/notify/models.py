"""The inbox, and what leaves the platform. A notice has one addressee, and a key that keeps it from being sent twice."""

import datetime
import uuid
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone

from aixin.access.models import ScopedModel
from aixin.notify.addressees import addressees_of
from aixin.notify.choices import Audience, Channel, DeliveryState
from aixin.notify.querysets import DeliveryQuerySet
from aixin.privacy.fields import EncryptedField

BUDGET, LARGEST_BUDGET = 1000, 1_000_000
QUIET_FROM, QUIET_UNTIL = datetime.time(21), datetime.time(8)


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
        indexes = [
            models.Index(fields=["addressee", "resolved_at"]),
            models.Index(
                fields=["region"],
                condition=models.Q(resolved_at__isnull=True, read_at__isnull=True),
                name="notice_unread_region",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def day(self) -> datetime.date:
        """The day on which it came in."""
        return timezone.localdate(self.created_at)


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


class ChannelSettings(ScopedModel):
    """What a county lets out of the platform: by which ways, how much, and when not. Without a row nothing leaves."""

    sms_on = models.BooleanField("发短信", default=False)
    email_on = models.BooleanField("发电子邮件", default=False)
    wecom_on = models.BooleanField("发到企业微信群", default=False)
    sms_budget = models.PositiveIntegerField(
        "每月短信条数", default=BUDGET, validators=[MaxValueValidator(LARGEST_BUDGET)]
    )
    quiet_from = models.TimeField("几点以后不发", default=QUIET_FROM)
    quiet_until = models.TimeField("几点以后可以发", default=QUIET_UNTIL)
    # The secret part of the group robot's address: whoever has it can write to the group.
    wecom_key = EncryptedField("群机器人", blank=True, default="")
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "消息通道"
        constraints = [models.UniqueConstraint(fields=["region"], name="one_channel_settings_a_region")]

    def __str__(self) -> str:
        return self.region_id

    @property
    def channels(self) -> list[Channel]:
        """The ways that are open."""
        ways = {Channel.SMS: self.sms_on, Channel.EMAIL: self.email_on, Channel.WECOM: self.wecom_on}
        return [channel for channel, is_on in ways.items() if is_on]

    def is_quiet(self, at: datetime.datetime) -> bool:
        """Return whether nobody is to be disturbed at a moment; the quiet hours may pass midnight."""
        now = timezone.localtime(at).time()
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= now < self.quiet_until
        return now >= self.quiet_from or now < self.quiet_until


class ChannelChoice(models.Model):
    """What one person wants to get outside the platform. The inbox is not hers to close."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="channel_choice"
    )
    muted = ArrayField(
        models.CharField(max_length=10, choices=Channel), verbose_name="不接收", default=list, blank=True
    )
    email = EncryptedField("邮箱", blank=True, default="")
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "接收方式"

    def __str__(self) -> str:
        return f"choice {self.pk}"


class Delivery(ScopedModel):
    """One message out of the platform: to one recipient, by one way, on one day. It holds no word and no number.

    What it says and where it goes is found at each attempt. Its key goes along to the gateway, so that an attempt whose
    answer was lost is known again there. `region` is the county that sends and pays.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.CharField("通道", max_length=10, choices=Channel)
    addressee = models.CharField("收件人", max_length=40)
    kind = models.CharField("措辞", max_length=12, choices=Audience)
    day = models.DateField("日期")
    state = models.CharField("状态", max_length=12, choices=DeliveryState, default=DeliveryState.WAITING)
    count = models.PositiveIntegerField("件数", default=0)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    attempted_at = models.DateTimeField("上次尝试", null=True)
    next_try_at = models.DateTimeField("下次尝试", default=timezone.now)
    error_code = models.CharField("失败原因", max_length=40, blank=True)
    is_permanent = models.BooleanField("不会自己好", default=False)
    # Which number or mailbox failed, so that a corrected one is tried again without anybody's asking.
    failed_index = models.CharField(max_length=40, null=True, editable=False)
    counted_at = models.DateTimeField("计入条数", null=True)
    sent_at = models.DateTimeField("发出时间", null=True)
    created_at = models.DateTimeField("时间", default=timezone.now)

    objects = DeliveryQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "外发消息"
        ordering = ["-day", "-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "addressee", "day"], name="one_delivery_a_recipient_channel_and_day"
            )
        ]
        indexes = [
            models.Index(fields=["state", "next_try_at"], name="delivery_due"),
            models.Index(fields=["region", "day"], name="delivery_region_day"),
            models.Index(fields=["region", "counted_at"], name="delivery_budget"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def user_id(self) -> int | None:
        """The account that it goes to, or None where it goes to a group."""
        prefix, _, number = self.addressee.partition(":")
        return int(number) if prefix == "user" else None
