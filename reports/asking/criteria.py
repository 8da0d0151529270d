"""What a question may ask of a row: one of several values, a place, a number, a day, how long ago.

A criterion reads its part of an address and narrows rows by it. Addresses hold codes and numbers only: no criterion
asks for a name, an ID number or a phone (DOMAIN section 6).
"""

import datetime
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.http import QueryDict
from django.utils import timezone

from aixin.access.models import Region
from aixin.access.querysets import within
from aixin.access.regions import LENGTHS, is_code
from reports.periods import FIRST_YEAR, LAST_YEAR, Kind, Period

# How an address writes the value of a row that says nothing; no code of ours is written so.
NOTHING_SAID, NOTHING_LABEL = "-", "未填"
MOST_PLACES = 30
_DIGITS = 6

Choices = Callable[[Any], Sequence[tuple[str, str]]]


class UnclearError(Exception):
    """A part of an address cannot be understood; the message says so to the user."""


@dataclass(frozen=True)
class Condition:
    """A criterion with what is asked of it."""

    criterion: "Criterion"
    op: str
    values: tuple[str, ...]

    def narrow(self, rows: Any, user: Any) -> Any:
        """Return the rows that meet it."""
        return self.criterion.narrow(rows, self, user)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """How an address writes it."""
        stated = [(f"{self.criterion.key}.op", self.op)] if self.op != self.criterion.usual_op else []
        return stated + self.criterion.written(self)

    def words(self, user: Any) -> str:
        """Return what is asked, in words without the label."""
        return self.criterion.words(self, user)


@dataclass(frozen=True)
class Option:
    """A value that a control offers."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Criterion(ABC):
    """One thing to ask; `control` names the template of its inputs."""

    key: str
    label: str
    control: ClassVar[str]
    # What may be asked, the usual one first; those in `alone` need no value beside them.
    ops: ClassVar[dict[str, str]]
    alone: ClassVar[frozenset[str]] = frozenset()

    @property
    def usual_op(self) -> str:
        return next(iter(self.operators))

    @property
    def operators(self) -> dict[str, str]:
        """What may be asked of this criterion: code and words."""
        return self.ops

    def read(self, data: QueryDict, user: Any) -> Condition | None:
        """Return what an address asks of it, or None where it asks nothing. Raises UnclearError."""
        op = data.get(f"{self.key}.op") or self.usual_op
        if op not in self.operators:
            raise UnclearError("没有这种问法，请重新选择")
        values = () if op in self.alone else self.values(data, op, user)
        return Condition(self, op, values) if values or op in self.alone else None

    @abstractmethod
    def values(self, data: QueryDict, op: str, user: Any) -> tuple[str, ...]:
        """Return the values stated, none where nothing is. Raises UnclearError."""

    @abstractmethod
    def narrow(self, rows: Any, condition: Condition, user: Any) -> Any: ...

    @abstractmethod
    def words(self, condition: Condition, user: Any) -> str: ...

    def written(self, condition: Condition) -> list[tuple[str, str]]:
        """Return the values as pairs of an address."""
        return [(self.key, value) for value in condition.values]

    def options(self, user: Any, condition: Condition | None) -> list[Option]:
        """Return the values to tick; none where there is something to type."""
        return []


class _Ticked(Criterion):
    """A criterion whose values are ticked: a row has one of them, or none of them."""

    ops = {"is": "是", "not": "不是"}
    control = "ticks"

    def narrow(self, rows: Any, condition: Condition, user: Any) -> Any:
        met = self.condition(condition.values, user)
        return rows.filter(~met if condition.op == "not" else met)

    def condition(self, values: tuple[str, ...], user: Any) -> Any:
        """Return the condition that a row has one of the values."""
        raise NotImplementedError

    def labels(self, user: Any, values: Iterable[str]) -> dict[str, str]:
        raise NotImplementedError

    def words(self, condition: Condition, user: Any) -> str:
        labels = self.labels(user, condition.values)
        said = "、".join(labels.get(value, value) for value in condition.values)
        return f"{self.operators[condition.op]} {said}" if condition.op == "not" else said


@dataclass(frozen=True)
class ChoiceCriterion(_Ticked):
    """One of the offered values; `matches` returns the condition that a row has one of those given."""

    choices: Choices
    matches: Callable[[tuple[str, ...], Any], Any]

    def values(self, data: QueryDict, op: str, user: Any) -> tuple[str, ...]:
        stated = tuple(dict.fromkeys(filter(None, data.getlist(self.key))))
        if stated and not set(stated) <= {value for value, _ in self.choices(user)}:
            raise UnclearError("里面有没有的选项，请重新勾选")
        return stated

    def condition(self, values: tuple[str, ...], user: Any) -> Any:
        return self.matches(values, user)

    def labels(self, user: Any, values: Iterable[str]) -> dict[str, str]:
        return {value: str(label) for value, label in self.choices(user)}

    def options(self, user: Any, condition: Condition | None) -> list[Option]:
        chosen = condition.values if condition else ()
        return [Option(value, str(label), value in chosen) for value, label in self.choices(user)]


@dataclass(frozen=True)
class PlaceCriterion(_Ticked):
    """In one of several places or below it; offers the places below the user's own and below those chosen."""

    def values(self, data: QueryDict, op: str, user: Any) -> tuple[str, ...]:
        stated = tuple(dict.fromkeys(filter(None, data.getlist(self.key))))
        if len(stated) > MOST_PLACES:
            raise UnclearError(f"一次最多选 {MOST_PLACES} 个地方")
        if any(not is_place(code) for code in stated):
            raise UnclearError("里面有没有的地方，请重新勾选")
        return stated

    def condition(self, values: tuple[str, ...], user: Any) -> Any:
        return reduce(or_, (within(code) for code in values))

    def labels(self, user: Any, values: Iterable[str]) -> dict[str, str]:
        return dict(Region.objects.filter(code__in=values).values_list("code", "place"))

    def options(self, user: Any, condition: Condition | None) -> list[Option]:
        chosen = condition.values if condition else ()
        own = user.acting_post.region_id
        found = {region.code: region.place for region in Region.objects.children_of(own)}
        # One place alone is opened, so that the way leads on to its villages.
        for code in chosen if len(chosen) == 1 else ():
            found |= {region.code: region.place for region in Region.objects.children_of(code)}
        found |= self.labels(user, set(chosen) - set(found))
        return [Option(code, place, code in chosen) for code, place in sorted(found.items())]


def is_place(code: str) -> bool:
    """Return whether a text can be the code of a place."""
    return is_code(code) and len(code) in LENGTHS


def _number(text: str, most: int) -> int | None:
    """Return a typed number, None for nothing. Raises UnclearError; `int` would take ² for no number, ٣ for one."""
    typed = text.strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) <= _DIGITS and int(typed) <= most):
        raise UnclearError(f"请填 0 到 {most:,} 的整数")
    return int(typed)


@dataclass(frozen=True)
class NumberCriterion(Criterion):
    """From one number to another, both inside; either may be open."""

    limit: Callable[[Any, int | None, int | None], Any]
    unit: str = ""
    most: int = 999
    ops = {"between": "从…到…"}
    control = "numbers"

    def values(self, data: QueryDict, op: str, user: Any) -> tuple[str, ...]:
        low, high = (_number(data.get(f"{self.key}.{end}", ""), self.most) for end in ("from", "to"))
        if low is not None and high is not None and low > high:
            raise UnclearError("起止写反了")
        stated = tuple("" if value is None else str(value) for value in (low, high))
        return stated if any(stated) else ()

    def narrow(self, rows: Any, condition: Condition, user: Any) -> Any:
        low, high = (int(value) if value else None for value in condition.values)
        return self.limit(rows, low, high)

    def words(self, condition: Condition, user: Any) -> str:
        low, high = condition.values
        if low == high:
            return f"{low} {self.unit}".strip()
        if low and high:
            return f"{low}–{high} {self.unit}".strip()
        return f"{low} {self.unit}及以上" if low else f"{high} {self.unit}及以下"

    def written(self, condition: Condition) -> list[tuple[str, str]]:
        return _ends(self.key, condition.values)


def _ends(key: str, values: tuple[str, ...]) -> list[tuple[str, str]]:
    named = zip((f"{key}.from", f"{key}.to"), values, strict=False)
    return [(name, value) for name, value in named if value]


BETWEEN, EMPTY = "between", "empty"
_PERIODS: dict[str, Callable[[datetime.date], Period]] = {
    "month": Period.containing,
    "last_month": lambda today: Period.containing(today).previous,
    "quarter": lambda today: Period.containing(today, Kind.QUARTER),
    "year": lambda today: Period.containing(today, Kind.YEAR),
    "last_year": lambda today: Period.containing(today, Kind.YEAR).previous,
}


@dataclass(frozen=True)
class DateCriterion(Criterion):
    """Between two days, both inside, or in a period that moves on with today."""

    column: str
    may_be_empty: bool = False
    ops = {
        BETWEEN: "起止日期", "month": "本月", "last_month": "上月", "quarter": "本季度", "year": "今年",
        "last_year": "去年", EMPTY: "没有日期",
    }  # fmt: skip
    alone = frozenset({*_PERIODS, EMPTY})
    control = "days"

    @property
    def operators(self) -> dict[str, str]:
        return {op: label for op, label in self.ops.items() if op != EMPTY or self.may_be_empty}

    def values(self, data: QueryDict, op: str, user: Any) -> tuple[str, ...]:
        stated = tuple(_day(data.get(f"{self.key}.{end}", "")) for end in ("from", "to"))
        if all(stated) and stated[0] > stated[1]:
            raise UnclearError("起止日期写反了")
        return stated if any(stated) else ()

    def narrow(self, rows: Any, condition: Condition, user: Any) -> Any:
        if condition.op == EMPTY:
            return rows.filter(**{f"{self.column}__isnull": True})
        low, high = condition.values or self._period(condition.op)
        ends = {f"{self.column}__gte": low, f"{self.column}__lte": high}
        return rows.filter(**{name: day for name, day in ends.items() if day})

    def _period(self, op: str) -> tuple[str, str]:
        period = _PERIODS[op](timezone.localdate())
        return period.first.isoformat(), period.last.isoformat()

    def words(self, condition: Condition, user: Any) -> str:
        if not condition.values:
            return self.ops[condition.op]
        low, high = condition.values
        if low and high:
            return f"{low} 至 {high}"
        return f"{low} 起" if low else f"{high} 止"

    def written(self, condition: Condition) -> list[tuple[str, str]]:
        return _ends(self.key, condition.values)


def _day(text: str) -> str:
    """Return a typed day as ISO writes it, nothing for nothing. Raises UnclearError."""
    typed = text.strip()
    if not typed:
        return ""
    try:
        day = datetime.date.fromisoformat(typed)
    except ValueError:
        raise UnclearError("日期请写成 2026-01-31 这样") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise UnclearError(f"日期请在 {FIRST_YEAR} 年到 {LAST_YEAR} 年之间")
    return day.isoformat()


LONGER, WITHIN, NEVER = "longer", "within", "never"


@dataclass(frozen=True)
class SinceCriterion(Criterion):
    """How long ago the last contact was. Longer than some days includes never, so that nobody never met is left out.

    `met` returns the condition that there was a contact after a day, or ever for None.
    """

    met: Callable[[datetime.date | None], Any]
    ops = {LONGER: "超过几天没有（从未的也算）", WITHIN: "几天以内有", NEVER: "从来没有"}
    alone = frozenset({NEVER})
    control = "since"
    most: ClassVar[int] = 3650

    def values(self, data: QueryDict, op: str, user: Any) -> tuple[str, ...]:
        days = _number(data.get(self.key, ""), self.most)
        if days == 0:
            raise UnclearError("请填 1 天或更多")
        return () if days is None else (str(days),)

    def narrow(self, rows: Any, condition: Condition, user: Any) -> Any:
        if condition.op == NEVER:
            return rows.filter(~self.met(None))
        after = timezone.localdate() - datetime.timedelta(days=int(condition.values[0]))
        met = self.met(after)
        return rows.filter(met if condition.op == WITHIN else ~met)

    def words(self, condition: Condition, user: Any) -> str:
        if condition.op == NEVER:
            return "从来没有"
        days = condition.values[0]
        return f"{days} 天以内有" if condition.op == WITHIN else f"超过 {days} 天没有"
