"""Browsers for anyone of the world, and a way to send a form as it stands."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.browser.support import DESK, Visitor, visitor
from tests.contract.world import World

FORM = "main form[method=post]:not([data-logout]):not([role=search])"
Enter = Callable[..., Visitor]


@pytest.fixture
def enter(world: World, browser: Browser, live_server: LiveServer) -> Iterator[Enter]:
    """Return a way to open a browser, logged in as someone or as nobody; at the end no page may have complained."""
    opened = []

    def begin(who: str = "", size: dict[str, int] = DESK) -> Visitor:
        context, found = visitor(browser, live_server.url, size)
        context.set_default_timeout(10_000)
        opened.append((context, found))
        if who:
            found.log_in(who)
        return found

    yield begin
    complaints = [complaint for _, found in opened for complaint in found.complaints]
    for context, _ in opened:
        context.close()
    assert complaints == []


def submit(found: Visitor, *, last: bool = False) -> None:
    """Submit the page's first or last form as it stands, past the browser's own checks, and wait for the answer."""
    forms = found.page.locator(FORM)
    form = forms.last if last else forms.first
    # Nor is it asked whether this is meant: `test_what_opens_within_a_page` looks at that.
    form.evaluate("form => { form.noValidate = true; delete form.dataset.confirm; }")
    with found.page.expect_navigation():
        form.locator("[type=submit]").last.click()
