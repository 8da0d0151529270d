"""爱心妈妈: caring volunteers (DOMAIN section 3)."""

import datetime

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from aixin.access.models import User
from aixin.access.numbers import Kind
from aixin.access.people import Person, PhoneMixin
from aixin.vocabulary import CareTopic, Reach, Sex
from volunteers.choices import Clearance, State, VolunteerKind, WishedCategory
from volunteers.querysets import VolunteerQuerySet

DEFAULT_CAPACITY = 3
MAX_CAPACITY = 50


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(
        condition=pghistory.AnyChange(exclude=["idno", "phone", "other_phones", "updated_at"])
    ),
    pghistory.DeleteEvent(),
    obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="events"),
)
class Volunteer(PhoneMixin, Person):
    """A volunteer. `region` is her home region: a township, a village or, for city offices, a county."""

    NUMBER_KIND = Kind.VOLUNTEER

    user = models.OneToOneField(
        User, verbose_name="账号", null=True, blank=True, on_delete=models.SET_NULL, related_name="volunteer"
    )
    unit = models.CharField("工作单位", max_length=60, blank=True)
    duty = models.CharField("职务", max_length=40, blank=True)
    kind = models.CharField("类别", max_length=16, choices=VolunteerKind, default=VolunteerKind.OTHER)
    skills = ArrayField(
        models.CharField(max_length=16, choices=CareTopic), verbose_name="特长", default=list, blank=True
    )
    capacity = models.PositiveSmallIntegerField(
        "可结对人数",
        default=DEFAULT_CAPACITY,
        validators=[MinValueValidator(0), MaxValueValidator(MAX_CAPACITY)],
    )
    # What she would like; blank says nothing, and the region's policy decides.
    reach = models.CharField("愿意结对的范围", max_length=12, choices=Reach, blank=True)
    wished_age_from = models.PositiveSmallIntegerField("愿意结对的年龄（起）", null=True, blank=True)
    wished_age_to = models.PositiveSmallIntegerField("愿意结对的年龄（止）", null=True, blank=True)
    wished_sex = models.CharField("愿意结对的性别", max_length=1, choices=Sex, blank=True)
    wished_categories = ArrayField(
        models.CharField(max_length=24, choices=WishedCategory),
        verbose_name="愿意结对的类别",
        default=list,
        blank=True,
    )
    state = models.CharField("状态", max_length=12, choices=State, default=State.QUALIFIED)
    clearance = models.CharField("准入查询", max_length=12, choices=Clearance, default=Clearance.UNCHECKED)
    cleared_on = models.DateField("查询日期", null=True, blank=True)
    cleared_by = models.CharField("查询经办", max_length=40, blank=True)
    notes = models.TextField("备注", max_length=500, blank=True)

    objects = VolunteerQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "爱心妈妈"
        ordering = ["region_id", "initials", "id"]
        indexes = [
            models.Index(fields=["region", "state"], name="volunteer_region_state"),
            models.Index(fields=["initials"], name="volunteer_initials", opclasses=["varchar_pattern_ops"]),
        ]
        constraints = [models.UniqueConstraint(fields=["idno_index"], name="one_volunteer_an_idno")]

    @property
    def clearance_valid_until(self) -> datetime.date | None:
        """Last day on which the clearance holds, or None without one (valid one year, DOMAIN section 3)."""
        if self.clearance != Clearance.PASSED or self.cleared_on is None:
            return None
        return self.cleared_on + datetime.timedelta(days=settings.CLEARANCE_VALID_DAYS)

    @property
    def is_erased(self) -> bool:
        return self.state == State.ERASED

    @property
    def is_cleared(self) -> bool:
        until = self.clearance_valid_until
        return until is not None and until >= timezone.localdate()

    @property
    def clearance_text(self) -> str:
        """State of the 准入查询 in words: 通过（至 2027-03-01）, 已过期, 未查."""
        until = self.clearance_valid_until
        if until is None:
            return str(self.get_clearance_display())
        return f"通过（至 {until:%Y-%m-%d}）" if self.is_cleared else "已过期"

    @property
    def skill_names(self) -> list[str]:
        labels = dict(CareTopic.choices)
        return [str(labels.get(code, code)) for code in self.skills]

    @property
    def wish_text(self) -> str:
        """What she would like, in words: 本乡镇、6—12 岁、女孩、留守儿童; empty when nothing is said."""
        categories = dict(WishedCategory.choices)
        parts = [
            str(self.get_reach_display()),
            self._wished_ages_text,
            f"{self.get_wished_sex_display()}孩" if self.wished_sex else "",
            *(str(categories.get(code, code)) for code in self.wished_categories),
        ]
        return "、".join(part for part in parts if part)

    @property
    def _wished_ages_text(self) -> str:
        youngest, oldest = self.wished_age_from, self.wished_age_to
        if youngest is None:
            return "" if oldest is None else f"{oldest} 岁及以下"
        return f"{youngest} 岁及以上" if oldest is None else f"{youngest}—{oldest} 岁"

    @property
    def addressee(self) -> str:
        """Name under which the inbox knows her."""
        return f"volunteer:{self.pk}"
