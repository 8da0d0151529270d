"""The vocabulary of imports and exports."""

from django.db import models


class Purpose(models.TextChoices):
    DAILY = "DAILY", "日常工作"
    SUPERIOR = "SUPERIOR", "上报上级"
    DEPARTMENT = "DEPARTMENT", "部门协作"
    AUDIT = "AUDIT", "审计检查"
    OTHER = "OTHER", "其他"


class ExportState(models.TextChoices):
    REQUESTED = "REQUESTED", "待审批"
    WAITING = "WAITING", "生成中"
    READY = "READY", "可下载"
    FAILED = "FAILED", "没有生成"
    REFUSED = "REFUSED", "未批准"
    EXPIRED = "EXPIRED", "已过期"


class FileFormat(models.TextChoices):
    XLSX = "xlsx", "Excel 表格"
    CSV = "csv", "CSV 文本"


class ImportState(models.TextChoices):
    CHECKING = "CHECKING", "核对中"
    PREVIEW = "PREVIEW", "待确认"
    RUNNING = "RUNNING", "导入中"
    DONE = "DONE", "已完成"
    UNDOING = "UNDOING", "撤销中"
    UNDONE = "UNDONE", "已撤销"
    ABANDONED = "ABANDONED", "已放弃"
    FAILED = "FAILED", "没有完成"


# Somebody is at work on these, in a task.
BUSY_STATES = (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)
