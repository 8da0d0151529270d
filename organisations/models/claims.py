"""认领: children whom a county opens, as organisations see them, and who claimed whom (DOMAIN section 4)."""

import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from aixin.access.models import ScopedModel
from aixin.vocabulary import CareTopic, Sex
from children.choices import Category
from children.models import Child
from organisations.choices import AgeBand, ClaimState, OfferingState
from organisations.models.groups import Organisation
from organisations.querysets import ClaimQuerySet, OfferingQuerySet
from volunteers.models import Volunteer

CLAIM_DAYS = 14


class Offering(ScopedModel):
    """A child open for claiming. `region` is its county alone; what organisations see stands in the row itself.

    The blanks among the shown values were left out so that the child cannot be recognised (`organisations.anonymity`).
    """

    child = models.ForeignKey(Child, verbose_name="儿童", on_delete=models.CASCADE, related_name="offerings")
    state = models.CharField("状态", max_length=8, choices=OfferingState, default=OfferingState.OPEN)
    # Whether a claim waits; kept by a trigger of the claims, because no organisation sees another's.
    held = models.BooleanField("已被认领", default=False, editable=False)
    shown_township = models.CharField("乡镇", max_length=60, blank=True)
    shown_band = models.CharField("年龄段", max_length=5, choices=AgeBand, blank=True)
    shown_sex = models.CharField("性别", max_length=1, choices=Sex, blank=True)
    shown_category = models.CharField("类别", max_length=24, choices=Category, blank=True)
    needs = ArrayField(models.CharField(max_length=16, choices=CareTopic), verbose_name="需求", default=list)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="开放人", on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField("开放时间", auto_now_add=True)
    closed_at = models.DateTimeField("办结时间", null=True)

    objects = OfferingQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "待认领儿童"
        ordering = ["-opened_at", "-id"]
        indexes = [models.Index(fields=["region", "state"], name="offering_region_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["child"], condition=Q(state=OfferingState.OPEN), name="one_open_offering_a_child"
            )
        ]

    def __str__(self) -> str:
        return f"offering {self.pk}"

    @property
    def audit_subjects(self) -> list[str]:
        return [self.child.no]

    @property
    def shown(self) -> str:
        """What an organisation reads: 凤城镇、6—11岁、女孩、留守儿童."""
        parts = [
            self.shown_township or "本县",
            str(self.get_shown_band_display()),
            f"{self.get_shown_sex_display()}孩" if self.shown_sex else "",
            str(self.get_shown_category_display()),
        ]
        return "、".join(part for part in parts if part)

    @property
    def need_names(self) -> list[str]:
        labels = dict(CareTopic.choices)
        return [str(labels.get(code, code)) for code in self.needs]


class Claim(ScopedModel):
    """An organisation's claim of a child; `region` is the county's. It waits fourteen days at most."""

    offering = models.ForeignKey(Offering, on_delete=models.CASCADE, related_name="claims")
    organisation = models.ForeignKey(
        Organisation, verbose_name="单位", on_delete=models.PROTECT, related_name="claims"
    )
    # Nobody yet: the organisation's volunteer is to sign up first.
    volunteer = models.ForeignKey(
        Volunteer, verbose_name="爱心妈妈", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField("状态", max_length=10, choices=ClaimState, default=ClaimState.HELD)
    reason = models.CharField("原因", max_length=200, blank=True)
    made_at = models.DateTimeField("认领时间", auto_now_add=True)
    decided_at = models.DateTimeField("办理时间", null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="办理人", null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ClaimQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "认领"
        ordering = ["-id"]
        indexes = [models.Index(fields=["region", "state"], name="claim_region_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["offering"], condition=Q(state=ClaimState.HELD), name="first_claim_wins"
            )
        ]

    def __str__(self) -> str:
        return f"claim {self.pk}"

    @property
    def audit_subjects(self) -> list[str]:
        """The child's number, and the volunteer's; read by the county, never by who holds a link."""
        return [self.offering.child.no, *([self.volunteer.no] if self.volunteer else [])]

    @property
    def is_held(self) -> bool:
        return self.state == ClaimState.HELD

    @property
    def lapses_on(self) -> datetime.date:
        """The first day on which nobody waits for it any more."""
        return (self.made_at + datetime.timedelta(days=CLAIM_DAYS)).date()
