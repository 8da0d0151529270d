"""The same stored script in Chromium. A file of its own: a live server and a stage made once would wait for each other."""

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.attacks.planted import plant
from tests.attacks.test_stored_xss import MARK, PAYLOADS
from tests.browser.support import PHONE, visitor
from tests.contract.world import World


@pytest.mark.browser
def test_in_a_browser_nothing_runs(world: World, browser: Browser, live_server: LiveServer) -> None:
    """Chromium opens the pages of staff, volunteer and administrator: no dialog, no script of theirs, no complaint."""
    assert plant(PAYLOADS, joined=True) > 60
    staff = (
        "home", "children:list", "children:detail", "children:detail?tab=record", "children:detail?tab=needs",
        "children:detail?tab=history", "children:edit", "volunteers:detail", "pairings:detail", "visits:list",
        "visits:detail", "imports:detail", "notify:feedback",
    )  # fmt: skip
    visits = {
        "wenshui": staff,
        "mama": ("home", "children:detail", "visits:new", "visits:list", "notify:inbox"),
    }
    ran: list[str] = []
    for who, rows in visits.items():
        context, desk = visitor(browser, live_server.url, *([PHONE] if who == "mama" else []))
        context.set_default_timeout(10_000)
        desk.page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
        desk.page.expose_function(MARK, lambda: ran.append("called"))
        desk.log_in(who)
        for row in rows:
            desk.open(world.url(row), still=False)
            desk.page.wait_for_load_state("load")
        assert desk.complaints == []
        context.close()
    assert ran == []
