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
    REFUSED = "REFUSED", "被拒绝"
    ERASE = "ERASE", "删除资料"


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
    # The writing transaction's number: what was finished by then is known, so that seals need no lock on writers.
    transaction = models.BigIntegerField(
        "事务", db_default=models.Func(template="(pg_current_xact_id()::text::bigint)"), editable=False
    )

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id"]),
            models.Index(fields=["transaction"], name="audit_entry_transaction"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_action_display()}"


class Seal(models.Model):
    """A link of the chain: the digest of all entries of finished transactions since the link before."""

    first_transaction = models.BigIntegerField("自事务")
    next_transaction = models.BigIntegerField("至事务（不含）", unique=True)
    entries = models.PositiveIntegerField("记录数")
    previous = models.CharField("上一封印", max_length=64, blank=True)
    digest = models.CharField("封印", max_length=64)
    sealed_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "审计封印"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"seal {self.pk}"
