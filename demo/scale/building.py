"""Builds a database of a size: real places, invented people, by COPY and in one transaction."""

import datetime
from collections.abc import Callable

from django.db import connection, transaction

from aixin.access.models import Post, Region, Role, User
from aixin.access.numbers import SEQUENCE
from children.consenting import text_in_use
from children.models import Child, ConsentRecord, Guardian, Need
from demo.accounts import make_offices
from demo.city import AlreadySeededError
from demo.scale.bare import bare
from demo.scale.copying import copy_into
from demo.scale.pairs import COLUMNS, pairings_of
from demo.scale.people import (
    CHILD_COLUMNS,
    GUARDIAN_COLUMNS,
    NEED_COLUMNS,
    VOLUNTEER_COLUMNS,
    County,
    Numbers,
    Pools,
)
from demo.scale.places import Places, load_places
from demo.scale.sizes import Part, Size
from demo.scale.visiting import make_consents, make_situations, make_visits
from pairing.models import Pairing
from reports.filling import fill, outdate_all
from reports.models import Tally
from visits.models import Situation, Visit, VisitedChild
from volunteers.models import Volunteer

Say = Callable[[str], object]
PEOPLE = (Child, Guardian, Need, ConsentRecord, Volunteer, Pairing)
VISITS = (Visit, VisitedChild, Visit.volunteers.through, Situation)
USER_COLUMNS = ("username", "password", "display_name", "is_active")


def build_size(size: Size, today: datetime.date, say: Say, pools: Pools | None = None) -> dict[str, str]:
    """Build a size as the tables' owner and return its accounts' passwords; raise AlreadySeededError.

    The sums of its figures are filled after the rows are safe: until then every county counts as changed.
    """
    with transaction.atomic():
        passwords = _build_rows(size, today, say, pools)
        outdate_all()
    say("figures")
    with transaction.atomic(), bare(_tables(Tally)):
        fill()
    return passwords


def _build_rows(size: Size, today: datetime.date, say: Say, pools: Pools | None) -> dict[str, str]:
    if Child.objects.exists() or User.objects.exists():
        raise AlreadySeededError
    with bare([Region._meta.db_table]):
        places = load_places(size)
    say(f"places: {len(places.counties)} counties")
    parts = places.parts_of(size)
    _make_clerks(places)
    builder = Builder(today, places, Numbers(_last_running()), pools or Pools.make())
    with bare(_tables(*PEOPLE)):
        for part in parts:
            builder.make_people(part)
            say(f"people: {part.code}")
        make_consents(text_in_use(parts[0].code).pk)
    _analyze()
    with bare(_tables(*VISITS)):
        for part in parts:
            builder.make_visits(part)
            say(f"visits: {part.code}")
        _analyze()
        make_situations()
        say("indexes")
    _advance_sequences(builder.numbers)
    passwords = make_offices(size.offices)
    _analyze()
    return passwords


class Builder:
    """Writes part after part, so that no more than a province's people are held at a time."""

    def __init__(self, today: datetime.date, places: Places, numbers: Numbers, pools: Pools) -> None:
        self.today = today
        self.places = places
        self.numbers = numbers
        self.pools = pools
        self.last_visit = 0

    def make_people(self, part: Part) -> None:
        """Write a part's children, volunteers and pairings."""
        villages = self.places.below(part.code)
        shares = [
            (County(code, villages[code], self.today, self.numbers, self.pools), children, volunteers)
            for code, children, volunteers in self.places.shares(part)
        ]
        counties = [county for county, *_ in shares]
        copy_into(Child, CHILD_COLUMNS, (row for county, n, _ in shares for row in county.children(n)))
        copy_into(Guardian, GUARDIAN_COLUMNS, (row for county in counties for row in county.guardians))
        copy_into(Need, NEED_COLUMNS, (row for county in counties for row in county.needs))
        copy_into(
            Volunteer, VOLUNTEER_COLUMNS, (row for county, _, n in shares for row in county.volunteers(n))
        )
        copy_into(Pairing, COLUMNS, (row for county in counties for row in pairings_of(county)))

    def make_visits(self, part: Part) -> None:
        """Write a part's visits, after all pairings."""
        self.last_visit = make_visits(part.code, part.visits, self.last_visit, self.today)


def _make_clerks(places: Places) -> None:
    """Make the account that typed a county's papers in; it has no password."""
    counties = Region.objects.in_bulk(places.counties)
    copy_into(
        User, USER_COLUMNS, ((f"clerk-{code}", "!", f"{counties[code].name}妇联", True) for code in counties)
    )
    clerks = User.objects.filter(username__startswith="clerk-").values_list("pk", "username")
    Post.objects.bulk_create(
        [Post(user_id=key, role=Role.STAFF, region_id=name.removeprefix("clerk-")) for key, name in clerks]
    )


def _last_running() -> int:
    """Return from where the public numbers go on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [SEQUENCE])
        return int(cursor.fetchone()[0])


def _advance_sequences(numbers: Numbers) -> None:
    """Let whoever comes next get the next key and the next public number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(%s, %s)", [SEQUENCE, numbers.last_running])
        for table in _tables(*PEOPLE, *VISITS):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, 'id'), coalesce(max(id), 1)) FROM {table}",  # noqa: S608
                [table],
            )


def _tables(*models: type) -> list[str]:
    return [model._meta.db_table for model in models]  # type: ignore[attr-defined]


def _analyze() -> None:
    """Renew the statistics: what was written has none, and the next statements would be planned for empty tables."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
