"""How far programmes have come: by place, by child, by volunteer; for help, sorted by place and name, never ranked."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Left
from django.utils import timezone

from aixin.access.models import Region
from aixin.access.regions import LENGTHS
from care.choices import DutyKind, State
from care.models import Duty
from care.programmes.models import Programme, ProgrammeItem
from care.programmes.periods import slots, spans

_COUNTED = Q(state__in=(State.OPEN, State.DONE, State.LAPSED))
_FIELDS = ("item_id", "state", "due_on", "child_id", "volunteer_id", "item__programme_id")


@dataclass(frozen=True)
class Place:
    """One place: children that take part (人), times asked, done, overdue (次)."""

    code: str
    name: str
    children: int = 0
    asked: int = 0
    done: int = 0
    late: int = 0


@dataclass
class Tally:
    """What was asked of somebody in a programme (excused times are not), what is done, what is overdue; by item too."""

    asked: int = 0
    done: int = 0
    late: int = 0
    by_item: dict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add(self, item: int, *, is_done: bool, is_late: bool) -> None:
        self.asked += 1
        self.done += is_done
        self.late += is_late
        self.by_item[item][0] += is_done
        self.by_item[item][1] += 1

    def cells(self, items: Iterable[ProgrammeItem]) -> list[str]:
        """Return done of asked for each item; empty where nothing was asked."""
        pairs = [self.by_item.get(item.pk, [0, 0]) for item in items]
        return [f"{done}/{asked}" if asked else "" for done, asked in pairs]


def by_place(user: Any, programme: Programme, code: str) -> list[Place]:
    """Return the places one level below a region, or a village itself, with what is done there; two queries."""
    places = list(Region.objects.children_of(code)) or list(Region.objects.filter(code=code))
    length = max(len(code), min((n for n in LENGTHS if n > len(code)), default=len(code)))
    rows = _duties(user, programme).within_region(code).filter(_COUNTED).order_by()
    counted = (
        rows.annotate(place=Left("region_id", length))
        .values("place")
        .annotate(
            children=Count("child", distinct=True),
            asked=Count("pk"),
            done=Count("pk", filter=Q(state=State.DONE)),
            late=Count("pk", filter=is_late(timezone.localdate())),
        )
    )
    found = {row.pop("place"): row for row in counted}
    lines = [Place(place.code, place.name, **found.pop(place.code, {})) for place in places]
    rest = [Place("", "直属", **row) for row in found.values()]
    return [*lines, *rest]


def asked_in(duties: Any, programmes: Iterable[Any]) -> Any:
    """Return what programmes ask of children, by which these take part; excused times are not asked."""
    return duties.filter(_COUNTED, kind=DutyKind.PROGRAMME, item__programme__in=programmes)


def is_late(today: datetime.date) -> Q:
    """Return the condition that something asked is overdue, or was never done."""
    return Q(state=State.LAPSED) | Q(state=State.OPEN, due_on__lt=today)


def _duties(user: Any, programme: Programme) -> Any:
    return Duty.objects.visible_to(user).filter(item__programme=programme)


def total_of(places: Sequence[Place]) -> Place:
    """Return the sum of places."""
    parts = ("children", "asked", "done", "late")
    return Place("", "合计", *(sum(getattr(place, part) for place in places) for part in parts))


def tallies(duties: Any, by: str) -> dict[int, Tally]:
    """Return what was asked and done by `child_id`, `volunteer_id` or `item__programme_id`; one query."""
    today, place = timezone.localdate(), _FIELDS.index(by)
    found: dict[int, Tally] = defaultdict(Tally)
    for row in duties.filter(_COUNTED).order_by().values_list(*_FIELDS):
        item, state, due_on = row[:3]
        late = state == State.LAPSED or (state == State.OPEN and due_on < today)
        found[row[place]].add(item, is_done=state == State.DONE, is_late=late)
    return found


def is_final(programme: Programme, items: Iterable[ProgrammeItem], today: datetime.date) -> bool:
    """Return whether nothing more of a programme will become due."""
    if programme.is_over:
        return True
    last = [
        slots(spans(item.period, programme.first_on, programme.last_on)[-1], item.times)[-1] for item in items
    ]
    return all(slot.first <= today for slot in last)


def is_completed(programme: Programme, tally: Tally) -> bool:
    """Return whether so much was done as the programme's certificate asks for."""
    return tally.done > 0 and tally.done * 100 >= programme.certificate_share * tally.asked
