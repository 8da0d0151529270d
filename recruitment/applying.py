"""What an applicant does herself. Nobody is logged in here and there is no scope: the digest of her link opens her row.

Whoever signs up learns nothing about others: a phone that stands on the roster already is answered like any other.
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from aixin.access.phone_codes import codes_are_offered
from aixin.access.regions import upper_bound
from aixin.access.scope import Scope, opened
from aixin.audit.models import Action
from aixin.audit.trail import record
from recruitment.choices import OPEN_STATES, Stage, State, Step
from recruitment.messages import CODE_MINUTES, send_code, tell_received
from recruitment.models import Application
from recruitment.services import note_step, take_person_out

TOKEN_BYTES = 32
SALT = "recruitment.sign_up"
# A page left open longer is to be loaded anew.
FORM_SECONDS = 12 * 3600


class ApplicationVoid(Exception):  # noqa: N818 - of no use to its holder; no fault of the program
    """The link is unknown."""


def new_key() -> str:
    """Return what a blank form carries: the token of the sign-up that it becomes, so that sending twice makes one."""
    return signing.dumps(secrets.token_urlsafe(TOKEN_BYTES), salt=SALT)


def token_of(key: str) -> str | None:
    """Return the token in a form's key, or None for one that is ours no more."""
    try:
        return str(signing.loads(key, salt=SALT, max_age=FORM_SECONDS))
    except signing.BadSignature:
        return None


def digest_of(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@contextmanager
def opened_by(token: str) -> Iterator[Application]:
    """Run a block that sees the one sign-up to which a link belongs; raise ApplicationVoid."""
    digest = digest_of(token)
    with opened(Scope(application=digest)):
        found = Application.objects.select_related("region").filter(token_hash=digest).first()
        if found is None:
            raise ApplicationVoid
        yield found


def stage_of(application: Application) -> Stage:
    """Return where a sign-up stands; of the volunteer's record its state alone is read, in her own county."""
    if application.state != State.ACCEPTED:
        return application.stage
    county = application.region_id[:6]
    scope = Scope(lo=county, hi=upper_bound(county), application=application.token_hash)
    with opened(scope):
        return application.stage


def is_filed(token: str) -> bool:
    """Return whether a form with this token was taken already."""
    try:
        with opened_by(token):
            return True
    except ApplicationVoid:
        return False


def file_application(application: Application, token: str, link: str) -> Application:
    """Store a new sign-up and return it; where codes can be sent it waits until the phone is confirmed."""
    application.token_hash = digest_of(token)
    application.state = State.UNCONFIRMED if codes_are_offered() else State.PENDING
    with opened(Scope(application=application.token_hash)):
        application.save(force_insert=True)
        note_step(application, Step.SUBMITTED)
        record(None, Action.CREATE, application)
        if application.state == State.UNCONFIRMED:
            issue_code(application)
        else:
            tell_received(application.phone, link)
    return application


def issue_code(application: Application) -> None:
    """Send a new code for a sign-up's phone; the one before stops working."""
    code = f"{secrets.randbelow(10**6):06d}"
    cache.set(_code_key(application), _code_digest(application, code), CODE_MINUTES * 60)
    send_code(application.phone, code)


def confirm(application: Application, code: str, link: str) -> bool:
    """Take a code, and return whether it was the right one: the sign-up then goes to the office."""
    kept = cache.get(_code_key(application))
    if not kept or not constant_time_compare(kept, _code_digest(application, code)):
        return False
    cache.delete(_code_key(application))
    with transaction.atomic():
        locked = Application.objects.select_for_update().get(pk=application.pk)
        if locked.state == State.UNCONFIRMED:
            _move(locked, State.PENDING, Step.CONFIRMED)
            tell_received(locked.phone, link)
    return True


@transaction.atomic
def submit_again(application: Application) -> None:
    """Take what the applicant has put right; it waits for the office once more."""
    held = Application.objects.select_for_update().get(pk=application.pk)
    if held.state == State.RETURNED:
        _move(application, State.PENDING, Step.AMENDED)


@transaction.atomic
def withdraw(application: Application) -> None:
    """Take a sign-up back: what she wrote is removed at once."""
    held = Application.objects.select_for_update().get(pk=application.pk)
    if held.state in OPEN_STATES:
        take_person_out(held)
        held.decided_at = timezone.now()
        _move(held, State.WITHDRAWN, Step.WITHDRAWN)


def _move(application: Application, state: State, step: Step) -> None:
    application.state = state
    application.save()
    note_step(application, step)
    record(None, Action.UPDATE, application, state=state)


def _code_key(application: Application) -> str:
    return f"sign_up_code:{application.pk}"


def _code_digest(application: Application, code: str) -> str:
    return salted_hmac(SALT, f"{application.pk}:{code}", secret=settings.SECRET_KEY).hexdigest()
