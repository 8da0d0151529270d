"""What is kept about figures (their sums by place and day), and what offices report, write and ask beside them."""

from reports.models.chapters import Chapter, ChapterTitle
from reports.models.questions import SavedQuestion
from reports.models.returns import FormWorkbook, HandValue, ReportForm, Return, ReturnVersion, WorkbookValue
from reports.models.supervision import Finding, FindingStep, Leader, LeaderCounty
from reports.models.tallies import Outdated, Tally

__all__ = [
    "Chapter",
    "ChapterTitle",
    "Finding",
    "FindingStep",
    "FormWorkbook",
    "HandValue",
    "Leader",
    "LeaderCounty",
    "Outdated",
    "ReportForm",
    "Return",
    "ReturnVersion",
    "SavedQuestion",
    "Tally",
    "WorkbookValue",
]
