"""The left navigation and the phone's bottom bar; apps register their own items."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from aixin.access.models import Role, User, acting_role
from aixin.access.permissions import may_edit, may_report

Count = Callable[[User], str]


@dataclass(frozen=True)
class NavItem:
    """One entry: where it leads, for which roles, and the short text at its right."""

    label: str
    url_name: str
    icon: str
    roles: frozenset[str]
    order: int
    count: Count | None = None
    phone: bool = False
    for_editors: bool = False
    for_heads: bool = False


@dataclass(frozen=True)
class ShownItem:
    """A navigation entry as the templates read it."""

    label: str
    url: str
    icon: str
    count: str
    active: bool
    raised: bool = False


@dataclass
class _Registry:
    items: list[NavItem] = field(default_factory=list)


_registry = _Registry()


def register(item: NavItem) -> None:
    """Add an entry; every app registers its own once, when it is ready."""
    _registry.items.append(item)
    _registry.items.sort(key=lambda known: known.order)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return what every page's frame shows: entries, region, posts, time, demo banner."""
    common: dict[str, Any] = {"is_demo": settings.IS_DEMO, "now": timezone.localtime()}
    user = getattr(request, "user", None)
    if not isinstance(user, User) or user.acting_post is None:
        return common
    post = user.acting_post
    return {
        **common,
        "draft_key": draft_key(user),
        "nav": [_shown(item, request, user) for item in _registry.items if _offered(item, user, phone=False)],
        "phone_nav": [
            _shown(item, request, user) for item in _registry.items if _offered(item, user, phone=True)
        ],
        "frame": "phone.html" if post.role == Role.VOLUNTEER else "staff.html",
        "may_edit": may_edit(user),
        "acting_post": post,
        "region_label": post.label,
        "posts": user.current_posts if len(user.current_posts) > 1 else [],
        "may_search": post.role == Role.STAFF,
        "search_url": reverse("search"),
    }


def draft_key(user: User) -> str:
    """Return the key under which this user's drafts are kept on a device: only her log-in releases it (LESSONS)."""
    digest = salted_hmac("aixin.drafts", str(user.pk), algorithm="sha256").digest()
    return base64.b64encode(digest).decode()


def _offered(item: NavItem, user: User, *, phone: bool) -> bool:
    if item.for_editors and not may_edit(user):
        return False
    if item.for_heads and not (user.acting_post and may_report(user.acting_post)):
        return False
    return item.phone == phone and acting_role(user) in item.roles


def _shown(item: NavItem, request: HttpRequest, user: User) -> ShownItem:
    url = reverse(item.url_name)
    path = request.path
    active = path == url if url == "/" else path.startswith(url)
    return ShownItem(
        item.label,
        url,
        item.icon,
        item.count(user) if item.count else "",
        active and not (item.phone and url == "/visits/" and path.startswith("/visits/new/")),
        raised=item.url_name == "visits:new",
    )
