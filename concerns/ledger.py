"""问题台账: its columns. Mandatory reports are no part of it: they stand in no list and no file."""

import datetime

from django.utils import timezone

from aixin.access.people import recorder_for
from aixin.exchange.ledgers import LedgerColumn, Look, Tally, choice, place_columns
from concerns.models import Concern

_RAISED, _DEALT = "上报", "办理"


def _day(moment: datetime.datetime | None, look: Look) -> str:
    return look.day(timezone.localtime(moment)) if moment else ""


CONCERN_COLUMNS = (
    LedgerColumn("child_no", "儿童编号", lambda row, _: row.child.no, _RAISED, 11, fixed=True),
    LedgerColumn("child", "儿童姓名", lambda row, look: look.name(row.child.name), _RAISED, 10, fixed=True),
    *place_columns(),
    LedgerColumn("kind", "哪方面", choice(Concern, "kind"), _RAISED, 9),
    LedgerColumn("urgency", "急不急", choice(Concern, "urgency"), _RAISED, 8),
    LedgerColumn("text", "情况", lambda row, look: look.text(row.text), _RAISED, 36),
    LedgerColumn("raised_at", "上报日期", lambda row, look: _day(row.raised_at, look), _RAISED, 12),
    LedgerColumn(
        "raised_by", "上报人", lambda row, look: recorder_for(look.user, row.raised_by), _RAISED, 12
    ),
    LedgerColumn("due_at", "办理期限", lambda row, look: _day(row.due_at, look), _DEALT, 12),
    LedgerColumn("state", "进度", choice(Concern, "state"), _DEALT, 9),
    LedgerColumn("is_late", "超期", lambda row, _: "超期" if row.is_late else "", _DEALT, 7),
    LedgerColumn("office", "移交部门", choice(Concern, "office"), _DEALT, 14),
    LedgerColumn(
        "handed_to", "对方经办人", lambda row, look: look.text(row.handed_to), _DEALT, 12, usual=False
    ),
    LedgerColumn("handed_on", "移交日期", lambda row, look: look.day(row.handed_on), _DEALT, 12, usual=False),
    LedgerColumn("result", "办理结果", lambda row, look: look.text(row.result), _DEALT, 28),
    LedgerColumn("closed_at", "办结日期", lambda row, look: _day(row.closed_at, look), _DEALT, 12),
)
CONCERN_TALLIES = (
    Tally("哪方面", lambda row: [str(row.get_kind_display())]),
    Tally("进度", lambda row: [str(row.get_state_display())]),
    Tally("涉及儿童", lambda row: [row.child_id], "人"),
)
