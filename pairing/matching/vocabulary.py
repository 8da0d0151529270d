"""Every Chinese sentence of the engine in one place: short, plain, for a clerk of 50 and for the guardian."""

from pairing.matching.answer import Cause, PartCode
from pairing.matching.problem import Ring, Trait

RULES = {
    "GUARDIAN_REFUSES": "监护人不同意结对",
    "IN_INSTITUTION": "孩子在机构集中养育",
    "UNQUALIFIED": "还没有审核合格，或已退出",
    "PAUSED": "已暂停结对",
    "LEAVING": "正在退出",
    "NOT_CLEARED": "准入查询还没有通过",
    "CLEARANCE_EXPIRED": "准入查询已过期",
    "NO_CAPACITY": "已达可结对人数",
    "AGE_UNSUITED": "年龄不在规定范围内，需人工决定",
    "OUT_OF_REACH": "不在她能结对的范围内",
    "MAN_AND_GIRL": "男性（或未登记性别）的志愿者不与女童单独结对",
    "REFUSED_PAIR": "这一对已被否决",
    "ENDED_BADLY": "以前结对过，解除时不合适",
    "ALREADY_PAIRED": "两人已经结对",
    "UNWILLING": "与她的结对意愿不符",
    "OTHER_PROFESSION": "按本县分类规则，应由对口单位的人结对",
}
RINGS = {
    Ring.VILLAGE: "同村",
    Ring.TOWNSHIP: "同乡镇",
    Ring.NEIGHBOURS: "在相邻乡镇",
    Ring.COUNTY: "同县",
    Ring.BEYOND: "在外县",
}
REACHES = {
    Ring.VILLAGE: "本村",
    Ring.TOWNSHIP: "本乡镇",
    Ring.NEIGHBOURS: "本乡镇和相邻乡镇",
    Ring.COUNTY: "全县",
    Ring.BEYOND: "外县也可以",
}
PARTS = {
    PartCode.DISTANCE: "远近",
    PartCode.NEEDS: "需求对特长",
    PartCode.AGE: "愿意的年龄",
    PartCode.SEX: "愿意的性别",
    PartCode.CATEGORY: "愿意的类别",
    PartCode.PROFESSION: "对口单位",
    PartCode.SIBLING: "兄弟姐妹",
    PartCode.CHAIR: "本村妇联主席",
    PartCode.LOAD: "已有孩子",
}
TOPICS = {
    "GUIDANCE": "思想引领",
    "DAILY_LIFE": "生活照顾",
    "STUDY": "学业辅导",
    "COMPANIONSHIP": "亲情陪伴",
    "PARENTING": "家教指导",
    "HARDSHIP": "困难帮扶",
    "SAFETY": "安全保护",
    "MIND": "心理关爱",
    "LEGAL": "法律援助",
    "HEALTH": "健康照护",
}
# What a profession can do for a child, where nobody wrote it down.
ABILITIES = {
    "STUDY": "可辅导学业",
    "PARENTING": "可指导家庭教育",
    "MIND": "可做心理关爱",
    "LEGAL": "可提供法律援助",
    "SAFETY": "可讲安全、帮助保护",
    "HEALTH": "可照护健康",
}
CATEGORIES = {
    "LEFT_BEHIND": "留守儿童",
    "DE_FACTO_UNSUPPORTED": "事实无人抚养儿童",
    "ORPHAN_SCATTERED": "散居孤儿",
    "ORPHAN_INSTITUTION": "集中养育孤儿",
    "DIFFICULT": "困境儿童",
    "MIGRANT": "流动儿童",
}
TRAITS = {
    Trait.DISABLED: "残疾儿童",
    Trait.HIGH_SCHOOL: "高中阶段的孩子",
    Trait.SCHOOL_AGE: "学龄儿童",
    Trait.FAMILY_CASE: "涉婚姻家事案件的孩子",
    Trait.MIND: "需要心理关爱的孩子",
}
SEXES = {"F": "女孩", "M": "男孩"}
CAUSES = {
    Cause.GUARDIAN_REFUSES: "监护人不同意结对。",
    Cause.IN_INSTITUTION: "孩子在机构集中养育，不结对。",
    Cause.NO_ONE_IN_REACH: "附近没有能结对到这里的爱心妈妈。",
    Cause.POLICY_REACH: "“最远结对范围”是“{limit}”，范围内没有合适又有空余的爱心妈妈；放宽到“{wider}”就有 {beyond} 名。",
    Cause.NONE_AVAILABLE: "附近有爱心妈妈 {near} 名，都还没有审核合格，或已暂停、退出。",
    Cause.NONE_CLEARED: "附近可结对的爱心妈妈 {ready} 名，准入查询都没有通过或已过期。",
    Cause.NONE_WITH_CAPACITY: "附近可结对的爱心妈妈 {cleared} 名，都已达可结对人数。",
    Cause.ALL_REFUSED: "附近可结对的爱心妈妈都已被否决，或以前结对不合适。",
    Cause.NONE_SUITABLE: "附近有空余名额的爱心妈妈 {open} 名，按规定都不能与这名孩子结对。",
    Cause.TAKEN: "附近有空余名额的爱心妈妈都先安排给了更优先的孩子，或已是这名孩子的爱心妈妈。",
}
REMEDIES = {
    Cause.GUARDIAN_REFUSES: "向监护人再说明一次；同意后再安排。",
    Cause.IN_INSTITUTION: "不需要办理。",
    Cause.NO_ONE_IN_REACH: "{recruit}。",
    Cause.POLICY_REACH: "在“结对规则”里放宽最远结对范围，或{recruit}。",
    Cause.NONE_AVAILABLE: "审核附近已报名的爱心妈妈，或{recruit}。",
    Cause.NONE_CLEARED: "为附近 {ready} 名爱心妈妈办理准入查询。",
    Cause.NONE_WITH_CAPACITY: "请附近的爱心妈妈多结对一名，或{recruit}。",
    Cause.ALL_REFUSED: "{recruit}，或重新考虑否决过的人选。",
    Cause.NONE_SUITABLE: "{recruit}。",
    Cause.TAKEN: "{recruit}。",
}
UNKNOWN_PLACE = "本地"


def recruit(place: str, number: int, topics: list[str]) -> str:
    """Return whom to recruit where: 在凤城镇招募 1 名会心理关爱的爱心妈妈."""
    skill = f"会{'、'.join(topics)}的" if topics else ""
    return f"在{place}招募 {number} 名{skill}爱心妈妈"


def needs_met(topics: list[str]) -> str:
    named = "、".join(topics)
    return f"擅长{named}，孩子正需要{named}"


def needs_met_by_profession(kind: str, topics: list[str]) -> str:
    """Return what follows from a profession: 教师，可辅导学业."""
    able = "、".join(ABILITIES.get(topic, f"可帮助{TOPICS[topic]}") for topic in topics)
    return f"{kind}，{able}" if kind else able


def wished_ages(low: int, high: int, *, fits: bool) -> str:
    wish = f"愿意结对 {low}—{high} 岁的孩子"
    return wish if fits else f"她{wish}，孩子不在这个年龄"


def wished_sex(sex: str, *, fits: bool) -> str:
    wish = f"愿意结对{SEXES.get(sex, '孩子')}"
    return wish if fits else f"她{wish}"


def wished_categories(names: list[str], *, fits: bool) -> str:
    wish = f"愿意结对{'、'.join(names)}"
    return wish if fits else f"她{wish}，孩子不属于这一类"


def profession(trait: str, name: str) -> str:
    return f"{trait}优先由{name}结对"


def load(number: int) -> str:
    return f"她已有 {number} 名孩子"


SIBLING = "已结对孩子的兄弟姐妹"
CHAIR = "她是本村妇联主席，宜留作联络人"
