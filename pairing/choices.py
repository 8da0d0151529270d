"""The vocabulary of a pairing's life (DOMAIN section 4)."""

from django.db import models


class State(models.TextChoices):
    PROPOSED = "PROPOSED", "拟结对"
    APPROVAL = "APPROVAL", "待审批"
    CONSENT = "CONSENT", "待监护人同意"
    ACTIVE = "ACTIVE", "已结对"
    PAUSED = "PAUSED", "暂停"
    ENDED = "ENDED", "已解除"


# Not begun yet: the child still waits.
PENDING_STATES = (State.PROPOSED, State.APPROVAL, State.CONSENT)
OPEN_STATES = (*PENDING_STATES, State.ACTIVE, State.PAUSED)


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
    NOT_APPROVED = "NOT_APPROVED", "未获批准"


# A pause of more days is looked at: the child has somebody on paper only.
LONGEST_PAUSE_DAYS = 60
# Ended so that the two are not to be brought together again.
BAD_ENDS = (EndReason.OUT_OF_CONTACT, EndReason.MISCONDUCT, EndReason.UNSUITED)
# Counted as a volunteer whom the child has; one who pauses is not there for it.
PRESENT_STATES = (*PENDING_STATES, State.ACTIVE)


# Reasons that staff choose; the other one is the county's answer.
CHOSEN_REASONS = [choice for choice in EndReason.choices if choice[0] != EndReason.NOT_APPROVED]


class StepKind(models.TextChoices):
    """What happened to a pairing, as its time line says it."""

    PROPOSED = "PROPOSED", "拟结对"
    APPROVAL_ASKED = "APPROVAL_ASKED", "报县级审批"
    APPROVED = "APPROVED", "县级同意"
    NOT_APPROVED = "NOT_APPROVED", "县级不同意"
    CONSENT_ASKED = "CONSENT_ASKED", "待监护人同意"
    CONSENTED = "CONSENTED", "监护人同意"
    STARTED = "STARTED", "开始结对"
    AGREEMENT = "AGREEMENT", "安全责任书"
    CARD = "CARD", "印发扫码卡"
    CARDS_VOID = "CARDS_VOID", "扫码卡作废"
    MAIN = "MAIN", "改为主责"
    PAUSED = "PAUSED", "暂停"
    RESUMED = "RESUMED", "恢复"
    ENDED = "ENDED", "解除"


class ReportKind(models.TextChoices):
    """What somebody with a card in her hand tells the county."""

    COMPLAINT = "COMPLAINT", "投诉"
    WITHDRAWAL = "WITHDRAWAL", "想撤回同意"


class TodoKind(models.TextChoices):
    """What has to be decided about pairings, found by the daily search."""

    SUSPENDED = "volunteer_suspended"
    LEFT = "volunteer_left"
    TERM = "volunteer_term"
