"""The way in of a volunteer, up to 合格 (DOMAIN section 3)."""

from django.db import models


class State(models.TextChoices):
    """What the application itself says; what follows after 审核 stands on the volunteer's record."""

    UNCONFIRMED = "UNCONFIRMED", "待验证手机"
    PENDING = "PENDING", "待审核"
    RETURNED = "RETURNED", "待补充"
    ACCEPTED = "ACCEPTED", "审核通过"
    REFUSED = "REFUSED", "未通过"
    WITHDRAWN = "WITHDRAWN", "已撤回"


# The applicant may still change it, or take it back.
OPEN_STATES = (State.UNCONFIRMED, State.PENDING, State.RETURNED)


class Stage(models.TextChoices):
    """Where somebody stands on the whole way, as staff and applicant read it."""

    UNCONFIRMED = "UNCONFIRMED", "待验证手机"
    PENDING = "PENDING", "待审核"
    RETURNED = "RETURNED", "待补充"
    CHECKING = "CHECKING", "准入查询中"
    QUALIFIED = "QUALIFIED", "已合格"
    REFUSED = "REFUSED", "未通过"
    WITHDRAWN = "WITHDRAWN", "已撤回"


class Step(models.TextChoices):
    """What was done with an application, each with who and when."""

    SUBMITTED = "SUBMITTED", "提交报名"
    CONFIRMED = "CONFIRMED", "验证手机"
    AMENDED = "AMENDED", "补充后再次提交"
    RETURNED = "RETURNED", "退回补充"
    ACCEPTED = "ACCEPTED", "审核通过，转准入查询"
    REFUSED = "REFUSED", "不予通过"
    QUALIFIED = "QUALIFIED", "准入查询通过，合格"
    FAILED = "FAILED", "准入查询不通过"
    WITHDRAWN = "WITHDRAWN", "本人撤回"


class Decision(models.TextChoices):
    ACCEPT = "ACCEPT", "通过，转准入查询"
    RETURN = "RETURN", "退回补充"
    REFUSE = "REFUSE", "不予通过"
