"""What the engine proposes, until staff confirm, change or reject it.

Proposals follow from the rosters and are made anew by each run: their keys to child and volunteer are the database's own
and go with those, so that they stand in the way of no merge and no undoing of an import.
"""

from typing import Any

from django.conf import settings
from django.db import models

from aixin.access.models import ScopedModel
from children.models import Child
from pairing.matching.answer import PartCode
from pairing.matching.vocabulary import PARTS
from pairing.querysets import ProposalQuerySet, RunQuerySet
from volunteers.models import Volunteer


class ProposalRun(ScopedModel):
    """A run over a county: when, by whom, and its sums."""

    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="操作人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField("时间", auto_now_add=True)
    pairs = models.PositiveIntegerField("建议对数")
    missing = models.PositiveIntegerField("缺少人次")
    objective = models.BigIntegerField("总分")
    # Fixed pairs that a rule has caught up with: child, volunteer (keys), rules (codes).
    broken_locks = models.JSONField("不能保留的锁定", default=list)

    objects = RunQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "结对建议批次"
        ordering = ["-id"]
        indexes = [models.Index(fields=["region", "-id"], name="proposal_run_region")]

    def __str__(self) -> str:
        return f"run {self.pk}"


class Proposal(ScopedModel):
    """A child and a volunteer proposed to each other; `region` is the child's."""

    run = models.ForeignKey(
        ProposalRun, verbose_name="批次", on_delete=models.CASCADE, related_name="proposals"
    )
    child = models.ForeignKey(
        Child, verbose_name="儿童", on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    volunteer = models.ForeignKey(
        Volunteer, verbose_name="爱心妈妈", on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    score = models.IntegerField("得分")
    # code, points, reason of each part.
    parts = models.JSONField("理由", default=list)
    # volunteer (key), score, free of the next best.
    alternatives = models.JSONField("其他人选", default=list)
    locked = models.BooleanField("已锁定", default=False)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="锁定人", null=True, on_delete=models.PROTECT, related_name="+"
    )

    # Thought of by staff; a run gives it score and reasons and leaves the mark while it is locked.
    by_hand = models.BooleanField("人工选定", default=False)

    objects = ProposalQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "结对建议"
        ordering = ["region_id", "child_id", "id"]
        indexes = [models.Index(fields=["region", "locked"], name="proposal_region_locked")]
        constraints = [models.UniqueConstraint(fields=["child", "volunteer"], name="one_proposal_of_two")]

    def __str__(self) -> str:
        return f"proposal {self.pk}"

    @property
    def audit_subjects(self) -> list[str]:
        return [self.child.no, self.volunteer.no]

    @property
    def reasons(self) -> list[str]:
        """What speaks for the two, the strongest first."""
        return [part["reason"] for part in _by_points(self.parts) if part["points"] > 0]

    @property
    def doubts(self) -> list[str]:
        """What speaks against the two, the strongest first; that she has children already is only said."""
        return [
            part["reason"]
            for part in reversed(_by_points(self.parts))
            if part["points"] < 0 and part["code"] != PartCode.LOAD
        ]

    @property
    def load_text(self) -> str:
        """What the run said of her load, where she had a child by then."""
        return next((part["reason"] for part in self.parts if part["code"] == PartCode.LOAD), "")

    @property
    def score_parts(self) -> list[tuple[str, int, str]]:
        """Name, points and reason of each part; the points add up to the score."""
        return named_parts(self.parts)


class LeftOver(ScopedModel):
    """A child that the latest run could not give all that it wants: why, and what would solve it."""

    run = models.ForeignKey(
        ProposalRun, verbose_name="批次", on_delete=models.CASCADE, related_name="left_over"
    )
    child = models.OneToOneField(
        Child, verbose_name="儿童", on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    missing = models.PositiveSmallIntegerField("缺少人数")
    cause = models.CharField("原因", max_length=20)
    explanation = models.CharField("说明", max_length=120)
    remedy = models.CharField("办法", max_length=120)
    alternatives = models.JSONField("其他人选", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "未能安排的儿童"
        ordering = ["region_id", "child_id"]

    def __str__(self) -> str:
        return f"left over {self.pk}"

    @property
    def audit_subjects(self) -> list[str]:
        return [self.child.no]


class RejectedPair(ScopedModel):
    """Two who are not to be proposed to each other again, and why."""

    child = models.ForeignKey(
        Child, verbose_name="儿童", on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    volunteer = models.ForeignKey(
        Volunteer, verbose_name="爱心妈妈", on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    reason = models.CharField("否决原因", max_length=200)
    rejected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="否决人", on_delete=models.PROTECT, related_name="+"
    )
    rejected_at = models.DateTimeField("否决时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "否决的结对"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["child", "volunteer"], name="one_rejection_of_two")]

    def __str__(self) -> str:
        return f"rejected pair {self.pk}"

    @property
    def audit_subjects(self) -> list[str]:
        return [self.child.no, self.volunteer.no]


def named_parts(parts: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    """Return name, points and reason of parts as they are stored, the strongest first."""
    return [(PARTS[PartCode(part["code"])], part["points"], part["reason"]) for part in _by_points(parts)]


def _by_points(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(parts, key=lambda part: (-part["points"], part["code"]))
