"""The vocabulary of report forms and of what is handed in on them."""

from django.db import models


class FormState(models.TextChoices):
    DRAFT = "DRAFT", "草稿"
    OPEN = "OPEN", "使用中"
    STOPPED = "STOPPED", "已停用"


class ReturnState(models.TextChoices):
    DRAFT = "DRAFT", "填报中"
    SUBMITTED = "SUBMITTED", "已报送"
    RETURNED = "RETURNED", "已退回"
    ACCEPTED = "ACCEPTED", "已接收"


class PeriodKind(models.TextChoices):
    MONTH = "month", "月报"
    QUARTER = "quarter", "季报"
    YEAR = "year", "年报"


TONES = {
    ReturnState.DRAFT: "neutral",
    ReturnState.SUBMITTED: "info",
    ReturnState.RETURNED: "danger",
    ReturnState.ACCEPTED: "ok",
}
