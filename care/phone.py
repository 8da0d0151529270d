"""首页 of a volunteer: what is due, for whom, by when, the most urgent first."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from aixin.access.scoped import acting_user
from care.models import Duty
from care.wording import ONE_DAY, day_text, name_of, when_text
from children.models import Guardian
from pairing.models import Pairing
from visits.models import Visit
from visits.phone import last_visits

SOON_DAYS = 7
FAR = datetime.date.max


@dataclass(frozen=True)
class Line:
    """One thing to do: what, by when, how urgent."""

    name: str
    when: str
    tone: str


@dataclass(frozen=True)
class Card:
    """One child: what is due for it now, what comes next, and what was last seen."""

    child: Any
    guardian: Guardian | None
    last: Visit | None
    first_due: datetime.date
    lines: list[Line]
    following: str

    @property
    def tone(self) -> str:
        return self.lines[0].tone if self.lines else "ok"


def line_of(duty: Duty, today: datetime.date) -> Line:
    """Return how a duty stands on a page."""
    tone = "danger" if duty.due_on < today else "warn" if is_now(duty, today) else "neutral"
    return Line(name_of(duty.kind, duty.occasion, duty.what), when_text(duty, today), tone)


def is_now(duty: Duty, today: datetime.date) -> bool:
    """Return whether it is time for a duty: a week before its day, or later."""
    return duty.meant_on <= today + SOON_DAYS * ONE_DAY


def cards_of(user: Any, today: datetime.date) -> list[Card]:
    """Return a card for each child of the volunteer, the most urgent first; five queries."""
    mine = Pairing.objects.of_volunteer_user(user).select_related("child__region")
    children = [pairing.child for pairing in mine.prefetch_related("child__guardians")]
    last = last_visits(user, [child.pk for child in children])
    duties: dict[int, list[Duty]] = defaultdict(list)
    for duty in Duty.objects.visible_to(user).open().defer("reason", "note").order_by("due_on", "pk"):
        duties[duty.child_id].append(duty)
    cards = [_card(child, last.get(child.pk), duties[child.pk], today) for child in children]
    return sorted(cards, key=lambda card: (card.first_due, card.child.pk))


def _card(child: Any, last: Visit | None, duties: list[Duty], today: datetime.date) -> Card:
    now = [duty for duty in duties if is_now(duty, today)]
    later = next((duty for duty in duties if not is_now(duty, today)), None)
    following = (
        f"{name_of(later.kind, later.occasion, later.what)}，{day_text(later.due_on)}前" if later else ""
    )
    first_due = duties[0].due_on if duties else FAR
    lines = [line_of(duty, today) for duty in now]
    return Card(child, child.main_guardian, last, first_due, lines, following)


def home(request: HttpRequest) -> HttpResponse:
    """首页: what is due for each of her children."""
    user, today = acting_user(request), timezone.localdate()
    month = Visit.objects.visible_to(user).standing().filter(date__gte=today.replace(day=1)).count()
    cards = cards_of(user, today)
    context = {"cards": cards, "due": sum(len(card.lines) for card in cards), "month_visits": month}
    return render(request, "care/home_phone.html", context)
