"""Log-in, its failure and log-out go into the trail."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from aixin.access.models import User
from aixin.audit.models import Action
from aixin.audit.trail import record


@receiver(user_logged_in)
def record_login(user: User, request: HttpRequest, **kwargs: Any) -> None:
    user.address = request.META.get("REMOTE_ADDR")  # type: ignore[attr-defined]
    record(user, Action.LOGIN)


@receiver(user_logged_out)
def record_logout(user: User | None, **kwargs: Any) -> None:
    if user is not None:
        record(user, Action.LOGOUT)


@receiver(user_login_failed)
def record_login_failure(**kwargs: Any) -> None:
    record(None, Action.LOGIN_FAILED)
