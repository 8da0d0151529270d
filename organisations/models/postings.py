"""外派: volunteers of a city's own offices who serve a county for a time."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from aixin.access.models import ScopedModel
from organisations.querysets import PostingQuerySet
from volunteers.models import Volunteer


class Posting(ScopedModel):
    """A city's volunteer serves a county (`region`); her record stays the city's."""

    volunteer = models.ForeignKey(
        Volunteer, verbose_name="爱心妈妈", on_delete=models.CASCADE, related_name="postings"
    )
    since = models.DateField("起始日期", default=timezone.localdate)
    until = models.DateField("截止日期", null=True, blank=True)

    objects = PostingQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "外派"
        ordering = ["-since", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="posting_until_after_since"
            )
        ]

    def __str__(self) -> str:
        return f"posting {self.pk}"

    @property
    def audit_subjects(self) -> list[str]:
        return [self.volunteer.no]
