"""走访记录: its columns."""

from collections.abc import Iterable
from typing import Any

from aixin.access.people import recorder_for
from aixin.exchange.ledgers import LedgerColumn, Look, Tally, choice, field, place_columns
from visits.models import Visit

_VISIT, _WHO, _FINDINGS, _DONE = "走访情况", "走访对象", "了解情况", "关爱服务"


def children_of(visit: Visit) -> list[Any]:
    """Return the children reached, as prefetched."""
    return [link.child for link in visit.visited.all()]


def _names(people: Iterable[Any], look: Look) -> str:
    return "、".join(look.name(person.name) for person in people)


def _state(visit: Visit) -> str:
    return "已撤回" if visit.withdrawn_at else "补录" if visit.is_backfill else "有效"


VISIT_COLUMNS = (
    LedgerColumn("date", "走访日期", lambda v, look: look.day(v.date), _VISIT, fixed=True),
    LedgerColumn("way", "走访方式", choice(Visit, "way"), _VISIT, 9),
    LedgerColumn(
        "child_no", "儿童编号", lambda v, _: "、".join(c.no for c in children_of(v)), _WHO, 11, fixed=True
    ),
    LedgerColumn("children", "儿童姓名", lambda v, look: _names(children_of(v), look), _WHO, 14, fixed=True),
    LedgerColumn("persons", "人次", lambda v, _: len(children_of(v)), _WHO, 6, adds_up=True),
    LedgerColumn("households", "户次", field("households"), _WHO, 6, adds_up=True),
    *place_columns(),
    LedgerColumn("volunteers", "爱心妈妈", lambda v, look: _names(v.volunteers.all(), look), width=14),
    LedgerColumn("family", "家庭情况", choice(Visit, "family"), _FINDINGS, 9, usual=False),
    LedgerColumn("study", "学习情况", choice(Visit, "study"), _FINDINGS, 9, usual=False),
    LedgerColumn("life", "生活情况", choice(Visit, "life"), _FINDINGS, 9, usual=False),
    LedgerColumn("seen", "看到的情况", lambda v, look: look.text(v.seen), _FINDINGS, 32),
    LedgerColumn("done", "做了什么", lambda v, look: look.text(v.done), _DONE, 24),
    LedgerColumn("next_step", "下一步", lambda v, look: look.text(v.next_step), _DONE, 18, usual=False),
    LedgerColumn("goods", "物品", lambda v, look: look.text(v.goods), _DONE, 14, usual=False),
    LedgerColumn("goods_value", "物品价值（元）", field("goods_value"), _DONE, usual=False, adds_up=True),
    LedgerColumn("companions", "其他同行人", lambda v, look: look.text(v.companions), width=14, usual=False),
    LedgerColumn("minutes", "用时（分钟）", field("minutes"), width=10, usual=False, adds_up=True),
    LedgerColumn("recorder", "记录人", lambda v, look: recorder_for(look.user, v.recorded_by), width=12),
    LedgerColumn("state", "状态", lambda v, _: _state(v), width=8, usual=False),
)  # fmt: skip
VISIT_TALLIES = (
    Tally("方式", lambda visit: [str(visit.get_way_display())]),
    Tally("涉及儿童", lambda visit: [child.pk for child in children_of(visit)], "人"),
)


def people_of(visit: Visit) -> Iterable[Any]:
    """Return everyone whom a record names."""
    return [*children_of(visit), *visit.volunteers.all()]
