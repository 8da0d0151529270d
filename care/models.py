"""What is due for a child, what regions decided about it, and since when a county reminds (DOMAIN section 5)."""

import datetime
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from aixin.access.models import Region, ScopedModel
from aixin.access.regions import Level
from aixin.privacy.fields import EncryptedField
from care.choices import DutyKind, Festival, Source, State
from care.programmes.models import ProgrammeItem
from care.querysets import CarePolicyQuerySet, DutyQuerySet, GoLiveQuerySet
from children.models import Child
from visits.models import Visit
from volunteers.models import Volunteer

# Notices about duties bear their keys.
SUBJECT = "duty:"
LONGEST_CADENCE, LONGEST_WINDOW, LONGEST_DELAY, LONGEST_FRESHNESS = 400, 30, 90, 1000
MOST_CALLS, LAST_CALL_DAY = 200, 28


def _days(label: str, most: int, least: int = 0) -> Any:
    """Return a field of days; empty inherits."""
    limits = [MinValueValidator(least), MaxValueValidator(most)]
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=limits)


@pghistory.track(obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="events"))
class CarePolicy(models.Model):
    """A region's own decisions; `care.policy.rules_for` reads them with those of the regions above. 0 days: not at all."""

    region = models.OneToOneField(
        Region, verbose_name="地区", on_delete=models.PROTECT, db_column="region_code", related_name="+"
    )
    call_days = _days("多少天联系一次", LONGEST_CADENCE)
    meeting_days = _days("多少天见一次面", LONGEST_CADENCE)
    home_days = _days("多少天入户一次", LONGEST_CADENCE)
    school = models.BooleanField("每学期到校一次", null=True, blank=True)
    change_hours = _days("变故困难多少小时内必访", 24 * 14)
    birthday = models.BooleanField("生日必访", null=True, blank=True)
    # None inherits, an empty list is no festival.
    festivals = ArrayField(
        models.CharField(max_length=12, choices=Festival),
        verbose_name="必访的节日",
        null=True,
        blank=True,
        default=None,
    )
    window_days = _days("生日节日前后多少天", LONGEST_WINDOW, 1)
    remind_days = _days("提前多少天提醒", LONGEST_WINDOW, 1)
    chair_days = _days("逾期多少天告诉村妇联主席", LONGEST_DELAY, 1)
    township_days = _days("逾期多少天告诉乡镇", LONGEST_DELAY, 1)
    county_days = _days("逾期多少天告诉县", LONGEST_DELAY, 1)
    fresh_days = _days("三必清多少天内算清楚", LONGEST_FRESHNESS, 1)
    callbacks = _days("每县每月回访多少名监护人", MOST_CALLS)
    callback_day = _days("每月几号前回访完", LAST_CALL_DAY, 1)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="修改人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    objects = CarePolicyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "关爱安排"

    def __str__(self) -> str:
        return f"care policy {self.region_id}"


@pghistory.track(obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="events"))
class GoLive(models.Model):
    """The day on which a county pressed 开始提醒: nothing is due and nothing is sent before it."""

    region = models.OneToOneField(
        Region, verbose_name="县", on_delete=models.PROTECT, db_column="region_code", related_name="+"
    )
    started_on = models.DateField("开始日期", default=timezone.localdate)
    paused_on = models.DateField("暂停日期", null=True, blank=True)
    pressed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="经办人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    objects = GoLiveQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "开始提醒"

    def __str__(self) -> str:
        return f"go-live {self.region_id}"

    @property
    def is_running(self) -> bool:
        return self.paused_on is None


class CountyRun(models.Model):
    """By what a county's duties were last brought in line, and by what its reminders were: `mark_of`, `told_by`."""

    region = models.OneToOneField(
        Region,
        verbose_name="县",
        on_delete=models.CASCADE,
        db_column="region_code",
        primary_key=True,
        related_name="+",
    )
    mark = models.CharField("依据", max_length=64)
    told = models.CharField("提醒依据", max_length=64, default="")

    class Meta:
        verbose_name = verbose_name_plural = "安排更新"

    def __str__(self) -> str:
        return f"run {self.region_id}"


class CountyTouch(models.Model):
    """That what a county's duties follow from was written since its last run. Triggers add rows (migration 0003).

    Rows are only added and removed, never changed, so that nobody who writes waits for anybody else.
    """

    region_code = models.CharField("县", max_length=12, db_collation="C", db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "有变动的县"

    def __str__(self) -> str:
        return f"touch {self.pk}"


class Duty(ScopedModel):
    """One thing due for one child on one occasion; `region` is where the child lives.

    The child's, given to its main volunteer, done by any of its volunteers or the village's chair. The database keeps
    region and volunteer in step (migration 0001); its keys to people are the database's own, with ON DELETE, because a
    duty follows from pairing and policy and stands in the way of no merge and no undoing of an import.
    """

    child = models.ForeignKey(
        Child,
        verbose_name="儿童",
        on_delete=models.CASCADE,
        db_constraint=False,
        # The index of the unique constraint begins with it.
        db_index=False,
        related_name="duties",
    )
    kind = models.CharField("种类", max_length=12, choices=DutyKind)
    # Of a cadence the day from which it counts; of a festival, birthday, term its name or date.
    occasion = models.CharField("事由", max_length=40)
    # Of a programme its item, and what that was called when the duty was made.
    item = models.ForeignKey(
        ProgrammeItem,
        verbose_name="项目内容",
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="duties",
    )
    what = models.CharField("做什么", max_length=20, blank=True, default="", db_default="")
    # The first day on which a contact counts, the day it is about, the last day.
    opens_on = models.DateField("起始日期")
    meant_on = models.DateField("当天")
    due_on = models.DateField("最晚日期")
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    volunteer = models.ForeignKey(
        Volunteer,
        verbose_name="主责爱心妈妈",
        null=True,
        on_delete=models.SET_NULL,
        db_constraint=False,
        db_index=False,
        related_name="duties",
    )
    visit = models.ForeignKey(
        Visit,
        verbose_name="由哪次走访完成",
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="duties",
    )
    done_on = models.DateField("完成日期", null=True)
    # The day it was excused or lapsed: figures of the days before it count it as they did.
    closed_on = models.DateField("免办或作废日期", null=True)
    # Last days that had passed when it was given another, each with the day of that decision behind it: the figures of the
    # days between count it as overdue.
    missed = ArrayField(models.DateField(), verbose_name="错过的日期", null=True, default=None)
    # Where staff gave it another day: the one it had.
    moved_from = models.DateField("原定日期", null=True)
    # Why it was moved or excused; of a reported change what was reported.
    reason = EncryptedField("原因", blank=True, default="")
    note = EncryptedField("情况", blank=True, default="")
    source = models.CharField("由谁反映", max_length=10, choices=Source, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="经办人",
        null=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="+",
    )
    escalated_to = models.PositiveSmallIntegerField("已报到哪一级", choices=Level, null=True)
    escalated_on = models.DateField("上报日期", null=True)
    made_at = models.DateTimeField("产生时间", db_default=Now())

    objects = DutyQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "关爱安排"
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["region", "due_on"], condition=Q(state=State.OPEN), name="duty_open"),
            models.Index(fields=["child"], condition=Q(state=State.EXCUSED), name="duty_excused"),
            models.Index(fields=["region", "item"], condition=Q(item__isnull=False), name="duty_programme"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["child", "kind", "occasion"], name="one_duty_an_occasion"),
            models.CheckConstraint(
                condition=~Q(state=State.DONE) | Q(done_on__isnull=False), name="done_duty_has_day"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.OPEN, State.DONE]) | Q(closed_on__isnull=False),
                name="closed_duty_has_day",
            ),
        ]

    def __str__(self) -> str:
        return f"duty {self.pk}"

    @property
    def audit_subjects(self) -> list[str]:
        """The child's public number."""
        return self.child.audit_subjects

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_on < timezone.localdate()

    @property
    def is_moved(self) -> bool:
        return self.moved_from is not None

    def days_left(self, today: datetime.date) -> int:
        """Return in how many days it is due; negative once it is overdue."""
        return (self.due_on - today).days

    @property
    def subject(self) -> str:
        """The name under which notices are about it."""
        return subject_of(self.pk)


def subject_of(pk: Any) -> str:
    """Return the name under which notices are about a duty."""
    return f"{SUBJECT}{pk}"
