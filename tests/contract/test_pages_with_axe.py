"""Every page in Chromium, as the people who use it: nothing that axe finds, no complaint, and light on a phone."""

import os
from collections.abc import Callable, Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.support import DESK, PHONE, Visitor, visitor
from tests.contract.table import pages_of
from tests.contract.world import World

pytestmark = pytest.mark.browser

FIRST_LOAD = 200 * 1024
# Answers that are no page: files, data, and fragments that htmx puts into one.
NO_PAGE = (
    "document", "rejected", "coverage", "health", "reveal", "conceal", "imports:audit", "audit:report_file",
    "consent_scan", "exports:progress", "imports:progress", "proposals:comparison", "imports:template", "templates:file",
    "agreement_scan", "picture", "written_file", "visits:photo", "visits:upload", "service_worker", "manifest",
    "offline_session", "asking:counts",
    "agreement_scan", "picture", "visits:photo", "visits:upload", "service_worker", "manifest", "offline_session",
    "return_file", "workbook_file",
)  # fmt: skip
# Pages whose scripts go on loading after the page itself.
CHARTS = ("reports:", "home")
ALIKE = ("city", "official", "sysadmin", "auditor")
UNLIKE = ("home", "reports:", "children:list", "children:detail", "accounts:", "audit:")
FIRST_ON_A_PHONE = (
    "home", "visits:my_children", "visits:new", "visits:list", "children:detail", "notify:inbox", "account",
)  # fmt: skip
SUBMIT = (
    "document.querySelector('main form[method=post]:not([data-logout]):not([role=search])').requestSubmit()"
)

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


def pages(world: World, who: str) -> Iterator[tuple[str, bool]]:
    """Yield the address of each page that the table shows to someone, and whether it goes on loading.

    Of the pages that the county's clerk sees too the others open those alone that look otherwise to them.
    """
    seen = set(pages_of("wenshui")) if who in ALIKE else set()
    for row in pages_of(who):
        if not any(word in row for word in NO_PAGE) and (row not in seen or row.startswith(UNLIKE)):
            yield world.url(row), row.startswith(CHARTS)


@pytest.mark.parametrize("who", ["wenshui", "city", "official", "sysadmin", "auditor"])
def test_pages_at_the_desk(world: World, enter: Enter, who: str) -> None:
    faults = faults_of_all(enter(who), world, who)
    assert not faults, "\n".join(faults)


def test_pages_on_a_phone(world: World, enter: Enter) -> None:
    faults = faults_of_all(enter("mama", PHONE), world, "mama")
    assert not faults, "\n".join(faults)


def faults_of_all(found: Visitor, world: World, who: str) -> list[str]:
    """Return what is wrong with any page that the table shows to someone."""
    faults = []
    for path, loads_on in pages(world, who):
        try:
            found.open(path, still=loads_on)
        except AssertionError as refused:
            faults.append(str(refused))
            continue
        faults += found.faults()
        if who == "mama" and found.overflow:
            faults.append(f"{path}: {found.overflow} px too wide")
    return faults


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


# Forms, and which of their filled-in fields are emptied before they are sent.
FORMS: dict[str, list[str]] = {
    "children:create": [],
    "children:edit": ["name", "guardian_name"],
    "children:leave": ["day"],
    "children:import": [],
    "children:export": [],
    "children:consent": ["given_by"],
    "children:hold": ["until"],
    "children:publish_text": ["body"],
    "apply:page": [],
    "recruitment:detail": [],
    "recruitment:page": ["heading"],
    "teams:create": [],
    "visits:draw": ["number"],
    "reports:chapter": [],
    "reports:finding": [],
    "programmes:create": ["name"],
    "programmes:child": ["reason"],
    "rounds:create": ["title"],
    "rounds:answer": ["words"],
    "organisations:create": ["name"],
    "organisations:claim": [],
    "rights:new": [],
    "rights:detail": [],
    "rights:erase": [],
    "volunteers:create": [],
    "volunteers:edit": ["name"],
    "pairings:create": ["started_on"],
    "pairings:end": ["day"],
    "asking:edit": ["name"],
    "account_change_password": [],
    "accounts:create": [],
    "accounts:succession": ["day"],
    "reports:form_edit": ["title"],
    "reports:workbook_new": [],
}


# Pages whose first form is complete as it stands: the refusal, at the end, wants a reason.
LAST_OF_THE_PAGE = {"organisations:claim"}


def test_forms_with_errors(world: World, enter: Enter) -> None:
    found, faults = enter("wenshui"), []
    for row, emptied in FORMS.items():
        found.open(world.url(row), still=False)
        for name in emptied:
            found.page.fill(f"main [name={name}]", "")
        submit(found, last=row in LAST_OF_THE_PAGE)
        if not found.page.locator("main .is-invalid, main [role=alert], main .invalid-feedback").count():
            faults.append(f"{row}: no error is shown")
        faults += found.faults()
    assert not faults, "\n".join(faults)


def submit(found: Visitor, *, last: bool = False) -> None:
    """Submit the page's first or last form as it stands, past the browser's own checks, and wait for the answer."""
    forms = found.page.locator(FORM)
    form = forms.last if last else forms.first
    # Nor is it asked whether this is meant: `test_what_opens_within_a_page` looks at that.
    form.evaluate("form => { form.noValidate = true; delete form.dataset.confirm; }")
    with found.page.expect_navigation():
        form.locator("[type=submit]").last.click()


def test_a_visit_with_an_error_on_the_phone(world: World, enter: Enter) -> None:
    found = enter("mama", PHONE)
    found.open(world.url("visits:new"), still=False)
    found.page.check("[name=study][value=CHANGED]", force=True)
    found.page.get_by_role("button", name="保存").click()
    expect(found.page.get_by_text("有变化的，请写一句变化是什么。")).to_be_visible()
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
