"""The day's reminders: volunteer 7 days before, on the day, after; then the offices above, one digest each (DOMAIN 5).

Made for `<= today`, with a key for each duty, stage and person, so that a run after an outage sends what is due then
and a second run nothing. Who is told is found at sending, by the pairings and posts of today.
"""

import datetime
from collections.abc import Collection
from itertools import chain
from typing import Any, TypedDict

from django.db import connection, transaction
from django.utils import timezone

from aixin.access.regions import county_of, upper_bound
from aixin.access.scope import EVERYTHING, opened
from aixin.notify.models import Notice
from aixin.notify.services import send
from care.calling import call_reminders
from care.escalating import digests, escalate, settle_old, staff_of
from care.making import County, digest_of, make_all, running_counties
from care.models import SUBJECT, CountyRun, Duty, GoLive
from care.telling import KIND, tell
from pairing.models import Pairing


class Outcome(TypedDict):
    """What one run did: notices created, notices resolved, people reached (in each county)."""

    created: int
    resolved: int
    recipients: int


def remind(today: datetime.date) -> Outcome:
    """Make what is due, tell who is to do it and who is above, settle what is settled; only where a county reminds."""
    make_all(today)
    outcome = Outcome(created=0, resolved=0, recipients=0)
    with opened(EVERYTHING):
        counties = running_counties()
        for paused in GoLive.objects.paused():
            outcome["resolved"] += _settle_others(paused.region_id)
    for county in counties:
        with opened(EVERYTHING):
            created, resolved, people = _remind_in(county, today)
        outcome["created"] += created
        outcome["resolved"] += resolved
        outcome["recipients"] += len(people)
    return outcome


def _remind_in(county: County, today: datetime.date) -> tuple[int, int, set[str]]:
    """Bring a county's notices up to date; return how many are new, how many were settled, and who got new ones.

    What was told by the same duties, rules and offices on the same day is not looked at again.
    """
    run = CountyRun.objects.select_for_update().filter(region=county.code).first()
    by = told_by(county, today)
    if run is not None and run.told == by:
        fresh = send(call_reminders(county, today))
        return len(fresh), 0, {notice.addressee for notice in fresh}
    resolved = _settle_others(county.code)
    created, people = tell(county, today)
    come_up = escalate(county, today)
    resolved += settle_old(county, today, come_up)
    fresh = send(chain(digests(county, today, come_up), call_reminders(county, today)))
    CountyRun.objects.filter(region=county.code).update(told=by)
    return created + len(fresh), resolved, people | {notice.addressee for notice in fresh}


def told_by(county: County, today: datetime.date) -> str:
    """Return what stands for all that a county's reminders follow from: day, rules, offices, what is open and whose."""
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"lo": county.code, "hi": upper_bound(county.code)})
        return digest_of((county, today, staff_of(county.code), cursor.fetchone()))


# Sums of a number drawn from each row: in whatever order they are read, another row or another day is another sum.
_OPEN = """
SELECT count(*), sum(hashtextextended(
    id || region_code || coalesce(volunteer_id, 0) || opens_on || meant_on || due_on || (moved_from IS NULL) || what, 0
)::numeric)
FROM care_duty d WHERE d.region_code >= %(lo)s AND d.region_code < %(hi)s AND d.state = 'OPEN'
"""


@transaction.atomic
def remind_of(duty: Duty, today: datetime.date) -> int:
    """Tell at once who is to do a duty, where its county reminds; return how many were told.

    The next run repeats nothing of it. The transaction must be allowed to write where the child lives.
    """
    return sum(tell(county, today, duty.pk)[0] for county in running_counties([county_of(duty.region_id)]))


def still_due(notices: Collection[Notice]) -> set[int]:
    """Return the keys of those reminders whose duty is open and the addressee's: the main volunteer's, or an office's."""
    duty_of = {notice.pk: int(notice.subject.removeprefix(SUBJECT)) for notice in notices}
    child_of = dict(Duty.objects.open().filter(pk__in=duty_of.values()).values_list("pk", "child_id"))
    mains = Pairing.objects.active().filter(is_main=True, child__in=child_of.values())
    hers = {
        (child, f"volunteer:{volunteer}")
        for child, volunteer in mains.values_list("child_id", "volunteer_id")
    }
    return {
        notice.pk
        for notice in notices
        if (child := child_of.get(duty_of[notice.pk])) is not None
        and (notice.addressee.startswith("user:") or (child, notice.addressee) in hers)
    }


_SETTLE = """
UPDATE notify_notice n SET resolved_at = %(now)s
WHERE n.resolved_at IS NULL AND n.kind = %(kind)s AND n.region_code >= %(lo)s AND n.region_code < %(hi)s AND NOT EXISTS (
    SELECT FROM care_duty d
    LEFT JOIN pairing_pairing p ON p.child_id = d.child_id AND p.state = 'ACTIVE' AND p.is_main
    WHERE d.id = split_part(n.subject, ':', 2)::bigint AND d.state = 'OPEN'
      AND (n.addressee = 'volunteer:' || p.volunteer_id OR p.id IS NULL AND starts_with(n.addressee, 'user:')))
"""


def _settle_others(county: str) -> int:
    """Settle a county's notices of what is done, or no longer hers who has the notice; return how many there were."""
    given: dict[str, Any] = {"now": timezone.now(), "kind": KIND, "lo": county, "hi": upper_bound(county)}
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, given)
        return int(cursor.rowcount)
