from celery import shared_task
from django.utils import timezone

from aixin.access.models import Region
from aixin.access.scope import EVERYTHING, opened
from aixin.todos.finding import find_kinds
from pairing.choices import TodoKind
from pairing.proposing import counties_left_by, propose_afresh


@shared_task
def propose_again(county: str) -> None:
    """Propose for a county around what staff have fixed, because somebody there waits now."""
    with opened(EVERYTHING):
        propose_afresh(None, Region.objects.get(code=county))


@shared_task
def follow_leaving(volunteer: int) -> None:
    """Propose successors for the children whom a volunteer has left, and tell each county how many wait."""
    with opened(EVERYTHING):
        counties = counties_left_by(volunteer)
    for county in counties:
        propose_again(county)
    find_kinds([TodoKind.LEFT], timezone.localdate())
