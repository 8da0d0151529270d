"""Which column of a sheet is which field: headings are matched to `ColumnSpec`s, group by group.

A heading is a path, the grouped heading first: ("监护人情况", "姓名"). A spec matches, best first, where the
heading is its title or a synonym; where it is one of its `leaves` beneath one of its `groups`; where it
contains a synonym and the rest only fills (所在学校, 电话号码); and where it is a synonym with one character
mistyped. Headings that say whose they are (监护人, 父亲) go only to a spec that speaks of that person.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from .persons import persons_in, without_persons

Path = tuple[str, ...]

#: Two headings of five characters or more are alike from here on: one character differs, and not at the end.
LIKENESS = 0.8

_BRACKETS = re.compile(r"[(\[{【〔《<][^)\]}】〕》>]*[)\]}】〕》>]?")
_NOISE = re.compile(r"[\W_]+")
_FILLER = re.compile(
    r"(?:必填项?|选填|填写|请填|可多选|多选|单选|号码|号|名称|信息|情况|具体|详细|本人|目前|当前|现|所在|所属|的|及|其|如有"
    r"|是否|常用|有效|二代|居民|公民|真实|基本|日期|时间|年月日|\d+)"
)
_TAIL = re.compile(r"(?:基本|相关|主要|家庭)?(?:情况|信息|资料|一栏|部分)$")


@dataclass(frozen=True)
class ColumnSpec:
    """A field that a column may hold.

    `synonyms` are headings that mean it wherever they stand, best first; `leaves` are headings that mean it
    only beneath one of `groups` (or beside a column of the same person). Persons named in `groups` are those
    whose field it is; a spec without groups is matched under any group. A column with `fill_down` inherits
    the value above where it is blank; of several such specs, declare the wider place first. `unique` values
    belong to one row alone: 同上 is not resolved in them.
    """

    key: str
    title: str
    synonyms: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    required: bool = False
    fill_down: bool = False
    kind: str = "text"
    leaves: tuple[str, ...] = ()
    unique: bool = False


@lru_cache(maxsize=8192)
def heading_forms(text: str) -> tuple[str, ...]:
    """Return the heading reduced to its characters: without its bracketed hints, then with them."""
    plain = unicodedata.normalize("NFKC", text).lower()
    forms = (_NOISE.sub("", form) for form in (_BRACKETS.sub("", plain), plain))
    return tuple(dict.fromkeys(form for form in forms if form))


@dataclass(frozen=True)
class _Known:
    """A spec made ready for comparison."""

    spec: ColumnSpec
    plain: dict[str, float]
    leaves: frozenset[str]
    groups: tuple[str, ...]
    persons: frozenset[str]


@lru_cache(maxsize=1024)
def _known(spec: ColumnSpec) -> _Known:
    plain: dict[str, float] = {}
    for rank, name in enumerate((spec.title, *spec.synonyms)):
        for form in heading_forms(name):
            plain.setdefault(form, min(rank * 0.1, 4.0))
    leaves = frozenset(form for name in spec.leaves for form in heading_forms(name))
    groups = tuple(dict.fromkeys(form for name in spec.groups for form in heading_forms(name)))
    persons = frozenset(person for name in spec.groups for person in persons_in(name))
    return _Known(spec, plain, leaves, groups, persons)


def known_words(specs: Sequence[ColumnSpec]) -> frozenset[str]:
    """Return every reduced heading that these specs understand exactly."""
    known = [_known(spec) for spec in specs]
    return frozenset(word for one in known for word in (*one.plain, *one.leaves))


@dataclass(frozen=True)
class _Heading:
    """A heading made ready for comparison: its own and its group's words, and whose they say it is."""

    forms: tuple[str, ...]
    group_forms: tuple[str, ...]
    own_persons: frozenset[str]
    group_persons: frozenset[str]


def _heading(path: Path) -> _Heading:
    leaf, groups = path[-1], path[:-1]
    forms = heading_forms(leaf)
    own = persons_in(forms[0]) if forms else frozenset()
    hinted = persons_in(forms[-1]) - own if forms else frozenset()
    nearest = next((found for group in reversed(groups) if (found := _persons_of_group(group))), frozenset())
    group_forms = tuple(form for group in groups for form in heading_forms(group))
    return _Heading(forms, group_forms, own, hinted or nearest)


def _persons_of_group(group: str) -> frozenset[str]:
    return persons_in("".join(heading_forms(group)[:1]))


def match_headings(paths: Sequence[Path], specs: Sequence[ColumnSpec]) -> dict[int, str]:
    """Return the key of the spec for each understood heading, by its index in `paths`; no key comes twice.

    An empty path is a column without heading. The best pairs are taken first, the leftmost of equals.
    """
    known = [_known(spec) for spec in specs]
    placed = _with_context(paths, known)
    headings = [_heading(path) if path else None for path in placed]
    words = {form for one in known for form in one.groups}
    scored = []
    for index, heading in enumerate(headings):
        for order, one in enumerate(known) if heading and heading.forms else ():
            if heading and (score := _score(heading, one, words)) > 0:
                guessed = 5 if placed[index] != paths[index] else 0
                scored.append((guessed - score, index, order))
    return _best_pairs(sorted(scored), specs)


def _best_pairs(scored: Sequence[tuple[float, int, int]], specs: Sequence[ColumnSpec]) -> dict[int, str]:
    mapping: dict[int, str] = {}
    taken: set[str] = set()
    for _, index, order in scored:
        key = specs[order].key
        if index not in mapping and key not in taken:
            mapping[index] = key
            taken.add(key)
    return dict(sorted(mapping.items()))


def _score(heading: _Heading, known: _Known, words: set[str]) -> float:
    """Return how well the heading means the spec; 0 is not at all."""
    own = _own_score(heading, known)
    if not own:
        return 0.0
    return own + _group_bonus(heading, known, words)


def _own_score(heading: _Heading, known: _Known) -> float:
    named = bool(heading.own_persons)
    fits = (
        named or not heading.group_persons or not known.persons or bool(heading.group_persons & known.persons)
    )
    best = max((100 - known.plain[form] for form in heading.forms if form in known.plain), default=0.0)
    if best and fits:
        return best
    if _beneath(heading, known) and (not named or heading.own_persons & known.persons):
        return 97.0 if any(form in known.leaves for form in heading.forms) else _joined_score(heading, known)
    joined = _joined_score(heading, known) if not named else 0.0
    return joined or (_loose_score(heading, known) if fits else 0.0)


def _beneath(heading: _Heading, known: _Known) -> bool:
    """Return whether the heading stands beneath one of the spec's groups."""
    if heading.group_persons:
        return bool(heading.group_persons & known.persons)
    return any(group in form for form in heading.group_forms for group in known.groups)


def _joined_score(heading: _Heading, known: _Known) -> float:
    """("父亲信息", "电话") is 父亲电话."""
    joined = (_TAIL.sub("", group) + form for group in heading.group_forms for form in heading.forms)
    if any(text in known.plain for text in joined):
        return 96.0
    return _loose_score(heading, known) if _beneath(heading, known) else 0.0


def _loose_score(heading: _Heading, known: _Known) -> float:
    return max((max(_contained(form, known), _alike(form, known)) for form in heading.forms[:1]), default=0.0)


def _contained(form: str, known: _Known) -> float:
    best = 0.0
    for word in known.plain:
        if len(word) > 1 and word in form and len(word) / len(form) > best:
            rest = without_persons(form.replace(word, "", 1), known.persons)
            if not _FILLER.sub("", rest):
                best = len(word) / len(form)
    return 70 + 10 * best if best else 0.0


def _alike(form: str, known: _Known) -> float:
    best = max((_likeness(form, word) for word in known.plain), default=0.0)
    return 60 * best if best >= LIKENESS else 0.0


def _likeness(one: str, other: str) -> float:
    if min(len(one), len(other)) < 4 or abs(len(one) - len(other)) > 1 or one[-2:] != other[-2:]:
        return 0.0
    if persons_in(one) != persons_in(other):
        return 0.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _group_bonus(heading: _Heading, known: _Known, words: set[str]) -> float:
    """A group that the spec names speaks for it, one that only others name against it."""
    for rank, group in enumerate(known.groups):
        if any(group in form or form in group for form in heading.group_forms):
            return 3 - min(rank * 0.1, 2.0)
    foreign = known.groups and any(word in form for form in heading.group_forms for word in words)
    return -20.0 if foreign else 0.0


def _with_context(paths: Sequence[Path], known: Sequence[_Known]) -> list[Path]:
    """Return the paths, an ungrouped heading of unclear owner put beneath the person its neighbours speak of.

    Unclear are headings that stand twice (身份证号 … 监护人, 身份证号), those that stand beside one that says
    whose it is (儿童姓名 … 姓名) and those that nothing but `leaves` explains.
    """
    plain = {word for one in known for word in one.plain}
    leaves = {word for one in known for word in one.leaves}
    bare = [_bare(path) for path in paths]
    counts = Counter(filter(None, bare))
    named = [form for path in paths if path and persons_in(form := "".join(heading_forms(path[-1])[:1]))]
    result: list[Path] = []
    for index, path in enumerate(paths):
        word = bare[index]
        elsewhere = _is_named_elsewhere(word, named, known)
        if word in leaves and (counts[word] > 1 or elsewhere or word not in plain):
            result.append(_placed(index, paths, known, named, second=elsewhere or word in bare[:index]))
        else:
            result.append(path)
    return result


def _is_named_elsewhere(word: str, named: Sequence[str], known: Sequence[_Known]) -> bool:
    """Return whether what this word alone means has a heading that says whose it is: 儿童姓名 for 姓名."""
    owners: frozenset[str] = frozenset().union(*(one.persons for one in known if word in one.plain))
    return bool(word) and any(form.endswith(word) and persons_in(form) <= owners for form in named)


def _bare(path: Path) -> str:
    """Return the reduced heading when it has no group and names nobody, else an empty string."""
    if len(path) != 1:
        return ""
    forms = heading_forms(path[0])
    return forms[0] if forms and not persons_in(forms[-1]) else ""


def _placed(
    index: int, paths: Sequence[Path], known: Sequence[_Known], named: Sequence[str], *, second: bool
) -> Path:
    path = paths[index]
    before = _named_before(paths[:index])
    word = heading_forms(path[-1])[0]
    if before and any(form.endswith(word) and persons_in(form) == persons_in(before[-1]) for form in named):
        before = ()  # that person has such a column already
    if second or before:
        before = _group_of_relation(paths[index + 1 : index + 2], known) or before
    return (*before, path[-1])


def _named_before(paths: Sequence[Path]) -> Path:
    """Return the nearest heading to the left that says whose it is, unless groups stand between."""
    for path in reversed(paths):
        if len(path) > 1:
            return ()
        if path and "关系" not in path[-1] and persons_in(path[-1]):
            return path
    return ()


def _group_of_relation(following: Sequence[Path], known: Sequence[_Known]) -> Path:
    """A second 姓名 that 关系 follows is that of the person whose 关系 it is."""
    forms = heading_forms(following[0][-1]) if following and following[0] else ()
    for one in known:
        if one.persons and any("关系" in form and form in one.plain for form in forms):
            return one.spec.groups[:1]
    return ()
