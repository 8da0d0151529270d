"""The acting post of a request, and default deny (DESIGN sections 3.2 and 3.3)."""

import time
from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from aixin.access.models import Post, Role, User
from aixin.access.permissions import PUBLIC, declared_roles, holds
from aixin.access.regions import Level
from aixin.access.scope import opened, scope_of
from aixin.audit.models import Action
from aixin.audit.trail import record

GetResponse = Callable[[HttpRequest], HttpResponse]
# Without the right, and outside the scope.
REFUSALS = frozenset({403, 404})
SESSION_POST = "acting_post"
SESSION_SECOND_FACTOR = "second_factor"
SESSION_RENEWED = "renewed"
# Posted only so that no ID or phone stands in a URL.
ASKED_BY_POST = frozenset({"search"})


class RenewSessionMiddleware:
    """Keeps the session of whoever is at work, written down once in a while instead of with every request.

    The last half minute of idling is taken off what pages are told, so that no session ends before its page says so.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            if now - int(request.session.get(SESSION_RENEWED, 0)) >= renewal_seconds():
                request.session[SESSION_RENEWED] = now
        return self.get_response(request)


def renewal_seconds() -> int:
    """Return after how many seconds a request writes down that its session goes on."""
    return int(settings.SESSION_COOKIE_AGE // 60)


def counts_key(user: User) -> str:
    """Return where the counts of the user's navigation are kept for some seconds, by the post she acts in."""
    return f"navigation:{user.pk}:{user.acting_post.pk if user.acting_post else ''}"


class ActingPostMiddleware:
    """Puts the session's post, and the address for the trail, on the user.

    What she has done shows in her navigation at once: its counts are dropped after every POST that may have done anything.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            choose_post(request.user, request.session.get(SESSION_POST))
            request.user.address = request.META.get("REMOTE_ADDR")  # type: ignore[attr-defined]
        response = self.get_response(request)
        if request.method == "POST" and isinstance(request.user, User) and not _only_asks(request):
            cache.delete(counts_key(request.user))
        return response


def _only_asks(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.view_name in ASKED_BY_POST


def choose_post(user: User, post_id: int | None) -> None:
    """Act in the given post if it still holds; otherwise the user's first one stays."""
    chosen = next((post for post in user.current_posts if post.pk == post_id), None)
    if chosen is not None:
        user.act_as(chosen)


class SecondFactorMiddleware:
    """Sends whoever needs a second factor and has none to set one up, before anything else (等保 level 3)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.REQUIRE_SECOND_FACTOR and _lacks_second_factor(request):
            return redirect("mfa_activate_totp")
        return self.get_response(request)


def _lacks_second_factor(request: HttpRequest) -> bool:
    user = request.user
    if (
        not user.is_authenticated
        or request.session.get(SESSION_SECOND_FACTOR)
        or request.path in _setup_paths()
    ):
        return False
    if not needs_second_factor(user):
        return False
    found = is_mfa_enabled(user, [Authenticator.Type.TOTP])
    request.session[SESSION_SECOND_FACTOR] = found
    return not found


def _setup_paths() -> set[str]:
    names = (
        "mfa_activate_totp",
        "account_logout",
        "account_reauthenticate",
        "account_change_password",
        "health",
    )
    return {reverse(name) for name in names}


def needs_second_factor(user: User) -> bool:
    """Return whether any current post of the user asks for one: staff of a county and above, the system roles."""
    return any(_needs(post) for post in user.current_posts)


def _needs(post: Post) -> bool:
    if post.role in {Role.SYSADMIN, Role.AUDITOR}:
        return True
    return post.role == Role.STAFF and post.level is not None and post.level <= Level.COUNTY


class ScopeMiddleware:
    """One transaction around view and rendering, which sees what the acting post may see (DESIGN section 3.2)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with opened(scope_of(request.user)):
            response = self.get_response(request)
            # The view's own transaction is rolled back by now, so the refusal stays in the trail.
            if response.status_code in REFUSALS and request.user.is_authenticated and request.resolver_match:
                record(request.user, Action.REFUSED, path=request.path, status=response.status_code)
            return response


class DefaultDenyMiddleware:
    """Refuses every view that does not state who may use it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        roles = declared_roles(view)
        if roles == PUBLIC:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if roles is None or (roles and not holds(request.user.acting_post, roles)):
            raise PermissionDenied
        return None
