"""What a volunteer's phone needs to go on without a network: the service worker, and which pages it may keep."""

import hashlib
import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_GET

from aixin.access.navigation import draft_key
from aixin.access.permissions import ON_PHONE, PUBLIC, allow, is_chair
from aixin.access.scoped import acting_user
from aixin.vocabulary import HOTLINES
from children.models import Child
from pairing.models import Pairing

# Of the pages of so many children; nobody cares for more.
MOST_CHILDREN = 20
SHELL = (
    "dist/app.css", "dist/app.js", "dist/icons.svg", "dist/img/favicon.svg", "dist/img/check.svg",
    "dist/img/radio.svg", "dist/img/chevron-down.svg",
)  # fmt: skip
_of_child: list[Callable[[int], str]] = []


def register_kept_page(address: Callable[[int], str]) -> None:
    """Let a volunteer read a page of her child without a network: `address` gives it for the child's key."""
    _of_child.append(address)


def _source(name: str) -> bytes:
    found = finders.find(name)
    return Path(found).read_bytes() if isinstance(found, str) else b""


@lru_cache(maxsize=1)
def _version() -> str:
    """Return a digest of the shell: a new build is a new worker, and a new cache."""
    digest = hashlib.sha256()
    for name in (*SHELL, "dist/sw.js"):
        digest.update(_source(name))
    return digest.hexdigest()[:12]


@allow(PUBLIC)
@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker's script; the browser asks for it again by itself and notices a new version by its first line."""
    shell = [reverse("no_network"), *(static(name) for name in SHELL)]
    head = f"self.AIXIN = {json.dumps({'version': _version(), 'shell': shell, 'offline': shell[0]})};\n"
    response = HttpResponse(head.encode() + _source("dist/sw.js"), content_type="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@allow(PUBLIC)
@require_GET
def manifest(request: HttpRequest) -> JsonResponse:
    """What the phone shows on its home screen."""
    content = {
        "name": "爱心结对",
        "short_name": "爱心结对",
        "lang": "zh-CN",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#ffffff",
        "icons": [{"src": static("dist/img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@allow(PUBLIC)
@require_GET
def no_network(request: HttpRequest) -> HttpResponse:
    """The page that stands in for one that was not kept; it names nobody."""
    return render(request, "visits/no_network.html", {"hotlines": HOTLINES})


@allow(ON_PHONE)
@require_GET
def session(request: HttpRequest) -> JsonResponse:
    """Tell the worker whose session this is, what it needs to send what waits, and which pages it may keep to be read.

    Whoever is not logged in is sent to the log-in page, and the worker then removes every page that it keeps.
    """
    user = acting_user(request)
    return JsonResponse(
        {
            "user": str(user.pk),
            "key": draft_key(user),
            "csrf": get_token(request),
            "pages": kept_pages(user),
        }
    )


def _of_others(user: Any) -> Q:
    return Q(volunteer__user__isnull=True) | ~Q(volunteer__user=user)


def kept_pages(user: Any) -> list[str]:
    """Return the addresses of the pages that may be read without a network, the home page first.

    Of a village's chair those of children who are hers to care for: paired with her, or with nobody. The phone keeps
    no more than she needs (LESSONS).
    """
    new, rows = reverse("visits:new"), Child.objects.visible_to(user)
    if is_chair(user):
        rows = rows.exclude(Exists(Pairing.objects.active().filter(_of_others(user), child=OuterRef("pk"))))
    mine = rows.order_by("pk").values_list("pk", flat=True)[:MOST_CHILDREN]
    of_children = [address(pk) for pk in mine for address in _of_child]
    return [reverse("home"), reverse("visits:my_children"), new, reverse("visits:unsent"), *of_children]
