"""Pages of volunteers and village chairs: 孩子, the guardian's phone, and what waits on their own phones."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from aixin.access.people import age_on
from aixin.access.permissions import ON_PHONE, allow, is_chair
from aixin.access.reveal import refusal_beyond_limit
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.web.drafts import draft_key, mark_draft_saved
from children.models import Child, Guardian
from pairing.models import Pairing
from visits.birthdays import next_birthday
from visits.calls import ASK_AFTER, calls_by, note_unreached
from visits.forms import UnreachedForm
from visits.household import visiting
from visits.models import CallAttempt, Visit, VisitedChild
from visits.querysets import with_last_contact
from visits.services import VisitError, new_client_uuid
from visits.village import village_children

SOON_DAYS = 7
SHOWN_STEPS = 3


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


@allow(ON_PHONE)
def my_children(request: HttpRequest) -> HttpResponse:
    """孩子: the children paired with her; for a village's chair those of her village."""
    if is_chair(request.user):
        return render(request, "visits/children_village.html", village_children(request))
    return render(
        request, "visits/children_phone.html", {"cards": cards_of(request.user, timezone.localdate())}
    )


@allow(ON_PHONE)
@require_POST
def call_guardian(request: HttpRequest, pk: int) -> HttpResponse:
    """Show her child's guardian's phone to call; logged, without asking why (DESIGN section 3.4).

    A village's chair calls for any child of her village; for those not paired with her the hour's limit of numbers holds.
    """
    guardian = get_object_or_404(Guardian.objects.visible_to(request.user), pk=pk)
    detail = {"field": "phone"}
    if visiting(request.user, [guardian.child]):
        detail["assigned"] = "pairing"
    elif refused := refusal_beyond_limit(request):
        return refused
    record(request.user, Action.REVEAL, guardian, reason="联系监护人", **detail)
    context = {
        "guardian": guardian,
        "client_uuid": new_client_uuid(),
        "call_draft_key": draft_key(request, _call_draft(guardian.child_id)),
    }
    response = render(request, "visits/call.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _call_draft(child: int) -> str:
    return f"call-{child}"


@allow(ON_PHONE)
@require_POST
def unreached(request: HttpRequest, pk: int) -> HttpResponse:
    """没打通: keep that nobody answered; the third time in a row the village is asked to go and see."""
    child = get_object_or_404(Child.objects.visible_to(request.user), pk=pk)
    form, volunteers = UnreachedForm(request.POST), visiting(request.user, [child])
    if not form.is_valid() or not (volunteers or is_chair(request.user)):
        messages.error(request, "没有记上，请再按一次“没打通”。")
        return redirect("children:detail", pk)
    try:
        number = note_unreached(
            request.user, child, next(iter(volunteers), None), form.cleaned_data["client_uuid"]
        )
        messages.success(request, _said_of(number, request.user))
        mark_draft_saved(request, draft_key(request, _call_draft(pk)))
    except VisitError as error:
        messages.error(request, str(error))
    return redirect("children:detail", pk)


def _said_of(number: int, user: Any) -> str:
    if number < ASK_AFTER:
        return f"已记下没打通，连续{number}次。换个时间再打。"
    if is_chair(user):
        return f"已记下。连续{number}次没打通，请上门去看看孩子。"
    return f"已记下。连续{number}次没打通，已请村里去看看孩子。"


def child_card(user: Any, child: Child) -> dict[str, Any]:
    """Return what a volunteer's page of her child says beside the record: birthday, next steps, failed calls."""
    today, visits = timezone.localdate(), Visit.objects.visible_to(user)
    by = calls_by(user, next(iter(visiting(user, [child])), None))
    attempts = CallAttempt.objects.in_a_row(child.pk, by, Visit.objects.all()).count()
    return {
        "birthday": coming_birthday(child, today),
        "agreed": visits.agreed(child.pk, today)[:SHOWN_STEPS],
        "attempts": attempts,
        "chair_asked": attempts >= ASK_AFTER,
        "is_chair": is_chair(user),
    }


@dataclass(frozen=True)
class Birthday:
    """The next birthday of a child, by the calendar that its family keeps."""

    day: datetime.date
    left: int
    age: int


def coming_birthday(child: Child, today: datetime.date) -> Birthday | None:
    """Return the next birthday, None when the birth date is unknown."""
    if child.birth is None:
        return None
    day = next_birthday(child.birth, today, lunar=child.birthday_is_lunar)
    # A lunar birthday may lie before the solar one of its year.
    age = day.year - child.birth.year if child.birthday_is_lunar else age_on(child.birth, day)
    return Birthday(day, (day - today).days, age)


@allow(ON_PHONE)
def unsent(request: HttpRequest) -> HttpResponse:
    """未同步: what waits on this phone; the list is made there, the server does not know it."""
    return render(request, "visits/unsent_phone.html")
