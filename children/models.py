"""A child's record: the child, guardians, parents and needs as rows of their own (DOMAIN section 2)."""

from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from aixin.access.models import Region, ScopedModel
from aixin.access.numbers import Kind
from aixin.access.people import Person, PhoneMixin
from aixin.privacy.fields import BlindIndexField, EncryptedField
from aixin.privacy.masks import mask_idno, mask_name
from aixin.vocabulary import CareTopic
from children import choices
from children.lunar import lunar_text
from children.querysets import ChildQuerySet, ChildRecordQuerySet, ConsentTextQuerySet

_CATEGORIES = {code: str(label) for code, label in choices.Category.choices}


class Child(Person):
    """A child on the roster. `region` is where it lives, not its hukou."""

    NUMBER_KIND = Kind.CHILD

    idno_reason = models.CharField("无身份证号原因", max_length=16, choices=choices.NoIdReason, blank=True)
    temporary_no = models.CharField("临时编号", max_length=24, blank=True, editable=False)
    ethnicity = models.CharField("民族", max_length=20, blank=True)
    birthday_is_lunar = models.BooleanField("过农历生日", default=False)
    hukou_place = models.CharField("户籍地", max_length=100, blank=True)
    hukou_type = models.CharField("户籍类型", max_length=10, choices=choices.HukouType, blank=True)
    address = models.CharField("详细住址", max_length=100, blank=True)

    category = models.CharField("类别", max_length=24, choices=choices.Category)
    other_categories = ArrayField(
        models.CharField(max_length=24, choices=choices.Category),
        verbose_name="其他类别",
        default=list,
        blank=True,
    )
    risk = models.CharField("风险等级", max_length=8, choices=choices.Risk, blank=True)
    consent = models.CharField(
        "监护人意见", max_length=8, choices=choices.Consent, default=choices.Consent.UNKNOWN
    )

    health = models.CharField("健康状况", max_length=10, choices=choices.Health, blank=True)
    disability_kind = models.CharField("残疾类别", max_length=20, blank=True)
    disability_level = models.CharField("残疾等级", max_length=10, blank=True)
    illness = models.CharField("患病类型", max_length=50, blank=True)
    schooling = models.CharField("就学状况", max_length=16, choices=choices.Schooling, blank=True)
    school = models.CharField("学校", max_length=60, blank=True)
    grade = models.CharField("年级", max_length=20, blank=True)
    boarding = models.BooleanField("寄宿", null=True, blank=True)

    # How many volunteers it is to have; blank leaves it to the region's policy.
    wanted_volunteers = models.PositiveSmallIntegerField(
        "需要的爱心妈妈人数", null=True, blank=True, validators=[MaxValueValidator(10)]
    )
    family_case = models.BooleanField("涉婚姻家事案件", default=False)

    guardianship = models.CharField("监护类型", max_length=10, choices=choices.Guardianship, blank=True)
    income = models.CharField("经济来源", max_length=10, choices=choices.Income, blank=True)
    aid = ArrayField(
        models.CharField(max_length=16, choices=choices.Aid), verbose_name="救助", default=list, blank=True
    )
    notes = models.TextField("备注", max_length=500, blank=True)
    # A cell of a roster with several persons and numbers in it, of whom nobody can tell who is who: as it was typed.
    contact_notes = EncryptedField("联系方式原文", blank=True, default="", editable=False)

    status = models.CharField(
        "在册状态", max_length=12, choices=choices.Status, default=choices.Status.ON_ROSTER, editable=False
    )
    registered_on = models.DateField("在册日期", default=timezone.localdate, editable=False)
    left_on = models.DateField("出列日期", null=True, editable=False)
    left_reason = models.CharField(
        "出列原因", max_length=20, choices=choices.LeavingReason, blank=True, editable=False
    )

    # The day on which the county's head was told that the retention period ends; nothing is erased without.
    erasure_warned_on = models.DateField("删除预告日期", null=True, editable=False)

    objects = ChildQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "儿童"
        ordering = ["region_id", "initials", "id"]
        indexes = [
            models.Index(fields=["region", "status", "category"], name="child_region_status"),
            models.Index(fields=["initials"], name="child_initials", opclasses=["varchar_pattern_ops"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["idno_index"], name="one_child_an_idno"),
            models.CheckConstraint(
                condition=Q(idno_index__isnull=False) | ~Q(idno_reason=""), name="no_idno_has_reason"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="records_follow_child",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("region_code"),
                condition=pgtrigger.Condition("OLD.region_code IS DISTINCT FROM NEW.region_code"),
                func="""
                    UPDATE children_guardian SET region_code = NEW.region_code WHERE child_id = NEW.id;
                    UPDATE children_parent SET region_code = NEW.region_code WHERE child_id = NEW.id;
                    UPDATE children_need SET region_code = NEW.region_code WHERE child_id = NEW.id;
                    UPDATE children_consentrecord SET region_code = NEW.region_code WHERE child_id = NEW.id;
                    UPDATE children_consentscan SET region_code = NEW.region_code WHERE child_id = NEW.id;
                    UPDATE children_retentionhold SET region_code = NEW.region_code WHERE child_id = NEW.id;
                    RETURN NULL;
                """,
            )
        ]

    def prepare(self) -> None:
        super().prepare()
        if self.idno:
            self.idno_reason, self.temporary_no = "", ""
        elif not self.temporary_no:
            self.temporary_no = f"T{self.no}"
            self.idno_reason = self.idno_reason or choices.NoIdReason.NOT_PROVIDED

    @property
    def shown_idno(self) -> str:
        """Masked ID number, or the temporary number of a child without one."""
        return self.masked_idno or f"{self.temporary_no}（{self.get_idno_reason_display()}）"

    @property
    def masked_contact_notes(self) -> str:
        return f"共{len(self.contact_notes)}个字" if self.contact_notes else ""

    @property
    def main_guardian(self) -> "Guardian | None":
        """The first guardian; reads the prefetched rows."""
        return next(iter(self.guardians.all()), None)

    @property
    def all_categories(self) -> list[str]:
        """Names of the categories, the primary one first."""
        return [_CATEGORIES[code] for code in [self.category, *self.other_categories] if code in _CATEGORIES]

    @property
    def birthday_text(self) -> str:
        """Birth date with its lunar day: 2014-06-29（农历六月初三）."""
        return f"{self.birth:%Y-%m-%d}（农历{lunar_text(self.birth)}）" if self.birth else ""

    @property
    def is_on_roster(self) -> bool:
        return self.status == choices.Status.ON_ROSTER

    @property
    def is_erased(self) -> bool:
        return self.status == choices.Status.ERASED


class ChildRecord(ScopedModel):
    """A row that belongs to a child and follows it to another region."""

    child: Any
    objects = ChildRecordQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True

    @property
    def audit_subjects(self) -> list[str]:
        return [self.child.no]


class Guardian(PhoneMixin, ChildRecord):
    """监护人或受委托人; mostly a grandparent."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="guardians")
    name = models.CharField("姓名", max_length=40)
    relation = models.CharField("与儿童关系", max_length=20, blank=True)
    address = models.CharField("住址", max_length=100, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "监护人"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"guardian {self.pk}"

    @property
    def masked_name(self) -> str:
        return mask_name(self.name)


class Parent(PhoneMixin, ChildRecord):
    """父亲 or 母亲."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="parents")
    kind = models.CharField("父母", max_length=8, choices=choices.ParentKind)
    name = models.CharField("姓名", max_length=40, blank=True)
    status = models.CharField("状况", max_length=16, choices=choices.ParentStatus, blank=True)
    idno = EncryptedField("身份证号", blank=True, default="")
    idno_index = BlindIndexField(source="idno")
    workplace = models.CharField("务工地", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "父母"
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["child", "kind"], name="one_father_one_mother")]

    def __str__(self) -> str:
        return f"parent {self.pk}"

    @property
    def masked_idno(self) -> str:
        return mask_idno(self.idno)

    @property
    def masked_name(self) -> str:
        return mask_name(self.name)


class Need(ChildRecord):
    """需求: what, from whom, when, open or met, by whom."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="needs")
    topic = models.CharField("需求", max_length=16, choices=CareTopic)
    detail = models.CharField("具体内容", max_length=200, blank=True)
    source = models.CharField("来源", max_length=10, choices=choices.NeedSource)
    raised_on = models.DateField("提出日期", default=timezone.localdate)
    state = models.CharField("状态", max_length=8, choices=choices.NeedState, default=choices.NeedState.OPEN)
    met_on = models.DateField("落实日期", null=True, blank=True)
    met_by = models.CharField("由谁落实", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "需求"
        ordering = ["state", "-raised_on", "id"]

    def __str__(self) -> str:
        return self.get_topic_display()


class ConsentText(models.Model):
    """A version of what guardians are told and agree to. It never changes: a new wording is a new version."""

    region = models.ForeignKey(
        Region,
        verbose_name="发布地区",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_column="region_code",
        related_name="+",
    )
    version = models.PositiveIntegerField("版本")
    title = models.CharField("标题", max_length=60)
    body = models.TextField("正文", max_length=5000)
    valid_from = models.DateField("启用日期", default=timezone.localdate)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="发布人", null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "同意书文本"
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "version"], nulls_distinct=False, name="one_version_a_region"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="text_never_changes", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Who published it and which version it is: 全国通用文本 第1版."""
        office = f"{self.region.name}妇联" if self.region else "通用文本"
        return f"{office} 第{self.version}版"


class ConsentRecord(ChildRecord):
    """What a guardian answered on a day, to which text. `Child.consent` follows the latest one."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="consents")
    text = models.ForeignKey(
        ConsentText, verbose_name="同意书版本", on_delete=models.PROTECT, related_name="records"
    )
    answer = models.CharField("意见", max_length=10, choices=choices.ConsentAnswer)
    given_by = models.CharField("表态人", max_length=40)
    relation = models.CharField("与儿童关系", max_length=20, blank=True)
    way = models.CharField("方式", max_length=10, choices=choices.ConsentWay)
    given_on = models.DateField("表态日期", default=timezone.localdate)
    note = models.CharField("说明", max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="登记人", on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "监护人同意"
        ordering = ["-given_on", "-id"]

    def __str__(self) -> str:
        return f"consent {self.pk}"

    @property
    def is_yes(self) -> bool:
        return self.answer == choices.ConsentAnswer.AGREED


class ConsentScan(ChildRecord):
    """The signed paper, encrypted; apart from the record, so that lists never load it."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="+")
    record = models.OneToOneField(ConsentRecord, on_delete=models.CASCADE, related_name="scan")
    kind = models.CharField("格式", max_length=4, choices=choices.ScanKind)
    content = EncryptedField("扫描件")

    class Meta:
        verbose_name = verbose_name_plural = "同意书扫描件"

    def __str__(self) -> str:
        return f"consent scan {self.pk}"


class RetentionHold(ChildRecord):
    """延期保存: a reason to keep a record of a child off the roster beyond its date."""

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="holds")
    until = models.DateField("保存至")
    reason = models.CharField("延期原因", max_length=200)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="办理人", on_delete=models.PROTECT, related_name="+"
    )
    held_at = models.DateTimeField("办理时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "延期保存"
        ordering = ["-until", "-id"]

    def __str__(self) -> str:
        return f"hold {self.pk}"


def _track(model: type[models.Model], *ciphertext: str) -> None:
    """Keep a model's history; re-encryption alone is no event, the blind index tells a real change."""
    pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(condition=pghistory.AnyChange(exclude=list(ciphertext))),
        pghistory.DeleteEvent(),
        obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="events"),
        meta={"app_label": "children"},
    )(model)


_track(Child, "idno", "contact_notes", "updated_at")
_track(Guardian, "phone", "other_phones")
_track(Parent, "phone", "other_phones", "idno")
_track(Need)
_track(ConsentRecord)
