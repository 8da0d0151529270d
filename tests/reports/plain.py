"""The figures written out a second time, in plain Python over the raw rows, one day at a time."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.utils import timezone

from care.models import Duty
from care.policy import rules_for
from children.models import Child
from concerns.models import Concern
from organisations.models import TeamMember
from pairing.models import Pairing
from reports.models import Finding
from visits.models import Situation, Visit
from volunteers.models import Volunteer

ONE = datetime.timedelta(days=1)
Day = datetime.date
NEVER = Day.max
PARTS = ("FAMILY", "STUDY", "LIFE")
AGEING = (("1-7", 1, 7), ("8-30", 8, 30), ("31-90", 31, 90), ("91", 91, 10**6))
AGES = (("0-5", 0), ("6-13", 6), ("14-17", 14), ("18", 18))


def local(moment: datetime.datetime) -> Day:
    return timezone.localtime(moment).date()


class Raw:
    """All rows, read once."""

    def __init__(self) -> None:
        self.children = {child.pk: child for child in Child.objects.all()}
        self.pairings = list(Pairing.objects.prefetch_related("steps"))
        self.volunteers = list(Volunteer.objects.exclude(state="MERGED"))
        self.states: dict[int, list[tuple[Day, str]]] = defaultdict(list)
        events: Any = Volunteer.events.rel.related_model.objects  # type: ignore[attr-defined]
        for event in events.order_by("pgh_id"):
            self.states[event.pgh_obj_id].append((local(event.pgh_created_at), event.state))
        self.visits = list(Visit.objects.filter(withdrawn_at=None).prefetch_related("visited", "volunteers"))
        self.of_child: dict[int, list[Visit]] = defaultdict(list)
        for visit in self.visits:
            for link in visit.visited.all():
                self.of_child[link.child_id].append(visit)
        self.situations = list(Situation.objects.exclude(stated_on=None))
        self.duties = list(Duty.objects.all())
        self.concerns = list(Concern.objects.all())
        self.findings = list(Finding.objects.all())
        self.memberships: dict[int, list[TeamMember]] = defaultdict(list)
        for membership in TeamMember.objects.all():
            self.memberships[membership.volunteer_id].append(membership)


class Plain:
    """Every stock on a day and every flow between two, as counters by place and cell."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw

    # Children ----------------------------------------------------------------------------------------------------

    def on_roster(self, child: Child, day: Day) -> bool:
        entered = min(child.registered_on, local(child.updated_at))
        if child.status == "ON_ROSTER":
            return day >= entered
        if child.status == "MERGED" or not child.left_on or child.left_reason in {"MISTAKE", "DUPLICATE"}:
            return False
        return entered <= day < min(child.left_on, local(child.updated_at))

    def may_be_paired(self, child: Child) -> bool:
        return child.consent != "REFUSED" and child.category != "ORPHAN_INSTITUTION"

    def held(self, pairing: Pairing, day: Day) -> bool:
        if pairing.state not in {"ACTIVE", "PAUSED", "ENDED"} or pairing.started_on is None:
            return False
        start, end = pairing.started_on, NEVER
        if pairing.state == "ENDED":
            end = pairing.ended_on
        else:
            start = min(start, local(pairing.updated_at))
        steps = [(step.kind, step.day) for step in pairing.steps.all() if step.kind in {"PAUSED", "RESUMED"}]
        pauses = [
            (kind_day[1], after[1])
            for kind_day, after in pairwise([*steps, ("END", NEVER)])
            if kind_day[0] == "PAUSED" and not (after[0] == "END" and pairing.state == "ACTIVE")
        ]
        if pairing.state == "PAUSED" and not any(until == NEVER for _, until in pauses):
            end = local(pairing.updated_at)
        return start <= day < end and not any(since <= day < until for since, until in pauses)

    def pairs_of(self, child: Child, day: Day) -> list[Pairing]:
        return [
            pairing
            for pairing in self.raw.pairings
            if pairing.child_id == child.pk and self.held(pairing, day)
        ]

    def unvisited(self, child: Child, day: Day) -> bool:
        pairs = self.pairs_of(child, day)
        if not pairs:
            return False
        first = min(pairing.started_on for pairing in pairs)
        return not any(first <= visit.date <= day for visit in self.raw.of_child[child.pk])

    def clear(self, child: Child, day: Day) -> bool:
        fresh = rules_for(child.region_id[:6]).fresh_days * ONE
        told, known = defaultdict(list), set()
        for visit in self.raw.of_child[child.pk]:
            for part in PARTS:
                if found := getattr(visit, part.lower()):
                    told[part].append(visit.date)
                    known |= {part} if found == "CHANGED" else set()
        for situation in self.raw.situations:
            if situation.child_id == child.pk:
                told[situation.part].append(situation.stated_on)
                known |= {situation.part} if situation.stated_text_on else set()
        return known == set(PARTS) and all(
            any(said <= day <= said + fresh for said in told[part]) for part in PARTS
        )

    def child_cells(self, child: Child, day: Day) -> list[str]:
        return [
            f"category={child.category}", f"sex={child.sex}", f"stage={child.schooling}", f"risk={child.risk}",
            f"age={self.band(child, day)}",
        ]  # fmt: skip

    def band(self, child: Child, day: Day) -> str:
        if child.birth is None:
            return ""
        reached = [name for name, years in AGES if _birthday(child.birth, years) <= day]
        return reached[-1] if reached else "unborn"

    def children(
        self, holds: Callable[[Child], bool], day: Day, *, split: bool = False
    ) -> Counter[tuple[str, str]]:
        found: Counter[tuple[str, str]] = Counter()
        for child in self.raw.children.values():
            if self.on_roster(child, day) and holds(child):
                for cell in self.child_cells(child, day) if split else [""]:
                    found[child.region_id, cell] += 1
        return found

    def crossed(self, key: str, day: Day, one: str, other: str) -> Counter[tuple[str, str, str]]:
        """A stock of children by place and the cells of two dimensions."""
        holds: dict[str, Callable[[Child], bool]] = {
            "registered": lambda _: True,
            "eligible": self.may_be_paired,
            "paired": lambda c: self.may_be_paired(c) and bool(self.pairs_of(c, day)),
            "unpaired": lambda c: self.may_be_paired(c) and not self.pairs_of(c, day),
        }
        found: Counter[tuple[str, str, str]] = Counter()
        for child in self.raw.children.values():
            if self.on_roster(child, day) and holds[key](child):
                cells = dict(cell.split("=") for cell in self.child_cells(child, day))
                found[child.region_id, cells[one], cells[other]] += 1
        return found

    # Pairings ----------------------------------------------------------------------------------------------------

    def late_by(self, pairing: Pairing, day: Day) -> int:
        cadence = rules_for(pairing.region_id[:6]).call_days
        met = [
            visit.date
            for visit in self.raw.of_child[pairing.child_id]
            if visit.date <= day and pairing.volunteer_id in {one.pk for one in visit.volunteers.all()}
        ]
        return (day - max([pairing.started_on, *met])).days - cadence if cadence else 0

    def pairs(self, day: Day, cell_of: Callable[[Pairing], str | None]) -> Counter[tuple[str, str]]:
        found: Counter[tuple[str, str]] = Counter()
        for pairing in self.raw.pairings:
            if self.held(pairing, day) and (cell := cell_of(pairing)) is not None:
                found[pairing.region_id, cell] += 1
        return found

    def ageing(self, pairing: Pairing, day: Day) -> str | None:
        late = self.late_by(pairing, day)
        return next((f"ageing={name}" for name, low, high in AGEING if low <= late <= high), None)

    # Volunteers --------------------------------------------------------------------------------------------------

    def state(self, volunteer: Volunteer, day: Day) -> str | None:
        known = self.raw.states[volunteer.pk]
        first = min(local(volunteer.created_at), known[0][0] if known else NEVER)
        if day < first:
            return None
        earlier = [state for since, state in known if since <= day]
        return earlier[-1] if earlier else (known[0][1] if known else volunteer.state)

    def people(self, day: Day, number: Callable[[Volunteer], int]) -> Counter[tuple[str, str]]:
        found: Counter[tuple[str, str]] = Counter()
        for volunteer in self.raw.volunteers:
            if self.state(volunteer, day) == "QUALIFIED":
                found[volunteer.region_id, ""] += number(volunteer)
        return found

    def turns(self, first: Day, last: Day, *, begins: bool) -> Iterable[tuple[str, str]]:
        """Every day that somebody ends qualified and began not, or the other way round."""
        for volunteer in self.raw.volunteers:
            known = {day for day, _ in self.raw.states[volunteer.pk]} | {local(volunteer.created_at)}
            for day in known:
                was, now = (self.state(volunteer, on) == "QUALIFIED" for on in (day - ONE, day))
                if first <= day <= last and was != now and now == begins:
                    yield volunteer.region_id, ""

    def on_file(self, day: Day) -> Counter[tuple[str, str]]:
        states = ((volunteer.region_id, self.state(volunteer, day)) for volunteer in self.raw.volunteers)
        return Counter((place, f"state={state}") for place, state in states if state not in {None, "ERASED"})

    def taken(self, volunteer: Volunteer, day: Day) -> int:
        return sum(p.volunteer_id == volunteer.pk and self.held(p, day) for p in self.raw.pairings)

    def teams_of(self, volunteer: Volunteer, day: Day) -> set[int]:
        """Her teams on a day; on the day of leaving she is gone."""
        return {
            one.team_id
            for one in self.raw.memberships[volunteer.pk]
            if one.since <= day and not (one.until and one.until <= day)
        }

    def is_late(self, duty: Duty, day: Day) -> bool:
        """Whether a last day had passed, and nothing was done or decided about it yet."""
        ended = NEVER if duty.state == "OPEN" else duty.closed_on or duty.done_on
        missed = duty.missed or []
        spans = [*zip(missed[::2], missed[1::2], strict=True), (duty.due_on, NEVER)]
        return any(due < day < until for due, until in spans) and day < ended

    def in_teams(self, day: Day) -> Counter[tuple[str, str]]:
        return Counter(
            (volunteer.region_id, f"team={team}")
            for volunteer in self.raw.volunteers
            if self.state(volunteer, day) == "QUALIFIED"
            for team in self.teams_of(volunteer, day)
        )

    def is_cleared(self, volunteer: Volunteer, day: Day) -> bool:
        on = volunteer.cleared_on
        valid = settings.CLEARANCE_VALID_DAYS * ONE
        return volunteer.clearance == "PASSED" and on is not None and on <= day <= on + valid

    # Every figure ------------------------------------------------------------------------------------------------

    def stock(self, key: str, day: Day) -> Counter[tuple[str, str]]:
        free = lambda v: max(v.capacity - self.taken(v, day), 0)  # noqa: E731 - one word beside the others
        paired = lambda c: self.may_be_paired(c) and bool(self.pairs_of(c, day))  # noqa: E731
        is_open = lambda f: f.raised_on <= day and not (f.closed_on and f.closed_on <= day)  # noqa: E731
        simple: dict[str, Callable[[], Counter[tuple[str, str]]]] = {
            "registered": lambda: self.children(lambda _: True, day, split=True),
            "eligible": lambda: self.children(self.may_be_paired, day, split=True),
            "paired": lambda: self.children(paired, day, split=True),
            "unpaired": lambda: self.children(
                lambda c: self.may_be_paired(c) and not self.pairs_of(c, day), day, split=True
            ),
            "refused": lambda: self.children(lambda c: c.consent == "REFUSED", day),
            "institution": lambda: self.children(lambda c: c.category == "ORPHAN_INSTITUTION", day),
            "never_visited": lambda: self.children(lambda c: self.unvisited(c, day), day),
            "clear": lambda: self.children(lambda c: self.clear(c, day), day),
            "volunteers": lambda: self.people(day, lambda _: 1),
            "volunteers_paired": lambda: self.people(day, lambda v: bool(self.taken(v, day))),
            "volunteers_teamed": lambda: self.people(day, lambda v: bool(self.teams_of(v, day))),
            "idle_capacity": lambda: self.people(day, free),
            "clearances": lambda: self.people(day, lambda v: self.is_cleared(v, day)),
            "volunteers_on_file": lambda: self.on_file(day),
            "pairings": lambda: self.pairs(day, lambda _: ""),
            "agreements": lambda: self.pairs(day, lambda p: "" if p.agreement_signed else None),
            "overdue": lambda: self.pairs(day, lambda p: self.ageing(p, day)),
            "visits_total": lambda: self.flow("visits", Day.min, day),
            "duties_overdue": lambda: Counter(
                (d.region_id, f"duty={d.kind}") for d in self.raw.duties if self.is_late(d, day)
            ),
            "findings_open": lambda: Counter((f.region_id, "") for f in self.raw.findings if is_open(f)),
            "findings_overdue": lambda: Counter(
                (f.region_id, "")
                for f in self.raw.findings
                if is_open(f) and f.due_on < day and not (f.replied_on and f.replied_on <= day)
            ),
            "concerns_open": lambda: Counter(
                (c.region_id, f"concern={c.kind}")
                for c in self.raw.concerns
                if local(c.raised_at) <= day and not (c.closed_at and local(c.closed_at) <= day)
            ),
        }  # fmt: skip
        return simple[key]()

    def flow(self, key: str, first: Day, last: Day) -> Counter[tuple[str, str]]:
        within = lambda day: day is not None and first <= day <= last  # noqa: E731
        visits = [visit for visit in self.raw.visits if within(visit.date)]
        lived = [c for c in self.raw.children.values() if self._ever(c)]
        begun = [p for p in self.raw.pairings if p.started_on and p.state in {"ACTIVE", "PAUSED", "ENDED"}]
        simple: dict[str, Callable[[], Iterable[tuple[str, str]]]] = {
            "visits": lambda: ((v.region_id, f"way={v.way}") for v in visits),
            "contacts": lambda: ((v.region_id, "") for v in visits for _ in v.visited.all()),
            "households": lambda: ((v.region_id, "") for v in visits for _ in range(v.households)),
            "visited": lambda: (
                (c.region_id, "") for c in lived if any(within(v.date) for v in self.raw.of_child[c.pk])
            ),
            "entered": lambda: (
                (c.region_id, "") for c in lived if within(min(c.registered_on, local(c.updated_at)))
            ),
            "left": lambda: (
                (c.region_id, f"reason={c.left_reason}")
                for c in lived
                if c.left_on and within(min(c.left_on, local(c.updated_at)))
            ),
            "paired_new": lambda: ((p.region_id, "") for p in begun if within(p.started_on)),
            "pairings_ended": lambda: (
                (p.region_id, f"end={p.end_reason}") for p in begun if within(p.ended_on)
            ),
            "duties_due": lambda: (
                (d.region_id, f"duty={d.kind}")
                for d in self.raw.duties
                if within(d.missed[0] if d.missed else d.due_on)
                and (d.missed or not (d.state == "EXCUSED" and d.closed_on <= d.due_on))
            ),
            "duties_done": lambda: (
                (d.region_id, f"duty={d.kind}")
                for d in self.raw.duties
                if within(due := d.missed[0] if d.missed else d.due_on)
                and d.state == "DONE"
                and d.done_on <= due
            ),
            "volunteers_new": lambda: self.turns(first, last, begins=True),
            "volunteers_gone": lambda: self.turns(first, last, begins=False),
            "findings_closed": lambda: ((f.region_id, "") for f in self.raw.findings if within(f.closed_on)),
            "concerns_raised": lambda: (
                (c.region_id, f"concern={c.kind}") for c in self.raw.concerns if within(local(c.raised_at))
            ),
            "concerns_closed": lambda: (
                (c.region_id, f"concern={c.kind}")
                for c in self.raw.concerns
                if c.closed_at and within(local(c.closed_at))
            ),
        }
        return Counter(simple[key]())

    def _ever(self, child: Child) -> bool:
        entered = min(child.registered_on, local(child.updated_at))
        return self.on_roster(child, entered)


def _birthday(birth: Day, years: int) -> Day:
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        return birth.replace(year=birth.year + years, day=28)


def at(found: Counter[tuple[str, str]], place: str, cell: str = "") -> int:
    """Return the sum at a place and below of one cell, or of all of a dimension, written with its `=` and a `*`."""
    return sum(n for (code, name), n in found.items() if code.startswith(place) and _is_in(name, cell))


def _is_in(name: str, cell: str) -> bool:
    return name.startswith(cell.rstrip("*")) if cell.endswith("*") or not cell else name == cell
