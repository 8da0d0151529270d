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
    place = {Level.PROVINCE: "city", Level.CITY: "county", Level.COUNTY: "township"}.get(
        user.acting_post.level, "village"
    )
    word = {"city": "市", "county": "县区", "township": "乡镇", "village": "村"}[place]
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
        Ready(
            f"各{word}各类别的在册儿童",
            f"按{word}和类别数人数",
            "bar-chart",
            urlencode({"subject": "children", "by": place, "by2": "category"}),
        ),
        Ready(
            "本月走访按方式",
            "电话、入户、见面……各多少次",
            "journal-check",
            urlencode({"subject": "visits", "date.op": "month", "by": "way"}),
        ),
    ]
