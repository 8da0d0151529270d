"""The home page of each role; the app that owns a role's page registers it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from aixin.access.models import User
from aixin.access.permissions import ANY_ROLE, allow, is_chair

HomeView = Callable[[HttpRequest], HttpResponse]
_homes: dict[str, HomeView] = {}
CHAIR = "CHAIR"


@dataclass(frozen=True)
class HomePart:
    """What an app shows on a village chair's home page: a template, and what it needs of a user."""

    template: str
    context: Callable[[Any], dict[str, Any]]


_chair_parts: list[HomePart] = []


def register_chair_part(part: HomePart) -> None:
    """Let an app show something of its own on the home page of a village's chair."""
    _chair_parts.append(part)


def chair_parts(user: Any) -> dict[str, Any]:
    """Return what the registered parts of a chair's home page need, and their templates as `parts`."""
    found: dict[str, Any] = {"parts": [part.template for part in _chair_parts]}
    for part in _chair_parts:
        found.update(part.context(user))
    return found


def register_home(role: str, view: HomeView) -> None:
    """Let an app provide the home page of a role, or of a village's chair (CHAIR), who is staff with a phone."""
    _homes[role] = view


@allow(ANY_ROLE)
def home(request: HttpRequest) -> HttpResponse:
    """Return the home page of the role acted in; raise PermissionDenied without a post."""
    post = cast("User", request.user).acting_post
    if post is None:
        raise PermissionDenied("您还没有岗位，请联系上级妇联开通。")
    return _homes[CHAIR if is_chair(request.user) else post.role](request)
