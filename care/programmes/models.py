"""A care programme as its office defined it, the counties that take part, and what was decided about single children."""

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from aixin.access.models import Region
from aixin.privacy.fields import EncryptedField
from care.programmes.choices import Certified, How, Period, ProgrammeState, Reach, Standing
from care.programmes.querysets import EnrolmentQuerySet, ItemQuerySet, ProgrammeQuerySet
from children.choices import Category
from children.models import Child, ChildRecord
from visits.choices import Way

MOST_TIMES, OLDEST = 31, 18


@pghistory.track(obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="events"))
class Programme(models.Model):
    """关爱项目: defined by an office of a county or above; counties below it see it and may join (DOMAIN section 5)."""

    region = models.ForeignKey(
        Region, verbose_name="由谁开展", on_delete=models.PROTECT, db_column="region_code", related_name="+"
    )
    name = models.CharField("项目名称", max_length=20)
    purpose = models.CharField("做什么、为什么做", max_length=200, blank=True)
    state = models.CharField("状态", max_length=8, choices=ProgrammeState, default=ProgrammeState.DRAFT)
    first_on = models.DateField("开始日期")
    last_on = models.DateField("结束日期")
    reach = models.CharField("哪些孩子参加", max_length=8, choices=Reach)
    certificate = models.CharField("证书", max_length=10, choices=Certified, default=Certified.NONE)
    certificate_title = models.CharField("证书名称", max_length=20, blank=True)
    certificate_text = models.CharField("证书上的话", max_length=200, blank=True)
    certificate_share = models.PositiveSmallIntegerField(
        "完成多少可以发（%）", default=100, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="修改人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "关爱项目"
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")), name="programme_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return f"programme {self.pk}"

    @property
    def is_draft(self) -> bool:
        return self.state == ProgrammeState.DRAFT

    @property
    def is_running(self) -> bool:
        return self.state == ProgrammeState.RUNNING

    @property
    def is_over(self) -> bool:
        """Whether nothing of it will become due any more."""
        return self.state == ProgrammeState.ENDED or self.last_on < timezone.localdate()


@pghistory.track(obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="events"))
class ProgrammeItem(models.Model):
    """One thing that a programme does for a child: how it counts, how often, and for whom."""

    programme = models.ForeignKey(
        Programme, verbose_name="项目", on_delete=models.CASCADE, related_name="items"
    )
    position = models.PositiveSmallIntegerField("顺序", default=0)
    name = models.CharField("做什么", max_length=20)
    how = models.CharField("怎样算做了", max_length=8, choices=How)
    ways = ArrayField(
        models.CharField(max_length=10, choices=Way), verbose_name="哪种走访算", default=list, blank=True
    )
    times = models.PositiveSmallIntegerField(
        "次数", default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_TIMES)]
    )
    period = models.CharField("多久", max_length=8, choices=Period)
    # Empty covers every category.
    categories = ArrayField(
        models.CharField(max_length=24, choices=Category),
        verbose_name="只给哪些类别",
        default=list,
        blank=True,
    )
    age_from = models.PositiveSmallIntegerField(
        "满多少岁", null=True, blank=True, validators=[MaxValueValidator(OLDEST)]
    )
    age_to = models.PositiveSmallIntegerField(
        "到多少岁", null=True, blank=True, validators=[MaxValueValidator(OLDEST)]
    )
    # What has been done under it stays; nothing more becomes due.
    dropped_on = models.DateField("取消日期", null=True, blank=True, editable=False)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "项目内容"
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"programme item {self.pk}"

    @property
    def often(self) -> str:
        """How often in words: 每月 2 次."""
        return f"{self.get_period_display()} {self.times} 次"

    @property
    def for_whom(self) -> str:
        """Whom it covers in words."""
        labels = dict(Category.choices)
        parts = ["、".join(str(labels[code]) for code in self.categories if code in labels), self._ages()]
        return "，".join(filter(None, parts)) or "所有参加的孩子"

    def _ages(self) -> str:
        if self.age_from is not None and self.age_to is not None:
            return f"{self.age_from}至{self.age_to}岁"
        if self.age_from is not None:
            return f"满{self.age_from}岁"
        return f"{self.age_to}岁以下（含）" if self.age_to is not None else ""

    @property
    def counts_by(self) -> str:
        """How it counts in words: 按入户、见面记录."""
        labels = dict(Way.choices)
        if self.how == How.MARK:
            return "办完勾“做了”"
        return "按" + "、".join(str(labels[way]) for way in self.ways if way in labels) + "记录自动算"


@pghistory.track(obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="events"))
class Joining(models.Model):
    """A county's part in a programme, its own or one of the regions above; without townships the whole county's."""

    programme = models.ForeignKey(
        Programme, verbose_name="项目", on_delete=models.CASCADE, related_name="joinings"
    )
    region = models.ForeignKey(
        Region, verbose_name="县", on_delete=models.PROTECT, db_column="region_code", related_name="+"
    )
    townships = ArrayField(models.CharField(max_length=9), verbose_name="哪些乡镇", default=list, blank=True)
    joined_on = models.DateField("参加日期")
    joined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="经办人", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "参加的县"
        constraints = [models.UniqueConstraint(fields=["programme", "region"], name="a_county_joins_once")]

    def __str__(self) -> str:
        return f"joining {self.pk}"


class Enrolment(ChildRecord):
    """What was decided about one child: chosen, or left out for a reason. Of all others the rule decides."""

    programme = models.ForeignKey(
        Programme, verbose_name="项目", on_delete=models.CASCADE, related_name="enrolments"
    )
    child = models.ForeignKey(
        Child, verbose_name="儿童", on_delete=models.CASCADE, related_name="programme_enrolments"
    )
    standing = models.CharField("参加", max_length=4, choices=Standing)
    reason = EncryptedField("原因", blank=True, default="")
    decided_on = models.DateField("决定日期", default=timezone.localdate)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="经办人", null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = EnrolmentQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "单个孩子的安排"
        constraints = [models.UniqueConstraint(fields=["programme", "child"], name="one_enrolment_a_child")]

    def __str__(self) -> str:
        return f"enrolment {self.pk}"
