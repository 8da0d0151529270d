"""Chromium beside the live server: fresh contexts at either size, each closed when its test ends."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from aixin.access.models import Region
from tests.browser.support import (
    DESK,
    PHONE,
    Visitor,
    browser_context_args,
    browser_type_launch_args,
    visitor,
)
from tests.cast import KAISHAN_VILLAGE, WENSHUI, Cast, make_cast
from tests.division import write_regions

__all__ = ["browser_context_args", "browser_type_launch_args"]
PATIENCE_MS = 10_000
INVENTED_VILLAGE = "141121100200"

LogIn = Callable[[str], Visitor]
OpenWindow = Callable[[dict[str, int]], Visitor]


@pytest.fixture
def real_places(db: None) -> Cast:
    """The cast among all the real townships and villages of 文水县, which the sample files name."""
    write_regions(WENSHUI)
    cast = make_cast()
    # Two of the cast's villages have an invented code; beside the real ones of that name they would be ambiguous.
    invented = Region.objects.filter(code__in=[INVENTED_VILLAGE, KAISHAN_VILLAGE])
    invented.update(name="虚构村委会", short_name="虚构")
    return cast


@pytest.fixture
def open_window(browser: Browser, live_server: LiveServer) -> Iterator[OpenWindow]:
    contexts = []

    def opened(size: dict[str, int]) -> Visitor:
        context, found = visitor(browser, live_server.url, size)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return found

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def at_desk(open_window: OpenWindow) -> LogIn:
    """Return a way to sit down at a 1366×768 PC: `at_desk("wenshui")`."""

    def log_in(username: str) -> Visitor:
        found = open_window(DESK)
        found.log_in(username)
        return found

    return log_in


@pytest.fixture
def on_phone(open_window: OpenWindow) -> LogIn:
    """Return a way to take out a 390×844 phone: `on_phone("mama")`."""

    def log_in(username: str) -> Visitor:
        found = open_window(PHONE)
        found.log_in(username)
        return found

    return log_in
