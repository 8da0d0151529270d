"""The vocabulary of a pairing's life (DOMAIN section 4)."""

from django.db import models


class State(models.TextChoices):
    PROPOSED = "PROPOSED", "拟结对"
    CONSENT = "CONSENT", "待监护人同意"
    ACTIVE = "ACTIVE", "已结对"
    PAUSED = "PAUSED", "暂停"
    ENDED = "ENDED", "已解除"


OPEN_STATES = (State.PROPOSED, State.CONSENT, State.ACTIVE, State.PAUSED)


class EndReason(models.TextChoices):
    TERM_OVER = "TERM_OVER", "任期满"
    RESIGNED = "RESIGNED", "主动退出"
    OUT_OF_CONTACT = "OUT_OF_CONTACT", "失联"
    MISCONDUCT = "MISCONDUCT", "违规"
    CLEARANCE_FAILED = "CLEARANCE_FAILED", "准入复查不过"
    CHILD_LEFT = "CHILD_LEFT", "儿童出列"
    GUARDIAN_WITHDREW = "GUARDIAN_WITHDREW", "监护人撤回"
    UNSUITED = "UNSUITED", "不适配"
    ADJUSTED = "ADJUSTED", "调整"


# Ended so that the two are not to be brought together again.
BAD_ENDS = (EndReason.OUT_OF_CONTACT, EndReason.MISCONDUCT, EndReason.UNSUITED)
# Counted as a volunteer whom the child has; one who pauses is not there for it.
PRESENT_STATES = (State.PROPOSED, State.CONSENT, State.ACTIVE)
