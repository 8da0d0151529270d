"""Pairs of records that may be of one person, and what was decided about them: a table for each roster."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from aixin.access.models import ScopedModel
from aixin.privacy.fields import EncryptedField
from children.models import Child
from duplicates.choices import Reason, State
from duplicates.querysets import DuplicateQuerySet
from volunteers.models import Volunteer


def _side(model: Any, name: str) -> Any:
    # The database's own key, made in the migration, removes a pair together with either record: taking an import
    # back is not stopped by a doubt that the import has raised.
    return models.ForeignKey(
        model, verbose_name=name, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )


def _constraints(prefix: str = "") -> list[models.BaseConstraint]:
    return [
        models.UniqueConstraint(fields=["first", "second"], name=f"{prefix}one_row_a_pair"),
        models.CheckConstraint(condition=Q(first__lt=F("second")), name=f"{prefix}smaller_key_first"),
    ]


class Pair(ScopedModel):
    """Two records that may be of one person: one row a pair, the smaller key first.

    `region` is the place that holds both.
    """

    first: Any
    second: Any
    first_id: int
    second_id: int
    reason = models.CharField("相近之处", max_length=12, choices=Reason)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    # Digest of what was compared when it was decided: other facts raise the question anew.
    facts = models.CharField(max_length=40, editable=False)
    found_at = models.DateTimeField("发现时间", auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="判断人",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    # What taking a merge back needs, until its thirty days are over.
    journal = EncryptedField("合并前的资料", null=True, editable=False)
    decided_at = models.DateTimeField("判断时间", null=True, editable=False)

    objects = DuplicateQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True
        ordering = ["-found_at", "-id"]

    def __str__(self) -> str:
        return f"pair {self.pk}"

    @property
    def audit_subjects(self) -> list[str]:
        """Public numbers of both."""
        return [self.first.no, self.second.no]

    @property
    def is_merged(self) -> bool:
        return self.state == State.MERGED

    @property
    def kept(self) -> Any:
        """The record of a merged pair that stays."""
        return self.second if self.first.merged_into_id == self.second_id else self.first

    @property
    def is_told_apart(self) -> bool:
        return self.state == State.NOT_SAME

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN


class Duplicate(Pair):
    """Two children who may be one."""

    first = _side(Child, "甲")
    second = _side(Child, "乙")

    class Meta(Pair.Meta):
        verbose_name = verbose_name_plural = "疑似重复"
        indexes = [models.Index(fields=["region", "state"], name="duplicate_region_state")]
        constraints = _constraints()


class VolunteerDuplicate(Pair):
    """Two volunteers who may be one."""

    first = _side(Volunteer, "甲")
    second = _side(Volunteer, "乙")

    class Meta(Pair.Meta):
        verbose_name = verbose_name_plural = "疑似重复的爱心妈妈"
        indexes = [models.Index(fields=["region", "state"], name="volunteer_duplicate_state")]
        constraints = _constraints("volunteers_")
