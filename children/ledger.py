"""儿童信息台账 and 需求台账: their columns. Titles are those that the import reads."""

from collections.abc import Iterable
from typing import Any

from aixin.exchange.documents import phones
from aixin.exchange.ledgers import LedgerColumn, Look, Records, Tally, choice, field, place_columns
from aixin.vocabulary import CareTopic
from children.choices import Aid, Category, NeedState, ParentKind, ParentStatus
from children.models import Child, Guardian, Need, Parent

_SELF, _SCHOOL, _GUARDIAN, _FAMILY = "儿童基本情况", "就学情况", "监护人情况", "家庭情况"
_TOPICS, _AID, _CATEGORIES = dict(CareTopic.choices), dict(Aid.choices), dict(Category.choices)
_PARENT_STATUS = dict(ParentStatus.choices)


def shown_phones(person: Any, look: Look) -> str:
    """Return all phones of somebody, or of nobody none: in full or masked."""
    if person is None:
        return ""
    return phones(person) if look.full else _masked_phones(person)


def _masked_phones(person: Any) -> str:
    return "、".join(filter(None, [person.masked_phone, person.masked_other_phones]))


def _guardian(child: Child, name: str) -> str:
    return str(getattr(child.main_guardian, name, "") or "")


CHILD_RECORDS = (
    Records("listed_guardians", "child_id", Guardian.objects.all),
    Records("both_parents", "child_id", Parent.objects.all),
    Records("needs_open", "child_id", lambda: Need.objects.all().open_needs()),
)


def _open_topics(child: Any) -> str:
    topics = dict.fromkeys(need.topic for need in child.needs_open)
    return "、".join(str(_TOPICS[topic]) for topic in topics)


def _parent(child: Any, kind: str) -> Any:
    # A plain loop: this is asked ten times for each row.
    for parent in child.both_parents:
        if parent.kind == kind:
            return parent
    return None


def _parent_columns(kind: ParentKind) -> Iterable[LedgerColumn]:
    key, label = kind.value.lower(), str(kind.label)
    yield LedgerColumn(
        f"{key}_name", f"{label}姓名", lambda c, look: _of_parent(c, kind, lambda p: look.relative(p.name)),
        _FAMILY, usual=False,
    )  # fmt: skip
    yield LedgerColumn(
        f"{key}_status", f"{label}状况", lambda c, _: _of_parent(c, kind, lambda p: _PARENT_STATUS.get(p.status, "")),
        _FAMILY, usual=False,
    )  # fmt: skip
    yield LedgerColumn(
        f"{key}_idno", f"{label}身份证号", lambda c, _: _of_parent(c, kind, lambda p: p.idno),
        _FAMILY, 20, usual=False, full_only=True,
    )  # fmt: skip
    yield LedgerColumn(
        f"{key}_phone", f"{label}电话", lambda c, look: shown_phones(_parent(c, kind), look),
        _FAMILY, 14, usual=False,
    )  # fmt: skip
    yield LedgerColumn(
        f"{key}_workplace", f"{label}务工地", lambda c, look: _of_parent(c, kind, lambda p: look.text(p.workplace)),
        _FAMILY, 14, usual=False,
    )  # fmt: skip


def _of_parent(child: Child, kind: str, read: Any) -> str:
    parent = _parent(child, kind)
    return str(read(parent)) if parent else ""


def _yes_no(value: bool | None) -> str:  # noqa: FBT001 - a value of the table
    return "" if value is None else "是" if value else "否"


CHILD_COLUMNS = (
    LedgerColumn("no", "儿童编号", field("no"), width=11, fixed=True),
    LedgerColumn("name", "姓名", lambda c, look: look.name(c.name), _SELF, 10, fixed=True),
    LedgerColumn("sex", "性别", choice(Child, "sex"), _SELF, 6),
    LedgerColumn("ethnicity", "民族", field("ethnicity"), _SELF, 8, usual=False),
    LedgerColumn("age", "年龄", field("age"), _SELF, 6),
    LedgerColumn("birth", "出生日期", lambda c, look: look.birth(c.birth), _SELF, usual=False),
    LedgerColumn("idno", "身份证号", lambda c, _: c.idno or c.temporary_no, _SELF, 20, full_only=True),
    LedgerColumn("category", "儿童类别", lambda c, _: "、".join(c.all_categories), _SELF, 14),
    LedgerColumn("health", "健康状况", choice(Child, "health"), _SELF, 9, usual=False),
    LedgerColumn("consent", "监护人意见", choice(Child, "consent"), _SELF, 10, usual=False),
    LedgerColumn("risk", "风险等级", choice(Child, "risk"), _SELF, 9, usual=False),
    *place_columns(),
    LedgerColumn("address", "现居住地址", lambda c, look: look.text(c.address), "居住地", 20, usual=False),
    LedgerColumn("hukou", "户籍所在地", lambda c, look: look.text(c.hukou_place), "居住地", 20, usual=False),
    LedgerColumn("school", "就读学校", field("school"), _SCHOOL, 18),
    LedgerColumn("grade", "年级", field("grade"), _SCHOOL, 9),
    LedgerColumn("schooling", "就学状况", choice(Child, "schooling"), _SCHOOL, 9, usual=False),
    LedgerColumn("boarding", "是否寄宿", lambda c, _: _yes_no(c.boarding), _SCHOOL, 9, usual=False),
    LedgerColumn("guardian", "监护人姓名", lambda c, look: look.relative(_guardian(c, "name")), _GUARDIAN, 11),
    LedgerColumn("relation", "与儿童关系", lambda c, _: _guardian(c, "relation"), _GUARDIAN, 10),
    LedgerColumn("phone", "监护人电话", lambda c, look: shown_phones(c.main_guardian, look), _GUARDIAN, 14),
    LedgerColumn("guardianship", "监护类型", choice(Child, "guardianship"), _FAMILY, usual=False),
    LedgerColumn("income", "经济来源", choice(Child, "income"), _FAMILY, 10, usual=False),
    LedgerColumn(
        "aid", "享受救助", lambda c, _: "、".join(str(_AID[code]) for code in c.aid), _FAMILY, usual=False
    ),
    *_parent_columns(ParentKind.FATHER),
    *_parent_columns(ParentKind.MOTHER),
    LedgerColumn("needs", "关爱需求", lambda c, _: _open_topics(c), width=16),
    LedgerColumn("wanted_volunteers", "需要爱心妈妈人数", field("wanted_volunteers"), width=18, usual=False),
    LedgerColumn(
        "family_case", "涉婚姻家事案件", lambda c, _: _yes_no(c.family_case), width=16, usual=False, full_only=True
    ),
    LedgerColumn("notes", "备注", lambda c, look: look.text(c.notes), width=16, usual=False),
    LedgerColumn("contact_notes", "联系方式原文", lambda c, _: c.contact_notes, width=20, usual=False, full_only=True),
)  # fmt: skip
CHILD_TALLIES = (
    Tally("类别", lambda child: [str(_CATEGORIES[child.category])]),
    Tally("性别", lambda child: [str(child.get_sex_display() or "未填")]),
)


def _met(need: Need, look: Look) -> str:
    return f"{look.day(need.met_on)} {look.text(need.met_by)}".strip() if need.state == NeedState.MET else ""


NEED_COLUMNS = (
    LedgerColumn("child_no", "儿童编号", field("child.no"), "儿童", 11, fixed=True),
    LedgerColumn("child", "儿童姓名", lambda n, look: look.name(n.child.name), "儿童", 11, fixed=True),
    LedgerColumn("sex", "性别", choice(Child, "sex", "child"), "儿童", 6),
    LedgerColumn("age", "年龄", field("child.age"), "儿童", 6),
    LedgerColumn("category", "儿童类别", choice(Child, "category", "child"), "儿童", 14),
    *place_columns(),
    LedgerColumn("topic", "需求", choice(Need, "topic"), "需求情况", 14),
    LedgerColumn("detail", "具体内容", lambda n, look: look.text(n.detail), "需求情况", 30),
    LedgerColumn("source", "来源", choice(Need, "source"), "需求情况", 14),
    LedgerColumn("raised_on", "提出日期", lambda n, look: look.day(n.raised_on), "需求情况"),
    LedgerColumn("state", "状态", choice(Need, "state"), "落实情况", 9),
    LedgerColumn("met", "落实日期和单位", _met, "落实情况", 18),
)  # fmt: skip
NEED_TALLIES = (
    Tally("需求", lambda need: [str(need.get_topic_display())]),
    Tally("涉及儿童", lambda need: [need.child_id], "人"),
)
