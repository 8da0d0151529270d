"""Columns about father and mother, the same facts of each."""

from aixin.exchange.columns import Column
from aixin.exchange.headings import ID_WORDS, PHONE_WORDS, named
from children.wording import PARENT_STATUS_WORDS

_FATHER = ("父亲情况", "父亲信息", "父亲", "爸爸")
_MOTHER = ("母亲情况", "母亲信息", "母亲", "妈妈")
_PARENT_SYNONYMS = {
    "姓名": ("", "名字"),
    "状况": ("情况", "状态", "现状", "目前状况", "健康状况"),
    "身份证号": ID_WORDS,
    "电话": PHONE_WORDS,
    "务工地": (
        "务工地点",
        "务工地址",
        "务工所在地",
        "打工地",
        "打工地点",
        "工作地",
        "工作地点",
        "工作单位",
        "去向",
    ),
}
_PARENT_KINDS = {"身份证号": "idno", "电话": "phone", "状况": "choice"}


def parent_column(who: str, what: str) -> Column:
    """Return the column of one fact about father or mother."""
    words = _PARENT_SYNONYMS[what]
    return Column(
        f"{who}{what}",
        tuple(f"{who}{word}" for word in words),
        _FATHER if who == "父亲" else _MOTHER,
        kind=_PARENT_KINDS.get(what, "text"),
        vocabulary=PARENT_STATUS_WORDS if what == "状况" else None,
        leaves=(what, *(word for word in words if word)),
        max_length=40,
    )


def both_parents_column() -> Column:
    """Return the column of cells that name both parents; `children.contacts` takes them apart."""
    return Column("父母情况", (*named("父母"), "父母信息", "父母基本情况", "父母亲情况", "父母双方情况"))
