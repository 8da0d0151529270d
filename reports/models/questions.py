"""A question that somebody keeps for herself or for her office. It holds codes and numbers, never a person."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from aixin.access.models import Region
from reports.querysets import QuestionQuerySet


class SavedQuestion(models.Model):
    """A question by its address's query; `region` is the office whose post its owner saved it in."""

    region = models.ForeignKey(
        Region, verbose_name="地区", on_delete=models.PROTECT, db_column="region_code", related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="保存人", on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField("名称", max_length=40)
    subject = models.CharField("查询内容", max_length=20)
    query = models.CharField("条件", max_length=2000)
    is_shared = models.BooleanField("本地区共用", default=False)
    created_at = models.DateTimeField("保存时间", default=timezone.now, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "查询"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "region", "name"], name="one_question_a_name")
        ]
        indexes = [models.Index(fields=["region", "is_shared"], name="question_region_shared")]

    def __str__(self) -> str:
        return f"question {self.pk}"
