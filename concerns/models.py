"""What a visit brings up: matters raised, mandatory reports, questions to specialists (DOMAIN section 5)."""

import secrets
import uuid
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from aixin.access.inheriting import InheritedQuerySet
from aixin.access.models import ScopedModel
from aixin.access.regions import Level, level_of
from aixin.privacy.fields import EncryptedField
from children.models import Child, ChildRecord
from concerns.choices import Kind, Office, Sign, State, Topic, Urgency
from concerns.querysets import ConcernQuerySet, QuestionQuerySet, ReportQuerySet, SpecialistQuerySet
from visits.models import Visit
from volunteers.models import Volunteer


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="events"),
)
class Concern(ChildRecord):
    """问题上报: a matter of a child that the county is to deal with until whoever raised it hears what came of it."""

    child = models.ForeignKey(Child, verbose_name="儿童", on_delete=models.CASCADE, related_name="concerns")
    client_uuid = models.UUIDField("提交标识", unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("哪方面", max_length=10, choices=Kind)
    urgency = models.CharField("急不急", max_length=8, choices=Urgency, default=Urgency.DAILY)
    text = models.TextField("情况", max_length=1000)
    visit = models.ForeignKey(
        Visit, verbose_name="走访", null=True, on_delete=models.PROTECT, related_name="concerns"
    )
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上报人", on_delete=models.PROTECT, related_name="+"
    )
    raised_at = models.DateTimeField("上报时间", auto_now_add=True)
    due_at = models.DateTimeField("办理期限")
    state = models.CharField("状态", max_length=10, choices=State, default=State.NEW)
    office = models.CharField("移交部门", max_length=10, choices=Office, blank=True)
    handed_to = models.CharField("对方经办人", max_length=60, blank=True)
    handed_on = models.DateField("移交日期", null=True)
    result = models.TextField("办理结果", max_length=500, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True)

    objects = ConcernQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "上报的问题"
        ordering = ["-raised_at", "-id"]
        indexes = [models.Index(fields=["region", "state", "due_at"], name="concern_region_state")]

    def __str__(self) -> str:
        return f"concern {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state != State.CLOSED

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_at < timezone.now()


# Working days after the deadline until an office hears of it.
DELAYS = ("township_days", "county_days", "head_days", "city_days")
LONGEST_HOURS, LONGEST_WAIT, LONGEST_DELAY = 24 * 14, 90, 60


def _number(label: str, least: int, most: int) -> Any:
    """Return a field of hours or days; empty inherits."""
    limits = [
        MinValueValidator(least, f"最少填 {least}。"),
        MaxValueValidator(most, f"最多填 {most}。"),
    ]
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=limits)


@pghistory.track(obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="events"))
class ConcernPolicy(models.Model):
    """A region's own decisions; `concerns.policy.rules_for` reads them with those of the regions above.

    The city alone decides whether it hears of its counties' matters.
    """

    region = models.OneToOneField(
        "access.Region",
        verbose_name="地区",
        on_delete=models.PROTECT,
        db_column="region_code",
        related_name="+",
    )
    urgent_hours = _number("急的多少小时内办", 1, LONGEST_HOURS)
    soon_days = _number("心理、健康、监护、安全多少天内办", 1, LONGEST_WAIT)
    usual_days = _number("其他问题多少天内办", 1, LONGEST_WAIT)
    township_days = _number("超期第几个工作日告诉乡镇", 1, LONGEST_DELAY)
    county_days = _number("超期第几个工作日告诉县", 1, LONGEST_DELAY)
    head_days = _number("超期第几个工作日告诉县负责人", 1, LONGEST_DELAY)
    city_days = _number("超期第几个工作日告诉市负责人", 0, LONGEST_DELAY)
    # The day from which offices are told by the delays as they are now.
    told_since = models.DateField("从哪天起按现在的时间上报", null=True, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="修改人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    objects = InheritedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "问题办理期限"

    def __str__(self) -> str:
        return f"concern policy {self.region_id}"

    def clean(self) -> None:
        if self.city_days is not None and level_of(self.region_id) > Level.CITY:
            raise ValidationError({"city_days": "要不要告诉市里，由市里定。"})


def new_report_key() -> int:
    """Return a key for a report, made here because whoever reports cannot read the row back."""
    return secrets.randbits(62)


class Report(models.Model):
    """强制报告: signs that a child is harmed. Kept by `region`'s head alone; everything typed is encrypted.

    It stands in no list, export or history. Its key to the child has no constraint, so that no merge or import of
    others meets it.
    """

    id = models.BigIntegerField(primary_key=True, default=new_report_key, editable=False)
    region = models.ForeignKey(
        "access.Region",
        verbose_name="由谁保管",
        on_delete=models.PROTECT,
        db_column="region_code",
        related_name="+",
    )
    child = models.ForeignKey(
        Child, verbose_name="儿童", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    signs = ArrayField(models.CharField(max_length=12, choices=Sign), verbose_name="发现了什么")
    text = EncryptedField("情况", blank=True, default="")
    about_head = models.BooleanField("涉及县妇联负责人", default=False)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="报告人", on_delete=models.PROTECT, related_name="+"
    )
    raised_at = models.DateTimeField("报告时间", default=timezone.now)
    closed_at = models.DateTimeField("了结时间", null=True)
    outcome = EncryptedField("结果", blank=True, default="")

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "强制报告"
        ordering = [models.F("closed_at").desc(nulls_first=True), "-raised_at"]

    def __str__(self) -> str:
        return f"report {self.pk}"

    # Whoever asks the trail about the child does not meet the report.
    audit_subjects: tuple[str, ...] = ()

    @property
    def sign_labels(self) -> list[str]:
        return [str(Sign(sign).label) for sign in self.signs]


class ReportStep(models.Model):
    """What the head did about a report, in her own words."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="steps")
    text = EncryptedField("做了什么")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="办理人", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "强制报告的办理"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"report step {self.pk}"

    audit_subjects: tuple[str, ...] = ()


class Specialist(ScopedModel):
    """A volunteer whom a county (`region`) has asked to answer questions."""

    volunteer = models.ForeignKey(
        Volunteer, verbose_name="爱心妈妈", on_delete=models.CASCADE, related_name="answering"
    )
    topic = models.CharField("解答什么", max_length=8, choices=Topic)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="指定人", on_delete=models.PROTECT, related_name="+"
    )
    named_at = models.DateTimeField("指定时间", auto_now_add=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    objects = SpecialistQuerySet.as_manager()  # type: ignore[assignment, misc]

    class Meta:
        verbose_name = verbose_name_plural = "解答问题的专家"
        ordering = ["topic", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "volunteer", "topic"],
                condition=models.Q(ended_at=None),
                name="one_specialist_a_topic",
            )
        ]

    def __str__(self) -> str:
        return f"specialist {self.pk}"

    @property
    def audit_subjects(self) -> list[str]:
        return [self.volunteer.no]


class Question(ScopedModel):
    """A volunteer's question to the specialists of her county (`region`): stored without the child's name."""

    client_uuid = models.UUIDField("提交标识", unique=True, default=uuid.uuid4, editable=False)
    # Of no concern to who answers; the county's own look-up. A merge need not move it.
    child = models.ForeignKey(
        Child,
        verbose_name="孩子",
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    topic = models.CharField("哪方面", max_length=8, choices=Topic)
    text = models.TextField("问题", max_length=1000)
    asker = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="提问人", on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField("提问时间", auto_now_add=True)
    answer = models.TextField("解答", max_length=1500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="解答人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField("解答时间", null=True)

    objects = QuestionQuerySet.as_manager()  # type: ignore[assignment, misc]

    class Meta:
        verbose_name = verbose_name_plural = "提问"
        ordering = [models.F("answered_at").desc(nulls_first=True), "asked_at"]

    def __str__(self) -> str:
        return f"question {self.pk}"

    audit_subjects: tuple[str, ...] = ()

    @classmethod
    def specialists(cls) -> Any:
        return Specialist.objects
