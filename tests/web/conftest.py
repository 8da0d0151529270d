"""A browser on pages of the kit that no server stands behind: every request is answered here."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.template import engines
from django.test import RequestFactory
from playwright.sync_api import Page, Route

DIST = settings.BASE_DIR / "static" / "dist"
ORIGIN = "https://kit.test"  # a secure context, so that WebCrypto is there
DIRECTIVES = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
POLICY = "; ".join(f"{name} {' '.join(values)}" for name, values in DIRECTIVES.items())
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".json": "application/json"}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = os.environ.get("AIXIN_CHROMIUM") or shutil.which("chromium")
    return {
        **browser_type_launch_args,
        "executable_path": chromium,
        "args": ["--no-sandbox", "--disable-gpu"],
    }


class Site:
    """Pages by path; `posts` keeps what was sent; `down` cuts the network."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pages: dict[str, Callable[[], str]] = {}
        self.answers: dict[str, Callable[[dict[str, str]], tuple[int, str]]] = {}
        self.posts: list[tuple[str, dict[str, str]]] = []
        self.down = False
        self.complaints: list[str] = []
        page.on(
            "console",
            lambda message: self.complaints.append(message.text) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.route(f"{ORIGIN}/**", self.answer)

    def serve(self, path: str, content: str, frame: str = "staff.html", **context: Any) -> None:
        self.pages[path] = lambda: render(content, frame, **context)

    def open(self, path: str) -> None:
        self.page.goto(ORIGIN + path)

    def answer(self, route: Route) -> None:
        request = route.request
        path = urlsplit(request.url).path
        if path.startswith("/static/dist/"):
            file = DIST / path.removeprefix("/static/dist/")
            route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
        elif self.down:
            route.abort("internetdisconnected")
        elif request.method == "POST":
            self.take(route, path)
        else:
            self.html(route, 200, self.pages[path]())

    def take(self, route: Route, path: str) -> None:
        sent = fields(route.request.headers.get("content-type", ""), route.request.post_data_buffer or b"")
        self.posts.append((path, sent))
        status, target = self.answers.get(path, lambda _sent: (302, path))(sent)
        if status == 302:
            # A redirect fulfilled here is not followed by fetch, so the target's page answers at once.
            self.html(route, 200, self.pages[target]())
        else:
            self.html(route, status, target)

    @staticmethod
    def html(route: Route, status: int, body: str) -> None:
        headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": POLICY}
        route.fulfill(status=status, body=body, headers=headers)


def fields(content_type: str, body: bytes) -> dict[str, str]:
    if "urlencoded" in content_type:
        return {name: values[-1] for name, values in parse_qs(body.decode()).items()}
    parts = body.split(b"--" + content_type.partition("boundary=")[2].encode())
    found = {}
    for part in parts:
        head, _, value = part.partition(b"\r\n\r\n")
        if b'name="' in head:
            found[head.split(b'name="')[1].split(b'"')[0].decode()] = value.rstrip(b"\r\n").decode()
    return found


class SomeUser:
    is_authenticated = True
    pk = 7
    username = "wenshui"
    display_name = "高主席"


def render(content: str, frame: str, **context: Any) -> str:
    blocks = content if "{% block" in content else f"{{% block content %}}{content}{{% endblock %}}"
    template = engines["django"].from_string(f'{{% extends "{frame}" %}}{{% load ui static %}}{blocks}')
    values = {"user": SomeUser(), "may_search": True, "search_url": "/search/", **context}
    return template.render(values, RequestFactory().get("/"))


@pytest.fixture(autouse=True)
def plain_urls(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.web.urls"


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "service_workers": "block"}


@pytest.fixture
def site(page: Page) -> Iterator[Site]:
    assert Path(DIST, "app.js").exists(), "run `npm run build` first"
    made = Site(page)
    yield made
    assert made.complaints == []
