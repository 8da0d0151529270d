import datetime
from collections.abc import Iterator

import pytest
import time_machine

from care.choices import CADENCE
from care.making import make_all
from care.models import CarePolicy, Duty, GoLive
from pairing.choices import State
from pairing.models import Pairing
from tests.cast import CITY, WENSHUI, Cast
from tests.factories import VisitFactory
from visits.models import Visit

TODAY = datetime.date(2026, 11, 20)
DAY = datetime.timedelta(days=1)


def days_ago(days: int) -> datetime.date:
    return TODAY - days * DAY


def contact(pairing: Pairing, day: datetime.date, **fields: object) -> Visit:
    """A visit by the pairing's volunteer, stored as an import would: nobody is told."""
    visit: Visit = VisitFactory(
        date=day,
        children=[pairing.child],
        volunteers=[pairing.volunteer],
        **{"recorded_by": pairing.volunteer.user, **fields},
    )
    return visit


def duties(pairing: Pairing, *, today: datetime.date = TODAY, **named: object) -> list[Duty]:
    """The child's duties of a sort once the night's run of a day is over."""
    assert make_all(today) == []
    return list(Duty.objects.filter(child=pairing.child, **named).order_by("opens_on"))


def only(**days: int) -> None:
    """Let the city ask for one cadence and nothing else."""
    none = {f"{kind.lower()}_days": 0 for kind in CADENCE}
    values = {**none, "school": False, "birthday": False, "festivals": [], **days}
    CarePolicy.objects.update_or_create(region_id=CITY, defaults=values)


@pytest.fixture
def friday() -> Iterator[None]:
    """A working day, whatever day the tests are run on."""
    with time_machine.travel(datetime.datetime(2026, 11, 20, 1, tzinfo=datetime.UTC)):
        yield


@pytest.fixture
def live(cast: Cast, friday: None) -> Pairing:
    """The only pairing of the test, 32 days old on TODAY and never visited, in a county that reminds."""
    Visit.objects.all().delete()
    Pairing.objects.exclude(pk=cast.pairing.pk).update(state=State.PAUSED)
    Pairing.objects.filter(pk=cast.pairing.pk).update(started_on=days_ago(32))
    GoLive.objects.create(region_id=WENSHUI, started_on=days_ago(300))
    cast.pairing.refresh_from_db()
    return cast.pairing
