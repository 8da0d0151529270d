"""Writes of the office to a sign-up: atomic, audited, safe against a second click."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from aixin.access.models import Role
from aixin.access.regions import Level
from aixin.audit.models import Action
from aixin.audit.trail import record
from recruitment.choices import State, Step
from recruitment.messages import tell_of_news
from recruitment.models import Application, ApplicationStep, JoinPage
from volunteers.choices import Clearance
from volunteers.choices import State as VolunteerState
from volunteers.models import Volunteer
from volunteers.services import save_volunteer

# What goes over to the volunteer's record.
CARRIED = ("name", "idno", "sex", "birth", "phone", "region", "kind", "unit", "duty", "skills", "capacity")
CHECK_STEPS = {Clearance.PASSED: Step.QUALIFIED, Clearance.FAILED: Step.FAILED}


def may_review(user: Any) -> bool:
    """Return whether the user decides on sign-ups: the county's office, who is answerable for 准入查询."""
    post = getattr(user, "acting_post", None)
    return post is not None and post.role == Role.STAFF and post.level == Level.COUNTY


def note_step(application: Application, step: Step, by: Any = None, reason: str = "") -> None:
    """Keep one step; without `by` it was the applicant's own."""
    # Whoever holds her own link may write a step, and nothing is asked back.
    ApplicationStep.objects.create(application=application, step=step, by=by, reason=reason)


@transaction.atomic
def accept(
    actor: Any, application: Application, known: Volunteer | None = None, reason: str = ""
) -> Application:
    """Accept a sign-up and return it: she stands on the roster as 已报名, 准入查询 under way (DOMAIN section 3).

    With `known` she is somebody who stands there already; that record stays as it is.
    """
    locked = _locked(application)
    if locked.state != State.PENDING:
        return locked
    phone = locked.phone
    locked.volunteer = known or _volunteer_of(actor, locked)
    take_person_out(locked)
    _decide(actor, locked, State.ACCEPTED, Step.ACCEPTED, reason)
    tell_of_news(phone)
    return locked


def _volunteer_of(actor: Any, application: Application) -> Volunteer:
    values = {field: getattr(application, field) for field in CARRIED}
    volunteer = Volunteer(**values, state=VolunteerState.APPLIED, clearance=Clearance.IN_PROGRESS)
    return save_volunteer(actor, volunteer)


def take_person_out(application: Application) -> None:
    """Take the person out of a sign-up: her data are kept in one place, or nowhere."""
    application.name = application.idno = application.phone = application.unit = application.duty = ""
    application.birth, application.wish = None, ""


@transaction.atomic
def give_back(actor: Any, application: Application, reason: str) -> Application:
    """Send a sign-up back to the applicant, who is told what is missing, and return it."""
    return _turn(actor, application, State.RETURNED, Step.RETURNED, reason)


@transaction.atomic
def refuse(actor: Any, application: Application, reason: str) -> Application:
    """Refuse a sign-up with a reason and return it."""
    return _turn(actor, application, State.REFUSED, Step.REFUSED, reason)


def _turn(actor: Any, application: Application, state: State, step: Step, reason: str) -> Application:
    locked = _locked(application)
    if locked.state == State.PENDING:
        _decide(actor, locked, state, step, reason)
        tell_of_news(locked.phone)
    return locked


def _locked(application: Application) -> Application:
    found: Application = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    return found


def _decide(actor: Any, application: Application, state: State, step: Step, reason: str) -> None:
    application.state, application.decided_at = state, timezone.now()
    application.save()
    note_step(application, step, actor, reason)
    record(actor, Action.UPDATE, application, state=state)


@transaction.atomic
def follow_clearance(actor: Any, volunteer: Volunteer) -> None:
    """Make an accepted applicant 合格 when her 准入查询 has passed, and tell her that there is news either way."""
    step = CHECK_STEPS.get(Clearance(volunteer.clearance))
    mine = Application.objects.filter(volunteer=volunteer, state=State.ACCEPTED).first()
    if step is None or mine is None or volunteer.state != VolunteerState.APPLIED:
        return
    if step == Step.QUALIFIED:
        volunteer.state = VolunteerState.QUALIFIED
        save_volunteer(actor, volunteer)
    note_step(mine, step, actor)
    tell_of_news(volunteer.phone)


@transaction.atomic
def save_page(actor: Any, page: JoinPage) -> JoinPage:
    """Store what a county says on its public page and return it."""
    page.save()
    record(actor, Action.UPDATE, page, region=page.region_id)
    return page
