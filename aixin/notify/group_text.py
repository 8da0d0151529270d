"""A text for the volunteers' WeChat group: how many things are due in each township this week, without any name."""

import datetime
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from aixin.access.models import Region

# Given a user and a day: how many things are overdue, and due in the day's week beside them, by township.
CountDue = Callable[[Any, datetime.date], tuple[Counter[str], Counter[str]]]
_counts: list[CountDue] = []


def register_due(count: CountDue) -> None:
    """Let a higher app say what is due: the very numbers that its own pages show for this week."""
    _counts.append(count)


def group_text(user: Any) -> str:
    """Return the text for the user's county; empty where nothing is due."""
    today = timezone.localdate()
    late, due = Counter[str](), Counter[str]()
    for count in _counts:
        more_late, more_due = count(user, today)
        late, due = late + more_late, due + more_due
    here = late + due
    if not here:
        return ""
    names = dict(Region.objects.filter(code__in=here).values_list("code", "name"))
    parts = "，".join(f"{names[township]}{number}件" for township, number in sorted(here.items()))
    overdue = f"，其中{late.total()}件已经逾期" if late else ""
    return (
        f"【关爱提醒】{_week(today)}要办：{parts}，共{here.total()}件{overdue}。"
        "请各位爱心妈妈登录爱心结对，查看自己名下的事项，去一趟或打个电话，再记一次。谢谢大家！"
    )


def _week(today: datetime.date) -> str:
    monday = today - datetime.timedelta(days=today.weekday())
    sunday = monday + datetime.timedelta(days=6)
    return f"本周（{monday.month}月{monday.day}日至{sunday.month}月{sunday.day}日）"
