"""The vocabulary of exports."""

from django.db import models


class Purpose(models.TextChoices):
    DAILY = "DAILY", "日常工作"
    SUPERIOR = "SUPERIOR", "上报上级"
    DEPARTMENT = "DEPARTMENT", "部门协作"
    AUDIT = "AUDIT", "审计检查"
    OTHER = "OTHER", "其他"


class ExportState(models.TextChoices):
    REQUESTED = "REQUESTED", "待审批"
    READY = "READY", "可下载"
    REFUSED = "REFUSED", "未批准"
    EXPIRED = "EXPIRED", "已过期"
