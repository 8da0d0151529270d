"""After any series of operations coverage.json equals counts taken by plain SQL over the raw tables."""

import datetime
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from children.choices import Category, Consent, LeavingReason
from children.models import Child
from children.services import leave_roster, return_to_roster, save_child
from pairing.choices import EndReason
from pairing.lifecycle import pause
from pairing.models import Pairing
from pairing.services import PairingError, Terms, confirm, end, make_main
from tests.cast import CITY, FENGCHENG, KAISHAN, WENSHUI, XINGXIAN, Cast, make_cast
from tests.conftest import Session
from tests.factories import ChildFactory, VolunteerFactory
from visits.models import Visit
from visits.services import log_visit, withdraw_visit
from volunteers.choices import State as VolunteerState
from volunteers.models import Volunteer
from volunteers.services import save_volunteer

PLACES = [
    FENGCHENG, KAISHAN, "141121100018", "141121100200", "141121101200", "141123100", "141123100200", "140105001001",
]  # fmt: skip
ON_ROSTER = "c.status = 'ON_ROSTER'"
ELIGIBLE = f"{ON_ROSTER} AND c.consent <> 'REFUSED' AND c.category <> 'ORPHAN_INSTITUTION'"
PAIRED = "EXISTS (SELECT 1 FROM pairing_pairing p WHERE p.child_id = c.id AND p.state = 'ACTIVE')"
CHILDREN = "SELECT count(*) FROM children_child c WHERE c.region_code LIKE %(place)s AND"
VISITS = "SELECT count(*) FROM visits_visit v WHERE v.withdrawn_at IS NULL AND v.region_code LIKE %(place)s"
#: The contract of DESIGN section 5, written out once more by hand.
SQL = {
    "registered": f"{CHILDREN} {ON_ROSTER}",
    "eligible": f"{CHILDREN} {ELIGIBLE}",
    "paired": f"{CHILDREN} {ELIGIBLE} AND {PAIRED}",
    "unpaired": f"{CHILDREN} {ELIGIBLE} AND NOT {PAIRED}",
    "volunteers": "SELECT count(*) FROM volunteers_volunteer WHERE state = 'QUALIFIED' AND region_code LIKE %(place)s",
    "pairings": """
        SELECT count(*) FROM pairing_pairing p JOIN children_child c ON c.id = p.child_id
        WHERE p.state = 'ACTIVE' AND c.region_code LIKE %(place)s""",
    "visits_total": VISITS,
    "visits_30d": f"{VISITS} AND v.date BETWEEN %(today)s::date - 29 AND %(today)s",
    "never_visited": f"""{CHILDREN} {PAIRED} AND NOT EXISTS (
        SELECT 1 FROM visits_visitedchild l JOIN visits_visit v ON v.id = l.visit_id
        WHERE l.child_id = c.id AND v.withdrawn_at IS NULL AND v.date >= (
            SELECT min(p.started_on) FROM pairing_pairing p WHERE p.child_id = c.id AND p.state = 'ACTIVE'))""",
    "overdue": """
        SELECT count(*) FROM pairing_pairing p JOIN children_child c ON c.id = p.child_id
        WHERE p.state = 'ACTIVE' AND c.region_code LIKE %(place)s AND %(today)s::date - 31 > greatest(p.started_on, (
            SELECT max(v.date) FROM visits_visit v
            JOIN visits_visitedchild l ON l.visit_id = v.id AND l.child_id = p.child_id
            JOIN visits_visit_volunteers w ON w.visit_id = v.id AND w.volunteer_id = p.volunteer_id
            WHERE v.withdrawn_at IS NULL))""",
}


def counted(region: str) -> dict[str, int]:
    found = {}
    with connection.cursor() as cursor:
        for key, sql in SQL.items():
            cursor.execute(sql, {"place": f"{region}%", "today": timezone.localdate()})
            found[key] = cursor.fetchone()[0]
    return found


class Town:
    """A small city on which operations fall at random, all through the services that the pages use."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.random, self.today = cast, Random(seed), timezone.localdate()

    def child(self) -> Child:
        return self.random.choice(list(Child.objects.order_by("id")))

    def volunteer(self) -> Volunteer:
        return self.random.choice(list(Volunteer.objects.order_by("id")))

    def pairing(self) -> Pairing | None:
        found = list(Pairing.objects.open().order_by("id"))
        return self.random.choice(found) if found else None

    def day(self, oldest: int = 80) -> datetime.date:
        return self.today - datetime.timedelta(
            days=self.random.choice([0, 1, 29, 30, 31, 32, self.random.randint(0, oldest)])
        )

    def register(self) -> None:
        ChildFactory(region_id=self.random.choice(PLACES), category=self.random.choice(Category.values))

    def leave(self) -> None:
        child = self.child()
        if child.is_on_roster:
            leave_roster(self.cast.wenshui, child, self.random.choice(list(LeavingReason)), self.today)

    def come_back(self) -> None:
        return_to_roster(self.cast.wenshui, self.child())

    def enrol(self) -> None:
        VolunteerFactory(region_id=self.random.choice([*PLACES, WENSHUI]))

    def change_volunteer(self) -> None:
        volunteer = self.volunteer()
        volunteer.state = self.random.choice([VolunteerState.QUALIFIED] * 6 + VolunteerState.values)
        volunteer.region_id = self.random.choice(PLACES)
        save_volunteer(self.cast.wenshui, volunteer)

    def pair(self) -> None:
        terms = Terms(self.day(), is_main=self.random.random() < 0.3)
        confirm(self.cast.wenshui, self.child(), self.volunteer(), terms)

    def end(self) -> None:
        if pairing := self.pairing():
            end(self.cast.wenshui, pairing, EndReason.ADJUSTED, self.today)

    def make_main(self) -> None:
        if pairing := self.pairing():
            make_main(self.cast.wenshui, pairing)

    def pause(self) -> None:
        if pairing := self.pairing():
            pause(self.cast.wenshui, pairing, "外出")

    def visit(self) -> None:
        pairing = self.pairing()
        children = [pairing.child] if pairing and self.random.random() < 0.7 else [self.child()]
        volunteers = [pairing.volunteer] if pairing and self.random.random() < 0.8 else []
        more = (
            [] if self.random.random() < 0.7 else [child for child in [self.child()] if child not in children]
        )
        visit = Visit(date=self.day(), way="PHONE", recorded_by=self.cast.wenshui)
        log_visit(self.cast.wenshui, visit, [*children, *more], volunteers)

    def withdraw(self) -> None:
        mine = Visit.objects.standing().filter(recorded_by=self.cast.wenshui).order_by("id")
        if found := list(mine):
            withdraw_visit(self.cast.wenshui, self.random.choice(found), "记错了")

    def move(self) -> None:
        child = self.child()
        child.region_id = self.random.choice(PLACES)
        save_child(self.cast.wenshui, child, child.guardians.get(), [])

    def refuse(self) -> None:
        Child.objects.filter(pk=self.child().pk).update(
            consent=self.random.choice([Consent.GIVEN] * 4 + Consent.values)
        )

    def recategorise(self) -> None:
        Child.objects.filter(pk=self.child().pk).update(category=self.random.choice(Category.values))


OPERATIONS: dict[str, Callable[[Town], None]] = {
    name: act
    for name, act in vars(Town).items()
    if name not in {"child", "volunteer", "pairing", "day"} and name[0] != "_"
}
series = st.lists(st.sampled_from(sorted(OPERATIONS)), min_size=10, max_size=40)


def assert_agreed(cast: Cast) -> None:
    session = Session(cast.city)
    for region in (CITY, WENSHUI, XINGXIAN, FENGCHENG, KAISHAN):
        found: dict[str, Any] = session.get("/reports/coverage.json", {"region": region}).json()
        assert found["totals"] == counted(region), region
        for key in SQL:
            assert sum(row[key] for row in found["children"]) == found["totals"][key], (region, key)
        for row in found["children"]:
            if row["region"] != region:
                assert {key: row[key] for key in SQL} == counted(row["region"]), row["region"]


@pytest.mark.django_db
@given(acts=series, seed=st.integers(0, 10**6))
@settings(
    max_examples=10, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_figures_equal_plain_sql_after_any_series_of_operations(acts: list[str], seed: int) -> None:
    with transaction.atomic():
        cast = make_cast()
        town = Town(cast, seed)
        for act in acts:
            try:
                with transaction.atomic():
                    OPERATIONS[act](town)
            except PairingError:
                continue
        assert_agreed(cast)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_long_life_of_a_city_agrees_all_along_and_tries_every_figure() -> None:
    cast = make_cast()
    town = Town(cast, 1411)
    seen = dict.fromkeys(SQL, 0)
    often = ["pair", "visit", "register", "enrol"] * 3
    for step in range(1, 121):
        try:
            with transaction.atomic():
                OPERATIONS[town.random.choice(often + sorted(OPERATIONS))](town)
        except PairingError:
            continue
        if step % 20 == 0:
            assert_agreed(cast)
            seen = {key: max(number, seen[key]) for key, number in counted(CITY).items()}
    assert all(seen.values()), f"a figure that stayed 0 was not tried: {seen}"
