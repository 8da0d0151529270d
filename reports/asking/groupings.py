"""What rows may be counted by. The rows of a group are narrowed by the very expression that made it."""

import datetime
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, F, IntegerField, Q, Value, When
from django.db.models.functions import Least, Left, TruncMonth

from aixin.access.lists import county_names_for
from aixin.access.models import Region
from aixin.access.people import place_for
from aixin.access.querysets import within
from aixin.access.regions import LENGTHS, Level
from reports.asking.criteria import NOTHING_LABEL, NOTHING_SAID, UnclearError, is_place
from reports.periods import Period

Labels = dict[str, str]


def text_of(value: Any) -> str:
    """Return a group's value as an address writes it."""
    if value is None or value == "":
        return NOTHING_SAID
    if isinstance(value, bool):
        return str(int(value))
    return f"{value:%Y-%m}" if isinstance(value, datetime.date) else str(value)


@dataclass(frozen=True)
class Grouping:
    """A way to count rows: the expression that tells a row's group, and how its values are read and named."""

    key: str
    label: str
    expression: Callable[[], Any]
    # The value that an address states; raises UnclearError for none of this grouping.
    parsed: Callable[[str], Any]
    named: Callable[[Collection[str], Any], Labels]
    # Values in their natural order; those not in it follow by themselves.
    order: tuple[str, ...] = ()
    offered: Callable[[Any], bool] = lambda _: True
    # Of a place's code at the level that rows are counted by; none for what is no place.
    width: int = 0

    def narrow(self, rows: Any, text: str) -> Any:
        """Return the rows of one group. Raises UnclearError for a value that is none."""
        if text == NOTHING_SAID:
            rows = rows.alias(**{self._name: self.expression()})
            empty = Q(**{f"{self._name}__isnull": True})
            is_text = isinstance(rows.query.annotations[self._name].output_field, CharField)
            return rows.filter(empty | Q(**{self._name: ""}) if is_text else empty)
        value = self.parsed(text)
        if self.width:
            return rows.filter(within(value) if len(value) == self.width else Q(region_id=value))
        return rows.alias(**{self._name: self.expression()}).filter(**{self._name: value})

    def check(self, text: str) -> None:
        """Raise UnclearError for a value that is none of this grouping."""
        if text != NOTHING_SAID:
            self.parsed(text)

    @property
    def _name(self) -> str:
        return f"at_{self.key}"

    def labels(self, texts: Collection[str], user: Any) -> Labels:
        """Return what the values of groups are called."""
        return {NOTHING_SAID: NOTHING_LABEL} | self.named(texts, user)

    def label_of(self, text: str, user: Any) -> str:
        """Return what one value is called."""
        return self.labels({text}, user).get(text, text)

    def place_of(self, text: str) -> tuple[int, str]:
        """Return where a value stands among the others; rows that say nothing come last."""
        if text == NOTHING_SAID:
            return len(self.order) + 1, text
        return (self.order.index(text) if text in self.order else len(self.order)), text


def by_choice(key: str, label: str, column: str, choices: Iterable[tuple[str, Any]]) -> Grouping:
    """Return the grouping by a column with a choice."""
    labels = {str(value): str(name) for value, name in choices}
    return Grouping(
        key, label, lambda: F(column), _one_of(labels), lambda *_: labels, tuple(labels)
    )  # fmt: skip


def by_yes_no(key: str, label: str, column: str, yes: str = "是", no: str = "否") -> Grouping:
    """Return the grouping by a column that is true or false, or unknown."""
    labels = {"1": yes, "0": no}
    known = _one_of(labels)
    return Grouping(
        key, label, lambda: F(column), lambda text: known(text) == "1", lambda *_: labels, ("1", "0")
    )


def by_band(key: str, label: str, bands: Callable[[], Iterable[tuple[str, str, Any]]]) -> Grouping:
    """Return the grouping by bands: code, name and condition of each, tried in order."""
    labels = {code: name for code, name, _ in bands()}

    def expression() -> Case:
        whens = [When(condition, then=Value(code)) for code, _, condition in bands()]
        return Case(*whens, default=Value(""), output_field=CharField())

    return Grouping(key, label, expression, _one_of(labels), lambda *_: labels, tuple(labels))


def by_number(key: str, label: str, expression: Callable[[], Any], most: int, unit: str) -> Grouping:
    """Return the grouping by a small number; so many and more are one group."""
    labels = {str(number): f"{number} {unit}" for number in range(most)} | {str(most): f"{most} {unit}及以上"}
    known = _one_of(labels)
    return Grouping(
        key,
        label,
        lambda: Least(expression(), Value(most), output_field=IntegerField()),
        lambda text: int(known(text)),
        lambda *_: labels,
        tuple(labels),
    )


def by_month(key: str, label: str, column: str) -> Grouping:
    """Return the grouping by the month of a day."""

    def parsed(text: str) -> datetime.date:
        try:
            return Period.parse(text).first
        except ValueError:
            raise UnclearError("没有这个月份") from None

    def named(texts: Collection[str], user: Any) -> Labels:
        return {text: Period.parse(text).name for text in texts if text != NOTHING_SAID}

    return Grouping(key, label, lambda: TruncMonth(column), parsed, named)


def by_place(key: str, label: str, level: Level) -> Grouping:
    """Return the grouping by a level of places, for who has several of them but not a nation of them.

    A row that lies above the level stands under its own place.
    """
    width = LENGTHS[level - 1]

    def offered(user: Any) -> bool:
        return bool(level - 2 <= user.acting_post.level < level)

    def parsed(text: str) -> str:
        if not is_place(text) or len(text) > width:
            raise UnclearError("没有这个地方")
        return text

    return Grouping(
        key, label, lambda: Left("region_id", width), parsed, _places_named, offered=offered, width=width
    )


def _places_named(texts: Collection[str], user: Any) -> Labels:
    counties = county_names_for(user)
    return {place.code: place_for(user, place, counties) for place in Region.objects.filter(code__in=texts)}


def _one_of(labels: Labels) -> Callable[[str], str]:
    def known(text: str) -> str:
        if text not in labels:
            raise UnclearError("没有这一组")
        return text

    return known
