"""The whole main job in Chromium: Excel files in, pairing by hand, a visit on a phone, the city's figures, a reminder."""

import datetime
import io
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from python_calamine import CalamineWorkbook

from children.choices import Category
from children.models import Child
from pairing.models import Pairing
from tests.browser.conftest import LogIn, OpenWindow
from tests.browser.support import DESK, PASSWORD, Visitor
from tests.cast import CITY, FENGCHENG, WENSHUI, XIJIE, Cast
from tests.factories import ChildFactory, PairingFactory, VolunteerFactory, let_remind
from visits.models import Visit
from volunteers.choices import Clearance
from volunteers.models import Volunteer

pytestmark = pytest.mark.browser

SAMPLES = Path(__file__).parent.parent / "samples"
FILES = {
    "children": "02-文水县信息台账.xlsx",
    "volunteers": "03-爱心妈妈登记表.xls",
    "pairings": "05-结对台账.xlsx",
}
LATE_DAYS = 40
MORE_THAN_A_PAGE = 22


def truth_of(name: str) -> Counter[bool]:
    """Return how many rows of a sample go in and how many do not."""
    rows = json.loads((SAMPLES / name).with_suffix(".truth.json").read_text("utf-8"))
    return Counter(row["ok"] for row in rows)


def upload(staff: Visitor, kind: str) -> None:
    """Upload a sample through the page and stop at its preview."""
    staff.open(f"/{kind}/import/")
    staff.page.set_input_files("input[type=file]", SAMPLES / FILES[kind])
    staff.page.get_by_role("button", name="上传并核对").click()
    expect(staff.page.get_by_role("heading", level=1)).to_have_text(FILES[kind])


FATES = {"created": "新增", "updated": "更新", "unchanged": "无变化", "rejected": "退回"}


def tally(page: Page) -> dict[str, int]:
    """Return the counts of an import by fate, by the words on its chips; rows that want a second look have a fate too."""
    chips = page.get_by_role("group", name="按结果筛选").get_by_role("link").all_inner_texts()
    counted = (chip.split() for chip in chips)
    return {label: int(number.replace(",", "")) for label, number in counted if label in FATES.values()}


def counts(**found: int) -> dict[str, int]:
    return {word: found.get(key, 0) for key, word in FATES.items()}


def confirm_import(staff: Visitor, rows: int) -> None:
    staff.page.get_by_role("button", name=f"确认导入 {rows} 行").click()
    expect(staff.page.get_by_text("导入完成")).to_be_visible()


def bring_in(staff: Visitor, kind: str) -> None:
    """Import a sample; what the preview promises is what the result says, and both are the truth."""
    truth = truth_of(FILES[kind])
    upload(staff, kind)
    promised = counts(created=truth[True], rejected=truth[False])
    assert tally(staff.page) == promised
    confirm_import(staff, truth[True])
    assert tally(staff.page) == promised


def rejected_rows(staff: Visitor) -> list[list[object]]:
    """Return the rows of the workbook that comes back, its title, hint and heading left out."""
    with staff.page.expect_download() as download:
        staff.page.get_by_role("link", name="下载退回行").click()
    content = io.BytesIO(download.value.path().read_bytes())
    return CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()[3:]


def figure(page: Page, name: str) -> Locator:
    """Return a figure of the coverage page, by its name."""
    stated = page.locator(".fact", has=page.locator("dt", has_text=re.compile(rf"^\s*{name}")))
    return stated.locator(".fact-number").first


def value(page: Page, name: str) -> int:
    return int(re.sub(r"\D", "", figure(page, name).inner_text()))


def rows_behind(city: Visitor, name: str) -> tuple[int, int]:
    """Click a figure; return the total that the list states and the rows that stand on all its pages together."""
    figure(city.page, name).click()
    pager = city.page.get_by_role("navigation", name="分页")
    total = int(re.sub(r"\D", "", pager.inner_text().split("共")[1].split("条")[0]))
    rows, more = city.page.locator("tbody tr"), pager.get_by_role("link", name="下一页")
    shown, page = rows.count(), 1
    while more.count():
        more.click()
        page += 1
        expect(pager).to_contain_text(f"{page} / ")
        shown += rows.count()
    city.page.goto(f"{city.origin}/reports/")
    return total, shown


def figures(city: Visitor) -> dict[str, int]:
    city.open("/reports/")
    return {
        name: value(city.page, name)
        for name in ("在册儿童", "应结未结", "已结对儿童", "结对数", "累计走访", "从未走访", "超期未联系")
    }


def pair_by_hand(staff: Visitor, child: str, volunteer: str) -> None:
    """From the list of those who wait to a confirmed pairing, registering the clearance on the way."""
    late = timezone.localdate() - datetime.timedelta(days=LATE_DAYS)
    staff.open("/children/?figure=unpaired")
    staff.page.get_by_role("link", name=child, exact=True).click()
    staff.page.get_by_role("link", name="安排结对").click()
    candidate = staff.page.locator("tbody tr", has_text=volunteer)
    expect(candidate).to_contain_text("同乡镇")
    candidate.get_by_role("button", name="先登记准入").click()
    expect(staff.page.get_by_label("查询日期")).to_have_value(str(timezone.localdate()))
    staff.page.get_by_label("查询结果").select_option(label="通过")
    staff.page.get_by_label("经办人").fill("马经办")
    staff.page.get_by_role("button", name="保存结果").click()
    candidate.get_by_role("link", name="选她").click()
    expect(staff.page.get_by_label("结对日期")).to_have_value(str(timezone.localdate()))
    staff.page.get_by_label("结对日期").fill(str(late))
    staff.page.get_by_label("村妇联主席").fill("高玉梅")
    staff.page.get_by_role("button", name="确认结对").click()
    expect(staff.page.get_by_role("heading", level=1)).to_contain_text(child)
    expect(staff.page.locator("#toasts")).to_contain_text(f"{child}与{volunteer}已结对")


def test_rosters_come_in_through_the_pages(real_places: Cast, at_desk: LogIn) -> None:
    staff = at_desk("wenshui")
    before = Child.objects.count()
    bring_in(staff, "children")
    truth = truth_of(FILES["children"])
    assert Child.objects.count() == before + truth[True]
    rejected = rejected_rows(staff)
    assert len(rejected) == truth[False]
    assert all(row[-1] for row in rejected)
    bring_in(staff, "volunteers")
    bring_in(staff, "pairings")
    upload(staff, "children")
    assert tally(staff.page) == counts(unchanged=truth[True], rejected=truth[False])
    assert Pairing.objects.filter(to_verify=True).count() == truth_of(FILES["pairings"])[True]
    staff.open("/reports/")
    assert value(staff.page, "在册儿童") == Child.objects.filter(region__code__startswith=WENSHUI).count()
    assert not staff.complaints


def test_a_heading_taken_for_the_wrong_field_can_be_put_right(real_places: Cast, at_desk: LogIn) -> None:
    staff = at_desk("wenshui")
    upload(staff, "children")
    truth = truth_of(FILES["children"])
    staff.page.get_by_text("表头对应").click()
    school = staff.page.locator("label", has_text="学校").first
    box = staff.page.locator(f"#{school.get_attribute('for')}")
    assert box.input_value() == "school"
    box.select_option("")
    staff.page.get_by_role("button", name="按此重新核对").click()
    expect(staff.page.locator("#toasts")).to_contain_text("已按新的表头对应核对")
    confirm_import(staff, truth[True])
    assert not Child.objects.filter(idno__isnull=False, school__startswith="实验中学").exists()


def test_from_pairing_by_hand_to_a_settled_reminder(cast: Cast, at_desk: LogIn, on_phone: LogIn) -> None:
    """Staff pair, the volunteer logs a visit on her phone, the city's page follows, the reminder comes and goes."""
    let_remind(WENSHUI)
    VolunteerFactory(name="钱热心", region_id="141121100", clearance=Clearance.UNCHECKED, cleared_on=None)
    staff, city = at_desk("wenshui"), at_desk("city")
    before = figures(city)

    pair_by_hand(staff, "孙待结", "钱热心")
    paired = figures(city)
    assert paired == before | {
        "应结未结": before["应结未结"] - 1,
        "已结对儿童": before["已结对儿童"] + 1,
        "结对数": before["结对数"] + 1,
        "从未走访": before["从未走访"] + 1,
        "超期未联系": before["超期未联系"] + 1,
    }

    Volunteer.objects.filter(pk=cast.second_volunteer.pk).update(user=None)
    Volunteer.objects.filter(name="钱热心").update(user=cast.users["mama2"])
    call_command("remind", stdout=io.StringIO())
    her = on_phone("mama2")
    her.page.get_by_role("link", name=re.compile("有 1 条提醒")).click()
    her.page.get_by_role("button", name=re.compile(f"孙待结：已{LATE_DAYS}天没有联系")).click()
    expect(her.page.get_by_role("heading", level=1)).to_have_text("记一次")
    expect(her.page.get_by_label("孙待结")).to_be_checked()
    her.page.get_by_label("看到的情况").fill("孩子在家写作业，一切都好。")
    her.page.get_by_role("button", name="保存").click()
    expect(her.page.locator("#toasts")).to_contain_text("已记下")
    expect(her.page.locator("main")).to_contain_text("孩子在家写作业")
    expect(her.page.get_by_text("条提醒")).to_have_count(0)
    her.open("/inbox/")
    expect(her.page.locator("main")).to_contain_text("没有待办的提醒")
    expect(her.page.locator("main")).to_contain_text("已办结")

    visited = figures(city)
    assert visited == paired | {
        "累计走访": paired["累计走访"] + 1,
        "从未走访": paired["从未走访"] - 1,
        "超期未联系": paired["超期未联系"] - 1,
    }
    assert not [*staff.complaints, *city.complaints, *her.complaints]


def test_each_figure_opens_as_many_rows_as_it_says(cast: Cast, at_desk: LogIn) -> None:
    for child in ChildFactory.create_batch(MORE_THAN_A_PAGE, region_id=XIJIE):
        PairingFactory(child=child, volunteer=cast.volunteer, started_on=cast.pairing.started_on)
    ChildFactory(region_id=XIJIE, category=Category.ORPHAN_SCATTERED)
    city = at_desk("city")
    for name, stated in figures(city).items():
        assert rows_behind(city, name) == (stated, stated), name
    data = city.page.request.get(f"{city.origin}/reports/coverage.json?region={CITY}").json()
    by_place = {place["region"]: place for place in data["children"]}
    assert sum(place["registered"] for place in data["children"]) == data["totals"]["registered"]
    for place, code in (("文水县", WENSHUI), ("凤城镇", FENGCHENG)):
        city.page.get_by_role("link", name=place, exact=True).click()
        expect(city.page.get_by_role("heading", level=1)).to_contain_text(place)
        within = Child.objects.filter(region__code__startswith=code).count()
        assert value(city.page, "在册儿童") == within
        assert by_place.get(code, {"registered": within})["registered"] == within
    by_category = city.page.get_by_role("region", name="按类别").locator("tbody tr")
    expect(by_category.filter(has_text="散居孤儿").locator("td").first).to_have_text("1")


def test_a_visit_by_staff_for_the_volunteer_counts_for_her(
    cast: Cast, at_desk: LogIn, on_phone: LogIn
) -> None:
    staff = at_desk("fengcheng")
    staff.page.get_by_role("link", name="登记走访").click()
    staff.page.get_by_placeholder("监护人").or_(staff.page.locator("main [name=q]")).first.fill("zxm")
    staff.page.get_by_role("button", name="找孩子").click()
    staff.page.get_by_role("link", name="登记走访").last.click()
    staff.page.get_by_text("物品、同行的人").click()
    staff.page.get_by_label("王爱心").check()
    staff.page.get_by_label("看到的情况").fill("和爱心妈妈一起去的，带了书包。")
    staff.page.get_by_role("button", name="保存").click()
    expect(staff.page.locator("#toasts")).to_contain_text("已记下")
    assert list(Visit.objects.latest("id").volunteers.values_list("name", flat=True)) == ["王爱心"]
    her = on_phone("mama")
    expect(her.page.locator("main")).to_contain_text("带了书包")


def test_log_in_and_search_by_keyboard_alone(cast: Cast, open_window: OpenWindow) -> None:
    staff = open_window(DESK)
    page = staff.page
    staff.open("/accounts/login/")
    keys = page.keyboard
    keys.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    keys.press("Tab")
    expect(page.get_by_label("账号或手机号")).to_be_focused()
    keys.type("wenshui")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("今天要做的事")
    keys.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    keys.type("zxm")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("张小明")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    reveal = page.get_by_role("button", name=re.compile("查看完整")).first
    while not reveal.evaluate("e => e === document.activeElement"):
        keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_label("查看原因")).to_be_visible()
