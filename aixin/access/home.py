"""The home page of each role; the app that owns a role's page registers it."""

from collections.abc import Callable
from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from aixin.access.models import User
from aixin.access.permissions import ANY_ROLE, allow

HomeView = Callable[[HttpRequest], HttpResponse]
_homes: dict[str, HomeView] = {}


def register_home(role: str, view: HomeView) -> None:
    """Let an app provide the home page of a role."""
    _homes[role] = view


@allow(ANY_ROLE)
def home(request: HttpRequest) -> HttpResponse:
    """Return the home page of the role acted in; raise PermissionDenied without a post."""
    post = cast("User", request.user).acting_post
    if post is None:
        raise PermissionDenied("您还没有岗位，请联系上级妇联开通。")
    return _homes[post.role](request)
