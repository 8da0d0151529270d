"""What a region code says by itself, and how offices shorten region names (DESIGN section 3.1)."""

from functools import cache

from django.db import models

LENGTHS = (2, 4, 6, 9, 12)
# ':' follows '9' in the C collation, so [code, code + ':') holds exactly the codes that begin with `code`.
_AFTER_DIGITS = ":"

_SUFFIXES = {
    "PROVINCE": ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "特别行政区", "省", "市"),
    "CITY": ("自治州", "地区", "盟", "市"),
    "COUNTY": ("自治县", "自治旗", "林区", "特区", "新区", "县", "市", "区", "旗"),
    "TOWNSHIP": ("街道办事处", "办事处", "民族乡", "街道", "苏木", "地区", "镇", "乡"),
    "VILLAGE": (
        "社区居民委员会",
        "社区居委会",
        "居民委员会",
        "居委会",
        "村民委员会",
        "村委会",
        "嘎查委员会",
        "社区",
        "村",
    ),
}


class Level(models.IntegerChoices):
    PROVINCE = 1, "省"
    CITY = 2, "市"
    COUNTY = 3, "县（市、区）"
    TOWNSHIP = 4, "乡镇（街道）"
    VILLAGE = 5, "村（社区）"


def level_of(code: str) -> Level:
    """Return the level that a code's length states; raise ValueError for any other length."""
    return Level(LENGTHS.index(len(code)) + 1)


def is_code(code: str) -> bool:
    """Return whether a text is written like a region code: two to twelve ASCII digits."""
    return code.isascii() and code.isdigit() and len(code) <= LENGTHS[-1]


def parent_code(code: str) -> str | None:
    """Return the code one level up, or None for a province."""
    position = LENGTHS.index(len(code))
    return code[: LENGTHS[position - 1]] if position else None


def ancestor_codes(code: str) -> list[str]:
    """Return the codes from the province down to the code itself."""
    return [code[:length] for length in LENGTHS if length <= len(code)]


def upper_bound(code: str) -> str:
    """Return the exclusive upper end of the range of codes below `code`."""
    return code + _AFTER_DIGITS


def contains(outer: str, inner: str) -> bool:
    """Return whether `inner` is `outer` itself or a place below it."""
    return inner.startswith(outer)


def narrowed(typed: str, scope: str) -> str:
    """Return the place to which a page is narrowed: the typed code where it lies within the scope, else the scope."""
    return typed if is_code(typed) and contains(scope, typed) else scope


@cache
def short_name(name: str, level: Level) -> str:
    """Return the name without its suffix: 凤城镇 → 凤城, 西街社区居民委员会 → 西街, 吴村村委会 → 吴村.

    A name that would vanish is returned whole.
    """
    for suffix in _SUFFIXES[level.name]:
        if name.endswith(suffix) and len(name) > len(suffix):
            return name.removesuffix(suffix)
    return name


def is_community(name: str) -> bool:
    """Return whether a village-level name is an urban 社区 rather than a 村."""
    return "居" in name or "社区" in name


def place_text(name: str, level: Level, parent_name: str) -> str:
    """Return how lists write a place: 凤城镇 西街社区, 刘胡兰镇 云周村; above a village the name itself."""
    if level is not Level.VILLAGE:
        return name
    kind = "社区" if is_community(name) else "村"
    short = short_name(name, level)
    return f"{parent_name} {short if short.endswith(kind) else short + kind}"


def county_of(code: str) -> str:
    """Return the county of a place, or the place itself where it is no county's."""
    return code[: LENGTHS[Level.COUNTY - 1]]
