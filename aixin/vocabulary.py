"""Terms shared by several apps, so that a need and a speciality are the same word (DOMAIN section 2)."""

from django.db import models


class Sex(models.TextChoices):
    FEMALE = "F", "女"
    MALE = "M", "男"


class CareTopic(models.TextChoices):
    """What a child needs and what a volunteer is good at."""

    GUIDANCE = "GUIDANCE", "思想引领"
    DAILY_LIFE = "DAILY_LIFE", "生活照顾"
    STUDY = "STUDY", "学业辅导"
    COMPANIONSHIP = "COMPANIONSHIP", "亲情陪伴"
    PARENTING = "PARENTING", "家教指导"
    HARDSHIP = "HARDSHIP", "困难帮扶"
    SAFETY = "SAFETY", "安全保护"
    MIND = "MIND", "心理关爱"
    LEGAL = "LEGAL", "法律援助"
    HEALTH = "HEALTH", "健康照护"


class Reach(models.TextChoices):
    """How far apart a child and a volunteer may live."""

    VILLAGE = "VILLAGE", "本村"
    TOWNSHIP = "TOWNSHIP", "本乡镇"
    NEIGHBOURS = "NEIGHBOURS", "本乡镇和相邻乡镇"
    COUNTY = "COUNTY", "全县"
    BEYOND = "BEYOND", "外县也可以"


# Whom to call: number, who answers, when.
HOTLINES = (
    ("110", "报警", "孩子正有危险，先打这个"),
    ("12345", "政务服务热线", "可转民政、教育等部门"),
    ("12349", "儿童救助保护热线", "没人管、被遗弃、被虐待"),
    ("12338", "妇联维权热线", "家暴、性侵害，想问怎么办"),
    ("12355", "青少年服务热线", "情绪不好、想不开"),
)
