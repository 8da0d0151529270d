"""The vocabulary of care programmes; their names are data, never code (DOMAIN section 5)."""

from django.db import models


class ProgrammeState(models.TextChoices):
    DRAFT = "DRAFT", "草稿"
    RUNNING = "RUNNING", "进行中"
    ENDED = "ENDED", "已结束"


class How(models.TextChoices):
    """How an item counts as done."""

    VISIT = "VISIT", "按走访记录自动算"
    MARK = "MARK", "办完勾“做了”"


class Period(models.TextChoices):
    WEEK = "WEEK", "每周"
    MONTH = "MONTH", "每月"
    QUARTER = "QUARTER", "每季度"
    TERM = "TERM", "每学期"
    YEAR = "YEAR", "每年"
    ONCE = "ONCE", "项目期间"


class Reach(models.TextChoices):
    ALL = "ALL", "所有结对的孩子"
    CHOSEN = "CHOSEN", "只有选定的孩子"


class Certified(models.TextChoices):
    NONE = "NONE", "不发证书"
    CHILD = "CHILD", "发给孩子"
    VOLUNTEER = "VOLUNTEER", "发给爱心妈妈"


class Standing(models.TextChoices):
    """What was decided about one child."""

    IN = "IN", "选定参加"
    OUT = "OUT", "不参加"
