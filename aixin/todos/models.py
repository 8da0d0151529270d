"""待办: what the system has found and a person decides (DOMAIN section 2: nothing leaves by itself)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from aixin.access.models import ScopedModel
from aixin.access.regions import Level
from aixin.privacy.fields import EncryptedField
from aixin.todos.choices import State
from aixin.todos.querysets import TodoQuerySet


class Todo(ScopedModel):
    """One thing to decide about one row, on one occasion; `region` is where the row is.

    It names nobody: the persons' public numbers and facts (codes, numbers, dates) are all it holds, and the reason that
    somebody gave for her decision.
    """

    kind = models.CharField("种类", max_length=24)
    # The row it is about: "children.child" and its key.
    subject = models.CharField("对象", max_length=40)
    subject_id = models.BigIntegerField("对象编号")
    occasion = models.CharField("事由", max_length=60)
    numbers = ArrayField(models.CharField(max_length=12), verbose_name="相关人员编号", default=list)
    facts = models.JSONField("依据", default=dict)
    level = models.PositiveSmallIntegerField("由哪一级办", choices=Level)
    found_on = models.DateField("发现日期", default=timezone.localdate)
    due_on = models.DateField("办理期限")
    escalated_to = models.PositiveSmallIntegerField("已报到哪一级", choices=Level, null=True)
    escalated_on = models.DateField("上报日期", null=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    decision = models.CharField("决定", max_length=24, blank=True)
    remark = EncryptedField("原因", blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="办理人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField("办结时间", null=True)
    # The day from which it is found again while its cause lasts; None: not for this occasion.
    ask_again_on = models.DateField("再次询问日期", null=True)

    objects = TodoQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "待办"
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["region", "state"], name="todo_region_state"),
            models.Index(fields=["kind", "state"], name="todo_kind_state"),
            GinIndex(fields=["numbers"], name="todo_numbers"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id", "occasion"],
                condition=Q(state=State.OPEN),
                name="one_open_todo_an_occasion",
            )
        ]

    def __str__(self) -> str:
        return f"todo {self.pk}"

    @property
    def audit_subjects(self) -> list[str]:
        """Numbers of the persons it is about."""
        return self.numbers

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_on < timezone.localdate()
