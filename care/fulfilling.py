"""What a visit does to duties: one contact closes all that it satisfies, a withdrawn one opens them again."""

from collections.abc import Sequence
from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from care import statements
from care.making import follow_new_visit, of_children
from care.programmes import making as programmes
from care.services import agree_follow_up, settle_closed, visits_that_agree
from visits.models import Visit


@transaction.atomic
def follow_visits(visits: Sequence[int], children: Sequence[int]) -> None:
    """Bring the duties of children in line with visits that were stored, corrected, withdrawn or taken back.

    The transaction must see every county, because a child's other volunteers count too.
    """
    reached = list(children)
    with connection.cursor() as cursor:
        cursor.execute(statements.REOPEN, {"children": reached, "visits": list(visits)})
    programmes.reopen(list(visits), reached)
    settle_closed([*_agree(visits), *of_children(reached, timezone.localdate()).closed])


@transaction.atomic
def follow_new(visit: Visit, children: Sequence[int]) -> None:
    """Bring the duties of children in line with a visit that was just stored: nothing followed from it yet.

    The transaction must see every county.
    """
    if visit.next_on is not None:
        agree_follow_up(visit, children, visit.next_on)
    bring = partial(follow_new_visit, way=visit.way)
    settle_closed(of_children(list(children), timezone.localdate(), bring).closed)


def _agree(visits: Sequence[int]) -> list[int]:
    gone = []
    for visit in visits_that_agree(visits).prefetch_related("visited"):
        gone += agree_follow_up(visit, [link.child_id for link in visit.visited.all()], visit.next_on)
    return gone
