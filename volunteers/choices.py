"""The vocabulary of a volunteer's record (DOMAIN section 3)."""

from django.db import models


class VolunteerKind(models.TextChoices):
    """类别."""

    CADRE = "CADRE", "妇联干部"
    COMMITTEE = "COMMITTEE", "妇联执委"
    DELEGATE = "DELEGATE", "妇女代表"
    ENTREPRENEUR = "ENTREPRENEUR", "女企业家"
    RED_BANNER = "RED_BANNER", "三八红旗手"
    PACESETTER = "PACESETTER", "巾帼建功标兵"
    MODEL_FAMILY = "MODEL_FAMILY", "最美家庭成员"
    VOLUNTEER = "VOLUNTEER", "巾帼志愿者"
    TEACHER = "TEACHER", "教师"
    COUNSELLOR = "COUNSELLOR", "心理咨询师"
    TUTOR = "TUTOR", "家教志愿者"
    LAWYER = "LAWYER", "法律从业者"
    JUDGE = "JUDGE", "法官"
    PROSECUTOR = "PROSECUTOR", "检察官"
    POLICE = "POLICE", "警官"
    MEDIC = "MEDIC", "医护人员"
    SOCIAL_WORKER = "SOCIAL_WORKER", "社工"
    GRID_WORKER = "GRID_WORKER", "网格员"
    CRAFT = "CRAFT", "非遗传承人"
    OFFICE = "OFFICE", "机关干部"
    CHARITY = "CHARITY", "公益人士"
    FATHER = "FATHER", "爱心爸爸"
    OTHER = "OTHER", "其他"


class State(models.TextChoices):
    APPLIED = "APPLIED", "已报名"
    QUALIFIED = "QUALIFIED", "合格"
    SUSPENDED = "SUSPENDED", "暂停"
    LEFT = "LEFT", "已退出"
    ERASED = "ERASED", "已删除"
    MERGED = "MERGED", "已合并"


# States that nobody chooses: what was done to the record set them.
SET_BY_ACT = (State.ERASED, State.MERGED)


class Clearance(models.TextChoices):
    """准入查询 (未成年人保护法 62 applied to volunteers). Only result, date and officer are kept."""

    UNCHECKED = "UNCHECKED", "未查"
    IN_PROGRESS = "IN_PROGRESS", "查询中"
    PASSED = "PASSED", "通过"
    FAILED = "FAILED", "不通过"


class WishedCategory(models.TextChoices):
    """Which children she would take; the codes are those of the children's 类别."""

    LEFT_BEHIND = "LEFT_BEHIND", "留守儿童"
    DE_FACTO_UNSUPPORTED = "DE_FACTO_UNSUPPORTED", "事实无人抚养"
    ORPHAN_SCATTERED = "ORPHAN_SCATTERED", "散居孤儿"
    DIFFICULT = "DIFFICULT", "困境儿童"
    MIGRANT = "MIGRANT", "流动儿童"
