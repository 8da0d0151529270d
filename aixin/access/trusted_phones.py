"""手机免验证码: a volunteer's own phone, trusted for 30 days, opens with a short PIN after idling; revocable."""

import datetime
import hashlib
import secrets
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from aixin.access.models import TrustedPhone, User
from aixin.audit.models import Action
from aixin.audit.trail import record

COOKIE = "aixin_phone"
TRUSTED_DAYS = 30
# As many as a log-in may fail; then the phone is trusted no longer and the SMS code is asked for again.
MAX_FAILURES = 5


def phone_of(request: HttpRequest) -> TrustedPhone | None:
    """Return the trusted phone that this request comes from, or None."""
    token = request.COOKIES.get(COOKIE, "")
    found = TrustedPhone.objects.valid().filter(token_hash=_hash(token)).select_related("user").first()
    return found if found is not None and found.user.logs_in_by_phone else None


@transaction.atomic
def trust(user: User, pin: str, label: str) -> str:
    """Trust the phone in the user's hand from now on and return the token that it keeps."""
    token = secrets.token_urlsafe(32)
    phone = TrustedPhone.objects.create(
        user=user,
        token_hash=_hash(token),
        pin_hash=make_password(pin),
        label=label,
        expires_at=timezone.now() + datetime.timedelta(days=TRUSTED_DAYS),
    )
    record(user, Action.SECURITY, what="trust_phone", phone=phone.pk)
    return token


@transaction.atomic
def opens(phone: TrustedPhone, pin: str) -> bool:
    """Return whether the PIN is right; the fifth wrong one in a row ends the trust."""
    held = TrustedPhone.objects.select_for_update().filter(pk=phone.pk).first()
    if held is None:
        return False
    if check_password(pin, held.pin_hash):
        held.failures, held.last_used_at = 0, timezone.now()
        held.save()
        return True
    held.failures += 1
    held.save()
    record(None, Action.LOGIN_FAILED, held.user, what="pin")
    if held.failures >= MAX_FAILURES:
        revoke(held.user, TrustedPhone.objects.filter(pk=held.pk))
    return False


@transaction.atomic
def revoke(user: User, phones: Any) -> int:
    """End the trust in these phones of the user's and return how many there were."""
    count, _ = phones.filter(user=user).delete()
    if count:
        record(user, Action.SECURITY, what="revoke_phone", count=count)
    return int(count)


def remember(response: HttpResponse, token: str, *, secure: bool) -> None:
    """Put the token onto the phone."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=datetime.timedelta(days=TRUSTED_DAYS),
        httponly=True,
        secure=secure,
        samesite="Lax",
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
