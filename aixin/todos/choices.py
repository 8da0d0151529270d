from django.db import models


class State(models.TextChoices):
    OPEN = "OPEN", "待办"
    DECIDED = "DECIDED", "已办"
    # Its cause went away by itself.
    LAPSED = "LAPSED", "已自行消除"


class Box(models.TextChoices):
    """Which to-dos the list shows; without one, those that the office is to decide."""

    BELOW = "below", "下级在办"
    DECIDED = "decided", "已办"
    LAPSED = "lapsed", "已自行消除"
