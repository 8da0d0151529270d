"""Several facts in one cell: 父亲:张三 138…, 李四（祖母）139…, or both parents one after the other."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from .cells import clean_text
from .identity import parse_phone
from .model import Cell

FATHER = frozenset({"父亲", "爸爸", "父", "生父"})
MOTHER = frozenset({"母亲", "妈妈", "母", "生母"})
_RELATIONS = FATHER | MOTHER | {
    "祖父", "祖母", "爷爷", "奶奶", "外祖父", "外祖母", "外公", "外婆", "姥姥", "姥爷",
    "伯父", "伯母", "大伯", "叔叔", "叔父", "婶婶",
    "姑姑", "姑母", "姑父", "舅舅", "舅妈", "舅母",
    "姨妈", "姨母", "姨父", "小姨", "大姨", "哥哥", "姐姐",
    "继父", "继母", "养父", "养母",
    "兄", "姐",
}  # fmt: skip
_FILLERS = {
    "电话", "联系电话", "联系方式", "手机", "手机号", "手机号码", "姓名", "监护人", "关系", "号码",
}  # fmt: skip
_LONGEST = "|".join(sorted(_RELATIONS - {"父", "母", "兄", "姐"}, key=len, reverse=True))
_HAN = r"\u3400-\u9fff\U00020000-\U0003ffff"
_BEGINS = re.compile(rf"({_LONGEST})(?=[{_HAN}·]{{2,}}\Z)")
_RELATION = re.compile(_LONGEST)
_NUMBER = re.compile(r"(?:\+?86[-\s]*)?(?<!\d)(?:1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}|0\d{2,3}-?\d{7,8})(?!\d)")
_SEPARATORS = re.compile(r"[\s:,;、/()\[\]|。]+")
_NAME = re.compile(rf"[{_HAN}]{{2,4}}(?:·[{_HAN}]{{1,8}})*\Z")


@dataclass
class Contact:
    """A person named in a cell, as far as it tells; `order` is that of its words, by their first letters."""

    relation: str = ""
    name: str = ""
    phones: list[str] = field(default_factory=list)
    order: str = ""


def parse_contacts(cell: Cell | None) -> list[Contact]:
    """Return the persons of a cell that says more than a name, each with a name; [] where it is not certain.

    Never raises. Not certain is a cell with a word that is no name, relation or number, and two names for one number.
    """
    text = unicodedata.normalize("NFKC", clean_text(cell))
    if len(text) < 4 or text.isalpha() or text.isdecimal():
        return []
    contacts: list[Contact] = []
    for kind, token in _tokens(text):
        if not kind:
            return []
        _place(contacts, kind, token)
    return contacts if _are_certain(contacts) else []


def _tokens(text: str) -> list[tuple[str, str]]:
    """Return the words of a cell as (relation, name or phone; empty for another word)."""
    found: list[tuple[str, str]] = []
    at = 0
    for number in _NUMBER.finditer(text):
        found += _words(text[at : number.start()])
        found.append(("phone", number[0]))
        at = number.end()
    return found + _words(text[at:])


def _words(text: str) -> list[tuple[str, str]]:
    parts = [part for word in filter(None, _SEPARATORS.split(text)) for part in _parts(word)]
    return [(_kind(part), part) for part in parts if part not in _FILLERS]


def _parts(word: str) -> tuple[str, ...]:
    """Return 祖母李四 as 祖母 and 李四."""
    begins = _BEGINS.match(word)
    return (begins[1], word[begins.end() :]) if begins else (word,)


def _kind(word: str) -> str:
    if word in _RELATIONS:
        return "relation"
    return "name" if _NAME.match(word) and not _RELATION.search(word) else ""


def _place(contacts: list[Contact], kind: str, token: str) -> None:
    """Put a word to the person that it is about: the last one, or the next where that one has such a word already."""
    last = contacts[-1] if contacts else None
    if last is None or (kind == "relation" and last.relation) or (kind == "name" and last.name):
        contacts.append(last := Contact())
    last.order += kind[0]
    if kind == "phone":
        last.phones += parse_phone(token)[0]
    else:
        setattr(last, kind, token)


def _are_certain(contacts: list[Contact]) -> bool:
    """Return whether each has a name and more, and all tell it in the same order."""
    named = all(one.name and (one.relation or one.phones) for one in contacts)
    return bool(contacts) and named and len({"".join(dict.fromkeys(one.order)) for one in contacts}) == 1
