"""包联督导: who looks after which county, what was found there, and what the county did about it."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from aixin.access.models import ScopedModel
from reports.supervision.choices import Act, State
from reports.supervision.querysets import FindingQuerySet, LeaderQuerySet


class Leader(ScopedModel):
    """A leader whom a city (`region`) has look after counties; with an account she writes down findings herself."""

    name = models.CharField("姓名", max_length=20)
    title = models.CharField("职务", max_length=30)
    unit = models.CharField("单位", max_length=60)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="账号",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = LeaderQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "包联领导"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"leader {self.pk}"


class LeaderCounty(ScopedModel):
    """A county (`region`) that a leader looks after, for a time; both days inside."""

    leader = models.ForeignKey(
        Leader, verbose_name="包联领导", on_delete=models.CASCADE, related_name="counties"
    )
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "包联县"
        ordering = ["region_id", "-since"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="leader_county_until_after_since",
            )
        ]

    def __str__(self) -> str:
        return f"county of leader {self.leader_id}"

    @property
    def is_current(self) -> bool:
        return self.since <= timezone.localdate() and (
            self.until is None or self.until >= timezone.localdate()
        )


class Finding(ScopedModel):
    """督办: what was found in a county (`region`), which the county answers by a day and the city closes."""

    client_uuid = models.UUIDField("提交标识", unique=True, default=uuid.uuid4, editable=False)
    leader = models.ForeignKey(
        Leader,
        verbose_name="包联领导",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="findings",
    )
    found_on = models.DateField("督导日期")
    place = models.CharField("在哪里", max_length=60)
    text = models.TextField("发现的问题", max_length=1000)
    # Key of a metric that the finding is about.
    metric = models.CharField("有关的数字", max_length=40, blank=True)
    due_on = models.DateField("办理期限")
    state = models.CharField("进度", max_length=8, choices=State, default=State.OPEN)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="填写人", on_delete=models.PROTECT, related_name="+"
    )
    # Days by the offices' clock: figures of the past are counted from them.
    raised_on = models.DateField("下发日期", default=timezone.localdate)
    replied_on = models.DateField("回复日期", null=True)
    closed_on = models.DateField("办结日期", null=True)
    escalated_on = models.DateField("超期上报日期", null=True)

    objects = FindingQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "督办事项"
        ordering = [models.F("closed_on").desc(nulls_first=True), "due_on", "id"]
        indexes = [models.Index(fields=["region", "closed_on", "due_on"], name="finding_region_state")]

    def __str__(self) -> str:
        return f"finding {self.pk}"

    @property
    def is_late(self) -> bool:
        return self.state == State.OPEN and self.due_on < timezone.localdate()

    @property
    def days_late(self) -> int:
        return (timezone.localdate() - self.due_on).days if self.is_late else 0


class FindingStep(models.Model):
    """What was done with a finding, in order: raised, replied, sent back, closed."""

    finding = models.ForeignKey(
        Finding, verbose_name="督办事项", on_delete=models.CASCADE, related_name="steps"
    )
    act = models.CharField("做了什么", max_length=8, choices=Act)
    text = models.TextField("说明", max_length=1000, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="办理人", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "督办过程"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"step of finding {self.finding_id}"
