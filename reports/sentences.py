"""Figures as the sentences of a report: pure functions, nothing typed by hand, nothing said where there is no figure."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from reports.periods import Kind, Period


class Few:
    """A number that its reader is not to know: small, or telling a small one (DOMAIN section 6)."""

    def __repr__(self) -> str:
        return "＊"


FEW = Few()
Value = int | float | Few | None
Values = Mapping[str, Value]


class FiguresLike(Protocol):
    """What sentences need of the figures of a region and period."""

    @property
    def region(self) -> Any: ...
    @property
    def period(self) -> Period: ...
    @property
    def as_of(self) -> datetime.date: ...
    @property
    def totals(self) -> Mapping[str, Any]: ...


class ComparisonLike(Protocol):
    """Figures, those of the period before and those of a year ago."""

    @property
    def now(self) -> Any: ...
    @property
    def before(self) -> Any: ...
    @property
    def year_ago(self) -> Any: ...


@dataclass(frozen=True)
class Told:
    """What is told: values now, before and a year ago, and the words for place and periods.

    While a period runs, what happened in it is not held against periods that are over.
    """

    place: str
    day: str
    span: str
    before_word: str
    now: Values
    before: Values
    year_ago: Values | None
    is_running: bool = False

    def has(self, *keys: str) -> bool:
        """Return whether every one of these figures is there and may be told."""
        return not any(isinstance(self.now.get(key), Few | None) for key in keys)

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing yet: nobody on the rosters and no visit."""
        return self.has(*ANYTHING) and not any(self.now[key] for key in ANYTHING)

    def amount(self, key: str, unit: str) -> str:
        """Return 1488名; only of a figure that is there."""
        return amount(self.now.get(key), unit)

    def change(self, key: str, unit: str) -> str:
        """Return ，比上月增加3名 or nothing."""
        if self.is_running and key in WITHIN:
            return ""
        said = changed(self.now.get(key), self.before.get(key), unit)
        return f"，{_than(self.before_word, said)}" if said else ""

    def changes(self, key: str, unit: str) -> str:
        """Return ，比上月增加3名，比去年同期增加12名 or what of it there is."""
        if self.is_running and key in WITHIN:
            return ""
        year = changed(self.now.get(key), self.year_ago.get(key), unit) if self.year_ago is not None else ""
        return self.change(key, unit) + (f"，{_than('去年同期', year)}" if year else "")


BEFORE_WORDS = {Kind.MONTH: "上月", Kind.QUARTER: "上季度", Kind.YEAR: "上年"}
NO_DATA = "这一期没有数据。"
UNTOLD = "为保护隐私不列"
# Without any of these there was nothing yet.
ANYTHING = ("registered", "volunteers", "visits")
POINTS = "个百分点"
# What grows as a period runs, of the figures that sentences compare.
WITHIN = frozenset({"visits", "visited", "visited_rate", "on_time_rate"})
_WHOLE = (
    ("自治区", "全区"), ("省", "全省"), ("州", "全州"), ("盟", "全盟"), ("地区", "全区"), ("县", "全县"), ("市", "全市"),
    ("旗", "全旗"), ("新区", "全区"), ("区", "全区"), ("街道", "全街道"), ("镇", "全镇"), ("乡", "全乡"), ("苏木", "全苏木"),
)  # fmt: skip


def whole_of(name: str) -> str:
    """Return how reports call all of a region: 吕梁市 → 全市, 凤城镇 → 全镇; a name of another kind as it is."""
    return next((word for suffix, word in _WHOLE if name.endswith(suffix)), name)


def day_text(day: datetime.date) -> str:
    """Return 2026年10月31日."""
    return f"{day.year}年{day.month}月{day.day}日"


def amount(value: Value, unit: str) -> str:
    """Return a value with its unit: 1488名, 91.8%; nothing for None and what is not told."""
    if isinstance(value, Few | None):
        return ""
    return f"{_plain(value)}{unit}"


def _plain(value: float) -> str:
    """Return a count as it is, a rate always to one decimal, as tables write it."""
    return str(value) if isinstance(value, int) else f"{value:.1f}"


def changed(now: Value, before: Value, unit: str) -> str:
    """Return 增加3名, 减少3名 or 持平; of rates 提高 and 下降 in 个百分点; nothing unless both are known."""
    if now is None or before is None or isinstance(now, Few) or isinstance(before, Few):
        return ""
    if unit == "%":
        points = round(float(now) - float(before), 1)
        return _moved(points, "提高", "下降", POINTS)
    return _moved(now - before, "增加", "减少", unit)


def _moved(difference: float, up: str, down: str, unit: str) -> str:
    said = _plain(abs(difference))
    if not float(said):
        return "持平"
    return f"{up if difference > 0 else down}{said}{unit}"


def _than(word: str, said: str) -> str:
    return f"与{word}持平" if said == "持平" else f"比{word}{said}"


def told(
    comparison: ComparisonLike,
    now: Values | None = None,
    before: Values | None = None,
    year_ago: Values | None = None,
) -> Told:
    """Return what sentences tell of a comparison; with values in place of its totals where some are hidden."""
    figures = comparison.now
    period: Period = figures.period
    is_running = figures.as_of < period.last
    return Told(
        place=whole_of(figures.region.name),
        day=day_text(figures.as_of),
        span=f"{period.name}（截至{figures.as_of.month}月{figures.as_of.day}日）"
        if is_running
        else period.name,
        before_word=BEFORE_WORDS[period.kind],
        now=figures.totals if now is None else now,
        before=comparison.before.totals if before is None else before,
        # A year's last year is the one before.
        year_ago=None
        if period.kind == Kind.YEAR
        else (comparison.year_ago.totals if year_ago is None else year_ago),
        is_running=is_running,
    )


def opening_sentences(comparison: ComparisonLike) -> list[str]:
    """Return the three sentences with which report and dashboard open; fewer where there are no figures."""
    return opening(told(comparison))


def opening(of: Told) -> list[str]:
    """Return who there is, how many are paired, how many were visited."""
    if of.is_empty:
        return [NO_DATA]
    return _kept(_stock(of), _paired(of), _visited(of))


def _stock(of: Told) -> str:
    if not of.has("volunteers", "registered"):
        return ""
    return (
        f"截至{of.day}，{of.place}共有爱心妈妈{of.amount('volunteers', '名')}{of.change('volunteers', '名')}；"
        f"在册儿童{of.amount('registered', '名')}{of.change('registered', '名')}。"
    )


def _paired(of: Told) -> str:
    if not of.has("eligible"):
        return ""
    said = f"应结对儿童{of.amount('eligible', '名')}"
    if of.has("paired"):
        said += f"，已结对{of.amount('paired', '名')}{of.change('paired', '名')}"
    if of.has("coverage"):
        said += f"；结对率{of.amount('coverage', '%')}{of.change('coverage', '%')}"
    if of.has("unpaired"):
        none = of.now.get("unpaired") == 0
        said += _all_paired(of) if none else f"；应结未结{of.amount('unpaired', '名')}"
    return said + "。"


def _all_paired(of: Told) -> str:
    """Return the praise that nobody is left over; where nobody was to be paired it is none."""
    return "，应结尽结" if of.now.get("eligible") else ""


def _visited(of: Told) -> str:
    if not of.has("visits"):
        return ""
    if of.now.get("visits") == 0:
        return f"{of.span}，{of.place}没有走访记录。"
    seen = f"，看望儿童{of.amount('visited', '名')}" if of.has("visited") else ""
    return f"{of.span}，走访{of.amount('visits', '次')}{of.changes('visits', '次')}{seen}。"


def overview(of: Told) -> list[str]:
    """Return 总体情况 beyond the opening: who came and left, what pairings rest on."""
    return _kept(_moved_in(of), _pairings(of), _volunteers(of))


def _kept(*sentences: str) -> list[str]:
    return [sentence for sentence in sentences if sentence]


def _parts(of: Told, *parts: tuple[str, str, str]) -> list[str]:
    """Return what there is of these; nothing is said of a zero."""
    return [f"{words}{of.amount(key, unit)}" for words, key, unit in parts if of.has(key) and of.now[key]]


def _sentence(head: str, parts: list[str]) -> str:
    return f"{head}{'，'.join(parts)}。" if parts else ""


def _moved_in(of: Told) -> str:
    moved = (
        ("新登记儿童", "entered", "名"), ("出列儿童", "left", "名"), ("新增爱心妈妈", "volunteers_new", "人次"),
        ("退出或暂停的爱心妈妈", "volunteers_gone", "人次"), ("新结对", "paired_new", "对"),
        ("解除结对", "pairings_ended", "对"),
    )  # fmt: skip
    return _sentence(f"{of.span}，{of.place}", _parts(of, *moved))


def _pairings(of: Told) -> str:
    if not of.has("pairings"):
        return ""
    said = [f"现有结对{of.amount('pairings', '对')}（暂停的不算）{of.changes('pairings', '对')}"]
    said += _parts(of, ("安全责任书签订率", "agreement_rate", "%"), ("准入查询有效率", "clearance_rate", "%"))
    return "，".join(said) + "。"


def _volunteers(of: Told) -> str:
    if not of.has("volunteers_paired"):
        return ""
    said = f"爱心妈妈中已结对{of.amount('volunteers_paired', '名')}"
    idle = f"，还可再结对{of.amount('idle_capacity', '名')}儿童" if of.has("idle_capacity") else ""
    return f"{said}{idle}。"


def places(of: Told, unpaired: list[tuple[str, Value]]) -> list[str]:
    """Return where children still wait, the most first; `unpaired` are places with their numbers.

    Places of which it may not be told are not named: among them may be some where nobody waits.
    """
    waiting = [(name, number) for name, number in unpaired if isinstance(number, int) and number > 0]
    some_hidden = any(isinstance(number, Few) for _, number in unpaired)
    if not waiting and not some_hidden:
        return [f"{of.place}各地应结尽结。"] if of.now.get("unpaired") == 0 and _all_paired(of) else []
    most = sorted(waiting, key=lambda one: -one[1])[:3]
    said = "、".join(f"{name}{number}名" for name, number in most)
    if not said:
        return [f"各地应结未结的情况，{UNTOLD}。"]
    if some_hidden:
        return [f"还有应结未结的是{said}，其余{UNTOLD}。"]
    return [f"应结未结较多的是{said}。" if len(waiting) > len(most) else f"还有应结未结的是{said}。"]


def structure(of: Told, categories: list[tuple[str, Value]]) -> list[str]:
    """Return 儿童结构: registered children by category, those that there are."""
    there = divided(categories)
    if not there or not of.has("registered"):
        return []
    return [f"在册儿童{of.amount('registered', '名')}中，{there}。"]


def divided(parts: list[tuple[str, Value]]) -> str:
    """Return 留守儿童16名，困境儿童9名 of the parts that there are; nothing where none may be told."""
    told = [f"{name}{amount(value, '名')}" for name, value in parts if value and not isinstance(value, Few)]
    if not told:
        return ""
    some_hidden = any(isinstance(value, Few) for _, value in parts)
    return "，".join([*told, f"其余{UNTOLD}"] if some_hidden else told)


def care(of: Told) -> list[str]:
    """Return 走访关爱: contacts, households, who was reached and who was not."""
    flows = (("走访儿童", "contacts", "人次"), ("走访家庭", "households", "户次"))
    late = (("结对后从未走访的儿童", "never_visited", "名"), ("超期未联系的结对", "overdue", "对"))
    rate = (
        f"走访到的儿童占在册儿童的{of.amount('visited_rate', '%')}{of.change('visited_rate', '%')}。"
        if of.has("visited_rate")
        else ""
    )
    return _kept(
        _visited(of),
        _sentence("共", _parts(of, *flows)),
        rate,
        _sentence(f"截至{of.day}，", _parts(of, *late)),
    )


def clear_and_visited(of: Told) -> list[str]:
    """Return 三必清 and 三必访."""
    clear = (
        f"家庭情况、学习情况、生活问题都清楚的儿童{of.amount('clear', '名')}，"
        f"三必清率{of.amount('clear_rate', '%')}{of.change('clear_rate', '%')}。"
        if of.has("clear", "clear_rate")
        else ""
    )
    done = ""
    if of.has("duties_due", "duties_done"):
        done = (
            _due(of)
            + "".join(f"；{part}" for part in _parts(of, ("逾期未办", "duties_overdue", "件")))
            + "。"
        )
    return _kept(clear, done)


def _due(of: Told) -> str:
    if of.now.get("duties_due") == 0:
        return f"{of.span}，没有到期的关爱安排"
    rate = f"，按时率{of.amount('on_time_rate', '%')}" if of.has("on_time_rate") else ""
    return f"{of.span}，到期的关爱安排{of.amount('duties_due', '件')}，按时办理{of.amount('duties_done', '件')}{rate}"


def matters(of: Told) -> list[str]:
    """Return 问题办理."""
    if not of.has("concerns_raised"):
        return []
    said = (
        ("上报问题", "concerns_raised", "件"),
        ("办结", "concerns_closed", "件"),
        ("还在办理", "concerns_open", "件"),
    )
    return [_sentence(f"{of.span}，", _parts(of, *said)) or f"{of.span}，没有上报的问题。"]


def supervision(of: Told) -> list[str]:
    """Return 督导: what was closed, what is open and what is late."""
    if not of.has("findings_open"):
        return []
    closed = (
        f"{of.span}，督办办结{of.amount('findings_closed', '件')}；" if of.now.get("findings_closed") else ""
    )
    if not of.now.get("findings_open") and not of.now.get("findings_closed"):
        return [f"{of.span}，没有督办事项。"]
    late = of.now.get("findings_overdue")
    tail = f"，其中超期未回复{amount(late, '件')}" if late else ""
    return [f"{closed}截至{of.day}，未办结{of.amount('findings_open', '件')}{tail}。"]
