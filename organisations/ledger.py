"""小分队台账 and 认领单位台账: their columns."""

from typing import Any

from aixin.exchange.ledgers import LedgerColumn, Look, Tally, choice, field
from organisations.models import Organisation


def _leader(team: Any, look: Look) -> str:
    return look.name(team.leader.name) if team.leader else ""


_COMMON = (
    LedgerColumn("county", "县区", lambda row, _: row.region.place, width=12),
    LedgerColumn("purpose", "做什么", lambda row, look: look.text(row.purpose), width=24),
)
_COUNTS = (
    LedgerColumn("members", "成员（人）", field("members"), width=10, adds_up=True),
    LedgerColumn("pairs", "已结对（对）", field("pairs"), width=12, adds_up=True),
    LedgerColumn("founded_on", "登记日期", lambda row, look: look.day(row.founded_on)),
    LedgerColumn("closed_on", "停用日期", lambda row, look: look.day(row.closed_on)),
)
TEAM_COLUMNS = (
    LedgerColumn("name", "小分队", field("name"), width=16, fixed=True),
    *_COMMON,
    LedgerColumn("leader", "队长", _leader, width=10),
    *_COUNTS,
)
ORGANISATION_COLUMNS = (
    LedgerColumn("name", "单位", field("name"), width=20, fixed=True),
    LedgerColumn("kind", "类别", choice(Organisation, "kind"), width=12),
    *_COMMON,
    LedgerColumn("liaison", "联络人", lambda row, look: look.name(row.liaison_name), width=10),
    LedgerColumn(
        "liaison_phone",
        "联络人电话",
        lambda row, look: row.liaison_phone if look.full else row.masked_liaison_phone,
        width=14,
    ),
    *_COUNTS,
)
ORGANISATION_TALLIES = (Tally("类别", lambda row: [str(row.get_kind_display())]),)
