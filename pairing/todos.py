"""What has to be decided about pairings: who pauses or has left, whose year is over (DOMAIN sections 3 and 4)."""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Count, Min
from django.urls import reverse

from aixin.access.people import age_on, name_for
from aixin.access.permissions import may_edit
from aixin.access.regions import Level, county_of, level_of
from aixin.todos.kinds import Decision, DecisionError, Found, Kind, Shown
from aixin.todos.models import Todo
from children.dates import years_after, years_before
from children.models import Child
from pairing.choices import EndReason, State, TodoKind
from pairing.lifecycle import pause
from pairing.models import Pairing
from pairing.querysets import unpaired
from pairing.services import PairingError, end_all_of
from pairing.tasks import propose_again
from volunteers.choices import State as VolunteerState
from volunteers.todos import LABEL as VOLUNTEER

LABEL = "pairing.pairing"
# For how long after she has left her children's waiting is still said to come from that.
LEFT_DAYS = 180
# The year of a volunteer: asked 30 days before it is over, and for 90 days after.
TERM_WARNING, TERM_ASKED = 30, 90


def shown_pairings(user: Any, ids: Iterable[int]) -> dict[int, Shown]:
    """Return names and page of the pairings that a user may open."""
    rows = Pairing.objects.visible_to(user).filter(pk__in=list(ids)).select_related("child", "volunteer")
    return {
        pairing.pk: Shown(
            f"{name_for(user, pairing.child.name)} 与 {name_for(user, pairing.volunteer.name)}",
            reverse("pairings:detail", args=[pairing.pk]),
        )
        for pairing in rows
    }


def pairing_found(row: dict[str, Any], occasion: str, facts: dict[str, Any]) -> Found:
    """Return what is found about a pairing, from its values by `FOUND_VALUES`."""
    return Found(row["pk"], row["region_id"], occasion, (row["child__no"], row["volunteer__no"]), facts)


FOUND_VALUES = ("pk", "region_id", "child_id", "child__no", "volunteer__no")


def pause_for_successor(user: Any, todo: Todo, reason: str) -> None:
    """Pause the pairing of a to-do and have successors proposed for its county."""
    pairing = pause_pairing(user, todo, reason)
    propose_soon(county_of(pairing.region_id))


def propose_soon(county: str) -> None:
    """Have a county's proposals made anew once the transaction is through."""
    transaction.on_commit(lambda: propose_again.delay(county), robust=True)


def pause_pairing(user: Any, todo: Todo, reason: str) -> Pairing:
    """Pause the pairing of a to-do and return it."""
    pairing: Pairing | None = Pairing.objects.filter(pk=todo.subject_id).first()
    if pairing is None:
        raise DecisionError("这一对已不在本辖区。")
    try:
        return pause(user, pairing, reason or "爱心妈妈暂停")
    except PairingError as error:
        raise DecisionError(str(error)) from error


def _pause(user: Any, todo: Todo, reason: str) -> None:
    pause_pairing(user, todo, reason)


PAUSE_AND_PROPOSE = Decision(
    "successor",
    "暂停，找接替人",
    act=pause_for_successor,
    meaning="这一对先暂停，系统重新给全县提结对建议，锁定的不动。",
)


def of_suspended(today: datetime.date) -> Iterator[Found]:
    """Find the active pairings of volunteers who are suspended."""
    rows = Pairing.objects.active().filter(volunteer__state=VolunteerState.SUSPENDED).order_by("pk")
    return (pairing_found(row, "suspended", {}) for row in rows.values(*FOUND_VALUES))


SUSPENDED_KIND = Kind(
    TodoKind.SUSPENDED,
    "爱心妈妈暂停",
    LABEL,
    Level.TOWNSHIP,
    7,
    of_suspended,
    lambda _: "她已暂停，这一对还是已结对",
    (
        Decision("pause", "暂停这一对", act=_pause, meaning="这一对暂停，她恢复后可以再继续。"),
        PAUSE_AND_PROPOSE,
        Decision("stay", "照常进行", needs_reason=True, asks_again=30, meaning="30天后再问。"),
    ),
)


def left_behind_by(today: datetime.date) -> Iterator[Found]:
    """Find for each county how many children wait because a volunteer has left."""
    since = today - datetime.timedelta(days=LEFT_DAYS)
    waiting = unpaired(Child.objects.all(), Pairing.objects.all())
    ended = Pairing.objects.filter(
        state=State.ENDED,
        end_reason=EndReason.RESIGNED,
        ended_on__gte=since,
        volunteer__state=VolunteerState.LEFT,
        child__in=waiting.values("pk"),
    )
    rows = ended.order_by().values("volunteer_id", "volunteer__no", "region_id")
    by_county: Counter[tuple[int, str, str]] = Counter()
    for row in rows.annotate(number=Count("child_id", distinct=True)):
        key = (row["volunteer_id"], row["volunteer__no"], county_of(row["region_id"]))
        by_county[key] += row["number"]
    for (volunteer, no, county), number in sorted(by_county.items()):
        yield Found(volunteer, county, f"left:{county}", (no,), {"waiting": number})


LEFT_KIND = Kind(
    TodoKind.LEFT,
    "爱心妈妈退出",
    VOLUNTEER,
    Level.COUNTY,
    7,
    left_behind_by,
    lambda facts: f"她退出后还有 {facts['waiting']} 名孩子等待结对",
    (
        Decision("proposals", "看结对建议", url=lambda _: reverse("proposals:list")),
        Decision(
            "arranged", "另行安排", needs_reason=True, asks_again=14, meaning="14天后孩子还没有结对，再问。"
        ),
    ),
)


def terms_ending(today: datetime.date) -> Iterator[Found]:
    """Find volunteers whose year with their children ends within 30 days, or has ended within 90.

    Counted from the first of her active pairings; a roster that comes in late is asked about at the next anniversary.
    """
    first, last = today - datetime.timedelta(days=TERM_ASKED), today + datetime.timedelta(days=TERM_WARNING)
    rows = (
        Pairing.objects.active()
        .order_by()
        .values("volunteer_id", "volunteer__no", "volunteer__region_id")
        .annotate(since=Min("started_on"), children=Count("pk"))
        .filter(since__lte=years_before(last, 1))
        .order_by("volunteer_id")
    )
    for row in rows:
        ends_on = years_after(row["since"], age_on(row["since"], last))
        if first <= ends_on <= last:
            yield Found(
                row["volunteer_id"],
                row["volunteer__region_id"],
                f"{ends_on}",
                (row["volunteer__no"],),
                {"on": f"{ends_on}", "children": row["children"]},
                max(ends_on, today + datetime.timedelta(days=7)),
            )


def _end_terms(user: Any, todo: Todo, reason: str) -> None:
    """End the volunteer's pairings in this region with her year, and have successors proposed."""
    pairings = Pairing.objects.open().filter(volunteer=todo.subject_id)
    counties = {county_of(code) for code in pairings.values_list("region_id", flat=True)}
    end_all_of(user, EndReason.TERM_OVER, volunteer=todo.subject_id)
    for county in sorted(counties):
        propose_soon(county)


def _is_above_counties(todo: Todo) -> bool:
    """Whether it is about a volunteer of the city's own office, whose pairings are the counties' to end."""
    return level_of(todo.region_id) < Level.COUNTY


TERM_KIND = Kind(
    TodoKind.TERM,
    "任期将满",
    VOLUNTEER,
    Level.COUNTY,
    30,
    terms_ending,
    lambda facts: f"{facts['on']} 满任期，现有 {facts['children']} 个孩子",
    (
        Decision("extend", "续任一年", asks_again=None, bulk=True, meaning="结对照常，明年再问。"),
        Decision(
            "end",
            "期满解除",
            act=_end_terms,
            meaning="她在本县的结对今天全部解除，孩子列入等待结对，系统重新提建议。",
            allowed=may_edit,
        ),
        Decision(
            "county",
            "不续任，已通知县里",
            asks_again=14,
            meaning="由县里解除结对、安排接替人；14天后还没有解除，再问。",
            offered=_is_above_counties,
        ),
    ),
)
