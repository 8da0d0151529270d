"""What a region decided about the steps of a pairing; a region without a row follows the one above."""

from django.conf import settings
from django.db import models

from aixin.access.models import Region
from pairing.querysets import RuleQuerySet


class PairingRule(models.Model):
    """Whether what a township pairs waits for its county's approval."""

    region = models.OneToOneField(
        Region, verbose_name="地区", on_delete=models.PROTECT, db_column="region_code", related_name="+"
    )
    needs_approval = models.BooleanField("乡镇结对须经县级审批")
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="修改人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "结对审批"

    def __str__(self) -> str:
        return f"pairing rule {self.region_id}"
