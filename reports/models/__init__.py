"""What is kept about figures: their sums by place and day, which are to be counted anew; forms and what is handed in."""

from reports.models.returns import FormWorkbook, HandValue, ReportForm, Return, ReturnVersion, WorkbookValue
from reports.models.tallies import Outdated, Tally

__all__ = [
    "FormWorkbook",
    "HandValue",
    "Outdated",
    "ReportForm",
    "Return",
    "ReturnVersion",
    "Tally",
    "WorkbookValue",
]
