"""What a duty is called, on pages and in reminders."""

import datetime
from typing import Any

from care.choices import DutyKind, Festival

ONE_DAY = datetime.timedelta(days=1)
_DO = {
    DutyKind.CALL: "联系一次",
    DutyKind.MEETING: "见一次面",
    DutyKind.HOME: "入户看望",
    DutyKind.SCHOOL: "到校了解",
    DutyKind.CHANGE: "家里有变故或困难，上门看望",
    DutyKind.FOLLOW_UP: "办约定的下一步",
}


def name_of(kind: str, occasion: str, what: str = "") -> str:
    """Return what is to be done: 联系一次, 生日看望, 中秋看望, or `what` a programme calls it."""
    if what:
        return what
    if kind == DutyKind.BIRTHDAY:
        return "生日看望"
    if kind == DutyKind.FESTIVAL:
        return f"{Festival(occasion.partition('-')[0]).label.partition('（')[0]}看望"
    return _DO[DutyKind(kind)]


def asked_of(kind: str, occasion: str, what: str = "") -> str:
    """Return what to do as a request puts it, why in brackets: 上门看望（家里有变故或困难）."""
    why, comma, act = name_of(kind, occasion, what).partition("，")
    return f"{act}（{why}）" if kind == DutyKind.CHANGE and comma else name_of(kind, occasion, what)


def day_text(day: datetime.date) -> str:
    """Return a day as people say it: 11月3日."""
    return f"{day.month}月{day.day}日"


def when_text(duty: Any, today: datetime.date) -> str:
    """Return by when: 今天是生日, 还有3天, 已逾期5天, 已40天没有联系."""
    late = (today - duty.due_on).days
    if late > 0:
        if duty.kind == DutyKind.CALL and not duty.is_moved:
            return f"已{(today - duty.opens_on + ONE_DAY).days}天没有联系"
        return f"已逾期{late}天"
    if duty.kind in {DutyKind.BIRTHDAY, DutyKind.FESTIVAL} and not duty.is_moved:
        return _celebrated(duty, today)
    return f"还有{-late}天" if late else "就在今天"


def _celebrated(duty: Any, today: datetime.date) -> str:
    if duty.meant_on == today:
        return "就是今天"
    return f"{day_text(duty.meant_on)}，{day_text(duty.due_on)}前都可以"
