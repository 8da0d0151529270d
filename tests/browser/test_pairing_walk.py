"""A pairing by clicking: proposed, locked, solved anew, confirmed, consented to, signed, ended, and the next one."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from children.models import Child
from pairing.models import Pairing
from tests.browser.conftest import LogIn
from tests.browser.support import Visitor
from tests.cast import XIJIE, Cast
from tests.factories import VolunteerFactory

pytestmark = pytest.mark.browser


def click(staff: Visitor, role: str, name: str) -> None:
    staff.page.get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]


def says(staff: Visitor, text: str) -> None:
    expect(staff.page.locator(".toasts")).to_contain_text(text)


def test_a_clerk_leads_a_pairing_through_its_whole_life(cast: Cast, at_desk: LogIn) -> None:
    Child.objects.filter(pk=cast.unpaired.pk).update(consent="UNKNOWN")
    VolunteerFactory(name="同村甲", region_id=XIJIE)
    staff = at_desk("wenshui")
    page = staff.page

    # Proposed, fixed, solved anew around it, confirmed.
    staff.open("/pairings/board/")
    click(staff, "link", "结对建议")
    click(staff, "button", "生成建议")
    says(staff, "已生成 1 对建议")
    click(staff, "button", f"锁定 {cast.unpaired.no}")
    says(staff, "已锁定")
    click(staff, "button", "重新生成")
    row = page.get_by_role("row", name=re.compile("孙待结"))
    expect(row).to_contain_text("同村甲")
    expect(row).to_contain_text("已锁定")
    row.get_by_role("checkbox").check()
    click(staff, "button", "确认结对")
    page.get_by_role("dialog").get_by_role("button", name="确认结对").click()
    says(staff, "已确认 1 对。")
    expect(page.get_by_text("1 对等监护人同意")).to_be_visible()

    # Its card stands before the guardian; her yes begins the pairing.
    click(staff, "link", "结对看板")
    page.locator("section", has=page.get_by_role("heading", name="待监护人同意")).locator(
        ".board-card"
    ).click()
    pairing = page.url
    click(staff, "link", "登记监护人同意")
    page.get_by_label("监护人姓名").fill("高奶奶")
    page.get_by_label("方式").select_option("SIGNED")
    page.get_by_role("button", name=re.compile("^登记")).click()
    page.goto(pairing)
    expect(page.get_by_text("已结对", exact=True)).to_be_visible()

    # The two sign.
    click(staff, "link", "登记签字")
    for label in ("爱心妈妈签字日期", "监护人签字日期"):
        page.get_by_label(label).fill(f"{timezone.localdate()}")
    page.get_by_role("button", name=re.compile("保存|登记")).click()
    says(staff, "已登记安全责任书")

    # She moves away: the child waits, and the next one is chosen at once, with what the first leaves to her.
    VolunteerFactory(name="同村乙", region_id=XIJIE)
    click(staff, "link", "解除")
    page.get_by_label("解除原因").select_option("RESIGNED")
    page.get_by_label("交接说明").fill("孩子怕狗")
    click(staff, "button", "确认解除")
    page.get_by_role("dialog").get_by_role("button", name="确认解除").click()
    says(staff, "孙待结现在没有爱心妈妈")
    page.get_by_role("row", name=re.compile("同村乙")).get_by_role("link", name="选她").click()
    click(staff, "button", "确认结对")
    says(staff, "孙待结与同村乙已结对。")

    ended, standing = Pairing.objects.filter(child=cast.unpaired).order_by("pk")
    assert (ended.state, ended.agreement_signed, standing.state, standing.is_main) == (
        "ENDED",
        True,
        "ACTIVE",
        True,
    )
    assert staff.complaints == []
