"""Names, ID numbers and phone numbers."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import lru_cache

from stdnum.cn.ric import calc_check_digit

from .cells import DITTO, NOTHING, clean_text, half_width
from .faults import ValueFault
from .model import Cell

_DOTS = str.maketrans(dict.fromkeys("•・．⋅∙‧●･᛫", "·"))
_NAME_SPACE = re.compile(r"(?<![A-Za-z.]) | (?![A-Za-z])")
_NAME_DOT = re.compile(r"\s*·\s*|(?<=[\u4e00-\u9fff])\.(?=[\u4e00-\u9fff])")

_ID_FILL = re.compile(r"[\s\-–—_.·'‘’`\"“”]+")
_ID = re.compile(r"[1-9]\d{16}[\dX]\Z", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+?1[4-9]\Z", re.ASCII)
_NUMBER = re.compile(r"\d{16,}\.0+\Z", re.ASCII)
_NO_ID = NOTHING | {
    "无身份证",
    "无身份证号",
    "未办理",
    "未办",
    "未上户",
    "无户口",
    "无户籍",
    "没有身份证",
    "暂缺",
}
_AS_X = str.maketrans({"x": "X", "×": "X", "Х": "X", "х": "X", "Χ": "X", "χ": "X"})

_STRONG = re.compile(r"[/、;,，；|\n\r\\]|或|和|及")
_DIGIT = r"[-\s.]{0,2}\d"
_MOBILE = rf"(?:(?:\+|00)?\s?86[-\s]*)?(?P<mobile>1[-\s]?[3-9](?:{_DIGIT}){{9}})"
_LAND = (
    r"(?:(?:\+|00)86[-\s]*)?\(?(?P<area>0(?:10|2\d|[3-9]\d\d)|(?<=86)[-\s]?[3-9]\d\d)\)?[-\s]*"
    r"(?P<local>[2-8](?:[-\s]?\d){6,7})(?:(?:[-转]|ext\.?)\s?(?P<extension>\d{1,5}))?"
)
_PHONE = re.compile(rf"(?<![\d+]){_MOBILE}(?!\d)|(?<![\d+]){_LAND}(?!\d)", re.ASCII)
_PLAIN_MOBILE = re.compile(r"1[3-9]\d{9}\Z", re.ASCII)
_NOT_DIGIT = re.compile(r"\D", re.ASCII)
_EDGES = " \t:：.。-—()（）"


def clean_name(cell: Cell | None) -> str:
    """Return the name as it is written: 田　建 is 田建, a Latin name keeps its spaces, dots become ·.

    Never raises. Rare characters stay as they are. A mark for "as above" is no name: the empty string.
    """
    text = clean_text(cell)
    if text in DITTO or text in NOTHING:
        return ""
    if text.isalpha():
        return text
    text = _NAME_DOT.sub("·", text.translate(_DOTS))
    return _NAME_SPACE.sub("", text)


def parse_idno(cell: Cell | None) -> str | None:
    """Return the 18 characters, X upper case, or None for a blank cell and for 无.

    Raises ValueFault: id_precision_lost where Excel has rounded it, id_checksum, id_format.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        raise ValueFault("id_precision_lost" if abs(cell) >= 1e15 else "id_format")
    text = half_width(cell)
    if text in _NO_ID:
        return None
    if _SCIENTIFIC.match(text) or _NUMBER.match(text):
        raise ValueFault("id_precision_lost")
    text = _ID_FILL.sub("", text).translate(_AS_X)
    if not text:
        return None
    if not _ID.match(text):
        raise ValueFault("id_format")
    if calc_check_digit(text) != text[17]:
        raise ValueFault("id_checksum")
    birth_from_idno(text)
    return text


def birth_from_idno(idno: str) -> dt.date:
    """Return the birth date in digits 7–14. Raises ValueFault (id_format) for no day since 1900."""
    try:
        born = dt.date(int(idno[6:10]), int(idno[10:12]), int(idno[12:14]))
    except ValueError as fault:
        raise ValueFault("id_format") from fault
    if not 1900 <= born.year < 2100:
        raise ValueFault("id_format")
    return born


def sex_from_idno(idno: str) -> str:
    """Return 男 or 女 by digit 17."""
    return "男" if int(idno[16]) % 2 else "女"


def parse_phone(cell: Cell | None) -> tuple[list[str], str]:
    """Return the valid numbers, once each and in order, and what else the cell says, as typed.

    Never raises. Mobile numbers come out as 11 digits, land lines as 0358-3022222, with any extension.
    """
    if isinstance(cell, float) and cell.is_integer():
        cell = str(int(cell))
    text = clean_text(cell)
    if _PLAIN_MOBILE.match(text):
        return [text], ""
    if text in NOTHING:
        return [], ""
    numbers, rest = _phones(str(cell) if isinstance(cell, str) else text)
    return list(numbers), rest


@lru_cache(maxsize=4096)
def _phones(typed: str) -> tuple[tuple[str, ...], str]:
    numbers: dict[str, None] = {}
    rest: list[str] = []
    for part in _STRONG.split(typed):
        found, left = _phones_of_part(part)
        numbers.update(dict.fromkeys(found))
        if left and left not in NOTHING:
            rest.append(left)
    return tuple(numbers), "、".join(rest)


def _phones_of_part(part: str) -> tuple[list[str], str]:
    text = unicodedata.normalize("NFKC", clean_text(part))
    found = [_normal(match) for match in _PHONE.finditer(text)]
    left = _PHONE.sub(" ", text)
    if found and not any(char.isdigit() for char in left):
        return found, left.strip(_EDGES)
    return [], clean_text(part).strip(" ")


def _normal(match: re.Match[str]) -> str:
    if match["mobile"]:
        return _NOT_DIGIT.sub("", match["mobile"])
    area = _NOT_DIGIT.sub("", match["area"])
    number = f"{area if area.startswith('0') else '0' + area}-{_NOT_DIGIT.sub('', match['local'])}"
    return f"{number}-{match['extension']}" if match["extension"] else number
