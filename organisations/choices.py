"""The vocabulary of teams, organisations and claims (DOMAIN sections 3 and 4)."""

from django.db import models


class OrganisationKind(models.TextChoices):
    """Who can claim children."""

    DISABLED = "DISABLED", "助残协会"
    EDUCATION = "EDUCATION", "教育系统"
    COURT = "COURT", "法院"
    COMPANY = "COMPANY", "爱心企业"
    SOCIETY = "SOCIETY", "社会组织"
    OTHER = "OTHER", "其他单位"


class OfferingState(models.TextChoices):
    OPEN = "OPEN", "可认领"
    PAIRED = "PAIRED", "已结对"
    CLOSED = "CLOSED", "已收回"


class ClaimState(models.TextChoices):
    HELD = "HELD", "待县妇联确认"
    CONFIRMED = "CONFIRMED", "已确认"
    REFUSED = "REFUSED", "未同意"
    WITHDRAWN = "WITHDRAWN", "已撤回"
    LAPSED = "LAPSED", "已过期"


class AgeBand(models.TextChoices):
    """What a claiming organisation learns of a child's age."""

    INFANT = "0-5", "0—5岁"
    PUPIL = "6-11", "6—11岁"
    TEEN = "12-14", "12—14岁"
    YOUTH = "15-17", "15—17岁"
    UNKNOWN = "?", "年龄不详"
