"""Which volunteers a county may pair: its own, and those who serve it from elsewhere, as a higher app says."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import Q

from aixin.access.querysets import within
from aixin.access.regions import county_of
from volunteers.models import Volunteer

# Volunteers by key, each with the county within a region that she serves today.
Guests = Callable[[str], dict[int, str]]
_guests: list[Guests] = []


def register_guests(guests: Guests) -> None:
    """Let a higher app name volunteers who serve a county though their record is kept elsewhere."""
    _guests.append(guests)


def guests_of(code: str) -> dict[int, str]:
    """Return who serves the counties of a region from outside, each with her county."""
    return {pk: county for guests in _guests for pk, county in guests(code).items()}


def volunteers_for(code: str) -> Any:
    """Return the volunteers whom a place may be given: those of its county, and who serves it."""
    county = county_of(code)
    return Volunteer.objects.filter(Q(within(county)) | Q(pk__in=list(guests_of(county))))


def hold_volunteer(pk: int) -> Volunteer:
    """Return a volunteer, held until the end of the transaction.

    The database locks a row only for who may write it. A guest, or a neighbouring township's volunteer, is held by her
    number alone, which keeps two pairings from being made at once all the same.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"pairing.volunteer:{pk}"])
    held = Volunteer.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    return held or Volunteer.objects.get(pk=pk)
