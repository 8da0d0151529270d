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


def mask_phones(phones: str) -> str:
    """Return several phones, joined by 、, each masked."""
    return "、".join(mask_phone(number) for number in phones.split("、") if number)


def mask_idno(idno: str) -> str:
    """Return an ID number with its first three and last four characters."""
    if not idno:
        return ""
    return f"{idno[:3]}{'*' * max(len(idno) - 7, 4)}{idno[-4:]}" if len(idno) > 7 else "*" * len(idno)


# Numbers of people as they are typed into text: with blanks and dashes, with 86 in front, in full-width digits.
_GAP = r"[\s\-－—.]{0,2}"
_NUMBERS = re.compile(
    rf"(?<!\d)(?:"
    rf"[1-9]\d{{5}}{_GAP}\d{{8}}{_GAP}\d{{3}}[\dXx]|[1-9]\d{{14}}"
    rf"|(?:\+?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}"
    rf"|0\d{{2,3}}{_GAP}\d{{7,8}}"
    rf")(?!\d)"
)
_ID_LENGTHS = (15, 18)
_PLAIN_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def mask_numbers(text: str) -> str:
    """Return free text with every ID and phone number in it masked: notes may hold what was typed."""
    # Full-width digits are one character each, so places in the plain text are places in the text.
    plain = text.translate(_PLAIN_DIGITS)
    parts, done = [], 0
    for found in _NUMBERS.finditer(plain):
        parts += [text[done : found.start()], _masked_number(found[0])]
        done = found.end()
    return "".join(parts) + text[done:]


def _masked_number(number: str) -> str:
    plain = "".join(filter(str.isalnum, number))
    if len(plain) in _ID_LENGTHS:
        return mask_idno(plain)
    if plain.startswith("0"):
        return mask_phone(number)
    return mask_phone(plain.removeprefix("86") if len(plain) > 11 else plain)
