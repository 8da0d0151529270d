"""Questions that are asked again and again, ready to open."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aixin.access.regions import Level


@dataclass(frozen=True)
class Ready:
    """A question by name, what it says, and the query that asks it."""

    name: str
    hint: str
    icon: str
    query: str


def ready_questions(user: Any) -> list[Ready]:
    """Return the five that stand on the first page; places are those one level below the user's."""
    return [
        Ready(
            "三个月没有走访的高风险儿童",
            "90 天里没有一次走访，从未走访的也算",
            "exclamation-triangle",
            urlencode({"subject": "children", "risk": "HIGH", "last_visit": "90"}),
        ),
        Ready(
            "有心理需求、还没结对的孩子",
            "心理关爱的需求没有落实，等待结对",
            "person",
            urlencode({"subject": "children", "need": "MIND", "figure": "unpaired"}),
        ),
        Ready(
            "空闲的教师爱心妈妈",
            "合格、准入查询有效、还能结对的教师",
            "person-hearts",
            urlencode({"subject": "volunteers", "kind": "TEACHER", "figure": "free"}),
        ),
        _by_place(user),
        Ready(
            "本月走访按方式",
            "电话、入户、见面……各多少次",
            "journal-check",
            urlencode({"subject": "visits", "date.op": "month", "by": "way"}),
        ),
    ]


_BELOW = {
    Level.PROVINCE: ("city", "市"),
    Level.CITY: ("county", "县区"),
    Level.COUNTY: ("township", "乡镇"),
    Level.TOWNSHIP: ("village", "村"),
}


def _by_place(user: Any) -> Ready:
    key, word = _BELOW.get(user.acting_post.level, ("", ""))
    if not key:
        query = urlencode({"subject": "children", "by": "category"})
        return Ready("各类别的在册儿童", "按类别数人数", "bar-chart", query)
    query = urlencode({"subject": "children", "by": key, "by2": "category"})
    return Ready(f"各{word}各类别的在册儿童", f"按{word}和类别数人数", "bar-chart", query)
