"""When an item of a programme is due: its spans, each cut into as many slots as it is to be done (no Django)."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from care.calendar import terms_around

Day = datetime.date
ONE_DAY = datetime.timedelta(days=1)
# Who came so long before the last day, or half the time of a short slot, is asked.
ENOUGH_DAYS = 30


@dataclass(frozen=True)
class Span:
    """A week, month, quarter, term, year, or the whole programme; `length` is its natural number of days."""

    key: str
    first: Day
    last: Day
    length: int

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def cut(self, first: Day, last: Day) -> "Span":
        """Return what of it lies in a programme."""
        return Span(self.key, max(self.first, first), min(self.last, last), self.length)


@dataclass(frozen=True)
class Slot:
    """One of the times in a span: its number, the span's first day, the last day, and who takes part in it.

    A child that came after `latest` is asked from the next slot on, so that nobody begins late.
    """

    key: str
    number: int
    first: Day
    due: Day
    latest: Day


def spans(period: str, first: Day, last: Day) -> list[Span]:
    """Return the spans of a programme in order; of one that is cut by half or more nothing is asked."""
    whole = Span("all", first, last, 1)
    cut = [span.cut(first, last) for span in _SPANS[period](first, last)]
    kept = [span for span in cut if span.days > 0 and span.days * 2 > span.length]
    return kept or [whole]


def slots(span: Span, times: int) -> list[Slot]:
    """Return the slots of a span, evenly spread; the last ends with it."""
    ends = [span.first + (span.days * number // times) * ONE_DAY - ONE_DAY for number in range(1, times + 1)]
    needed = min(max(span.days // times // 2, 1), ENOUGH_DAYS) * ONE_DAY
    return [
        Slot(span.key, number, span.first, max(end, span.first), max(end - needed, span.first))
        for number, end in enumerate(ends, 1)
    ]


def _weeks(first: Day, last: Day) -> Iterator[Span]:
    monday = first - first.weekday() * ONE_DAY
    while monday <= last:
        year, week, _ = monday.isocalendar()
        yield Span(f"{year}-W{week:02}", monday, monday + 6 * ONE_DAY, 7)
        monday += 7 * ONE_DAY


def _months(first: Day, last: Day, step: int = 1) -> Iterator[Span]:
    begins = first.replace(month=(first.month - 1) // step * step + 1, day=1)
    while begins <= last:
        after = _months_later(begins, step)
        name = f"{begins:%Y-%m}" if step == 1 else f"{begins.year}-Q{begins.month // step + 1}"
        yield Span(name, begins, after - ONE_DAY, (after - begins).days)
        begins = after


def _quarters(first: Day, last: Day) -> Iterator[Span]:
    return _months(first, last, 3)


def _months_later(day: Day, number: int) -> Day:
    months = day.year * 12 + day.month - 1 + number
    return Day(months // 12, months % 12 + 1, 1)


def _terms(first: Day, last: Day) -> Iterator[Span]:
    found = {term.key: term for year in range(first.year, last.year + 1) for term in terms_around(year)}
    for term in sorted(found.values(), key=lambda term: term.first):
        yield Span(f"T{term.key}", term.first, term.last, (term.last - term.first).days + 1)


def _years(first: Day, last: Day) -> Iterator[Span]:
    """Yield years that begin with the programme, not with the calendar."""
    begins, number = first, 1
    while begins <= last:
        after = _anniversary(first, number)
        yield Span(f"Y{number}", begins, after - ONE_DAY, (after - begins).days)
        begins, number = after, number + 1


def _anniversary(first: Day, number: int) -> Day:
    try:
        return first.replace(year=first.year + number)
    except ValueError:
        return Day(first.year + number, 2, 28)


def _whole(first: Day, last: Day) -> Iterator[Span]:
    yield Span("all", first, last, (last - first).days + 1)


_SPANS = {
    "WEEK": _weeks,
    "MONTH": _months,
    "QUARTER": _quarters,
    "TERM": _terms,
    "YEAR": _years,
    "ONCE": _whole,
}
