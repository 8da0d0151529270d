"""What offices add to a written report in their own words: chapters by the city's list, and what comes next."""

from django.conf import settings
from django.db import models

from aixin.access.models import ScopedModel
from reports.written.querysets import ChapterQuerySet, ChapterTitleQuerySet


class ChapterTitle(ScopedModel):
    """A chapter that a city (`region`) asks its counties to write, such as 五优五强; its place in the report."""

    title = models.CharField("章节", max_length=30)
    place = models.PositiveSmallIntegerField("次序", default=0)
    retired = models.BooleanField("不再填报", default=False)

    objects = ChapterTitleQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "报告章节"
        ordering = ["place", "id"]
        constraints = [
            models.UniqueConstraint(fields=["region", "title"], name="one_chapter_title_a_region"),
        ]

    def __str__(self) -> str:
        return f"chapter title {self.pk}"


class Chapter(ScopedModel):
    """What an office (`region`) wrote for a period; without a title it is its own 下一步打算."""

    title = models.ForeignKey(
        ChapterTitle, verbose_name="章节", null=True, on_delete=models.PROTECT, related_name="chapters"
    )
    # As `Period.key` writes it: 2026-10, 2026-Q4, 2026.
    period = models.CharField("报告期", max_length=7)
    text = models.TextField("内容", max_length=2000)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="填写人", on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField("填写时间", auto_now=True)

    objects = ChapterQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "报告内容"
        ordering = ["title__place", "region_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "title", "period"],
                nulls_distinct=False,
                name="one_chapter_a_region_and_period",
            ),
        ]

    def __str__(self) -> str:
        return f"chapter {self.pk}"

    @property
    def mark(self) -> str:
        """What tells this text from an earlier one: a page keeps it until it is sent."""
        return self.written_at.isoformat()
