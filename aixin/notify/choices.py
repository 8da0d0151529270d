"""Vocabulary of the channels that lead out of the platform, and what is said of a failure."""

from dataclasses import dataclass

from django.db import models


class Channel(models.TextChoices):
    """Ways out; the inbox is none, since a notice is in it from the start."""

    SMS = "SMS", "短信"
    EMAIL = "EMAIL", "电子邮件"
    WECOM = "WECOM", "企业微信群"


PERSONAL_CHANNELS = (Channel.SMS, Channel.EMAIL)


class DeliveryState(models.TextChoices):
    WAITING = "WAITING", "待发送"
    SENT = "SENT", "已发出"
    FAILED = "FAILED", "发送失败"
    OVER_BUDGET = "OVER_BUDGET", "超出本月条数"
    DROPPED = "DROPPED", "不用发了"
    EXPIRED = "EXPIRED", "当天没发成"


class Audience(models.TextChoices):
    """Whom a message addresses, which decides its words."""

    VOLUNTEER = "VOLUNTEER", "爱心妈妈"
    STAFF = "STAFF", "工作人员"
    GROUP = "GROUP", "工作群"


@dataclass(frozen=True)
class Remark:
    """What a failure means, and what the county can do about it."""

    meaning: str
    remedy: str


INVALID_NUMBER, NO_NUMBER, REFUSED = "INVALID_NUMBER", "NO_NUMBER", "REFUSED"
BLOCKED, INVALID_MAILBOX, INVALID_GROUP = "BLOCKED", "INVALID_MAILBOX", "INVALID_GROUP"
# Not an error: by the time of sending, whatever it would have spoken of was done.
NOTHING_LEFT = "NOTHING_LEFT"
_REMARKS = {
    INVALID_NUMBER: Remark("号码空号或停机", "请核对手机号，改好后会自动再发。"),
    NO_NUMBER: Remark("没有手机号", "请补上手机号，补好后会自动再发。"),
    BLOCKED: Remark("对方退订或在运营商黑名单里", "请打电话告诉她，或请她联系运营商解除。"),
    INVALID_MAILBOX: Remark("邮箱不存在或拒收", "请她在“我的”里改邮箱，改好后会自动再发。"),
    INVALID_GROUP: Remark("群机器人地址无效", "请在群里重新添加机器人，把新地址填到本页。"),
    REFUSED: Remark("对方系统拒收", "请系统管理员看网关的说明，处理后点“重发”。"),
}
_UNKNOWN = Remark("网络或网关不通", "已经多次重试；恢复后点“重发”，不点的话，明天的消息里会再提醒。")


def remark_on(code: str) -> Remark:
    """Return what an error code means in words; codes of networks and servers are all one."""
    return _REMARKS.get(code, _UNKNOWN)
