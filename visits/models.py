"""A visit: one contact with the children of a household, by one or several volunteers (DOMAIN section 5)."""

import datetime
import uuid

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from aixin.access.models import ScopedModel
from aixin.privacy.fields import EncryptedField
from children.models import Child, ChildRecord
from visits.choices import Answer, Finding, Part, Source, Way
from visits.querysets import CallAttemptQuerySet, CallBackQuerySet, PhotoQuerySet, VisitQuerySet
from volunteers.models import Volunteer

MINUTES_A_DAY = 24 * 60


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="events"),
)
class Visit(ScopedModel):
    """One contact. `region` is the place it counts for: where the first child lived on that day."""

    client_uuid = models.UUIDField("提交标识", unique=True, default=uuid.uuid4, editable=False)
    date = models.DateField("日期", default=timezone.localdate)
    way = models.CharField("方式", max_length=10, choices=Way)
    family = models.CharField("家庭情况", max_length=10, choices=Finding, blank=True)
    study = models.CharField("学习情况", max_length=10, choices=Finding, blank=True)
    life = models.CharField("生活情况", max_length=10, choices=Finding, blank=True)
    seen = models.TextField("看到的情况", max_length=1000, blank=True)
    done = models.TextField("做了什么", max_length=1000, blank=True)
    next_step = models.CharField("下一步", max_length=200, blank=True)
    next_on = models.DateField("下一步日期", null=True, blank=True)
    goods = models.CharField("物品", max_length=100, blank=True)
    goods_value = models.DecimalField(
        "物品价值（元）",
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    companions = models.CharField("其他同行人", max_length=100, blank=True)
    minutes = models.PositiveSmallIntegerField(
        "用时（分钟）",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MINUTES_A_DAY)],
    )
    is_backfill = models.BooleanField("补录", default=False)
    # Households reached, counted when the visit is stored: 户次 beside 人次 (DOMAIN section 1).
    households = models.PositiveSmallIntegerField("户次", default=1, editable=False)
    volunteers = models.ManyToManyField(Volunteer, verbose_name="爱心妈妈", related_name="visits", blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="记录人", on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("记录时间", auto_now_add=True)
    # Counts up with every correction, so that one made from an older copy is noticed.
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, editable=False)
    withdrawn_reason = models.CharField("撤回原因", max_length=100, blank=True, editable=False)

    objects = VisitQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "走访"
        ordering = ["-date", "-id"]
        indexes = [models.Index(fields=["region", "date"], name="visit_region_date")]

    def __str__(self) -> str:
        return f"visit {self.pk}"

    @property
    def audit_subjects(self) -> list[str]:
        """Numbers of the children visited and of the volunteers; reads the prefetched rows."""
        people = [*(link.child for link in self.visited.all()), *self.volunteers.all()]
        return [person.no for person in people]

    @property
    def is_correctable(self) -> bool:
        """Whether its author may still correct or withdraw it: seven days, not withdrawn."""
        return self.withdrawn_at is None and timezone.now() - self.recorded_at < datetime.timedelta(
            days=settings.VISIT_CORRECTION_DAYS
        )

    @property
    def summary(self) -> str:
        """What a list shows of the text."""
        return self.seen or self.done or self.next_step

    @property
    def findings(self) -> list[tuple[str, str, str]]:
        """Name, state and label of family, study and life, in that order."""
        return [
            ("家庭", self.family, str(self.get_family_display())),
            ("学习", self.study, str(self.get_study_display())),
            ("生活", self.life, str(self.get_life_display())),
        ]


class VisitedChild(models.Model):
    """A child reached by a visit: one 人次."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="visited")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="visited")

    class Meta:
        verbose_name = verbose_name_plural = "走访到的儿童"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["visit", "child"], name="one_child_once_a_visit")]

    def __str__(self) -> str:
        return f"{self.visit_id}/{self.child_id}"


class VisitPhoto(models.Model):
    """A photograph of a visit, bare of all but the picture, encrypted. Its key is made on the phone that took it."""

    id = models.UUIDField("照片标识", primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(Visit, verbose_name="走访", on_delete=models.CASCADE, related_name="photos")
    content = EncryptedField("照片")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传人", on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True, db_index=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "走访照片"
        ordering = ["uploaded_at", "id"]

    def __str__(self) -> str:
        return f"photo {self.pk}"

    @property
    def audit_subjects(self) -> list[str]:
        """Numbers of whom the visit reached and who made it."""
        return self.visit.audit_subjects


class CallAttempt(models.Model):
    """A call that nobody answered, by a volunteer or else by the chair of the child's village (`caller`).

    Its key is made with the page that asked, so that it counts once.
    """

    id = models.UUIDField("拨打标识", primary_key=True, default=uuid.uuid4, editable=False)
    child = models.ForeignKey(
        Child, verbose_name="儿童", on_delete=models.PROTECT, related_name="call_attempts"
    )
    volunteer = models.ForeignKey(
        Volunteer, verbose_name="爱心妈妈", null=True, on_delete=models.PROTECT, related_name="call_attempts"
    )
    caller = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="村干部", null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("时间", default=timezone.now)

    objects = CallAttemptQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "未打通的电话"
        ordering = ["-at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(volunteer__isnull=False) | models.Q(caller__isnull=False),
                name="call_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"

    @property
    def audit_subjects(self) -> list[str]:
        """The child's public number."""
        return self.child.audit_subjects


class CallBack(models.Model):
    """回访: somebody of the office is to call a child's guardian; the number opens to her alone, until she has."""

    child = models.ForeignKey(Child, verbose_name="儿童", on_delete=models.PROTECT, related_name="callbacks")
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="由谁回访", on_delete=models.PROTECT, related_name="+"
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="安排人", on_delete=models.PROTECT, related_name="+"
    )
    # 抽查: the visit that the guardian is asked about.
    visit = models.ForeignKey(
        Visit,
        verbose_name="核实的走访",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="callbacks",
        editable=False,
    )
    question = models.CharField("想了解什么", max_length=100, blank=True)
    due_on = models.DateField("最晚日期")
    answer = models.CharField("结果", max_length=10, choices=Answer, blank=True)
    remark = models.CharField("说明", max_length=300, blank=True)
    created_at = models.DateTimeField("安排时间", auto_now_add=True)
    answered_at = models.DateTimeField("完成时间", null=True, editable=False)
    # From then on it is the county's head's, or let off; who had it does not see it any more.
    passed_at = models.DateTimeField("交给负责人的时间", null=True, editable=False)

    objects = CallBackQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "回访"
        ordering = [models.F("answered_at").desc(nulls_first=True), "due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["child", "assigned_to"],
                condition=models.Q(answered_at=None, passed_at=None),
                name="one_open_callback_a_child_and_person",
            )
        ]

    def __str__(self) -> str:
        return f"callback {self.pk}"

    @property
    def audit_subjects(self) -> list[str]:
        """The child's public number."""
        return self.child.audit_subjects

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be made by who was to make it."""
        return self.answered_at is None and self.passed_at is None

    @property
    def is_late(self) -> bool:
        return self.answered_at is None and self.due_on < timezone.localdate()


@pghistory.track(
    pghistory.InsertEvent(),
    # To hear the same again is no change; the trail and the visits tell who did.
    pghistory.UpdateEvent(condition=pghistory.AnyChange("text", "changed_on")),
    pghistory.DeleteEvent(),
    obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="events"),
)
class Situation(ChildRecord):
    """三必清: one part of what is known of a child, how fresh it is and from whom (DOMAIN section 5).

    What staff have said stands beside what visits say, so that a withdrawn visit falls back to the right one.
    """

    child = models.ForeignKey(Child, verbose_name="儿童", on_delete=models.CASCADE, related_name="situations")
    part = models.CharField("方面", max_length=8, choices=Part)
    confirmed_on = models.DateField("最近了解")
    source = models.CharField("来源", max_length=8, choices=Source)
    # Follows from the visits, so that it stands in the way of no import that is taken back.
    visit = models.ForeignKey(
        Visit,
        verbose_name="走访",
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    text = models.TextField("现在的情况", max_length=1000, blank=True)
    changed_on = models.DateField("情况变化", null=True)
    stated_on = models.DateField("核实日期", null=True, editable=False)
    stated_source = models.CharField("核实来源", max_length=8, choices=Source, blank=True, editable=False)
    stated_text = models.TextField("核实的情况", max_length=1000, blank=True, editable=False)
    stated_text_on = models.DateField("核实变化", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "三必清"
        ordering = ["child_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["child", "part"], name="one_situation_a_child_and_part")
        ]
        indexes = [models.Index(fields=["region", "confirmed_on"], name="situation_region_confirmed")]

    def __str__(self) -> str:
        return f"situation {self.pk}"


def person_visits(visits: models.QuerySet[Visit]) -> int:
    """Return 人次: children reached, each as often as a visit reached it."""
    return VisitedChild.objects.filter(visit__in=visits).count()


def household_visits(visits: models.QuerySet[Visit]) -> int:
    """Return 户次: households reached, each as often as a visit reached it."""
    return visits.aggregate(total=models.Sum("households"))["total"] or 0
