"""What reports keep of their own."""

from reports.models.chapters import Chapter, ChapterTitle
from reports.models.supervision import Finding, FindingStep, Leader, LeaderCounty

__all__ = ["Chapter", "ChapterTitle", "Finding", "FindingStep", "Leader", "LeaderCounty"]
