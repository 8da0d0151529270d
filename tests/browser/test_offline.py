"""The phone in a valley: pages of her children are read, a visit with a photo is written, and all is sent later, once."""

import datetime
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from concerns.models import Report
from pairing.choices import EndReason
from pairing.services import end
from tests.browser.conftest import PATIENCE_MS, LogIn
from tests.browser.support import PHONE, Visitor, visitor
from tests.cast import Cast
from visits.choices import Part
from visits.models import CallAttempt, Visit, VisitPhoto
from visits.situations import state

pytestmark = pytest.mark.browser
SEEN = "山里没有信号，孩子很好。"
KEPT = "已存在手机里，有网会自动送出"
REPEAT_BYTES = 20 * 1024
# Home, children, empty form, what waits; of the child its page, its form, 上报问题 and 发现受伤害; and the note of when the
# session was asked.
PAGES_KEPT = 9
WAIT_FOR_PAGES = """
async number => {
  for (;;) {
    const [name] = (await caches.keys()).filter(found => found.startsWith("aixin-pages-"));
    if (name && (await (await caches.open(name)).keys()).length === number) return;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
"""
READABLE = """
async () => {
  const names = (await caches.keys()).filter(found => found.startsWith("aixin-pages-"));
  return names.length;
}
"""

ALL_CACHED = """
async () => {
  const texts = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) texts.push(await (await cache.match(request)).text());
  }
  return texts.join();
}
"""


@pytest.fixture(autouse=True)
def _of_yesterday(cast: Cast) -> None:
    """The cast's own call is no second one of the day."""
    Visit.objects.filter(pk=cast.visit.pk).update(date=timezone.localdate() - datetime.timedelta(days=1))


@pytest.fixture
def her(cast: Cast, browser: Browser, live_server: LiveServer) -> Iterator[Visitor]:
    """王爱心 on a phone whose service worker keeps everything that it is to keep."""
    context, found = visitor(browser, live_server.url, PHONE, worker=True)
    context.set_default_timeout(PATIENCE_MS)
    found.log_in("mama")
    found.page.evaluate(WAIT_FOR_PAGES, PAGES_KEPT)
    yield found
    context.close()


def written() -> list[str]:
    return list(Visit.objects.exclude(seen="孩子情绪不错。").values_list("seen", flat=True))


def write_without_network(her: Visitor, cast: Cast) -> Page:
    page = her.page
    page.context.set_offline(True)
    page.goto(f"{her.origin}/visits/new/?child={cast.child.pk}")
    page.get_by_label("看到的情况").fill(SEEN)
    return page


def save(page: Page) -> None:
    page.get_by_role("button", name="保存").click()


def expect_kept(page: Page, number: int = 1) -> None:
    """The form is gone, and in its place stands that it waits, with how many do and the way to them."""
    expect(page.locator("[data-kept]")).to_contain_text(KEPT)
    expect(page.locator("form[data-draft]")).to_have_count(0)
    expect(page.locator("[data-kept] [data-queue-text]")).to_contain_text(f"未同步 {number} 条")


def test_a_visit_and_its_photo_written_without_network_arrive_once(
    cast: Cast, her: Visitor, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.jpg"
    Image.effect_noise((2400, 1800), 60).convert("RGB").save(photo)
    page = her.page
    page.context.set_offline(True)
    page.goto(f"{her.origin}/children/{cast.child.pk}/")
    expect(page.get_by_role("heading", level=1)).to_have_text(cast.child.name)
    expect(page.locator("[data-net-state]")).to_contain_text("存下的内容")

    page = write_without_network(her, cast)
    page.set_input_files("[data-photos] input", photo)
    expect(page.locator("[data-photo-strip] img")).to_have_count(1)
    save(page)
    expect_kept(page, 2)
    page.goto(f"{her.origin}/")
    expect(page.locator("[data-queue-status]")).to_contain_text("未同步 2 条")
    assert written() == []

    page.context.set_offline(False)
    expect(page.locator("[data-queue-status]")).to_be_hidden()
    assert written() == [SEEN]
    kept = VisitPhoto.objects.get()
    assert kept.visit.seen == SEEN
    # The cached form is used again: the second visit is no copy of the first.
    page = write_without_network(her, cast)
    save(page)
    expect_kept(page)
    page.context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_contain_text("您好")
    assert written() == [SEEN, SEEN]


WAKE_WORKER = "aixin-queue"


def test_the_browser_wakes_the_worker_and_it_sends_without_any_page(cast: Cast, her: Visitor) -> None:
    """Background sync: the network is back while no page of ours is open."""
    page = write_without_network(her, cast)
    save(page)
    expect_kept(page)
    devtools = page.context.new_cdp_session(page)
    found: list[Any] = []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    devtools.send("ServiceWorker.enable")
    page.goto("about:blank")
    page.context.set_offline(False)
    assert written() == []
    registration = next(one["registrationId"] for one in found if her.origin in one["scopeURL"])
    event = {"origin": her.origin, "registrationId": registration, "tag": WAKE_WORKER, "lastChance": False}
    with page.context.expect_event("response", lambda answer: answer.request.method == "POST"):
        devtools.send("ServiceWorker.dispatchSyncEvent", event)
    page.goto(f"{her.origin}/visits/unsent/")
    expect(page.get_by_text("都已上传")).to_be_visible()
    assert written() == [SEEN]


def test_whom_to_call_and_the_report_are_there_without_network(cast: Cast, her: Visitor) -> None:
    page = her.page
    page.context.set_offline(True)
    page.goto(f"{her.origin}/children/{cast.child.pk}/")
    page.get_by_role("link", name="发现受伤害").click()
    expect(page.get_by_role("link", name="拨打 110")).to_have_attribute("href", "tel:110")
    page.get_by_label("看到、听到的情况").fill("身上有伤")
    page.get_by_role("button", name="报告妇联负责人").click()
    expect_kept(page)
    expect(page.get_by_role("link", name="拨打 110")).to_be_visible()
    page.goto(f"{her.origin}/concerns/new/{cast.child.pk}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("上报问题")
    page.context.set_offline(False)
    expect(page.locator("#toasts")).to_contain_text("已补传 1 条记录")
    assert Report.objects.get().text == "身上有伤"


def test_one_visit_corrected_on_two_phones_is_shown_beside_the_other(
    cast: Cast, her: Visitor, on_phone: LogIn
) -> None:
    page = her.page
    address = f"/visits/{cast.visit.pk}/correct/"
    her.open(address)
    page.context.set_offline(True)
    page.get_by_label("看到的情况").fill("这部手机上的话。")
    save(page)
    expect_kept(page)
    other = on_phone("mama")
    other.open(address)
    other.page.get_by_label("看到的情况").fill("那部手机上的话。")
    save(other.page)
    expect(other.page.locator("#toasts")).to_contain_text("已更正")
    page.goto(f"{her.origin}/visits/unsent/")
    page.context.set_offline(False)
    expect(page.locator("main")).to_contain_text("在您打开以后已经改过")
    page.get_by_role("button", name="打开修改").click()
    expect(page.get_by_label("看到的情况")).to_have_value("这部手机上的话。")
    save(page)
    expect(page.locator(".conflict")).to_contain_text("那部手机上的话。")
    assert her.overflow == 0
    cast.visit.refresh_from_db()
    assert cast.visit.seen == "那部手机上的话。"
    save(page)
    expect(page.locator("#toasts")).to_contain_text("已更正")
    cast.visit.refresh_from_db()
    assert cast.visit.seen == "这部手机上的话。"
    her.open("/visits/unsent/")
    expect(page.get_by_text("都已上传")).to_be_visible()


def test_what_the_server_refuses_is_shown_and_kept_until_she_decides(cast: Cast, her: Visitor) -> None:
    page = write_without_network(her, cast)
    save(page)
    expect_kept(page)
    end(cast.wenshui, cast.pairing, EndReason.ADJUSTED, cast.pairing.started_on)
    page.goto(f"{her.origin}/visits/unsent/")
    expect(page.locator("main")).to_contain_text(SEEN)
    page.context.set_offline(False)
    expect(page.locator("main")).to_contain_text("现在不是您的结对孩子")
    assert written() == []
    page.get_by_role("button", name="删除").click()
    page.get_by_role("dialog").get_by_role("button", name="删除").click()
    expect(page.get_by_text("都已上传")).to_be_visible()


def test_nothing_readable_outlives_the_session(cast: Cast, her: Visitor, on_phone: LogIn) -> None:
    page = her.page
    assert page.evaluate(READABLE) == 1
    her.forget()
    her.open("/")
    her.page.wait_for_load_state("networkidle")
    pages = [found for found in her.responses if found.request.is_navigation_request()]
    others = [found for found in her.responses if not found.from_service_worker and found not in pages]
    sent = sum(len(page.body()) for page in pages) + sum(
        found.request.sizes()["responseBodySize"] for found in others
    )
    assert sent <= REPEAT_BYTES

    elsewhere = on_phone("mama")
    elsewhere.page.goto(f"{elsewhere.origin}/account/sessions/")
    elsewhere.page.locator("form[action*='sessions/end'] button").click()
    confirm = elsewhere.page.get_by_role("dialog").locator("[data-confirm-yes]")
    if confirm.is_visible():
        confirm.click()
    elsewhere.page.wait_for_url(re.compile("/accounts/login/"))
    page.goto(f"{her.origin}/visits/children/")
    page.wait_for_url(re.compile("/accounts/login/"))
    page.wait_for_function(
        "caches.keys().then(names => !names.some(name => name.startsWith('aixin-pages-')))"
    )
    page.context.set_offline(True)
    page.goto(f"{her.origin}/children/{cast.child.pk}/")
    expect(page.locator("main")).to_contain_text("没有网络")
    expect(page.locator("body")).not_to_contain_text(cast.child.name)


def test_log_out_removes_what_can_be_read(cast: Cast, her: Visitor) -> None:
    page = her.page
    page.goto(f"{her.origin}/account/")
    key = page.locator("meta[name=draft-key]").get_attribute("content")
    assert key
    assert key in page.evaluate(ALL_CACHED)
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(re.compile("/accounts/login/"))
    left = page.evaluate(ALL_CACHED)
    assert "没有网络" in left
    assert key not in left
    assert cast.child.name not in left


@pytest.fixture
def tapping(on_phone: LogIn) -> Callable[..., Any]:
    """Return a way to press something by its words, and how often that was done."""
    her = on_phone("mama")
    her.open("/")
    taps: list[str] = []

    def tap(words: str) -> tuple[Page, int]:
        found = her.page.locator("main").locator("a, button").filter(has_text=words).first
        if not words.startswith("拨打"):
            found.click()
        else:
            expect(found).to_have_attribute("href", re.compile("^tel:"))
        taps.append(words)
        return her.page, len(taps)

    return tap


def test_a_call_is_logged_in_five_taps_and_one_field(cast: Cast, tapping: Callable[..., Any]) -> None:
    """Half a minute (issue 6) is held as what she has to do: five taps and a sentence, child, way and day being filled in.

    No seconds are asserted: those of the server and the screen are the machine's.
    """
    for part in Part:
        state(cast.wenshui, cast.child, part, "好")
    tapping("联系")
    tapping("拨打")
    page, _ = tapping("打通了")
    expect(page.get_by_label(cast.child.name)).to_be_checked()
    expect(page.get_by_label("电话", exact=True)).to_be_checked()
    expect(page.get_by_label("哪一天")).to_have_value(timezone.localdate().isoformat())
    page.get_by_label("看到的情况").fill(SEEN)
    tapping("三项都没有变化")
    page, taps = tapping("保存")
    expect(page.locator("#toasts")).to_contain_text("已记下")
    assert taps <= 5
    visit = Visit.objects.get(seen=SEEN)
    assert (visit.way, visit.family, visit.study, visit.life) == ("PHONE", *["UNCHANGED"] * 3)
    assert not CallAttempt.objects.exists()
