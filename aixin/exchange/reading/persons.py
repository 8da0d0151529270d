"""Words in headings that say whose a column is, so that 监护人电话 is never taken for a volunteer's."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS: dict[str, str] = {
    "guardian": (
        "监护人 委托照护人 受委托人 被委托人 受托人 照护人 照料人 照看人 看护人 抚养人 扶养人 监管人 家长"
        " 监护情况 监护信息 委托监护"
    ),
    "father": "父亲 爸爸 生父 养父 继父",
    "mother": "母亲 妈妈 生母 养母 继母",
    "parents": "父母亲 父母双方 父母 双亲",
    "child": (
        "儿童 孩子 小孩 学生 未成年人 未成年 少年 幼儿 受助人 受助对象 帮扶对象 结对对象 关爱对象"
        " 服务对象 被帮扶人 被结对人"
    ),
    "volunteer": (
        "爱心妈妈 爱心爸爸 爱心家长 爱心姥姥 爱心奶奶 爱心人士 代理妈妈 代理家长 微爱妈妈 阳光妈妈"
        " 结对妈妈 妈妈志愿者 巾帼志愿者 志愿者 结对帮扶人 帮扶责任人 帮扶干部 结对干部 帮扶人 帮扶者"
        " 结对人 关爱人"
    ),
    "liaison": "村妇联主席 妇联主席 妇联负责人 主席 联络员 联络人",
}
_OTHERS = (
    "填表人 填报人 审核人 制表人 经办人 负责人 班主任 校长 老师 任课教师 村干部 包村干部 村支书 儿童主任"
    " 儿童督导员 督导员 紧急联系人 网格员 配偶 法定代表人 兄弟姐妹 外祖父母 祖父母 外祖父 外祖母 祖父"
    " 祖母 爷爷 奶奶 外公 外婆 姥姥 姥爷 推荐人 介绍人 担保人 户主 社工"
)
_OWNER = {word: owner for owner, words in _WORDS.items() for word in words.split()}
_OWNER |= {word: word for word in _OTHERS.split()}
_OWNER |= {"父": "father", "母": "mother"}
_SHORT = r"[父母](?=姓名|名|电话|手机|联系|身份|证件|状况|状态|情况|务工|工作|打工|住址|地址|健康)"
_LONGEST_FIRST = sorted(_OWNER.keys() - {"父", "母"}, key=len, reverse=True)
_PERSON = re.compile(f"(?:{'|'.join(_LONGEST_FIRST)})(?!数)|{_SHORT}")


@lru_cache(maxsize=4096)
def persons_in(text: str) -> frozenset[str]:
    """Return whose the heading says it is: 'guardian', 'father', …; empty when it names nobody."""
    return frozenset(_OWNER[word] for word in _PERSON.findall(text))


def without_persons(text: str, owners: frozenset[str]) -> str:
    """Return the text less the words for these owners."""
    return _PERSON.sub(lambda found: "" if _OWNER[found[0]] in owners else found[0], text)
