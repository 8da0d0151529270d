"""The card that a guardian checks at the door: its code, the volunteer's picture, what the family reports by it."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from aixin.privacy.fields import EncryptedField
from aixin.privacy.masks import mask_phone
from pairing.choices import ReportKind
from pairing.models.pairings import Pairing
from pairing.models.steps import PairingPart
from pairing.querysets import DoorReportQuerySet, PortraitQuerySet
from volunteers.models import Volunteer


class Card(PairingPart):
    """A printed 结对卡. Its code is random and known to the paper alone; here stands its digest."""

    pairing = models.ForeignKey(Pairing, verbose_name="结对", on_delete=models.CASCADE, related_name="cards")
    token_hash = models.CharField("核验码摘要", max_length=64, unique=True)
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="印发人", on_delete=models.PROTECT, related_name="+"
    )
    printed_at = models.DateTimeField("印发时间", auto_now_add=True)
    voided_at = models.DateTimeField("作废时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "结对卡"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"card {self.pk}"


class Portrait(models.Model):
    """A volunteer's picture for the door, kept only while she agrees; the newest one counts."""

    volunteer = models.ForeignKey(
        Volunteer, verbose_name="爱心妈妈", on_delete=models.CASCADE, related_name="portraits"
    )
    content = EncryptedField("照片")
    agreed_on = models.DateField("本人同意日期", default=timezone.localdate)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = PortraitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "爱心妈妈照片"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"portrait {self.pk}"

    @property
    def audit_subjects(self) -> list[str]:
        """The volunteer's number."""
        return self.volunteer.audit_subjects


class DoorReport(PairingPart):
    """What somebody with the card told the county. Nothing follows by itself: the county calls the family back."""

    pairing = models.ForeignKey(
        Pairing, verbose_name="结对", on_delete=models.CASCADE, related_name="door_reports"
    )
    kind = models.CharField("事项", max_length=12, choices=ReportKind)
    text = EncryptedField("说了什么", blank=True, default="")
    phone = EncryptedField("留下的电话", blank=True, default="")
    created_at = models.DateTimeField("时间", auto_now_add=True)
    handled_at = models.DateTimeField("办结时间", null=True, editable=False)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="办理人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    remark = EncryptedField("办理情况", blank=True, default="")

    objects = DoorReportQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "扫码反馈"
        ordering = [models.F("handled_at").desc(nulls_first=True), "-id"]

    def __str__(self) -> str:
        return f"door report {self.pk}"

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)
