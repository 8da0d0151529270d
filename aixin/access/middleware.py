"""The acting post of a request, and default deny (DESIGN sections 3.2 and 3.3)."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from aixin.access.models import User
from aixin.access.permissions import PUBLIC, declared_roles
from aixin.access.scope import opened, scope_of

GetResponse = Callable[[HttpRequest], HttpResponse]
SESSION_POST = "acting_post"


class ActingPostMiddleware:
    """Puts the session's post, and the address for the trail, on the user."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            choose_post(request.user, request.session.get(SESSION_POST))
            request.user.address = request.META.get("REMOTE_ADDR")  # type: ignore[attr-defined]
        return self.get_response(request)


def choose_post(user: User, post_id: int | None) -> None:
    """Act in the given post if it still holds; otherwise the user's first one stays."""
    chosen = next((post for post in user.current_posts if post.pk == post_id), None)
    if chosen is not None:
        user.act_as(chosen)


class ScopeMiddleware:
    """One transaction around view and rendering, which sees what the acting post may see (DESIGN section 3.2)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with opened(scope_of(request.user)):
            return self.get_response(request)


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
        post = request.user.acting_post
        if roles is None or (roles and (post is None or post.role not in roles)):
            raise PermissionDenied
        return None
