"""The vocabulary of what is raised about a child, of mandatory reports and of questions (DOMAIN section 5)."""

from django.db import models


class Kind(models.TextChoices):
    LIFE = "LIFE", "生活困难"
    STUDY = "STUDY", "学业"
    MIND = "MIND", "心理"
    HEALTH = "HEALTH", "健康"
    GUARDIAN = "GUARDIAN", "监护"
    SAFETY = "SAFETY", "安全"
    LAW = "LAW", "法律"
    OTHER = "OTHER", "其他"


# 家庭变故, 生活困难: what always leads to a visit (DOMAIN section 5).
HARDSHIPS = frozenset({Kind.LIFE, Kind.GUARDIAN})
# What may harm a child while it waits.
SOON = frozenset({Kind.MIND, Kind.HEALTH, Kind.GUARDIAN, Kind.SAFETY})


class Urgency(models.TextChoices):
    DAILY = "DAILY", "日常"
    URGENT = "URGENT", "急"


class State(models.TextChoices):
    NEW = "NEW", "新上报"
    ACCEPTED = "ACCEPTED", "已受理"
    HANDED = "HANDED", "已移交"
    CLOSED = "CLOSED", "已办结"


class Office(models.TextChoices):
    """To whom a matter is handed over."""

    CIVIL = "CIVIL", "民政"
    EDUCATION = "EDUCATION", "教育"
    JUSTICE = "JUSTICE", "司法"
    HEALTH = "HEALTH", "卫健"
    POLICE = "POLICE", "公安"
    DISABLED = "DISABLED", "残联"
    COURT = "COURT", "检察院、法院"
    TOWNSHIP = "TOWNSHIP", "乡镇（街道）"
    OTHER = "OTHER", "其他部门"


class Sign(models.TextChoices):
    """What must be reported at once (未成年人保护法 11, 强制报告制度)."""

    VIOLENCE = "VIOLENCE", "身上有伤，可能被打、被虐待"
    SEXUAL = "SEXUAL", "可能遭受性侵害、性骚扰"
    ABANDONED = "ABANDONED", "被遗弃、长期没人管"
    NEGLECT = "NEGLECT", "严重忽视：没吃的、病了没人治、失学"
    TRAFFICKED = "TRAFFICKED", "被拐卖、失踪、被迫乞讨"
    SELF_HARM = "SELF_HARM", "有自杀、自伤的念头或行为"
    EXPLOITED = "EXPLOITED", "被迫做工、被引诱违法、早婚"
    OTHER = "OTHER", "其他危险情况"


class Topic(models.TextChoices):
    """What a question is about: which specialists see it first."""

    MIND = "MIND", "心理"
    LAW = "LAW", "法律"
    STUDY = "STUDY", "学习、家教"
    HEALTH = "HEALTH", "健康"
    OTHER = "OTHER", "其他"
