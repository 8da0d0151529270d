"""首页 of a volunteer: what is due, for whom, by when, the most urgent first."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from aixin.access.scoped import acting_user
from care.choices import DutyKind
from care.models import Duty
from care.services import FOLLOWS
from care.wording import ONE_DAY, day_text, name_of, when_text
from children.models import Guardian
from pairing.models import Pairing
from visits.models import Visit
from visits.phone import last_visits

SOON_DAYS = 7
FAR = datetime.date.max


@dataclass(frozen=True)
class Line:
    """One thing to do: what, by when, how urgent, and the words that were said of it, if any."""

    name: str
    when: str
    tone: str
    words: str = ""


@dataclass(frozen=True)
class Card:
    """One child: what is due for it now, what comes next, and what was last seen."""

    child: Any
    guardian: Guardian | None
    last: Visit | None
    first_due: datetime.date
    lines: list[Line]
    following: str
    # On the page of a village's chair: who has it to do; and that the child lives in another village.
    whose: str = ""
    elsewhere: bool = False

    @property
    def tone(self) -> str:
        return self.lines[0].tone if self.lines else "ok"


def line_of(duty: Duty, today: datetime.date, words: str = "") -> Line:
    """Return how a duty stands on a page."""
    tone = "danger" if duty.due_on < today else "warn" if is_now(duty, today) else "neutral"
    return Line(name_of(duty.kind, duty.occasion, duty.what), when_text(duty, today), tone, words)


def words_of(user: Any, duties: Iterable[Duty]) -> dict[int, str]:
    """Return what was said of some duties of her own children, by their keys: the change that was reported to staff, and
    the next step that a visit of her own agreed on; one query.

    On her pages alone: no message that leaves the platform has them.
    """
    known = list(duties)
    reported = {duty.pk: duty.note for duty in known if duty.kind == DutyKind.CHANGE}
    agreed = {_visit_of(duty): duty.pk for duty in known if duty.kind == DutyKind.FOLLOW_UP}
    steps = Visit.objects.visible_to(user).filter(pk__in=agreed).values_list("pk", "next_step")
    return {**reported, **{agreed[visit]: step for visit, step in steps}}


def _visit_of(duty: Duty) -> int:
    return int(duty.occasion.removeprefix(FOLLOWS))


def hers(user: Any) -> Any:
    """Return the open duties of a volunteer's children, the most urgent first."""
    return Duty.objects.visible_to(user).open().defer("reason").order_by("due_on", "pk")


def is_now(duty: Duty, today: datetime.date) -> bool:
    """Return whether it is time for a duty: a week before its day, or later."""
    return duty.meant_on <= today + SOON_DAYS * ONE_DAY


def cards_of(user: Any, today: datetime.date) -> list[Card]:
    """Return a card for each child of the volunteer, the most urgent first; six queries."""
    mine = Pairing.objects.of_volunteer_user(user).select_related("child__region")
    children = [pairing.child for pairing in mine.prefetch_related("child__guardians")]
    last = last_visits(user, [child.pk for child in children])
    duties: dict[int, list[Duty]] = defaultdict(list)
    due = list(hers(user))
    words = words_of(user, due)
    for duty in due:
        duties[duty.child_id].append(duty)
    cards = [card_of(child, last.get(child.pk), duties[child.pk], words, today) for child in children]
    return sorted(cards, key=lambda card: (card.first_due, card.child.pk))


def card_of(
    child: Any, last: Visit | None, duties: list[Duty], words: dict[int, str], today: datetime.date
) -> Card:
    now = [duty for duty in duties if is_now(duty, today)]
    later = next((duty for duty in duties if not is_now(duty, today)), None)
    following = (
        f"{name_of(later.kind, later.occasion, later.what)}，{day_text(later.due_on)}前" if later else ""
    )
    first_due = duties[0].due_on if duties else FAR
    lines = [line_of(duty, today, words.get(duty.pk, "")) for duty in now]
    return Card(child, child.main_guardian, last, first_due, lines, following)


def child_duties(user: Any, child: Any) -> dict[str, Any]:
    """Return the open duties for a volunteer's page of her child.

    Without the steps ahead that she agreed on herself: those stand there as 说好的下一步.
    """
    today = timezone.localdate()
    due = list(hers(user).filter(child=child))
    words = words_of(user, due)
    shown = [duty for duty in due if duty.meant_on < today or not _is_hers(duty, words)]
    return {"duty_lines": [line_of(duty, today, words.get(duty.pk, "")) for duty in shown]}


def _is_hers(duty: Duty, words: dict[int, str]) -> bool:
    return duty.kind == DutyKind.FOLLOW_UP and duty.pk in words


def home(request: HttpRequest) -> HttpResponse:
    """首页: what is due for each of her children."""
    user, today = acting_user(request), timezone.localdate()
    month = Visit.objects.visible_to(user).standing().filter(date__gte=today.replace(day=1)).count()
    cards = cards_of(user, today)
    context = {
        "cards": cards,
        "due": sum(len(card.lines) for card in cards),
        "month_visits": month,
        # Who is chair of a village as well has the whole of her work on that post's page.
        "chair_post": next((post for post in user.current_posts if post.is_chair), None),
    }
    return render(request, "care/home_phone.html", context)
