"""The volunteer's pages: 孩子, and the guardian's phone."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from aixin.access.models import Role
from aixin.access.permissions import allow
from aixin.audit.models import Action
from aixin.audit.trail import record
from children.models import Guardian
from pairing.models import Pairing
from visits.models import Visit, VisitedChild
from visits.querysets import with_last_contact

VOLUNTEER = frozenset({Role.VOLUNTEER})
SOON_DAYS = 7


@dataclass(frozen=True)
class Card:
    """One child on the home page: what is due, and what was last seen."""

    child: Any
    guardian: Guardian | None
    days: int
    left: int
    last: Visit | None

    @property
    def tone(self) -> str:
        if self.left < 0:
            return "danger"
        return "warn" if self.left <= SOON_DAYS else "ok"

    @property
    def due_text(self) -> str:
        if self.left < 0:
            return f"已{self.days}天没有联系"
        return f"还有{self.left}天该联系" if self.left else "今天该联系"


def cards_of(user: Any, today: datetime.date) -> list[Card]:
    """Return a card for each child of the volunteer, the most urgent first."""
    mine = with_last_contact(Pairing.objects.of_volunteer_user(user), VisitedChild.objects.all())
    pairings = list(mine.select_related("child__region").prefetch_related("child__guardians"))
    last = last_visits(user, [pairing.child_id for pairing in pairings])
    cards = [_card(pairing, last.get(pairing.child_id), today) for pairing in pairings]
    return sorted(cards, key=lambda card: card.left)


def _card(pairing: Any, last: Visit | None, today: datetime.date) -> Card:
    days = (today - pairing.contact_base).days
    guardian = pairing.child.main_guardian
    return Card(pairing.child, guardian, days, settings.CONTACT_CADENCE_DAYS - days, last)


def last_visits(user: Any, child_ids: list[int]) -> dict[int, Visit]:
    """Return the volunteer's own latest visit of each child."""
    links = (
        VisitedChild.objects.filter(child__in=child_ids, visit__in=Visit.objects.visible_to(user).standing())
        .select_related("visit")
        .order_by("child_id", "-visit__date", "-visit_id")
        .distinct("child_id")
    )
    return {link.child_id: link.visit for link in links}


@allow(VOLUNTEER)
def my_children(request: HttpRequest) -> HttpResponse:
    """孩子: the children paired with her."""
    return render(
        request, "visits/children_phone.html", {"cards": cards_of(request.user, timezone.localdate())}
    )


@allow(VOLUNTEER)
@require_POST
def call_guardian(request: HttpRequest, pk: int) -> HttpResponse:
    """Show her child's guardian's phone to call; logged, without asking why (DESIGN section 3.4)."""
    guardian = get_object_or_404(Guardian.objects.visible_to(request.user), pk=pk)
    record(request.user, Action.REVEAL, guardian, reason="联系监护人", field="phone", assigned="pairing")
    response = render(request, "visits/call.html", {"guardian": guardian})
    response["Cache-Control"] = "no-store"
    return response
