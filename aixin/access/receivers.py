"""Log-in, its failure, log-out and what protects an account go into the trail."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed as code_refused
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.signals import connection_created
from django.dispatch import receiver
from django.http import HttpRequest

from aixin.access.models import User
from aixin.audit.models import Action
from aixin.audit.trail import record


@receiver(connection_created)
def refuse_unbound_role(connection: Any, **kwargs: Any) -> None:
    """In production, refuse to serve as a role that row-level security does not bind (DESIGN section 3.2)."""
    if not settings.REFUSE_UNBOUND_ROLE:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        (unbound,) = cursor.fetchone()
    if unbound:
        raise ImproperlyConfigured("The database role is a superuser or bypasses row-level security")


@receiver(user_logged_in)
def record_login(user: User, request: HttpRequest, **kwargs: Any) -> None:
    record(_at(user, request), Action.LOGIN)


@receiver(user_logged_out)
def record_logout(user: User | None, **kwargs: Any) -> None:
    if user is not None:
        record(user, Action.LOGOUT)


@receiver(user_login_failed)
def record_login_failure(credentials: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
    record_failure(request, str(credentials.get("username") or ""))


def record_failure(request: HttpRequest | None, login: str, reason: str = "") -> None:
    """Note a refused log-in with the account that it was for; what was typed may be a password, so it is not kept."""
    address = request.META.get("REMOTE_ADDR") if request else None
    record(None, Action.LOGIN_FAILED, User.objects.tried(login), address=address, reason=reason)


@receiver(code_refused)
def record_refused_code(user: User, request: HttpRequest, **kwargs: Any) -> None:
    """A wrong code of the second factor is a failed log-in too."""
    record_failure(request, user.username, "两步验证码不对")


@receiver([password_changed, password_set, password_reset])
def record_password(user: User, request: HttpRequest, **kwargs: Any) -> None:
    record(_at(user, request), Action.PASSWORD, user)


# Signal, and what happened to the second factor.
_CHANGES = {authenticator_added: "added", authenticator_removed: "removed", authenticator_reset: "reset"}


@receiver(list(_CHANGES))
def record_second_factor(
    signal: Any, user: User, authenticator: Authenticator, request: HttpRequest, **kwargs: Any
) -> None:
    record(_at(user, request), Action.SECOND_FACTOR, user, change=_CHANGES[signal], method=authenticator.type)


def _at(user: User, request: HttpRequest) -> User:
    """Return the user with the address of the request, which a user fetched anew lacks."""
    user.address = request.META.get("REMOTE_ADDR")  # type: ignore[attr-defined]
    return user
