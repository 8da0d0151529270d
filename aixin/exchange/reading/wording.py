"""Free wording: sex, yes and no, counts, school grades, and words of a vocabulary."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .cells import NOTHING, clean_text, half_width
from .faults import ValueFault
from .model import Cell

_MALE = frozenset({"男", "男孩", "男性", "男童", "男生", "男孩子", "m", "male", "1", "男儿童", "♂"})
_FEMALE = frozenset({"女", "女孩", "女性", "女童", "女生", "女孩子", "f", "female", "2", "女儿童", "♀"})

_YES = frozenset({"是", "有", "√", "✓", "✔", "☑", "y", "yes", "1", "t", "true", "对", "已", "v", "on"})
_NO = frozenset(
    {
        "否",
        "无",
        "×",
        "✗",
        "✘",
        "✕",
        "☒",
        "x",
        "n",
        "no",
        "0",
        "f",
        "false",
        "没",
        "没有",
        "暂无",
        "不",
        "未",
        "错",
        "off",
    }
)
_YES_START = ("已", "是", "有", "√", "✓", "✔", "签订", "同意")
_NO_START = ("未", "否", "无", "没", "不", "×", "暂未", "尚未", "非")

_NUMERALS = {char: number for number, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_NUMERAL = r"[零〇一二两三四五六七八九]"
_COUNT = re.compile(
    rf"(?:约|共)?(\d{{1,6}}|{_NUMERAL}?十?{_NUMERAL}?)(?:\.0+)?\s?(?:人|名|个|位|对|户|次)?(?:孩子|儿童)?\Z"
)

_NUMBER = r"(?P<number>[一二三四五六七八九1-9])"
_CLASS = r"(?:年级)?(?:[(]?[\d一二三四五六七八九十]{1,3}[)]?班|[(][\d一二三四五六七八九十]{1,3}[)])?\Z"
_KINDERGARTEN = re.compile(
    r"(?:幼儿园?|学前)?[(（/·-]?(?P<size>[小中大托])\s?[\d一二三四五六七八九]?班[)）]?\Z"
)
_PRIMARY = re.compile(rf"(?:小学?)?{_NUMBER}年级?{_CLASS}|小{_NUMBER.replace('number', 'short')}\Z")
_JUNIOR = re.compile(rf"(?:初中?|初级中学){_NUMBER}{_CLASS}")
_SENIOR = re.compile(rf"(?:普通?)?(?:高中?|高级中学){_NUMBER}{_CLASS}")
_VOCATIONAL = re.compile(rf"(?:中职|职高|职中|中专|技校|职业高中|职业中专|中技){_NUMBER}{_CLASS}")
_SPECIAL = re.compile(rf"(?:特校|特教|特殊教育(?:学校)?|培智){_NUMBER}{_CLASS}")
_CLASS_ONLY = re.compile(
    r"(?P<number>[一二三四五六七八九1-9])\s?[(（.]\s?\d{1,2}\s?[)）]?\s?班?\Z|(?P<plain>[1-9])\Z"
)
_STAGE_WORDS = {
    "未入园": "未入园",
    "幼儿园": "幼儿园 学前班 学前",
    "小学": "小学",
    "初中": "初中",
    "高中": "高中",
    "中职": "中职 职高 中专 技校",
    "特教": "特教 特殊教育",
    "送教上门": "送教上门",
    "辍学": "辍学 失学",
    "不在学": "不在学 未上学 未就学",
}
_STAGES = {word: stage for stage, words in _STAGE_WORDS.items() for word in words.split()}


def parse_sex(cell: Cell | None) -> str | None:
    """Return 男, 女 or None where it is neither; never raises."""
    text = half_width(cell).lower()
    return "男" if text in _MALE else "女" if text in _FEMALE else None


def parse_bool(cell: Cell | None) -> bool | None:
    """Return yes or no, or None where the cell is blank or says neither; never raises."""
    text = half_width(cell).lower()
    if text in _YES or text in _NO:
        return text in _YES
    if not text or text in NOTHING:
        return None
    if text.startswith(_NO_START):
        return False
    return True if text.startswith(_YES_START) else None


def parse_count(cell: Cell | None) -> int | None:
    """Return the number of 3, 3.0, 3人 or 三, or None for a blank cell. Raises ValueFault (count_invalid)."""
    text = half_width(cell)
    if text in NOTHING:
        return None
    found = _COUNT.match(text)
    if not found or not found[1]:
        raise ValueFault("count_invalid")
    return int(found[1]) if found[1].isdecimal() else _numeral(found[1])


def _numeral(text: str) -> int:
    if "十" not in text:
        return int("".join(str(_NUMERALS[char]) for char in text))
    tens, _, units = text.partition("十")
    return (_NUMERALS[tens] if tens else 1) * 10 + (_NUMERALS[units] if units else 0)


@dataclass(frozen=True)
class Grade:
    """A school grade as it is named everywhere, and the stage of school where that follows; else as typed."""

    text: str
    stage: str | None = None


def parse_grade(cell: Cell | None) -> Grade:
    """Return the grade (三年级, 七年级, 高二, 中班, 中职一年级) and its stage, or the wording as typed."""
    return _grade(clean_text(cell))


@lru_cache(maxsize=4096)
def _grade(typed: str) -> Grade:
    text = half_width(typed).replace(" ", "")
    if found := _KINDERGARTEN.match(text):
        return Grade(f"{found['size']}班", "幼儿园")
    for pattern, make in _GRADES:
        if found := pattern.match(text):
            number = next(value for value in found.groups() if value)
            return make(typed, "一二三四五六七八九".find(number) + 1 or int(number))
    return Grade(typed, _STAGES.get(text))


def _compulsory(_: str, number: int) -> Grade:
    return Grade(f"{'零一二三四五六七八九'[number]}年级", "小学" if number < 7 else "初中")


def _junior(typed: str, number: int) -> Grade:
    return _compulsory(typed, number + 6) if number < 4 else Grade(typed, "初中")


def _senior(typed: str, number: int) -> Grade:
    return Grade(f"高{'零一二三'[number]}" if number < 4 else typed, "高中")


def _vocational(typed: str, number: int) -> Grade:
    return Grade(f"中职{'零一二三'[number]}年级" if number < 4 else typed, "中职")


def _special(_: str, number: int) -> Grade:
    return Grade(f"{'零一二三四五六七八九'[number]}年级", "特教")


_GRADES = (
    (_PRIMARY, _compulsory),
    (_JUNIOR, _junior),
    (_SENIOR, _senior),
    (_VOCATIONAL, _vocational),
    (_SPECIAL, _special),
    (_CLASS_ONLY, _compulsory),
)


def parse_relation(cell: Cell | None) -> str:
    """Return the relation as typed; never raises."""
    return clean_text(cell)


def match_choice(text: Cell | None, vocabulary: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the codes whose words stand in the text, in its order and once each; [] if none.

    The longest word counts (事实孤儿 is no 孤儿), a word after 非 does not, and a code stands for itself.
    """
    return list(_choices(half_width(text), tuple((code, tuple(words)) for code, words in vocabulary.items())))


@lru_cache(maxsize=8192)
def _choices(text: str, vocabulary: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[str, ...]:
    pattern, codes = _vocabulary(vocabulary)
    compact = text.replace(" ", "")
    found = (codes[match[1].lower()] for match in pattern.finditer(compact) if match[1])
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=64)
def _vocabulary(
    vocabulary: tuple[tuple[str, tuple[str, ...]], ...],
) -> tuple[re.Pattern[str], dict[str, str]]:
    codes: dict[str, str] = {}
    for code, words in vocabulary:
        for word in (code, *words):
            codes.setdefault(half_width(word).replace(" ", "").lower(), code)
    either = "|".join(sorted(map(re.escape, codes), key=len, reverse=True))
    # 非农业 is a word of its own, not a denied 农业.
    own = "|".join(re.escape(word) for word in codes if word.startswith("非")) or r"(?!)"
    return re.compile(f"(?!{own})非(?:{either})|({either})", re.IGNORECASE), codes
