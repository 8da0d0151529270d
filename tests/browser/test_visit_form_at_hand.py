"""记一次 on a small phone: what is wrong is shown where she looks, and nothing lies over what she presses."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenWindow
from tests.browser.support import Visitor
from tests.cast import Cast
from visits.choices import Part
from visits.models import Visit
from visits.situations import state

pytestmark = pytest.mark.browser
SMALL = {"width": 360, "height": 740}
COVERED = """
() => {
  const boxes = [...document.querySelectorAll(".toast")].map(toast => toast.getBoundingClientRect());
  return [...document.querySelectorAll("main a, main button, .tabbar a")].filter(one => {
    const at = one.getBoundingClientRect();
    return at.width && boxes.some(box => box.bottom > at.top && box.top < at.bottom);
  }).length;
}
"""


@pytest.fixture
def her(cast: Cast, open_window: OpenWindow) -> Visitor:
    """王爱心 (mama) with a phone of 360×740."""
    found = open_window(SMALL)
    found.log_in("mama")
    return found


@pytest.fixture
def form(cast: Cast, her: Visitor) -> Callable[[], Page]:
    def opened() -> Page:
        her.open(f"/visits/new/?child={cast.child.pk}&way=HOME")
        return her.page

    return opened


def save(page: Page) -> None:
    page.get_by_role("button", name="保存").click()


def test_a_refused_visit_leads_to_what_is_missing(cast: Cast, her: Visitor, form: Callable[[], Page]) -> None:
    for part in Part:
        state(cast.wenshui, cast.child, part, "好")
    page = form()
    page.locator("[data-part=study]").get_by_label("有变化").check(force=True)
    save(page)
    words = page.get_by_label("看到的情况")
    expect(page.locator("[data-problems]")).to_contain_text("有变化的，请写一句变化是什么。")
    expect(words).to_be_focused()
    expect(words).to_be_in_viewport()
    expect(page.locator("#id_seen_error")).to_be_in_viewport()
    assert her.faults() == []
    # What lies in a closed box is opened.
    words.fill("换了老师")
    page.locator("#id_goods_value").evaluate("field => field.value = '-1'")
    save(page)
    expect(page.locator("#id_goods_value")).to_be_focused()


def test_of_what_was_never_told_a_sentence_is_asked(cast: Cast, form: Callable[[], Page]) -> None:
    page = form()
    expect(page.get_by_role("button", name="三项都没有变化")).to_be_hidden()
    expect(page.get_by_text("无变化")).to_have_count(3)
    for radio in page.get_by_text("无变化").all():
        expect(radio).to_be_hidden()
    page.get_by_label("家庭情况").fill("跟着奶奶")
    page.get_by_role("button", name="一小时").click()
    expect(page.get_by_role("button", name="一小时")).to_have_attribute("aria-pressed", "true")
    save(page)
    expect(page.locator("#toasts")).to_contain_text("已记下")
    assert page.evaluate(COVERED) == 0
    visit = Visit.objects.get(seen="家庭情况：跟着奶奶")
    assert (visit.family, visit.minutes) == ("CHANGED", 60)


def test_a_call_is_asked_for_no_time(form: Callable[[], Page]) -> None:
    page = form()
    expect(page.get_by_text("用了多长时间")).to_be_visible()
    page.get_by_label("电话", exact=True).check(force=True)
    expect(page.get_by_text("用了多长时间")).to_be_hidden()


def test_a_file_that_is_no_photo_is_left_out_at_once(form: Callable[[], Page], tmp_path: Path) -> None:
    fake, heic = tmp_path / "fake.jpg", tmp_path / "real.heic"
    fake.write_bytes(b"%PDF-1.4 no picture at all")
    heic.write_bytes(b"\x00\x00\x00\x18ftypheic" + bytes(64))
    page = form()
    page.locator("input[name=photos]").set_input_files([fake, heic])
    expect(page.locator("[data-photo-note]")).to_contain_text("“fake.jpg”不是照片，没有放进来")
    expect(page.locator("[data-photo-strip] li")).to_have_count(1)
    assert page.locator("input[name=photos]").evaluate("input => input.files.length") == 0


def test_a_second_visit_of_the_day_asks_and_keeps_what_was_typed(
    cast: Cast, form: Callable[[], Page]
) -> None:
    Visit.objects.filter(pk=cast.visit.pk).update(
        way="HOME", date=timezone.localdate(), recorded_by=cast.mama
    )
    page = form()
    page.get_by_label("看到的情况").fill("下午又去了。")
    save(page)
    expect(page.get_by_text("今天已经记过一次入户")).to_be_in_viewport()
    expect(page.get_by_label("看到的情况")).to_have_value("下午又去了。")
    page.get_by_role("button", name="再记一次").click()
    expect(page.locator("#toasts")).to_contain_text("已记下")
    assert Visit.objects.filter(way="HOME", seen="下午又去了。").count() == 1
