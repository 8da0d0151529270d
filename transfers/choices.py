"""Who began a transfer, and what became of it."""

from django.db import models


class Kind(models.TextChoices):
    REQUEST = "REQUEST", "申请转入"
    OFFER = "OFFER", "转出"


class State(models.TextChoices):
    OPEN = "OPEN", "待答复"
    ACCEPTED = "ACCEPTED", "已转"
    REFUSED = "REFUSED", "未同意"
    WITHDRAWN = "WITHDRAWN", "已撤回"
