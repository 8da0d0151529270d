"""What a person asks of us about her data, by when, and the certificate of what was removed (DOMAIN section 6)."""

import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from aixin.access.models import ScopedModel
from aixin.privacy.fields import EncryptedField
from aixin.privacy.masks import mask_name, mask_phone
from aixin.rights.choices import Basis, Kind, State, Way
from aixin.rights.querysets import SOON_DAYS, ErasureQuerySet, RequestQuerySet


def due_date(received: datetime.date) -> datetime.date:
    """Return the last day on which a request received on a day is to be answered."""
    return received + datetime.timedelta(days=settings.RIGHTS_DUE_DAYS)


class RightsRequest(ScopedModel):
    """A request about one person's data. Who it is about stands as label and key: apps above own those rows."""

    kind = models.CharField("请求", max_length=12, choices=Kind)
    label = models.CharField("名册", max_length=40, editable=False)
    object_pk = models.BigIntegerField("对象", editable=False)
    public_no = models.CharField("编号", max_length=12, editable=False)
    asker_name = EncryptedField("请求人姓名", blank=True, default="")
    asker_relation = models.CharField("与本人关系", max_length=20, blank=True)
    asker_phone = EncryptedField("请求人电话", blank=True, default="")
    way = models.CharField("提出方式", max_length=12, choices=Way)
    content = models.CharField("请求内容", max_length=300, blank=True)
    received_on = models.DateField("收到日期", default=timezone.localdate)
    due_on = models.DateField("应办结日期", editable=False)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN, editable=False)
    remark = models.CharField("办理情况", max_length=300, blank=True)
    done_on = models.DateField("办结日期", null=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="办理人",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="登记人",
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = RequestQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "权利请求"
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["region", "state"], name="rights_region_state"),
            models.Index(fields=["label", "object_pk"], name="rights_request_about"),
        ]

    def __str__(self) -> str:
        return f"rights request {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def is_erasure(self) -> bool:
        return self.kind == Kind.ERASURE

    @property
    def days_left(self) -> int:
        """Days until it is due; negative when it is late."""
        return (self.due_on - timezone.localdate()).days

    @property
    def clock(self) -> tuple[str, str]:
        """What the list says of time, and its tone."""
        if not self.is_open:
            return str(self.get_state_display()), "ok" if self.state == State.DONE else "neutral"
        if self.days_left < 0:
            return f"已超期 {-self.days_left} 天", "danger"
        text = f"还有 {self.days_left} 天" if self.days_left else "今天到期"
        return text, "warn" if self.days_left <= SOON_DAYS else "neutral"

    @property
    def masked_asker(self) -> str:
        return mask_name(self.asker_name)

    @property
    def masked_asker_phone(self) -> str:
        return mask_phone(self.asker_phone)


class Erasure(ScopedModel):
    """Certificate that a person's data was removed: numbers and counts, nothing of her."""

    label = models.CharField("名册", max_length=40)
    object_pk = models.BigIntegerField("对象")
    public_no = models.CharField("编号", max_length=12)
    basis = models.CharField("依据", max_length=12, choices=Basis)
    request = models.OneToOneField(
        RightsRequest, verbose_name="请求", null=True, on_delete=models.PROTECT, related_name="erasure"
    )
    erased_on = models.DateField("删除日期", default=timezone.localdate)
    erased_at = models.DateTimeField("删除时间", auto_now_add=True)
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="办理人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    removed = models.JSONField("删除内容", default=dict)
    # The database lets history be removed only in the transaction that wrote this row.
    transaction = models.BigIntegerField(
        "事务", db_default=models.Func(template="(pg_current_xact_id()::text::bigint)"), editable=False
    )

    objects = ErasureQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "删除凭证"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["label", "object_pk"], name="one_erasure_a_person")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Number of the certificate."""
        return f"SC{self.erased_on:%Y%m%d}-{self.pk:05d}"
