"""摸排: a round in which each village says of each child on its roster whether it is still there (DOMAIN section 2)."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from aixin.access.models import ScopedModel
from children.models import Child
from rounds.choices import Outcome
from rounds.querysets import AnswerQuerySet, RoundQuerySet


class Round(ScopedModel):
    """A round of a county or a township (`region`), answered by the villages below."""

    title = models.CharField("名称", max_length=40)
    opened_on = models.DateField("开始日期", default=timezone.localdate)
    due_on = models.DateField("截止日期")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="发起人", on_delete=models.PROTECT, related_name="+"
    )
    # The number of the newest record at the opening: who came later is new, and is not asked about.
    newest_child = models.BigIntegerField("开始时最新的记录", default=0, editable=False)
    closed_at = models.DateTimeField("结束时间", null=True, editable=False)

    objects = RoundQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "摸排"
        ordering = [models.F("closed_at").desc(nulls_first=True), "-opened_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region"], condition=models.Q(closed_at=None), name="one_open_round_a_region"
            ),
            models.CheckConstraint(
                condition=models.Q(due_on__gte=models.F("opened_on")), name="round_due_after_opening"
            ),
        ]

    def __str__(self) -> str:
        return f"round {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_on < timezone.localdate()


class RoundAnswer(models.Model):
    """What was said of a child in a round; access follows the child."""

    round = models.ForeignKey(Round, verbose_name="摸排", on_delete=models.CASCADE, related_name="answers")
    child = models.ForeignKey(
        Child, verbose_name="儿童", on_delete=models.CASCADE, related_name="round_answers"
    )
    outcome = models.CharField("情况", max_length=10, choices=Outcome)
    words = models.CharField("说明", max_length=200, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="核实人", on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField("核实时间", default=timezone.now)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "摸排结果"
        ordering = ["-answered_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "child"], name="one_answer_a_child_and_round")
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"

    @property
    def audit_subjects(self) -> list[str]:
        """The child's public number."""
        return self.child.audit_subjects
