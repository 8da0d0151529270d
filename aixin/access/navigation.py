"""The left navigation and the phone's bottom bar; apps register their own items."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import SimpleLazyObject

from aixin.access.middleware import counts_key, renewal_seconds
from aixin.access.models import Role, User
from aixin.access.permissions import holds, may_edit, may_report

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
    offered: Callable[[User], bool] | None = None
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
        "idle_seconds": str(settings.SESSION_COOKIE_AGE - renewal_seconds()),
        # Asked for by a whole page alone: a fragment or a file shows no entries, and their counts cost queries.
        "nav": SimpleLazyObject(lambda: _entries(request, user, phone=False)),
        "phone_nav": SimpleLazyObject(lambda: _entries(request, user, phone=True)),
        "frame": "phone.html" if post.is_of_the_phone else "staff.html",
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
    if item.phone != phone or not holds(user.acting_post, item.roles):
        return False
    return item.offered is None or item.offered(user)


def _entries(request: HttpRequest, user: User, *, phone: bool) -> list[ShownItem]:
    """Return the user's entries; the one whose address fits the page closest is marked."""
    offered = [
        (item, reverse(item.url_name)) for item in _registry.items if _offered(item, user, phone=phone)
    ]
    fitting = [
        url for _, url in offered if request.path == url or (url != "/" and request.path.startswith(url))
    ]
    here = max(fitting, key=len, default="")
    counts = _counts(user, [item for item, _ in offered])
    return [_shown(item, url, counts.get(item.url_name, ""), active=url == here) for item, url in offered]


def _shown(item: NavItem, url: str, count: str, *, active: bool) -> ShownItem:
    return ShownItem(item.label, url, item.icon, count, active, raised=item.url_name == "visits:new")


def _counts(user: User, items: list[NavItem]) -> dict[str, str]:
    """Return the entries' short texts, counted anew when they are seconds old or the user has done something."""
    counted = [item for item in items if item.count]
    if not counted:
        return {}
    known: dict[str, str] | None = cache.get(counts_key(user))
    if known is None:
        known = {item.url_name: item.count(user) for item in counted if item.count}
        cache.set(counts_key(user), known, settings.NAVIGATION_COUNTS_SECONDS)
    return known
