"""Writes of the office to a sign-up: atomic, audited, safe against a second click."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from aixin.access.models import Role, User
from aixin.access.regions import Level, upper_bound
from aixin.access.scope import Scope, opened
from aixin.audit.models import Action
from aixin.audit.trail import record
from recruitment.choices import State, Step
from recruitment.messages import tell_of_news
from recruitment.models import Application, ApplicationStep, Certificate, JoinPage
from volunteers.choices import Clearance
from volunteers.choices import State as VolunteerState
from volunteers.models import Volunteer
from volunteers.services import save_volunteer

# What goes over to the volunteer's record.
CARRIED = (
    "name", "idno", "sex", "birth", "phone", "region", "kind", "unit", "duty", "skills", "capacity", "reach", "wished_sex",
)  # fmt: skip
# What a volunteer keeps herself.
WISHES = (
    "skills",
    "capacity",
    "reach",
    "wished_age_from",
    "wished_age_to",
    "wished_sex",
    "wished_categories",
)
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


@transaction.atomic
def keep_wishes(user: User, volunteer: Volunteer) -> None:
    """Keep what a volunteer says herself of whom she would take; nothing else of her record is written.

    Her own post writes no record: the transaction opens her own place for this one row.
    """
    place = volunteer.region_id
    with opened(Scope(lo=place, hi=upper_bound(place), user_id=str(user.pk))):
        Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer.pk, user=user)
        volunteer.save(update_fields=[*WISHES, "updated_at"])
        record(user, Action.UPDATE, volunteer, reason="本人更新结对意愿")


@transaction.atomic
def add_certificate(actor: Any, volunteer: Volunteer, certificate: Certificate) -> Certificate:
    """Keep a certificate of a volunteer and return it; the same one sent twice is kept once."""
    Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer.pk)
    same = volunteer.certificates.filter(
        name=certificate.name, issuer=certificate.issuer, valid_until=certificate.valid_until
    )
    known: Certificate | None = next((one for one in same if one.number == certificate.number), None)
    if known is not None:
        return known
    certificate.volunteer = volunteer
    certificate.save()
    record(actor, Action.CREATE, certificate)
    return certificate


@transaction.atomic
def drop_certificate(actor: Any, certificate: Certificate) -> None:
    """Remove a certificate that was written down by mistake or is of no more use."""
    record(actor, Action.UPDATE, certificate, change="removed")
    certificate.delete()
