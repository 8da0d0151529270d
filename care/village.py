"""首页 of a village's chair: what is due in her village, what is hers first, and the children paired with herself."""

import copy
import datetime
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from aixin.access.home import chair_parts
from aixin.access.models import Post, Role, User
from aixin.access.scope import acting
from aixin.access.scoped import acting_user
from care.models import Duty
from care.phone import SOON_DAYS, Card, card_of, cards_of, words_of
from care.wording import ONE_DAY
from children.models import Child
from visits.models import Visit
from visits.phone import last_visits

# More children than anybody sees in a week are left to the list.
MOST_CARDS = 30
MOST_DUTIES = 300
# Whose a child is to see to, the chair's own first.
HERS, COME_UP, OTHERS = range(3)


@dataclass(frozen=True)
class Group:
    """Cards under one heading."""

    title: str
    cards: list[Card]


@dataclass(frozen=True)
class Due:
    """What is due for the children of a village: nobody else's, come up to the chair, and their volunteers'."""

    hers: list[Card]
    come_up: list[Card]
    others: list[Card]
    left: int

    @property
    def cards(self) -> list[Card]:
        return [*self.hers, *self.come_up, *self.others]


def village_due(user: Any, today: datetime.date, apart_from: set[int]) -> Due:
    """Return what is due within a week or overdue in the chair's village, the most urgent first; six queries.

    A child is hers where a duty has no volunteer, come up where one was sent up to her office or further. Children
    `apart_from` stand elsewhere on the page; beyond so many cards the others are only counted.
    """
    duties = _duties_by_child(user, today, apart_from)
    ranked = sorted(duties, key=lambda pk: (_rank(duties[pk]), duties[pk][0].due_on, pk))
    shown = ranked[:MOST_CARDS]
    cards = _cards(user, {pk: duties[pk] for pk in shown}, today)
    by_rank: dict[int, list[Card]] = defaultdict(list)
    for pk in filter(cards.__contains__, shown):
        by_rank[_rank(duties[pk])].append(cards[pk])
    return Due(by_rank[HERS], by_rank[COME_UP], by_rank[OTHERS], len(ranked) - len(shown))


def _duties_by_child(user: Any, today: datetime.date, apart_from: set[int]) -> dict[int, list[Duty]]:
    now = Duty.objects.visible_to(user).open().filter(meant_on__lte=today + SOON_DAYS * ONE_DAY)
    rows = now.exclude(child__in=apart_from).select_related("volunteer").defer("reason")
    found: dict[int, list[Duty]] = defaultdict(list)
    for duty in rows.order_by("due_on", "pk")[:MOST_DUTIES]:
        found[duty.child_id].append(duty)
    return found


def _rank(duties: list[Duty]) -> int:
    if any(duty.volunteer_id is None for duty in duties):
        return HERS
    return COME_UP if any(duty.escalated_to is not None for duty in duties) else OTHERS


def _cards(user: Any, duties: dict[int, list[Duty]], today: datetime.date) -> dict[int, Card]:
    children = Child.objects.visible_to(user).filter(pk__in=duties).prefetch_related("guardians")
    last = last_visits(user, list(duties))
    words = words_of(user, [duty for found in duties.values() for duty in found])
    return {
        child.pk: replace(
            card_of(child, last.get(child.pk), duties[child.pk], words, today), whose=_whose(duties[child.pk])
        )
        for child in children
    }


def _whose(duties: list[Duty]) -> str:
    names = dict.fromkeys(duty.volunteer.name for duty in duties if duty.volunteer)
    return f"爱心妈妈：{'、'.join(names)}" if names else "没有爱心妈妈，归您办"


def own_cards(user: User, today: datetime.date) -> list[Card]:
    """Return the cards of the children paired with the chair herself; none where she is no volunteer.

    They are read in her post of a volunteer, so that the village's range stays as it is: who lives in another village
    is only named here, and opened in that post.
    """
    hat = volunteer_post(user)
    if hat is None:
        return []
    herself = copy.copy(user)
    herself.act_as(hat)
    with acting(herself):
        cards = cards_of(herself, today)
    post = user.acting_post
    return [replace(card, elsewhere=not (post and post.covers(card.child.region_id))) for card in cards]


def volunteer_post(user: User) -> Post | None:
    """Return the post in which the user is a volunteer, if she has one."""
    return next((post for post in user.current_posts if post.role == Role.VOLUNTEER), None)


def home(request: HttpRequest) -> HttpResponse:
    """首页: her village and her own pairs on one page."""
    user, today = acting_user(request), timezone.localdate()
    own = own_cards(user, today)
    due = village_due(user, today, {card.child.pk for card in own})
    groups = [
        Group("归您办的", due.hers),
        Group("逾期了，请您过问", due.come_up),
        Group("和您结对的孩子", own),
        Group("村里近期要办的", due.others),
    ]
    context = {
        "groups": [group for group in groups if group.cards],
        "due": sum(len(card.lines) for card in (*due.cards, *own)),
        "left": due.left,
        "children": Child.objects.visible_to(user).registered().count(),
        "month_visits": Visit.objects.visible_to(user)
        .standing()
        .filter(date__gte=today.replace(day=1))
        .count(),
        "volunteer_post": volunteer_post(user),
        **chair_parts(user),
    }
    return render(request, "care/home_village.html", context)
