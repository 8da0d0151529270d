"""The vocabulary of supervision."""

from django.db import models


class State(models.TextChoices):
    OPEN = "OPEN", "待回复"
    REPLIED = "REPLIED", "待审核"
    CLOSED = "CLOSED", "已办结"


class Act(models.TextChoices):
    RAISED = "RAISED", "下发督办"
    REPLIED = "REPLIED", "县里回复"
    RETURNED = "RETURNED", "退回重办"
    CLOSED = "CLOSED", "办结"
