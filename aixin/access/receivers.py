"""Log-in, its failure and log-out go into the trail."""

from typing import Any

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
    user.address = request.META.get("REMOTE_ADDR")  # type: ignore[attr-defined]
    record(user, Action.LOGIN)


@receiver(user_logged_out)
def record_logout(user: User | None, **kwargs: Any) -> None:
    if user is not None:
        record(user, Action.LOGOUT)


@receiver(user_login_failed)
def record_login_failure(request: HttpRequest | None = None, **kwargs: Any) -> None:
    address = request.META.get("REMOTE_ADDR") if request else None
    record(None, Action.LOGIN_FAILED, address=address)
