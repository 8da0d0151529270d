"""What another policy would mean for what is open today: counted before anybody decides, and stored nowhere."""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils import timezone

from aixin.access.regions import LENGTHS, Level, county_of
from concerns.choices import SOON, Urgency
from concerns.deadlines import due_at, told_from
from concerns.models import Concern, ConcernPolicy
from concerns.policy import Rules, rules_of

# A deadline is counted from the moment of raising, which the row keeps a little later.
SAME = datetime.timedelta(minutes=1)
URGENT, SOONER, OTHERS = "急的", "心理、健康、监护、安全", "其他"
OFFICES = {
    (Level.TOWNSHIP, False): "乡镇（街道）",
    (Level.COUNTY, False): "县妇联",
    (Level.COUNTY, True): "县妇联负责人",
    (Level.CITY, True): "市妇联负责人",
}


class Open(NamedTuple):
    """What is open: where, of what sort, since when and until when."""

    place: str
    kind: str
    urgency: str
    raised_at: datetime.datetime
    due_at: datetime.datetime

    @property
    def group(self) -> str:
        if self.urgency == Urgency.URGENT:
            return URGENT
        return SOONER if self.kind in SOON else OTHERS


@dataclass(frozen=True)
class Effect:
    """By sort: open, with another deadline by the draft, overdue now, overdue by that; by office: told now, and then."""

    groups: list[tuple[str, int, int, int, int]]
    offices: list[tuple[str, int, int]]


def foresee(user: Any, draft: ConcernPolicy) -> Effect:
    """Return what a draft would mean for what is open in its region."""
    rows = list(_open(user))
    counties = {county_of(row.place) for row in rows}
    before, after = rules_of(counties), rules_of(counties, draft)
    return Effect(list(_by_group(rows, after)), list(_by_office(rows, before, after)))


def _open(user: Any) -> Iterator[Open]:
    rows = Concern.objects.visible_to(user).unlocked().open().order_by("pk")
    fields = ("region_id", "kind", "urgency", "raised_at", "due_at")
    return (Open(*values) for values in rows.values_list(*fields))


def _by_group(rows: list[Open], after: dict[str, Rules]) -> Iterator[tuple[str, int, int, int, int]]:
    now = timezone.now()
    total: Counter[str] = Counter()
    other: Counter[str] = Counter()
    late: Counter[str] = Counter()
    late_then: Counter[str] = Counter()
    for row in rows:
        due = due_at(row.kind, row.urgency, row.raised_at, after[county_of(row.place)])
        total[row.group] += 1
        other[row.group] += abs(due - row.due_at) >= SAME
        late[row.group] += row.due_at < now
        late_then[row.group] += due < now
    return (
        (group, total[group], other[group], late[group], late_then[group])
        for group in (URGENT, SOONER, OTHERS)
        if total[group]
    )


def _by_office(
    rows: list[Open], before: dict[str, Rules], after: dict[str, Rules]
) -> Iterator[tuple[str, int, int]]:
    """Count what is overdue and has come up to each office: by the delays of today, and by the draft's."""
    now, then = _come_up(rows, before), _come_up(rows, after)
    return ((label, now[office], then[office]) for office, label in OFFICES.items() if now | then)


def _come_up(rows: list[Open], rules: dict[str, Rules]) -> Counter[tuple[Level, bool]]:
    moment, today = timezone.now(), timezone.localdate()
    found: Counter[tuple[Level, bool]] = Counter()
    for row in rows:
        if row.due_at < moment:
            for office, day in told_from(timezone.localdate(row.due_at), rules[county_of(row.place)]).items():
                found[office] += day <= today and len(row.place) >= LENGTHS[office[0] - 1]
    return found
