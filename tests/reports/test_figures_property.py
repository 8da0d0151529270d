"""After any series of operations every figure of any day, place and cell equals its plain definition, and opens its rows."""

import datetime
from collections import Counter
from random import Random

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aixin.access.models import Region
from aixin.access.scope import acting
from care.choices import DutyKind
from care.models import CarePolicy, Duty
from children.choices import Consent
from children.models import Child
from concerns.choices import Kind as ConcernKind
from concerns.models import Concern
from organisations.models import Team, TeamMember
from pairing.lifecycle import resume
from pairing.models import Pairing
from pairing.services import PairingError
from reports.counting import ANY, EVERYWHERE, WHOLE, fold_all
from reports.crossing import crossed
from reports.dimensions import DIMENSIONS
from reports.drilling import Drill, address
from reports.figures import Figures, figures_of
from reports.metrics import METRICS, Kind
from reports.models import Finding as Supervised
from reports.periods import Kind as PeriodKind
from reports.periods import Period
from reports.teams import by_team
from tests.cast import CITY, WENSHUI, Cast, make_cast
from tests.conftest import Session
from tests.pages import counted_on
from tests.reports.plain import ONE, Plain, Raw, at
from tests.reports.test_coverage_property import OPERATIONS, Town
from visits.choices import Finding
from visits.models import Visit
from volunteers.models import Volunteer

PLACES = (CITY, WENSHUI)
# One of a programme has an item of it to be named by.
DUTIES = [kind for kind in DutyKind.values if kind != DutyKind.PROGRAMME]
WINDOW = 29 * ONE


class Life(Town):
    """The same city with what happens besides: findings, pauses, duties, matters raised, policies, folding."""

    def look_closely(self) -> None:
        found = {part: self.random.choice(Finding.values) for part in ("family", "study", "life")}
        Visit.objects.filter(pk__in=[visit.pk for visit in Visit.objects.all()[:3]]).update(**found)

    def resume(self) -> None:
        if (pairing := self.pairing()) and pairing.state == "PAUSED":
            resume(self.cast.wenshui, pairing)

    def owe(self) -> None:
        child, due = self.child(), self.day(60) + self.random.choice([0, 20]) * ONE
        Duty.objects.get_or_create(
            child=child, kind=self.random.choice(DUTIES), occasion=str(due),
            defaults={"region_id": child.region_id, "opens_on": due - 9 * ONE, "meant_on": due, "due_on": due},
        )  # fmt: skip

    def do_duty(self) -> None:
        if found := list(Duty.objects.exclude(occasion="kept").order_by("pk")):
            duty = self.random.choice(found)
            state = self.random.choice(["DONE", "DONE", "EXCUSED", "LAPSED", "OPEN"])
            closed = duty.due_on + (duty.pk % 5 - 2) * ONE
            Duty.objects.filter(pk=duty.pk).update(
                state=state,
                done_on=duty.due_on + self.random.randint(-2, 2) * ONE if state == "DONE" else None,
                closed_on=closed if state in {"EXCUSED", "LAPSED"} else None,
            )

    def raise_concern(self) -> None:
        child, now = self.child(), timezone.now()
        Concern.objects.create(
            child=child, region_id=child.region_id, kind=self.random.choice(ConcernKind.values), text="x",
            raised_by=self.cast.wenshui, due_at=now,
        )  # fmt: skip

    def close_concern(self) -> None:
        Concern.objects.filter(closed_at=None).update(closed_at=timezone.now(), state="CLOSED")

    def supervise(self) -> None:
        raised = self.day(60)
        Supervised.objects.create(
            region_id=WENSHUI, found_on=raised, raised_on=raised, due_on=raised + self.random.choice([0, 5]) * ONE,
            place="某村", text="x", written_by=self.cast.city,
        )  # fmt: skip

    def close_finding(self) -> None:
        if found := list(Supervised.objects.filter(closed_on=None).order_by("pk")):
            one = self.random.choice(found)
            replied = one.raised_on + self.random.randint(0, 9) * ONE
            days = {"replied_on": replied, "closed_on": self.random.choice([None, max(replied, self.today)])}
            Supervised.objects.filter(pk=one.pk).update(**days)

    def join_team(self) -> None:
        if not (volunteers := list(Volunteer.objects.exclude(state="MERGED").order_by("pk"))):
            return
        region = self.random.choice([WENSHUI, CITY])
        team, _ = Team.objects.get_or_create(name="法官妈妈", region_id=region, defaults={"purpose": "讲法"})
        TeamMember.objects.get_or_create(
            team=team, volunteer=self.random.choice(volunteers), until=None,
            defaults={"region_id": region, "since": self.day(60)},
        )  # fmt: skip

    def leave_team(self) -> None:
        if found := list(TeamMember.objects.filter(until=None).order_by("pk")):
            one = self.random.choice(found)
            one.until = max(one.since, self.random.choice([self.today, self.day(30)]))
            one.save()

    def decide(self) -> None:
        region = self.random.choice([WENSHUI, CITY, "14"])
        days = {
            "call_days": self.random.choice([None, 10, 40]),
            "fresh_days": self.random.choice([None, 5, 50]),
        }
        CarePolicy.objects.update_or_create(region_id=region, defaults=days)

    def sign(self) -> None:
        if pairing := self.pairing():
            Pairing.objects.filter(pk=pairing.pk).update(agreement_signed=True)

    def object(self) -> None:
        Child.objects.filter(pk=self.child().pk).update(consent=Consent.REFUSED)

    def neglect(self) -> None:
        if pairing := self.pairing():
            Pairing.objects.filter(pk=pairing.pk, started_on__isnull=False).update(
                started_on=self.today - 120 * ONE
            )

    def fold(self) -> None:
        fold_all()


ACTS = OPERATIONS | {name: act for name, act in vars(Life).items() if name[0] != "_"}
series = st.lists(st.sampled_from(sorted(ACTS)), min_size=20, max_size=40)


def live(cast: Cast, acts: list[str], seed: int) -> None:
    town = Life(cast, seed)
    for act in acts:
        try:
            with transaction.atomic():
                ACTS[act](town)
        except PairingError:
            continue


def expected(plain: Plain, key: str, period: Period, as_of: datetime.date) -> Counter[tuple[str, str]]:
    kind = METRICS[key].kind
    if kind == Kind.STOCK:
        return plain.stock(key, as_of)
    if kind == Kind.WINDOW:
        return plain.flow("visits", as_of - WINDOW, as_of)
    return plain.flow(key, period.first, as_of)


def assert_figures(figures: Figures, plain: Plain) -> None:
    code = figures.region.code
    for key, metric in METRICS.items():
        if metric.kind == Kind.RATE:
            continue
        found = expected(plain, key, figures.period, figures.as_of)
        whole = WHOLE.get(metric.counted, "") + ANY
        assert figures.totals[key] == at(found, code, whole), (key, code, figures.period, figures.as_of)
        assert sum(place.values[key] for place in figures.places) == figures.totals[key], key
        for place in figures.places:
            if not place.is_rest:
                assert place.values[key] == at(found, place.code, whole), (key, place.code, figures.as_of)
        for dimension in metric.dimensions if key != "volunteers" else ():
            cells = figures.cell(key, dimension)
            named = dict(DIMENSIONS[dimension].values)
            for value in named:
                assert cells.get(value, 0) == at(found, code, f"{dimension}={value}"), (key, dimension, value)
            assert set(cells) <= set(named)


def assert_teams(code: str, plain: Plain, day: datetime.date) -> None:
    found = plain.in_teams(day)
    numbers = {f"team={one.team}": one.number for one in by_team(code, day)}
    assert numbers == {cell: at(found, code, cell) for _, cell in found if at(found, code, cell)}, (code, day)


CROSSES = (("category", "sex"), ("age", "category"))
CROSSED = ("registered", "eligible", "paired", "unpaired")


def assert_crossed(code: str, plain: Plain, day: datetime.date) -> None:
    """Every cell of two dimensions, whole and by place, equals its plain definition."""
    found = crossed(code, day, CROSSES, CROSSED)
    below = {place for _, place, _ in found.numbers if place}
    for key in CROSSED:
        for one, other in CROSSES:
            numbers = plain.crossed(key, day, one, other)
            for first, _ in DIMENSIONS[one].values:
                for second, _ in DIMENSIONS[other].values:
                    cells = frozenset({(one, first), (other, second)})
                    for place in (EVERYWHERE, *below):
                        known = sum(
                            n
                            for (at_place, *parts), n in numbers.items()
                            if at_place.startswith(place or code) and parts == [first, second]
                        )
                        assert found.number(key, place, cells) == known, (key, cells, place, day)


def days_to_look_at(today: datetime.date) -> list[tuple[Period, datetime.date]]:
    month = Period.containing(today)
    quarter = Period.containing(today, PeriodKind.QUARTER)
    return [
        (month, today),
        (month.previous, today),
        (quarter, today - 3 * ONE),
        (Period.containing(today, PeriodKind.YEAR), today),
    ]


def assert_all(cast: Cast) -> None:
    plain, today = Plain(Raw()), timezone.localdate()
    with acting(cast.city):
        for code in PLACES:
            region = Region.objects.get(code=code)
            for period, day in days_to_look_at(today):
                if period.first <= day:
                    assert_figures(figures_of(region, period, today=day), plain)
                    assert_teams(code, plain, period.until(day))
            for day in (today, today - 40 * ONE):
                assert_crossed(code, plain, day)


@pytest.mark.django_db
@given(acts=series, seed=st.integers(0, 10**6))
@settings(
    max_examples=4, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_any_life_is_counted_right_on_any_day(acts: list[str], seed: int) -> None:
    with transaction.atomic():
        cast = make_cast()
        live(cast, acts, seed)
        assert_all(cast)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_long_life_tries_every_figure_and_every_number_opens_its_rows() -> None:
    cast = make_cast()
    random = Random(7)
    often = [
        "pair",
        "visit",
        "register",
        "enrol",
        "owe",
        "raise_concern",
        "look_closely",
        "do_duty",
        "sign",
        "neglect",
    ] * 3
    often += ["object", "supervise", "supervise", "close_finding", *sorted(ACTS)]
    due = timezone.localdate() - 5 * ONE
    Duty.objects.create(
        child=cast.child, region_id=cast.child.region_id, kind=DutyKind.CALL, occasion="kept", opens_on=due,
        meant_on=due, due_on=due, state="DONE", done_on=due,
    )  # fmt: skip
    live(cast, ["supervise"] * 3 + ["join_team"] * 6 + ["leave_team"] * 3, 3)
    Supervised.objects.filter(pk=Supervised.objects.latest("pk").pk).update(closed_on=timezone.localdate())
    seen: Counter[str] = Counter()
    for step in range(5):
        live(cast, [random.choice(often) for _ in range(25)], step)
        if step % 2 == 0:
            # Everything is known of everyone visited, and one guardian more says no.
            Visit.objects.update(family="CHANGED", study="CHANGED", life="CHANGED")
            live(cast, ["register", "object", "visit"], step)
        assert_all(cast)
        with acting(cast.city):
            year, city = (
                Period.containing(timezone.localdate(), PeriodKind.YEAR),
                Region.objects.get(code=CITY),
            )
            # In January most of it lies in the year before.
            both = [figures_of(city, one).totals for one in (year, year.previous)]
        for totals in both:
            seen.update({key: bool(value) for key, value in totals.items()})
    never = {key for key in METRICS if not seen[key]} - {"volunteers_gone"}
    assert not never, f"a figure that stayed 0 was not tried: {never}"
    assert_drills(cast)


def assert_drills(cast: Cast) -> None:
    """Every number of the county's page leads to a list of as many rows."""
    session, today = Session(cast.wenshui), timezone.localdate()
    region = Region.objects.get(code=WENSHUI)
    tried = 0
    for period in (
        Period.containing(today),
        Period.containing(today, PeriodKind.YEAR),
        Period.containing(today).previous,
    ):
        with acting(cast.wenshui):
            figures = figures_of(region, period)
            drills = {
                Drill(metric, WENSHUI, period, figures.as_of): figures.totals[key]
                for key, metric in METRICS.items()
                if metric.rows
            }
            drills |= {
                Drill(metric, WENSHUI, period, figures.as_of, dimension, value): number
                for key, metric in METRICS.items()
                for dimension in metric.dimensions
                if metric.rows
                for value, number in figures.cell(key, dimension).items()
            }
            drills |= {
                Drill(
                    METRICS["volunteers_teamed"], WENSHUI, period, figures.as_of, "team", str(one.team)
                ): one.number
                for one in by_team(WENSHUI, figures.as_of)
            }
            links = {address(drill, today): (drill, n) for drill, n in drills.items()}
        for link, (drill, number) in links.items():
            if number:
                assert counted_on(session.get(link)) == number, (link, drill)
                tried += 1
    assert tried > 60
