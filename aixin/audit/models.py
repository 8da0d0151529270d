"""Append-only trail: who read, wrote, exported or revealed what, when and why (DESIGN section 3.5)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from aixin.audit.querysets import EntryQuerySet


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
    SECURITY = "SECURITY", "账号安全"
    LOOKUP = "LOOKUP", "核对证件号"
    ALARM = "ALARM", "异常提醒"
    REFUSED = "REFUSED", "被拒绝"
    INVITE = "INVITE", "发出邀请"
    JOIN = "JOIN", "接受邀请"
    GRANT = "GRANT", "授予岗位"
    REVOKE = "REVOKE", "收回岗位"
    SEARCH = "SEARCH", "按号码查找"
    PASSWORD = "PASSWORD", "修改密码"
    SECOND_FACTOR = "SECOND_FACTOR", "设置两步验证"
    ERASE = "ERASE", "删除个人信息"
    AUDIT = "AUDIT", "查阅审计记录"
    PRUNE = "PRUNE", "清理到期审计记录"


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
    # Where the object belongs, so that a region's auditor also sees who came from elsewhere.
    object_region = models.CharField("对象地区", max_length=12, blank=True, db_collation="C")
    # Public numbers (编号) of the persons that the entry is about: pseudonyms, never names.
    subjects = ArrayField(
        models.CharField(max_length=12), verbose_name="涉及人员编号", default=list, blank=True
    )
    reason = models.CharField("原因", max_length=200, blank=True)
    address = models.GenericIPAddressField("来源地址", null=True)
    detail = models.JSONField("详情", default=dict)
    # The writing transaction's number: what was finished by then is known, so that seals need no lock on writers.
    transaction = models.BigIntegerField(
        "事务", db_default=models.Func(template="(pg_current_xact_id()::text::bigint)"), editable=False
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id"]),
            models.Index(fields=["transaction"], name="audit_entry_transaction"),
            models.Index(fields=["region_code", "at"], name="audit_entry_region"),
            GinIndex(fields=["subjects"], name="audit_entry_subjects"),
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
    # When its entries were removed as their time was up; the seal stays, so that the chain can still be followed.
    pruned_at = models.DateTimeField("清理时间", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "审计封印"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"seal {self.pk}"


class Verification(models.Model):
    """One check of the whole chain: how much was looked at and how much did not fit."""

    at = models.DateTimeField("核验时间", auto_now_add=True)
    seals = models.PositiveIntegerField("封印数")
    entries = models.PositiveBigIntegerField("记录数")
    faults = models.PositiveIntegerField("不符数")

    class Meta:
        verbose_name = verbose_name_plural = "审计核验"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"verification {self.pk}"
