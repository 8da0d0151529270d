"""The vocabulary of a visit (DOMAIN section 5)."""

from django.db import models


class Way(models.TextChoices):
    PHONE = "PHONE", "电话"
    HOME = "HOME", "入户"
    MEETING = "MEETING", "见面"
    SCHOOL = "SCHOOL", "到校"
    VIDEO = "VIDEO", "视频"
    ACTIVITY = "ACTIVITY", "活动"
    LETTER = "LETTER", "书信"


class Finding(models.TextChoices):
    """What was seen of family, study or life."""

    NOT_ASKED = "", "未了解"
    UNCHANGED = "UNCHANGED", "无变化"
    CHANGED = "CHANGED", "有变化"


class Part(models.TextChoices):
    """三必清: what is always to be clear of a child (DOMAIN section 5)."""

    FAMILY = "FAMILY", "家庭情况"
    STUDY = "STUDY", "学习情况"
    LIFE = "LIFE", "生活问题"


class Source(models.TextChoices):
    """From whom a part of 三必清 is known."""

    VISIT = "VISIT", "走访"
    STAFF = "STAFF", "妇联核实"
    IMPORT = "IMPORT", "导入"
    SURVEY = "SURVEY", "摸排"


class Answer(models.TextChoices):
    """What came of calling a guardian back (定期跟踪回访, DOMAIN section 5)."""

    WELL = "WELL", "打通了，情况正常"
    TROUBLE = "TROUBLE", "打通了，有问题要处理"
    DENIED = "DENIED", "打通了，说没有这次走访"
    UNREACHED = "UNREACHED", "没有打通"
    # Said by nobody: chance, or what only the head knows, let it off.
    LET_OFF = "LET_OFF", "免打"
