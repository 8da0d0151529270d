"""Append-only trail: who read, wrote, exported or revealed what, when and why (DESIGN section 3.5)."""

from django.conf import settings
from django.db import models


class Action(models.TextChoices):
    LOGIN = "LOGIN", "登录"
    LOGIN_FAILED = "LOGIN_FAILED", "登录失败"
    LOGOUT = "LOGOUT", "退出"
    VIEW = "VIEW", "查看"
    CREATE = "CREATE", "登记"
    UPDATE = "UPDATE", "修改"
    REVEAL = "REVEAL", "查看完整信息"
    IMPORT = "IMPORT", "导入"
    EXPORT = "EXPORT", "导出"
    PAIR = "PAIR", "结对"
    UNPAIR = "UNPAIR", "解除结对"
    VISIT = "VISIT", "记录走访"
    WITHDRAW = "WITHDRAW", "撤回"
    SWITCH_POST = "SWITCH_POST", "切换岗位"


class Entry(models.Model):
    """One act. Holds ids, never names or plaintext."""

    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="操作人",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    role = models.CharField("岗位", max_length=16, blank=True)
    region_code = models.CharField("地区", max_length=12, blank=True, db_collation="C")
    action = models.CharField("动作", max_length=16, choices=Action)
    object_type = models.CharField("对象", max_length=40, blank=True)
    object_id = models.CharField("对象编号", max_length=40, blank=True)
    reason = models.CharField("原因", max_length=200, blank=True)
    address = models.GenericIPAddressField("来源地址", null=True)
    detail = models.JSONField("详情", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        ordering = ["-id"]
        indexes = [models.Index(fields=["object_type", "object_id"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_action_display()}"
