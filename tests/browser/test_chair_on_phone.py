"""The chair of a village on her phone, from her home: a call logged, and the way back after a round."""

import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from aixin.access.models import Role
from care.choices import DutyKind
from care.models import Duty
from rounds.models import Round
from tests.browser.conftest import LogIn
from tests.cast import WENSHUI, XIJIE, Cast, make_user
from visits.choices import Part
from visits.models import Visit
from visits.situations import state

pytestmark = pytest.mark.browser
SEEN = "奶奶说这阵子吃得好，周末想去书屋。"


@pytest.fixture
def page(cast: Cast, on_phone: LogIn) -> Page:
    """Her home, with a child that has no volunteer due, and a round in progress."""
    make_user("xijie", Role.STAFF, XIJIE)
    day, month = timezone.localdate(), datetime.timedelta(days=30)
    Duty.objects.create(
        child=cast.unpaired, region_id=XIJIE, kind=DutyKind.CALL, occasion=str(day), opens_on=day - month,
        meant_on=day, due_on=day,
    )  # fmt: skip
    Round.objects.create(
        region_id=WENSHUI, title="秋季摸排", due_on=day, opened_by=cast.wenshui, newest_child=10**9
    )
    her = on_phone("xijie")
    her.open("/")
    return her.page


def test_she_logs_a_call_in_five_taps_and_one_field(cast: Cast, page: Page) -> None:
    for part in Part:
        state(cast.wenshui, cast.unpaired, part, "好")
    taps = ["联系", "拨打", "打通了", "三项都没有变化", "保存"]
    for words in taps:
        found = page.get_by_role("link", name=words).or_(page.get_by_role("button", name=words))
        if words == "拨打":
            # Chromium has no telephone to leave for.
            expect(found).to_have_attribute("href", f"tel:{cast.unpaired.guardians.get().phone}")
            continue
        if words == "三项都没有变化":
            expect(page.get_by_label(cast.unpaired.name)).to_be_checked()
            expect(page.get_by_label("电话", exact=True)).to_be_checked()
            page.get_by_label("看到的情况").fill(SEEN)
        found.first.click()
    expect(page.locator("#toasts")).to_contain_text("已记下")
    expect(page.get_by_role("heading", level=1)).to_contain_text("您好")
    visit = Visit.objects.get(seen=SEEN)
    assert (visit.way, visit.recorded_by.username, visit.family) == ("PHONE", "xijie", "UNCHANGED")
    assert len(taps) <= 5


def test_after_a_round_she_finds_the_way_home(page: Page) -> None:
    page.get_by_role("link", name="秋季摸排").click()
    for _ in range(2):
        page.get_by_role("button", name="还在").first.click()
        expect(page.locator("#toasts")).to_contain_text("已记下")
    expect(page.locator("main")).to_contain_text("没有要核实的了")
    page.get_by_role("link", name="回首页").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("您好")
    expect(page.locator("main")).to_contain_text("都核实完了")
