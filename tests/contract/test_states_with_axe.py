"""What no address alone shows, in Chromium: the way in, what opens within a page, states of a record, a phone's load."""

import os

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.support import DESK, PHONE
from tests.contract.browsing import Enter, submit
from tests.contract.world import World

pytestmark = pytest.mark.browser

FIRST_LOAD = 200 * 1024
FIRST_ON_A_PHONE = (
    "home", "visits:my_children", "visits:new", "visits:list", "children:detail", "notify:inbox", "account",
)  # fmt: skip


def test_a_phone_page_is_light_at_first(world: World, enter: Enter) -> None:
    """Everything that a phone loads for each page with an empty cache."""
    cookies, heavy = enter("mama", PHONE).page.context.cookies(), {}
    for row in FIRST_ON_A_PHONE:
        found = enter("", PHONE)
        found.page.context.add_cookies(cookies)
        found.open(world.url(row))
        weighs = found.loaded_bytes()
        assert {response.status for response in found.responses} == {200}
        assert len(found.responses) >= 3, "page, styles and script"
        if weighs >= FIRST_LOAD:
            heavy[row] = weighs
    assert heavy == {}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_way_in(enter: Enter, size: dict[str, int]) -> None:
    found = enter("", size)
    found.open(reverse("account_login"), still=False)
    faults = found.faults()
    found.page.fill("[name=login]", f"生人{os.urandom(6).hex()}")
    found.page.fill("[name=password]", "Wrong-pass-123")
    found.page.keyboard.press("Enter")
    expect(found.page.locator("[role=alert]")).to_be_visible()
    faults += found.faults()
    assert found.overflow == 0
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_pages_that_refuse(enter: Enter, size: dict[str, int]) -> None:
    found, faults = enter("mama", size), []
    for path, status in (("/nowhere/", 404), ("/children/", 403), ("/children/999999/", 404)):
        found.open(path, status, still=False)
        faults += found.faults()
        assert found.overflow == 0
    assert not faults, "\n".join(faults)


def test_a_visit_with_an_error_on_the_phone(world: World, enter: Enter) -> None:
    found = enter("mama", PHONE)
    found.open(world.url("visits:new"), still=False)
    found.page.fill("[name=date]", "2099-01-01")
    found.page.get_by_role("button", name="保存").click()
    expect(found.page.get_by_text("日期不能晚于今天").first).to_be_visible()
    faults = found.faults()
    assert found.overflow == 0
    assert not faults, "\n".join(faults)


def test_what_opens_within_a_page(world: World, enter: Enter) -> None:
    """The user's menu, a row's menu, the filters, and a reveal from its question to its answer."""
    found, faults = enter("wenshui"), []
    found.open(world.url("volunteers:detail"), still=False)
    found.page.locator("header details.menu summary").click()
    faults += found.faults()
    found.page.keyboard.press("Escape")
    found.page.get_by_role("button", name="查看完整").first.click()
    expect(found.page.locator("form.reveal-form")).to_be_visible()
    faults += found.faults()
    found.page.get_by_role("button", name="查看并留痕").click()
    expect(found.page.get_by_text(world.cast.volunteer.phone)).to_be_visible()
    faults += found.faults()
    found.open(world.url("children:list"), still=False)
    for summary in found.page.locator("main details > summary").all()[:2]:
        summary.click()
        faults += found.faults()
    assert not faults, "\n".join(faults)


def test_a_call_on_the_phone(world: World, enter: Enter) -> None:
    found = enter("mama", PHONE)
    found.open(world.url("home"), still=False)
    found.page.get_by_role("button", name="联系祖母").click()
    expect(found.page.get_by_role("link", name="拨打")).to_be_visible()
    faults = found.faults()
    assert found.overflow == 0
    assert not faults, "\n".join(faults)


def test_an_import_from_upload_to_result(world: World, enter: Enter) -> None:
    found, faults = enter("wenshui"), []
    found.open(world.url("imports:detail"), still=False)
    found.page.locator("main details > summary").click()
    faults += found.faults()
    with found.page.expect_navigation():
        found.page.get_by_role("button", name="确认导入").click()
    expect(found.page.get_by_text("导入完成")).to_be_visible()
    faults += found.faults()
    found.open(world.url("imports:home"), still=False)
    faults += found.faults()
    assert not faults, "\n".join(faults)


def test_pages_that_a_post_shows(world: World, enter: Enter) -> None:
    """Results of a search, of the choice of a child, of candidates; the form of a 准入查询."""
    found, faults = enter("wenshui"), []
    found.open(world.url("home"), still=False)
    for text in ("z", "没有这个人"):
        found.page.fill("header [name=q]", text)
        found.page.keyboard.press("Enter")
        expect(found.page.get_by_role("heading", level=1)).to_have_text("搜索")
        faults += found.faults()
    for row, text in (
        ("visits:new", "张"),
        ("visits:new", "没有这个人"),
        ("pairings:candidates", "没有这个人"),
    ):
        found.open(world.url(row), still=False)
        found.page.fill("main [name=q]", text)
        with found.page.expect_navigation():
            found.page.keyboard.press("Enter")
        faults += found.faults()
    found.open(world.url("volunteers:detail"), still=False)
    with found.page.expect_navigation():
        found.page.get_by_role("button", name="登记准入查询").click()
    faults += found.faults()
    assert not faults, "\n".join(faults)


def test_states_of_a_record(world: World, enter: Enter) -> None:
    """A child that has left, a pairing that has ended, a visit that was withdrawn, an empty list, an empty phone."""
    cast, faults = world.cast, []
    phone = enter("mama", PHONE)
    desk = enter("wenshui")
    desk.open(world.url("children:leave"), still=False)
    submit(desk)
    faults += desk.faults()
    for path in (world.url("pairings:detail"), reverse("children:list") + "?figure=refused"):
        desk.open(path, still=False)
        faults += desk.faults()
    for row in ("home", "visits:my_children", "visits:new", "notify:inbox"):
        phone.open(world.url(row), still=False)
        faults += phone.faults()
        assert phone.overflow == 0
    cast.visit.withdrawn_at, cast.visit.withdrawn_reason = cast.visit.recorded_at, "记错了"
    cast.visit.save()
    for found in (desk, phone):
        found.open(world.url("visits:detail"), still=False)
        faults += found.faults()
    assert not faults, "\n".join(faults)


def test_the_checks_can_fail(enter: Enter) -> None:
    """A picture without words is a fault, a style against the policy a complaint, a wide box an overflow."""
    found = enter("", PHONE)
    found.open(reverse("account_login"), still=False)
    found.page.evaluate("document.body.append(document.createElement('img'))")
    assert any("image-alt" in fault for fault in found.faults())
    found.page.evaluate("document.querySelector('[name=login]').style.width = '2000px'")
    assert found.overflow > 0
    assert found.complaints == []
    with found.page.expect_console_message():
        found.page.evaluate(
            "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))"
        )
    assert any("Content Security Policy" in complaint for complaint in found.complaints)
    found.complaints.clear()
