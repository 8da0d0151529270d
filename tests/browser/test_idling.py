"""Idling: the page warns, typing keeps the session, and what was typed survives its end (等保 level 3)."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LogIn
from tests.cast import Cast

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def short_sessions(settings: Any) -> None:
    settings.SESSION_COOKIE_AGE = 6


def test_what_was_typed_comes_back_after_the_session_has_ended(cast: Cast, at_desk: LogIn) -> None:
    visitor = at_desk("wenshui")
    page = visitor.page
    page.goto(f"{visitor.origin}/children/{cast.child.pk}/edit/")
    page.fill("[name=school]", "城关小学新校区")
    dialog = page.get_by_role("button", name="继续使用")
    expect(dialog).to_be_visible(timeout=15000)
    page.wait_for_url("**/accounts/login/**", timeout=20000)
    page.fill("[name=login]", "wenshui")
    page.fill("[name=password]", "Right-pass-123")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit/", timeout=15000)
    expect(page.locator("[name=school]")).to_have_value("城关小学新校区")
    expect(page.get_by_text("已恢复自动退出前没保存的内容")).to_be_visible()


def test_staying_keeps_the_page(cast: Cast, at_desk: LogIn) -> None:
    visitor = at_desk("wenshui")
    page = visitor.page
    page.goto(f"{visitor.origin}/children/{cast.child.pk}/edit/")
    with page.expect_response("**/account/stay/") as renewed:
        page.get_by_role("button", name="继续使用").click(timeout=15000)
    assert renewed.value.status == 204
