"""小分队 and organisations: who leads or speaks for them, and which volunteers belong to them since when."""

import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from aixin.access.models import ScopedModel
from aixin.privacy.fields import EncryptedField
from aixin.privacy.masks import mask_phone
from organisations.choices import OrganisationKind
from organisations.querysets import GroupQuerySet, LinkQuerySet, MemberQuerySet
from volunteers.models import Volunteer


class Group(ScopedModel):
    """What a team and an organisation share. `region` is that of the office that keeps it: a county, or a city."""

    namespace: str
    memberships: Any
    name = models.CharField("名称", max_length=40)
    purpose = models.CharField("做什么", max_length=100, blank=True)
    founded_on = models.DateField("登记日期", default=timezone.localdate, editable=False)
    closed_on = models.DateField("停用日期", null=True, editable=False)

    objects = GroupQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse(f"{self.namespace}:detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.closed_on is None


class Team(Group):
    """小分队, such as 法官妈妈. The leader is one of its members."""

    namespace = "teams"
    leader = models.ForeignKey(
        Volunteer, verbose_name="队长", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = "小分队"
        ordering = ["region_id", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "name"],
                condition=Q(closed_on__isnull=True),
                name="one_open_team_of_a_name",
            )
        ]


class Organisation(Group):
    """An organisation whose people are volunteers, and which claims children through its liaison person."""

    namespace = "organisations"
    kind = models.CharField("类别", max_length=12, choices=OrganisationKind)
    liaison_name = models.CharField("联络人", max_length=40, blank=True)
    liaison_phone = EncryptedField("联络人电话", blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "认领单位"
        ordering = ["region_id", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "name"],
                condition=Q(closed_on__isnull=True),
                name="one_open_organisation_of_a_name",
            )
        ]

    @property
    def masked_liaison_phone(self) -> str:
        return mask_phone(self.liaison_phone)


class Membership(ScopedModel):
    """A volunteer's time in a group; `region` is the group's, so that the database knows whose row it is."""

    since = models.DateField("加入日期", default=timezone.localdate)
    until = models.DateField("退出日期", null=True, blank=True)

    objects = MemberQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True

    @property
    def audit_subjects(self) -> list[str]:
        return [self.volunteer.no]  # type: ignore[attr-defined]

    @property
    def group(self) -> Group:
        """The team or organisation."""
        found: Group = getattr(self, "team", None) or self.organisation  # type: ignore[attr-defined]
        return found


class TeamMember(Membership):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    volunteer = models.ForeignKey(
        Volunteer, verbose_name="爱心妈妈", on_delete=models.CASCADE, related_name="team_memberships"
    )

    class Meta:
        verbose_name = verbose_name_plural = "小分队成员"
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "volunteer"], condition=Q(until__isnull=True), name="once_in_a_team"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="team_member_until_after_since",
            ),
        ]

    def __str__(self) -> str:
        return f"team member {self.pk}"


class OrganisationMember(Membership):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    volunteer = models.ForeignKey(
        Volunteer, verbose_name="爱心妈妈", on_delete=models.CASCADE, related_name="organisation_memberships"
    )

    class Meta:
        verbose_name = verbose_name_plural = "单位的爱心妈妈"
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "volunteer"],
                condition=Q(until__isnull=True),
                name="once_in_an_organisation",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="organisation_member_until_after_since",
            ),
        ]

    def __str__(self) -> str:
        return f"organisation member {self.pk}"


class LiaisonLink(ScopedModel):
    """The link by which an organisation's liaison person works without an account; kept as a digest only."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField("链接摘要", max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField("有效至")
    revoked_at = models.DateTimeField("停用时间", null=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="生成人", on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField("生成时间", auto_now_add=True)

    objects = LinkQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "认领链接"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"liaison link {self.pk}"

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()

    @property
    def days_left(self) -> int:
        left: datetime.timedelta = self.expires_at - timezone.now()
        return max(left.days, 0)
