"""What happened to a pairing, step by step; the papers it rests on; what one volunteer leaves to the next."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from aixin.privacy.fields import EncryptedField
from children.choices import ScanKind
from children.models import Child, ConsentRecord
from pairing.choices import StepKind
from pairing.models.pairings import Pairing
from pairing.querysets import PairingPartQuerySet


class PairingPart(models.Model):
    """A row that belongs to a pairing and is where its child is."""

    pairing: Pairing
    objects = PairingPartQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def audit_subjects(self) -> list[str]:
        """Numbers of the child and the volunteer."""
        return self.pairing.audit_subjects


class PairingStep(PairingPart):
    """One step: what, on which day, by whom, why, and on which paper it rests. Rows are only ever added."""

    pairing = models.ForeignKey(Pairing, verbose_name="结对", on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField("步骤", max_length=16, choices=StepKind)
    day = models.DateField("日期", default=timezone.localdate)
    note = EncryptedField("说明", blank=True, default="")
    consent = models.ForeignKey(
        ConsentRecord,
        verbose_name="监护人意见",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="经办人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "结对经过"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"pairing step {self.pk}"


class Agreement(PairingPart):
    """安全责任书: on which days the two signed it (DOMAIN section 4)."""

    pairing = models.OneToOneField(
        Pairing, verbose_name="结对", on_delete=models.CASCADE, related_name="agreement"
    )
    volunteer_signed_on = models.DateField("爱心妈妈签字日期")
    guardian_signed_on = models.DateField("监护人签字日期")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "安全责任书"

    def __str__(self) -> str:
        return f"agreement {self.pk}"


class AgreementScan(PairingPart):
    """The signed paper, encrypted; apart from the dates, so that no page loads it."""

    pairing = models.OneToOneField(
        Pairing, verbose_name="结对", on_delete=models.CASCADE, related_name="agreement_scan"
    )
    kind = models.CharField("格式", max_length=4, choices=ScanKind)
    content = EncryptedField("扫描件")

    class Meta:
        verbose_name = verbose_name_plural = "安全责任书扫描件"

    def __str__(self) -> str:
        return f"agreement scan {self.pk}"


class HandOver(PairingPart):
    """交接说明: what who comes next should know. Read by staff and by those who stand by the child now."""

    pairing = models.ForeignKey(
        Pairing, verbose_name="结对", on_delete=models.CASCADE, related_name="handovers"
    )
    child = models.ForeignKey(Child, verbose_name="儿童", on_delete=models.PROTECT, related_name="handovers")
    text = EncryptedField("交接说明")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "交接说明"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"hand-over {self.pk}"
