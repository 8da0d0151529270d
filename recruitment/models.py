"""报名: a county's public page and who signs up on it (DOMAIN section 3)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from aixin.access.models import Region, ScopedModel
from aixin.access.people import age_on
from aixin.privacy.fields import BlindIndexField, EncryptedField
from aixin.privacy.masks import mask_idno, mask_phone
from aixin.vocabulary import CareTopic, Reach, Sex
from recruitment import texts
from recruitment.choices import OPEN_STATES, Stage, State, Step
from recruitment.querysets import ApplicationQuerySet, CertificateQuerySet, JoinPageQuerySet
from volunteers.choices import Clearance, VolunteerKind
from volunteers.choices import State as VolunteerState
from volunteers.models import DEFAULT_CAPACITY, Volunteer

YOUNGEST, OLDEST = 18, 65
# A certificate that has so many days left is running out.
SOON_DAYS = 90
# So many children may be asked for when signing up; the county may give more later.
MOST_CHILDREN = 10


class JoinPage(models.Model):
    """What a county says on its public page; a county without a row shows the words shipped."""

    region = models.OneToOneField(
        Region, verbose_name="县区", on_delete=models.PROTECT, db_column="region_code", related_name="+"
    )
    heading = models.CharField("标题", max_length=40, default=texts.heading)
    appeal = models.TextField("倡议书", max_length=1500, default=texts.appeal)
    contact = models.CharField("咨询电话和地址", max_length=80, blank=True)
    is_open = models.BooleanField("正在招募", default=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    objects = JoinPageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "招募页"
        ordering = ["region_id"]

    def __str__(self) -> str:
        return f"join page {self.region_id}"


class Application(ScopedModel):
    """One sign-up. `region` is the township chosen, or the county.

    Once accepted her data stand on the volunteer's record alone and are emptied here. The link by which she follows
    it is kept as a digest only.
    """

    state = models.CharField("状态", max_length=12, choices=State, default=State.UNCONFIRMED, editable=False)
    token_hash = models.CharField("链接摘要", max_length=64, unique=True, editable=False)
    name = models.CharField("姓名", max_length=40)
    idno = EncryptedField("身份证号", blank=True, default="")
    idno_index = BlindIndexField(source="idno", db_index=True)
    sex = models.CharField("性别", max_length=1, choices=Sex, blank=True)
    birth = models.DateField("出生日期", null=True, blank=True)
    phone = EncryptedField("手机号", blank=True, default="")
    phone_index = BlindIndexField(source="phone", db_index=True)
    kind = models.CharField("身份", max_length=16, choices=VolunteerKind, default=VolunteerKind.OTHER)
    unit = models.CharField("工作单位", max_length=60, blank=True)
    duty = models.CharField("职务", max_length=40, blank=True)
    skills = ArrayField(
        models.CharField(max_length=16, choices=CareTopic), verbose_name="特长", default=list, blank=True
    )
    capacity = models.PositiveSmallIntegerField(
        "愿意结对几个孩子",
        default=DEFAULT_CAPACITY,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_CHILDREN)],
    )
    reach = models.CharField("愿意跑多远", max_length=12, choices=Reach, blank=True)
    wished_sex = models.CharField("愿意结对的性别", max_length=1, choices=Sex, blank=True)
    wish = models.CharField("想说的话", max_length=200, blank=True)
    notice_version = models.PositiveSmallIntegerField(
        "告知版本", editable=False, default=texts.NOTICE_VERSION
    )
    consented_at = models.DateTimeField("同意时间", editable=False, default=timezone.now)
    created_at = models.DateTimeField("报名时间", auto_now_add=True)
    decided_at = models.DateTimeField("办理时间", null=True, editable=False)
    # Not one-to-one: when two records of a volunteer become one, both her applications follow.
    volunteer = models.ForeignKey(
        Volunteer,
        verbose_name="爱心妈妈",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = ApplicationQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "报名"
        ordering = ["-id"]
        indexes = [models.Index(fields=["region", "state"], name="application_region_state")]

    def __str__(self) -> str:
        return f"application {self.pk}"

    @property
    def audit_subjects(self) -> list[str]:
        return [self.volunteer.no] if self.volunteer else []

    @property
    def shown_name(self) -> str:
        return (self.volunteer.name if self.volunteer else self.name) or "（已清除）"

    @property
    def stage(self) -> Stage:
        """Where she stands: after 审核 her record on the roster tells (DOMAIN section 3)."""
        if self.state != State.ACCEPTED:
            return Stage(self.state)
        if self.volunteer is None or self.volunteer.state != VolunteerState.APPLIED:
            return Stage.QUALIFIED
        return Stage.REFUSED if self.volunteer.clearance == Clearance.FAILED else Stage.CHECKING

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def age(self) -> int | None:
        return age_on(self.birth, timezone.localdate()) if self.birth else None

    @property
    def is_age_unusual(self) -> bool:
        """Whether a human must decide because of her age (DOMAIN section 3)."""
        return self.age is not None and not YOUNGEST <= self.age <= OLDEST

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)

    @property
    def masked_idno(self) -> str:
        return mask_idno(self.idno)

    @property
    def skill_names(self) -> list[str]:
        labels = dict(CareTopic.choices)
        return [str(labels.get(code, code)) for code in self.skills]


class ApplicationStep(models.Model):
    """Who did what with an application, and when; nobody is the applicant herself."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField("步骤", max_length=10, choices=Step)
    reason = models.CharField("原因", max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="办理人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "报名办理"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.application_id} {self.step}"


class Certificate(models.Model):
    """持证上岗: a certificate of a volunteer. The number may be that of her ID card, so it is encrypted."""

    volunteer = models.ForeignKey(
        Volunteer,
        verbose_name="爱心妈妈",
        on_delete=models.CASCADE,
        related_name="certificates",
        editable=False,
    )
    name = models.CharField("证书名称", max_length=40)
    number = EncryptedField("证书编号", blank=True, default="")
    issuer = models.CharField("发证单位", max_length=60, blank=True)
    valid_until = models.DateField("有效期至", null=True, blank=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "证书"
        ordering = [models.F("valid_until").asc(nulls_last=True), "id"]

    def __str__(self) -> str:
        return f"certificate {self.pk}"

    @property
    def audit_subjects(self) -> list[str]:
        return [self.volunteer.no]

    @property
    def region_id(self) -> str:
        return self.volunteer.region_id

    @property
    def masked_number(self) -> str:
        return mask_idno(self.number)

    @property
    def validity(self) -> str:
        """Until when it holds, in words."""
        if self.valid_until is None:
            return "长期有效"
        said = "已过期" if self.valid_until < timezone.localdate() else "有效"
        return f"{self.valid_until:%Y-%m-%d} {said}"

    @property
    def tone(self) -> str:
        """Colour of its date: run out, running out within ninety days, or neither."""
        if self.valid_until is None:
            return "neutral"
        left = (self.valid_until - timezone.localdate()).days
        return "danger" if left < 0 else "warn" if left <= SOON_DAYS else "ok"
