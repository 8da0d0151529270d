"""The day's reminders: volunteer 7 days before, on the day, after; then the offices above, one digest each (DOMAIN 5).

Made for `<= today`, with a key for each duty, stage and person, so that a run after an outage sends what is due then
and a second run nothing. Who is told is found at sending, by the pairings and posts of today.
"""

import datetime
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, islice
from typing import Any, NamedTuple, TypedDict

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils import timezone

from aixin.access.regions import county_of
from aixin.access.scope import EVERYTHING, opened
from aixin.notify.models import Notice
from aixin.notify.services import send
from care.calling import call_reminders
from care.choices import DutyKind
from care.escalating import digests, escalate, settle_old, staff_of
from care.making import County, make_all, running_counties
from care.models import SUBJECT, Duty, subject_of
from care.wording import day_text, name_of, when_text
from pairing.models import Pairing

KIND = "duty"
BATCH = 2000
# After which who has not answered is reminded again.
AGAIN_DAYS = 30
ONE_DAY = datetime.timedelta(days=1)


class Outcome(TypedDict):
    """What one run did: notices created, notices resolved, people reached (in each county)."""

    created: int
    resolved: int
    recipients: int


class Due(NamedTuple):
    """What a notice says of a duty; no more, so that one unreadable row stops no other."""

    pk: int
    kind: str
    occasion: str
    what: str
    opens_on: datetime.date
    meant_on: datetime.date
    due_on: datetime.date
    moved_from: datetime.date | None
    region_id: str
    child_id: int
    child__name: str
    volunteer_id: int | None


def remind(today: datetime.date) -> Outcome:
    """Make what is due, tell who is to do it and who is above, settle what is settled; only where a county reminds."""
    make_all(today)
    outcome = Outcome(created=0, resolved=0, recipients=0)
    with opened(EVERYTHING):
        outcome["resolved"] = _settle_others()
        counties = running_counties()
    for county in counties:
        with opened(EVERYTHING):
            created, people = _remind_in(county, today)
            come_up = escalate(county, today)
            resolved = settle_old(county, today, come_up)
            fresh = send(chain(digests(county, today, come_up), call_reminders(county, today)))
        outcome["created"] += created + len(fresh)
        outcome["resolved"] += resolved
        outcome["recipients"] += len(people | {notice.addressee for notice in fresh})
    return outcome


def _remind_in(county: County, today: datetime.date) -> tuple[int, set[str]]:
    """Send the notices of a county's duties; return how many were new, and to whom."""
    created, people = 0, set()
    chairs = _Chairs(county.code)
    due = due_in(county, today)
    while some := list(islice(due, BATCH)):
        fresh = send(notice for one in some for notice in _notices(one, chairs, today))
        created += len(fresh)
        people |= {notice.addressee for notice in fresh}
    return created, people


@transaction.atomic
def remind_of(duty: Duty, today: datetime.date) -> int:
    """Tell at once who is to do a duty, where its county reminds; return how many were told.

    The next run repeats nothing of it. The transaction must be allowed to write where the child lives.
    """
    told = 0
    for county in running_counties([county_of(duty.region_id)]):
        chairs = _Chairs(county.code)
        for due in due_in(county, today, duty.pk):
            told += len(send(_notices(due, chairs, today)))
    return told


def due_in(county: County, today: datetime.date, only: int | None = None) -> Iterator[Due]:
    """Yield what somebody is to be reminded of: open, at most the policy's days before its day; or one of them.

    What its main volunteer was told at this stage is left out before anything is written; a notice's own key remains the
    guarantee that nobody is told twice, and one that was settled since is sent again.
    """
    soon = today + county.rules.remind_days * ONE_DAY
    hers = Pairing.objects.active().filter(
        child=OuterRef("child"), volunteer=OuterRef("volunteer"), is_main=True
    )
    rows = Duty.objects.within_region(county.code).open().filter(meant_on__lte=soon)
    rows = rows if only is None else rows.filter(pk=only)
    wanted = rows.filter(Q(Exists(hers)) | Q(volunteer__isnull=True))
    keyed = wanted.annotate(her_key=RawSQL(_HER_KEY, [today, today, AGAIN_DAYS, today]))  # noqa: S611
    found = iter(list(keyed.order_by("pk").values_list("pk", "her_key")))
    # Looked up by key, so many at a time: whatever plan is made, it is by the index of the keys.
    while some := list(islice(found, BATCH)):
        told = set(
            Notice.objects.open()
            .filter(key__in=[key for _, key in some if key])
            .values_list("key", flat=True)
        )
        untold = [pk for pk, key in some if key not in told]
        for row in Duty.objects.filter(pk__in=untold).order_by("pk").values_list(*Due._fields):
            yield Due(*row)


# The key that `_notices` gives the main volunteer's notice; nothing where there is no volunteer.
_HER_KEY = """
'duty:' || care_duty.id || ':' || to_char(care_duty.due_on, 'YYYY-MM-DD') || ':' || CASE
    WHEN care_duty.due_on < %s THEN 'AFTER' || (%s - care_duty.due_on - 1) / %s
    WHEN care_duty.meant_on <= %s THEN 'DAY' ELSE 'BEFORE' END || ':volunteer:' || care_duty.volunteer_id
"""


class _Chairs:
    """Who does what no volunteer is there for: the village's chair, else the township; read once for a county."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._posts: dict[str, list[int]] | None = None

    def at(self, place: str) -> list[int]:
        """Return the users at a place or, where nobody is, at its township."""
        if self._posts is None:
            self._posts = staff_of(self.code)
        return self._posts.get(place) or self._posts.get(place[:9]) or []


def _notices(due: Due, chairs: _Chairs, today: datetime.date) -> Iterator[Notice]:
    if due.volunteer_id is not None:
        people: Iterable[str] = [f"volunteer:{due.volunteer_id}"]
    else:
        people = [f"user:{pk}" for pk in chairs.at(due.region_id)]
    for addressee in people:
        yield Notice(
            addressee=addressee,
            region_id=due.region_id,
            kind=KIND,
            key=f"{subject_of(due.pk)}:{due.due_on}:{stage(due, today)}:{addressee}",
            subject=subject_of(due.pk),
            title=_title(due, today),
            body=_body(due),
            link=f"{reverse('visits:new')}?child={due.child_id}",
        )


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


def stage(due: Any, today: datetime.date) -> str:
    """Return which reminder it is time for: before, on the day, after, and again each month after that."""
    late = (today - due.due_on).days
    if late > 0:
        return f"AFTER{(late - 1) // AGAIN_DAYS}"
    return "DAY" if today >= due.meant_on else "BEFORE"


def _title(due: Due, today: datetime.date) -> str:
    when = when_text(due, today)
    if due.kind == DutyKind.CALL and when.endswith("没有联系"):
        return f"{due.child__name}：{when}"
    return f"{due.child__name}：{name_of(due.kind, due.occasion, due.what)}，{when}"


def _body(due: Due) -> str:
    if due.kind == DutyKind.CALL:
        return f"{day_text(due.due_on)}前打个电话或去看看孩子，再记一次。"
    return f"{day_text(due.due_on)}前{name_of(due.kind, due.occasion, due.what)}，回来记一次。"


_SETTLE = """
UPDATE notify_notice n SET resolved_at = %(now)s
WHERE n.resolved_at IS NULL AND n.kind = %(kind)s AND NOT EXISTS (
    SELECT FROM care_duty d
    LEFT JOIN pairing_pairing p ON p.child_id = d.child_id AND p.state = 'ACTIVE' AND p.is_main
    WHERE d.id = split_part(n.subject, ':', 2)::bigint AND d.state = 'OPEN'
      AND (n.addressee = 'volunteer:' || p.volunteer_id OR p.id IS NULL AND starts_with(n.addressee, 'user:')))
"""


def _settle_others() -> int:
    """Settle notices of what is done, or no longer hers who has the notice; return how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, {"now": timezone.now(), "kind": KIND})
        return int(cursor.rowcount)
