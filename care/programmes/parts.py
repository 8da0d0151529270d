"""What of programmes is ticked as done in the form of a visit, offline too; and what a child's pages show of them."""

from typing import Any

from django.db.models import F

from aixin.access.regions import county_of
from aixin.access.scope import EVERYTHING, opened
from care.choices import State
from care.models import Duty
from care.programmes.forms import DonePart
from care.programmes.models import Programme
from care.programmes.progress import tallies
from care.programmes.services import mark_done
from care.tables import state_tag
from children.models import Child
from visits.models import Visit
from visits.parts import register_visit_part

SHOWN = 4


def save_done(actor: Any, visit: Visit, form: DonePart) -> None:
    """Close what was ticked for the children visited; a volunteer reads duties and does not write them."""
    if not form.ticked:
        return
    visited = set(visit.visited.values_list("child_id", flat=True))
    with opened(EVERYTHING):
        for duty in form.ticked:
            if duty.child_id in visited:
                mark_done(actor, duty, visit.date, visit.pk)


def register_parts() -> None:
    """Add the ticks to the form of a visit."""
    register_visit_part("programme", DonePart, save_done)


def tab(user: Any, child: Child) -> dict[str, Any]:
    """Return each programme that the child's county takes part in, with what was done for the child; two queries."""
    here = Programme.objects.visible_to(user).joined_at(county_of(child.region_id)).select_related("region")
    mine = Duty.objects.visible_to(user).filter(child=child, item__isnull=False)
    found = tallies(mine, "item__programme_id")
    return {"programmes": [(one, found.get(one.pk)) for one in here.order_by("-first_on", "pk")]}


def phone_card(user: Any, child: Child) -> dict[str, Any]:
    """Return what programmes had done for a child lately, for its volunteer: what is open stands in 要办的; one query."""
    mine = Duty.objects.visible_to(user).filter(child=child, item__isnull=False).defer("reason", "note")
    shown = mine.filter(state=State.DONE).order_by(F("done_on").desc(nulls_last=True), "-due_on")
    return {"programme_duties": [(duty, state_tag(duty)) for duty in shown[:SHOWN]]}
