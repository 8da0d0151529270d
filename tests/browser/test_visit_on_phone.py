"""记一次 on a phone with a bad network: nothing is lost, nothing is doubled, no draft reaches another child."""

import datetime
import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from aixin.access.models import User
from tests.browser.conftest import LogIn
from tests.browser.support import PASSWORD, Visitor
from tests.cast import XIJIE, Cast
from tests.factories import ChildFactory, PairingFactory
from visits.models import Visit

pytestmark = pytest.mark.browser
SEEN = "孩子数学有进步，想要一本字典。"
KEPT = "已存在手机里，有网会自动送出"


@pytest.fixture(autouse=True)
def _of_yesterday(cast: Cast) -> None:
    """The cast's own call is no second one of the day."""
    Visit.objects.filter(pk=cast.visit.pk).update(date=timezone.localdate() - datetime.timedelta(days=1))


@pytest.fixture
def sister(cast: Cast) -> object:
    """A second child of 王爱心 (mama)."""
    child = ChildFactory(name="张小妹", region_id=XIJIE)
    PairingFactory(child=child, volunteer=cast.volunteer, started_on=cast.pairing.started_on)
    return child


def written() -> list[str]:
    """Return what the visits say that were logged in the test, oldest first."""
    return list(Visit.objects.exclude(seen="孩子情绪不错。").order_by("id").values_list("seen", flat=True))


def write(her: Visitor, child: object | None, text: str = SEEN) -> Page:
    """Open 记一次, for a child or from the middle of the bottom bar, and type; the draft is then on the phone."""
    her.open(f"/visits/new/?child={child.pk}" if child else "/visits/new/")  # type: ignore[attr-defined]
    her.page.get_by_label("看到的情况").fill(text)
    expect(her.page.locator("[data-draft-state]")).to_contain_text("草稿已存")
    return her.page


def save(page: Page) -> None:
    page.get_by_role("button", name="保存").click()


def expect_logged(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text("您好")
    expect(page.locator("#toasts")).to_contain_text("已记下")


ALL_KEPT = """
async () => {
  const db = await new Promise(resolve => {
    const asked = indexedDB.open("aixin", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("entries");
    asked.onsuccess = () => resolve(asked.result);
  });
  const inDatabase = await new Promise(resolve => {
    const asked = db.transaction("entries").objectStore("entries").getAllKeys();
    asked.onsuccess = () => resolve(asked.result);
  });
  db.close();
  return [...Object.keys(localStorage), ...inDatabase].filter(name => name.startsWith("aixin.")).sort();
}
"""


def kept(page: Page) -> list[str]:
    """Return the names of what waits on the phone."""
    return page.evaluate(ALL_KEPT)


def never_arrives(route: Route) -> None:
    route.abort("internetdisconnected")


def answer_is_lost(route: Route) -> None:
    """Let the server store the visit, and cut the network before it can say so."""
    route.fetch()
    route.abort("internetdisconnected")


def while_posting(page: Page, fate: Callable[[Route], None]) -> None:
    page.route(
        "**/visits/new/**", lambda route: fate(route) if route.request.method == "POST" else route.continue_()
    )


def test_a_double_click_makes_one_visit(cast: Cast, on_phone: LogIn) -> None:
    page = write(on_phone("mama"), cast.child)
    page.get_by_role("button", name="保存").dblclick()
    expect_logged(page)
    assert written() == [SEEN]
    assert kept(page) == []


@pytest.mark.parametrize("fate", [never_arrives, answer_is_lost])
def test_a_network_cut_in_mid_post_loses_nothing_and_doubles_nothing(
    cast: Cast, on_phone: LogIn, fate: Callable[[Route], None]
) -> None:
    her = on_phone("mama")
    page = write(her, cast.child)
    while_posting(page, fate)
    save(page)
    expect(page.locator("[data-kept]")).to_contain_text(KEPT)
    expect(page.get_by_label("看到的情况")).to_have_count(0)
    page.unroute_all()
    page.get_by_role("link", name="再记一次").click()
    expect(page.get_by_label("看到的情况")).to_have_value("")
    expect(page.locator("#toasts")).to_contain_text("已补传 1 条记录")
    assert written() == [SEEN]
    assert kept(page) == []
    her.open("/")
    assert written() == [SEEN]


def test_what_could_not_be_sent_goes_by_itself_when_the_network_is_back(cast: Cast, on_phone: LogIn) -> None:
    her = on_phone("mama")
    page = write(her, cast.child)
    page.context.set_offline(True)
    save(page)
    expect(page.locator("[data-kept]")).to_contain_text(KEPT)
    assert len(kept(page)) == 1
    page.context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_contain_text("您好")
    expect(page.locator("main")).to_contain_text(SEEN[:8])
    assert written() == [SEEN]
    assert kept(page) == []


def test_it_is_also_sent_from_another_page_that_is_opened_later(cast: Cast, on_phone: LogIn) -> None:
    her = on_phone("mama")
    page = write(her, cast.child)
    while_posting(page, never_arrives)
    save(page)
    expect(page.locator("[data-kept]")).to_contain_text(KEPT)
    page.unroute_all()
    page.goto(f"{her.origin}/account/")
    expect(page.locator("#toasts")).to_contain_text("已补传 1 条记录")
    assert written() == [SEEN]
    assert kept(page) == []


def test_a_draft_comes_back_for_its_own_child_only(cast: Cast, sister: object, on_phone: LogIn) -> None:
    her = on_phone("mama")
    page = write(her, cast.child)
    her.open(f"/visits/new/?child={sister.pk}")  # type: ignore[attr-defined]
    expect(page.get_by_label("张小妹")).to_be_checked()
    expect(page.get_by_label("看到的情况")).to_have_value("")
    her.open(f"/visits/new/?child={cast.child.pk}")
    expect(page.get_by_label("看到的情况")).to_have_value(SEEN)
    expect(page.get_by_text("已恢复未提交的草稿")).to_be_visible()
    page.get_by_role("button", name="丢弃").click()
    expect(page.get_by_label("看到的情况")).to_have_value("")
    assert kept(page) == []


@pytest.mark.parametrize("both", [False, True])
def test_each_of_two_visits_in_a_row_is_stored(
    cast: Cast, sister: object, on_phone: LogIn, *, both: bool
) -> None:
    """From the middle of the bottom bar, where no child is chosen yet; the first one's draft must not eat the second."""
    her = on_phone("mama")
    for text in ("第一次：打了电话。", "第二次：去了家里。"):
        page = write(her, None, text)
        page.get_by_label("张小明").check()
        page.get_by_label("张小妹").set_checked(both)
        save(page)
        if text.startswith("第二次"):
            page.get_by_role("button", name="再记一次").click()
        expect_logged(page)
        assert kept(page) == []
    assert written() == ["第一次：打了电话。", "第二次：去了家里。"]


def test_a_form_sent_back_with_errors_leaves_no_second_draft(
    cast: Cast, sister: object, on_phone: LogIn
) -> None:
    page = write(on_phone("mama"), None)
    save(page)
    expect(page.locator("main")).to_contain_text("请选择孩子")
    expect(page.get_by_label("看到的情况")).to_have_value(SEEN)
    page.get_by_label("张小妹").check()
    save(page)
    expect_logged(page)
    assert kept(page) == []
    assert written() == [SEEN]


def test_a_correction_is_no_draft_of_the_next_visit(cast: Cast, on_phone: LogIn) -> None:
    her = on_phone("mama")
    write(her, cast.child, "还没提交的一次。")
    her.open(f"/visits/{cast.visit.pk}/correct/")
    page = her.page
    expect(page.get_by_label("看到的情况")).to_have_value("孩子情绪不错。")
    page.get_by_label("看到的情况").fill("更正：孩子有点感冒。")
    save(page)
    expect(page.locator("#toasts")).to_contain_text("已更正")
    her.open(f"/visits/new/?child={cast.child.pk}")
    expect(page.get_by_label("看到的情况")).to_have_value("还没提交的一次。")
    cast.visit.refresh_from_db()
    assert cast.visit.seen == "更正：孩子有点感冒。"


def test_a_correction_cut_off_by_the_network_is_made_later(cast: Cast, on_phone: LogIn) -> None:
    her = on_phone("mama")
    her.open(f"/visits/{cast.visit.pk}/correct/")
    page = her.page
    page.get_by_label("看到的情况").fill("更正：孩子有点感冒。")
    page.context.set_offline(True)
    save(page)
    expect(page.locator("[data-kept]")).to_contain_text(KEPT)
    page.context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_have_text("走访记录")
    expect(page.locator("main")).to_contain_text("感冒")
    assert kept(page) == []


def test_an_expired_session_keeps_the_draft_behind_the_login(cast: Cast, on_phone: LogIn) -> None:
    her = on_phone("mama")
    page = write(her, cast.child)
    page.context.clear_cookies(name="sessionid")
    save(page)
    page.wait_for_url(re.compile("/accounts/login/"))
    page.fill("[name=login]", "mama")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("看到的情况")).to_have_value(SEEN)
    save(page)
    expect_logged(page)
    assert written() == [SEEN]


def test_back_after_success_shows_an_empty_form(cast: Cast, on_phone: LogIn) -> None:
    her = on_phone("mama")
    page = write(her, cast.child)
    save(page)
    expect_logged(page)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("记一次")
    expect(page.get_by_label("看到的情况")).to_have_value("")


def test_nothing_readable_stays_on_the_phone_after_log_out(cast: Cast, on_phone: LogIn) -> None:
    her = on_phone("mama")
    page = write(her, cast.child)
    her.open("/account/")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(re.compile("/accounts/login/"))
    left = page.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie")
    assert SEEN not in left
    assert "字典" not in left
    assert not page.locator("meta[name=draft-key]").get_attribute("content")


def test_the_next_user_of_the_phone_gets_no_draft_of_another(
    cast: Cast, sister: object, on_phone: LogIn
) -> None:
    """Even where both care for the same child."""
    PairingFactory(child=cast.child, volunteer=cast.second_volunteer, is_main=False)
    her = on_phone("mama")
    page = write(her, cast.child)
    her.open("/account/")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(re.compile("/accounts/login/"))
    her.log_in("mama2")
    her.open(f"/visits/new/?child={cast.child.pk}")
    expect(page.get_by_label("张小明")).to_be_checked()
    expect(page.get_by_label("看到的情况")).to_have_value("")
    assert User.objects.get(username="mama2").pk != cast.users["mama"].pk
