"""Masks of DOMAIN section 6: what a page may show of a name, a phone, an ID."""

import re

COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "令狐",
        "慕容",
        "宇文",
        "长孙",
        "司徒",
        "司空",
        "夏侯",
        "端木",
        "百里",
        "南宫",
        "独孤",
        "呼延",
        "轩辕",
        "澹台",
        "闻人",
        "公冶",
        "钟离",
        "申屠",
        "太史",
        "淳于",
        "单于",
        "濮阳",
        "太叔",
        "万俟",
        "赫连",
        "东郭",
        "南门",
        "西门",
        "第五",
    ]
)


def mask_name(name: str) -> str:
    """Return the surname followed by one star for each hidden character: 张*, 欧阳**."""
    if not name:
        return ""
    kept = 2 if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else 1
    return name[:kept] + "*" * max(len(name) - kept, 1)


def mask_phone(phone: str) -> str:
    """Return a mobile as 138****1234, a land line with only its last two digits' place kept hidden."""
    if not phone:
        return ""
    if len(phone) == 11 and phone.isdigit():
        return f"{phone[:3]}****{phone[-4:]}"
    return "*" * max(len(phone) - 2, 1) + phone[-2:]


def mask_idno(idno: str) -> str:
    """Return an ID number with its first three and last four characters."""
    if not idno:
        return ""
    return f"{idno[:3]}{'*' * max(len(idno) - 7, 4)}{idno[-4:]}" if len(idno) > 7 else "*" * len(idno)


_NUMBERS = re.compile(r"(?<!\d)(?:[1-9]\d{16}[\dXx]|1[3-9]\d{9}|0\d{2,3}-\d{7,8})(?!\d)")


def mask_numbers(text: str) -> str:
    """Return free text with every ID and phone number in it masked: notes may hold what was typed."""
    return _NUMBERS.sub(
        lambda found: mask_idno(found[0]) if len(found[0]) == 18 else mask_phone(found[0]), text
    )
