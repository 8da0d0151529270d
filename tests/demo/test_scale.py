"""A seeded database of any size: as many as it says, the same each time, and rows that the rest of the house can use."""

import datetime
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Count, F
from django.test import override_settings

from aixin.access.models import User
from aixin.access.numbers import Kind, allocate, is_valid
from aixin.access.scope import EVERYTHING, opened
from aixin.exchange.reading.values import parse_idno
from children.models import Child, ConsentRecord, Guardian
from demo.scale.building import build_size
from demo.scale.people import Pools
from demo.scale.sizes import SIZES, Part, Size
from pairing.models import Pairing
from reports.counting import fold_all
from tests.conftest import Session, connect_as
from visits.models import Situation, Visit, VisitedChild
from visits.situations import renew
from volunteers.models import Volunteer

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 20)
SMALL = Size((Part("1411", children=300, volunteers=200, visits=1500),))
STRUCTURE = """
SELECT (SELECT count(*) FROM pg_constraint), (SELECT count(*) FROM pg_index),
       (SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D')
"""


def structure() -> Any:
    with connection.cursor() as cursor:
        cursor.execute(STRUCTURE)
        return cursor.fetchone()


@pytest.fixture(scope="module")
def built(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """A small one, built once by the tables' owner; gives the tables' structure from before."""
    var = tmp_path_factory.mktemp("var")
    with django_db_blocker.unblock():
        connect_as("DATABASE_OWNER_URL")
        with override_settings(VAR_DIR=var), transaction.atomic():
            before = structure()
            build_size(SMALL, TODAY, str, Pools.make(phones=50))
            yield before
            transaction.set_rollback(True)
        connect_as("DATABASE_URL")


def test_there_are_as_many_as_it_says(built: Any) -> None:
    assert Child.objects.registered().count() == 300
    assert Volunteer.objects.qualified().count() == 200
    assert Visit.objects.standing().count() == 1500
    assert Visit.objects.count() > 1500
    paired = Pairing.objects.active().filter(is_main=True).count()
    assert 0.88 < paired / 300 < 0.97
    assert Pairing.objects.filter(state="ENDED").exists()
    assert Child.objects.filter(status="LEFT").exists()


def test_triggers_constraints_and_indexes_are_back(built: Any) -> None:
    constraints, indexes, off = built
    assert structure() == (constraints, indexes, off)
    assert off == 0


def test_people_are_as_their_forms_would_have_stored_them(built: Any) -> None:
    for person in (*Child.objects.order_by("pk")[:40], *Volunteer.objects.order_by("pk")[:40]):
        shown = (person.initials, person.pinyin)
        person.prepare()
        assert (person.initials, person.pinyin) == shown
        assert is_valid(person.no)
        if person.idno:
            assert parse_idno(person.idno) == person.idno
            assert person.idno[6:14] == f"{person.birth:%Y%m%d}"
            assert (int(person.idno[16]) % 2 == 1) == (person.sex == "M")
            assert type(person).objects.with_text(person.idno).get() == person
    guardian = Guardian.objects.order_by("pk").first()
    assert guardian is not None
    assert guardian.phone.startswith("1990")
    assert ConsentRecord.objects.count() > 200


def test_visits_agree_with_their_pairings(built: Any) -> None:
    links = VisitedChild.objects.filter(visit__volunteers__pairings__child=F("child_id"))
    assert links.values("visit").distinct().count() == Visit.objects.count()
    assert not VisitedChild.objects.filter(visit__date__lt=F("child__registered_on")).exists()
    assert Visit.objects.filter(date__gt=TODAY).count() == 0
    times = Visit.objects.values("date").annotate(times=Count("pk")).order_by("-times")
    assert times[0]["times"] < 100, "spread over the days"


def test_what_is_known_of_children_is_what_visits_say(built: Any) -> None:
    before = list(Situation.objects.order_by("pk").values())
    with opened(EVERYTHING):
        renew(Child.objects.values_list("pk", flat=True))
    assert before
    assert list(Situation.objects.order_by("pk").values()) == before


def test_who_comes_later_gets_further_keys_and_numbers(built: Any) -> None:
    (number,) = allocate(Kind.CHILD)
    assert not Child.objects.filter(no=number).exists()
    child = Child.objects.order_by("pk")[0]
    child.pk, child.no, child.idno, child.idno_reason = None, number, "", "NO_HUKOU"
    child.save()
    assert child.pk == Child.objects.order_by("-pk")[0].pk


def test_its_offices_find_their_children(built: Any) -> None:
    answer = Session(User.objects.get(username="wenshui")).get("/children/")
    assert answer.status_code == 200
    assert answer.context["registered"] == Child.objects.registered().within_region("141121").count() > 0


def test_it_refuses_where_there_is_somebody(built: Any) -> None:
    with pytest.raises(CommandError, match="not empty"):
        call_command("seed_demo", "--scale", "province", stdout=io.StringIO())


def test_the_country_holds_the_province_as_it_is() -> None:
    province, national = SIZES["province"], SIZES["national"]
    assert province.parts == national.parts
    assert national.rest is not None
    assert [sum(part[n] for part in totals(national)) for n in range(3)] == [1_500_000, 1_200_000, 12_000_000]
    assert [part[:3] for part in totals(province)] == [(36_000, 25_000, 1_000_000)]


def totals(size: Size) -> list[tuple[int, int, int]]:
    parts = [*size.parts, *([size.rest] if size.rest else [])]
    return [(part.children, part.volunteers, part.visits) for part in parts]


def test_figures_filled_at_once_are_those_folded_county_by_county(built: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        filled = tallies()
        assert filled
        cursor.execute("TRUNCATE reports_tally")
        cursor.execute(
            "INSERT INTO reports_outdated (unit) SELECT DISTINCT left(region_code, 6) FROM children_child"
            " UNION SELECT left(region_code, 6) FROM volunteers_volunteer"
        )
        fold_all()
        assert tallies() == filled
        transaction.set_rollback(True)


def tallies() -> set[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT level, place, grain, measure, cell, day, n FROM reports_tally")
        return set(cursor.fetchall())
