"""The written report as a Word document whose template an office may replace."""

from typing import Any

from aixin.access.models import Region
from aixin.exchange.documents import Document


def _no_more(region: Any, user: Any) -> dict[str, Any]:
    """Return no words: a report is of a region and a period, and is handed its words when it is filled in."""
    return {}


def _texts(said: str) -> list[dict[str, str]]:
    return [{"text": said}]


REPORT = Document(
    key="written-report",
    title="书面报告",
    model=Region,
    template="written-report.docx",
    words=_no_more,
    page="reports:written",
    by_row=False,
    sample={
        "title": "报告标题",
        "region": "地区",
        "period": "报告期",
        "day": "截至日期",
        "opening": _texts("开头三句"),
        "overview": _texts("总体情况"),
        "places": _texts("各地情况的话"),
        "structure": _texts("儿童结构的话"),
        "care": _texts("走访关爱"),
        "duties": _texts("三必清三必访"),
        "matters": _texts("问题办理"),
        "supervision": _texts("督导"),
        "place_rows": [
            {
                "name": "地区", "registered": "在册儿童", "eligible": "应结对", "paired": "已结对", "coverage": "结对率",
                "unpaired": "应结未结", "volunteers": "爱心妈妈", "visits": "走访次数", "visited": "走访到的儿童",
                "never_visited": "从未走访", "overdue": "超期未联系",
            }
        ],
        "structure_rows": [
            {"name": "类别", "registered": "在册儿童", "eligible": "应结对", "paired": "已结对", "unpaired": "应结未结"}
        ],
        "chapters": [{"heading": "各县填写的章节", "parts": _texts("各县写的内容")}],
        "next_heading": "下一步打算的标题",
        "next_steps": _texts("下一步打算"),
        "chart_places": "各地结对率的图",
        "chart_structure": "儿童类别的图",
        "chart_visits": "近六个月走访的图",
    },
)  # fmt: skip
