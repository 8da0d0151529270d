"""Eight who write in one county at the same time: no figure is lost, none waits for another."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from aixin.access.models import Region
from aixin.access.scope import acting
from pairing.models import Pairing
from pairing.services import Terms, confirm
from reports.counting import fold, fold_all
from reports.figures import Values, figures_of
from reports.periods import Period
from tests.cast import CITY, Cast, make_cast
from tests.factories import ChildFactory, VolunteerFactory
from visits.models import Visit
from visits.services import log_visit

WRITERS, ROUNDS = 8, 4


@pytest.mark.django_db(transaction=True)
def test_eight_writers_and_a_folder_lose_no_count() -> None:
    cast = make_cast()
    today = timezone.localdate()
    pairs = [(ChildFactory(), VolunteerFactory()) for _ in range(WRITERS)]
    before = totals(cast)
    together = Barrier(WRITERS + 1)

    def write(number: int) -> None:
        child, volunteer = pairs[number]
        together.wait()
        with acting(cast.wenshui):
            confirm(cast.wenshui, child, volunteer, Terms(today))
        for _ in range(ROUNDS):
            visit = Visit(date=today, way="PHONE", recorded_by=cast.wenshui)
            with acting(cast.wenshui):
                log_visit(cast.wenshui, visit, [child], [volunteer])
        connections.close_all()

    def fold_meanwhile() -> None:
        together.wait()
        for _ in range(2 * ROUNDS):
            with transaction.atomic():
                fold()
        connections.close_all()

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        done = [pool.submit(write, number) for number in range(WRITERS)] + [pool.submit(fold_meanwhile)]
        for one in done:
            one.result()
    for _ in range(2):
        after = totals(cast)
        for key, more in (("pairings", 1), ("paired", 1), ("visits", ROUNDS), ("visited", 1)):
            assert after[key] == (before[key] or 0) + WRITERS * more, key
        assert after["pairings"] == Pairing.objects.active().count()
        fold_all()


def totals(cast: Cast) -> Values:
    with acting(cast.city):
        return figures_of(Region.objects.get(code=CITY), Period.containing(timezone.localdate())).totals


@pytest.mark.django_db
def test_nobody_reads_the_tallies_or_calls_what_counts_behind_the_door() -> None:
    cast = make_cast()
    fold_all()
    with acting(cast.wenshui), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM reports_tally")
        assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE proname LIKE 'aixin_changes%'"
            " AND has_function_privilege(oid, 'EXECUTE')"
        )
        assert cursor.fetchall() == []
