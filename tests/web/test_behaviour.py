"""What the kit's scripts do, in Chromium under the real content security policy."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.browser.support import sent_bytes

from .conftest import Site

pytestmark = pytest.mark.browser

DRAFT_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
FORM = """
<form method="post" action="/visits/new/" data-draft="7:12" {queue}>
  <input type="hidden" name="client_uuid" value="{uuid}">
  <label>情况<textarea name="note" required></textarea></label>
  <label><input type="checkbox" name="family"> 家庭有变化</label>
  <button type="submit">保存</button>
  <span data-draft-state></span>
</form>
"""


def serve_form(site: Site, uuid: str = "u-1", queue: str = "data-offline-queue", **context: object) -> None:
    site.serve("/visits/new/", FORM.format(uuid=uuid, queue=queue), **context)


def stored(page: Page) -> dict[str, str]:
    return page.evaluate("Object.fromEntries(Object.entries(localStorage))")


def test_slash_goes_to_the_search_field(site: Site, page: Page) -> None:
    site.serve("/", "<p>工作台</p>")
    site.open("/")
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    expect(page.locator("[data-search]")).to_have_value("")


def test_menu_opens_walks_and_closes_by_keyboard(site: Site, page: Page) -> None:
    site.serve("/", "<p>工作台</p>")
    site.open("/")
    page.locator("details.menu > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text("我的账号")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("details.menu > summary")).to_be_focused()
    expect(page.get_by_text("我的账号")).to_be_hidden()


def test_confirm_asks_once_and_sends_after_yes(site: Site, page: Page) -> None:
    ask = 'data-confirm="要移出吗" data-confirm-label="移出"'
    button = '<button name="do" value="1">移出名册</button>'
    site.serve("/", f'<form method="post" action="/out/" {ask}>{button}</form>')
    site.serve("/out/", "<p>已移出</p>")
    site.open("/")
    page.get_by_role("button", name="移出名册").click()
    expect(page.get_by_role("dialog", name="要移出吗")).to_be_visible()
    page.get_by_role("button", name="取消").click()
    assert site.posts == []
    page.get_by_role("button", name="移出名册").click()
    page.get_by_role("button", name="移出", exact=True).click()
    expect(page.get_by_text("已移出")).to_be_visible()
    assert site.posts == [("/out/", {"do": "1"})]


def test_a_form_is_sent_once(site: Site, page: Page) -> None:
    site.serve("/", '<form method="post" action="/save/"><button id="b">保存</button></form>')
    site.serve("/save/", "<p>好了</p>")
    site.open("/")
    page.evaluate("() => { const b = document.getElementById('b'); b.click(); b.click(); b.click(); }")
    expect(page.get_by_text("好了")).to_be_visible()
    assert len(site.posts) == 1


def test_bulk_bar_appears_counts_and_takes_all(site: Site, page: Page) -> None:
    box = '<tr><td><input type="checkbox" name="ids" form="bulk" value="{0}" aria-label="{0}"></td></tr>'
    rows = "".join(box.format(n) for n in range(3))
    head = '<tr><th><input type="checkbox" data-bulk-all="bulk" aria-label="全选"></th></tr>'
    bar = '{% include "web/bulk_bar.html" with url="/remind/" label="提醒" total=147 %}'
    site.serve("/", f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>{bar}")
    site.serve("/remind/", "<p>已提醒</p>")
    site.open("/")
    expect(page.locator("#bulk")).to_be_hidden()
    page.get_by_label("1", exact=True).check()
    expect(page.get_by_text("已选 1 条")).to_be_visible()
    page.get_by_label("全选").check()
    page.get_by_role("button", name="选中全部 147 条").click()
    expect(page.get_by_text("已选 147 条")).to_be_visible()
    page.get_by_role("button", name="提醒", exact=True).click()
    expect(page.get_by_text("已提醒")).to_be_visible()
    assert site.posts[0][1]["select_all"] == "1"


def test_navigation_drawer_on_a_narrow_screen(site: Site, page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    site.serve("/", "<p>工作台</p>")
    site.open("/")
    expect(page.locator("#sidenav")).to_be_hidden()
    page.get_by_role("button", name="打开导航").click()
    expect(page.locator("#sidenav")).to_be_visible()
    expect(page.get_by_role("button", name="收起导航")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#sidenav")).to_be_hidden()
    expect(page.get_by_role("button", name="打开导航")).to_be_focused()


def test_definition_shows_on_focus_and_goes_on_escape(site: Site, page: Page) -> None:
    site.serve("/", '{% tip "在册而没有出列的儿童" "在册儿童" %}')
    site.open("/")
    page.locator(".tip").focus()
    expect(page.get_by_role("tooltip")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_be_hidden()


def test_dropzone_names_the_chosen_file(site: Site, page: Page, tmp_path: Path) -> None:
    zone = '<span data-dropzone-title>选择</span><input type="file" name="f">'
    site.serve("/", f'<form><label class="dropzone">{zone}</label></form>')
    site.open("/")
    file = tmp_path / "花名册.csv"
    file.write_text("姓名")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("花名册.csv（1 KB）")).to_be_visible()


def test_draft_survives_a_reload_and_can_be_thrown_away(site: Site, page: Page) -> None:
    serve_form(site)
    site.open("/visits/new/")
    page.get_by_label("情况").fill("炉子不好用")
    page.get_by_label("家庭有变化").check()
    expect(page.locator("[data-draft-state]")).to_have_text("草稿已存")
    serve_form(site, uuid="u-2")
    page.reload()
    expect(page.get_by_text("已恢复未提交的草稿")).to_be_visible()
    expect(page.get_by_label("情况")).to_have_value("炉子不好用")
    expect(page.get_by_label("家庭有变化")).to_be_checked()
    expect(page.locator("[name=client_uuid]")).to_have_value("u-1")
    page.get_by_role("button", name="丢弃").click()
    expect(page.get_by_label("情况")).to_have_value("")
    expect(page.locator("[name=client_uuid]")).to_have_value("u-2")
    assert stored(page) == {}


def test_one_childs_draft_never_shows_in_anothers_form(site: Site, page: Page) -> None:
    serve_form(site)
    site.serve("/other/", FORM.format(uuid="u-9", queue="").replace("7:12", "7:13"))
    site.open("/visits/new/")
    page.get_by_label("情况").fill("炉子不好用")
    expect(page.locator("[data-draft-state]")).to_have_text("草稿已存")
    site.open("/other/")
    page.wait_for_timeout(200)
    expect(page.get_by_label("情况")).to_have_value("")


def test_draft_is_cleared_only_when_the_server_says_so(site: Site, page: Page) -> None:
    serve_form(site)
    site.serve("/done/", "<p>已保存</p>", saved_drafts=["7:12"])
    site.serve("/broken/", "<p>没有存上</p>")
    site.open("/visits/new/")
    page.get_by_label("情况").fill("炉子不好用")
    expect(page.locator("[data-draft-state]")).to_have_text("草稿已存")
    site.open("/broken/")
    assert "aixin.draft.7:12" in stored(page)
    site.open("/done/")
    assert stored(page) == {}


def test_no_network_keeps_the_visit_and_sends_it_once_later(site: Site, page: Page) -> None:
    serve_form(site)
    site.serve("/home/", "<p data-queue-status hidden><span data-queue-text></span></p>")
    site.open("/visits/new/")
    page.get_by_label("情况").fill("炉子不好用")
    site.down = True
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已存在手机里，有网会自动送出")).to_be_visible()
    expect(page.get_by_label("情况")).to_have_count(0)
    site.complaints.clear()  # Chromium reports each refused request
    site.down = False
    site.answers["/visits/new/"] = lambda _sent: (302, "/done/")
    site.serve("/done/", "<p>已保存</p>", saved_drafts=["7:12"])
    site.open("/home/")
    expect(page.get_by_text("已补传 1 条记录")).to_be_visible()
    assert [sent["client_uuid"] for _path, sent in site.posts] == ["u-1"]
    assert site.posts[0][1]["note"] == "炉子不好用"
    assert stored(page) == {}


def test_online_send_shows_the_page_after_success(site: Site, page: Page) -> None:
    serve_form(site)
    site.answers["/visits/new/"] = lambda _sent: (302, "/done/")
    site.serve("/done/", "<p>已保存，谢谢</p>", saved_drafts=["7:12"])
    site.open("/visits/new/")
    page.get_by_label("情况").fill("都好")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存，谢谢")).to_be_visible()
    assert stored(page) == {}


def test_a_form_with_errors_comes_back_and_the_draft_stays(site: Site, page: Page) -> None:
    serve_form(site)
    complaint = '<p class="is-invalid">请写情况</p><textarea'
    site.serve("/wrong/", FORM.format(uuid="u-1", queue="data-offline-queue").replace("<textarea", complaint))
    site.answers["/visits/new/"] = lambda _sent: (200, site.pages["/wrong/"]())
    site.open("/visits/new/")
    page.get_by_label("情况").fill("x")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("请写情况")).to_be_visible()
    assert "aixin.draft.7:12" in stored(page)


def test_server_trouble_keeps_the_draft(site: Site, page: Page) -> None:
    serve_form(site)
    site.answers["/visits/new/"] = lambda _sent: (500, "<p>500</p>")
    site.open("/visits/new/")
    page.get_by_label("情况").fill("都好")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("系统暂时没有响应，草稿还在")).to_be_visible()
    expect(page.get_by_role("button", name="保存")).to_be_enabled()
    assert "aixin.draft.7:12" in stored(page)
    site.complaints.clear()


def test_log_out_takes_readable_drafts_along_and_asks_about_unsent_ones(site: Site, page: Page) -> None:
    serve_form(site)
    site.serve("/accounts/logout/", "<p>已退出</p>")
    site.open("/visits/new/")
    page.get_by_label("情况").fill("炉子不好用")
    site.down = True
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已存在手机里，有网会自动送出")).to_be_visible()
    site.down = False
    site.complaints.clear()
    page.locator("details.menu > summary").click()
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_text("还有 1 条记录没有上传")).to_be_visible()
    page.get_by_role("button", name="仍要退出").click()
    expect(page.get_by_text("已退出")).to_be_visible()
    assert stored(page) == {}


def test_with_the_users_key_drafts_are_sealed_and_outlive_a_log_out(site: Site, page: Page) -> None:
    serve_form(site, draft_key=DRAFT_KEY)
    site.serve("/accounts/logout/", "<p>已退出</p>")
    site.open("/visits/new/")
    page.get_by_label("情况").fill("炉子不好用")
    expect(page.locator("[data-draft-state]")).to_have_text("草稿已存")
    entry = json.loads(stored(page)["aixin.draft.7:12"])
    assert set(entry) == {"at", "iv", "sealed"}
    page.locator("details.menu > summary").click()
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_text("已退出")).to_be_visible()
    assert "aixin.draft.7:12" in stored(page)
    site.open("/visits/new/")
    expect(page.get_by_label("情况")).to_have_value("炉子不好用")


def test_another_users_key_opens_nothing(site: Site, page: Page) -> None:
    serve_form(site, draft_key=DRAFT_KEY)
    site.open("/visits/new/")
    page.get_by_label("情况").fill("炉子不好用")
    expect(page.locator("[data-draft-state]")).to_have_text("草稿已存")
    serve_form(site, draft_key=DRAFT_KEY.replace("MDEy", "OTk5"))
    page.reload()
    page.wait_for_timeout(200)
    expect(page.get_by_label("情况")).to_have_value("")


def test_old_drafts_go(site: Site, page: Page) -> None:
    serve_form(site)
    site.open("/visits/new/")
    old = "{at: Date.now() - 15 * 86400e3, value: [['note', '旧']]}"
    page.evaluate(f"localStorage.setItem('aixin.draft.7:12', JSON.stringify({old}))")
    page.reload()
    page.wait_for_timeout(200)
    assert stored(page) == {}


CHARTS = """
{% block content %}{% data "data" data %}
<div class="chart" data-chart="{{ kind }}" data-source="data" data-map-url="{% map_url '1411' %}"
     role="img" aria-label="结对率"></div>{% endblock %}
{% block scripts %}<script src="{% static 'dist/charts.js' %}" defer></script>{% endblock %}
"""
COVERAGE = {
    "name": "结对率",
    "unit": "%",
    "items": [
        {"code": "141121", "name": "文水县", "value": 91.8, "url": "/wenshui/"},
        {"code": "141123", "name": "兴县", "value": 98.5, "url": "/xingxian/"},
    ],
}


@pytest.mark.parametrize("kind", ["map", "bar"])
def test_a_click_on_a_county_opens_it(site: Site, page: Page, kind: str) -> None:
    site.serve("/reports/", CHARTS, kind=kind, data=COVERAGE)
    site.serve("/wenshui/", "<p>文水县情况</p>")
    site.open("/reports/")
    name = page.locator(".chart svg text", has_text="文水县" if kind == "map" else "91.8%")
    # While a chart moves a label is not yet where it will stand.
    expect(page.locator("[data-chart]")).to_have_attribute("data-drawn", "finished")
    expect(name).to_be_visible()
    box = name.bounding_box()
    assert box
    offset = 0 if kind == "map" else -30
    page.mouse.click(box["x"] + box["width"] / 2 + offset, box["y"] + box["height"] / 2)
    expect(page.get_by_text("文水县情况")).to_be_visible()


@pytest.mark.parametrize("kind", ["pie", "line"])
def test_other_charts_draw_under_the_policy(site: Site, page: Page, kind: str) -> None:
    trend = {"unit": "次", "labels": ["10月", "11月"], "series": [{"name": "走访", "values": [3, 5]}]}
    site.serve("/reports/", CHARTS, kind=kind, data=COVERAGE if kind == "pie" else trend)
    site.open("/reports/")
    expect(page.locator(".chart svg")).to_be_visible()


def test_equal_lines_stay_apart_and_people_are_counted_whole(site: Site, page: Page) -> None:
    lines = [{"name": name, "values": [0, 1]} for name in ("走访", "走访人次")]
    site.serve(
        "/reports/", CHARTS, kind="line", data={"unit": "", "labels": ["10月", "11月"], "series": lines}
    )
    site.open("/reports/")
    expect(page.locator(".chart svg text", has_text="走访人次")).to_be_visible()
    texts = page.locator(".chart svg text").all_text_contents()
    assert {text for text in texts if re.fullmatch(r"[\d.]+", text)} == {"0", "1"}
    drawn = page.locator(".chart svg path").evaluate_all(
        "paths => paths.map((path) => [path.getAttribute('stroke'), path.getAttribute('stroke-dasharray')])"
    )
    assert len({tuple(look) for look in drawn if look[1]}) == 1, "one of the lines is dashed"


WALL = """
{% block body_class %}is-staff is-wall{% endblock %}
{% block body %}<main class="wall" id="main">{% data "data" data %}<h1>凤城镇</h1><div class="wall-grid">
<section class="card-box wall-main"><div class="chart chart-fill" data-chart="bar" data-source="data" role="img"
aria-label="结对率"></div></section></div></main>{% endblock %}
{% block scripts %}<script src="{% static 'dist/charts.js' %}" defer></script>{% endblock %}
"""


@pytest.mark.parametrize(("width", "height", "least"), [(1920, 1080, 20), (1366, 768, 14)])
def test_the_big_screen_fits_and_its_letters_grow_with_it(
    site: Site, page: Page, width: int, height: int, least: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    items = [{"code": str(n), "name": f"第{n}社区居民委员会", "value": 100.0, "url": ""} for n in range(14)]
    site.serve(
        "/wall/",
        WALL,
        frame="base.html",
        data={**COVERAGE, "max": 100, "items": items},
        is_demo=True,
    )
    site.open("/wall/")
    names = page.locator(".chart svg text", has_text="委员会")
    expect(names).to_have_count(14)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    texts = page.locator(".chart svg text")
    assert all(
        size >= least
        for size in texts.evaluate_all("all => all.map((t) => parseFloat(getComputedStyle(t).fontSize))")
    )
    frame = page.locator(".chart").bounding_box()
    assert frame
    for box in texts.evaluate_all("all => all.map((t) => t.getBoundingClientRect().toJSON())"):
        assert frame["x"] <= box["left"]
        assert box["right"] <= frame["x"] + frame["width"]


@dataclass
class Item:
    label: str
    url: str
    icon: str
    raised: bool = False
    active: bool = False
    count: str = ""


TABS = [
    Item("首页", "/", "house", active=True),
    Item("孩子", "/children/", "people"),
    Item("记一次", "/visits/new/", "pencil", raised=True),
    Item("消息", "/inbox/", "chat-dots", count="2 条未读"),
    Item("我的", "/account/", "person"),
]


def test_a_long_menu_scrolls_and_its_foot_stays(site: Site, page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    entries = [Item(f"第{n}项", f"/{n}/", "house", active=n == 33) for n in range(34)]
    site.serve("/33/", "<p>最后一项</p>", nav=entries, now=None, feedback_url="/feedback/", is_demo=True)
    site.open("/33/")
    expect(page.get_by_text("意见反馈")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("link", name="第33项")).to_be_in_viewport(ratio=1)
    page.get_by_role("link", name="第0项").focus()
    expect(page.get_by_role("link", name="第0项")).to_be_in_viewport(ratio=1)


def test_first_load_of_a_phone_page_is_small(site: Site, page: Page) -> None:
    """As production sends it: static files compressed, pages not."""
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(sent_bytes(response)))
    site.serve("/", "<p>首页</p>", frame="phone.html", phone_nav=TABS)
    site.open("/")
    page.wait_for_load_state("networkidle")
    assert len(sizes) >= 4  # page, style sheet, script, icons
    assert sum(sizes) < 200 * 1024


def test_every_city_map_has_names_and_codes() -> None:
    maps = list((settings.BASE_DIR / "static" / "dist" / "maps").glob("*.json"))
    assert len(maps) > 300
    lvliang = json.loads((settings.BASE_DIR / "static/dist/maps/1411.json").read_text())
    assert len(lvliang["features"]) == 13
    for feature in lvliang["features"]:
        assert re.fullmatch(r"1411\d\d", feature["properties"]["code"])
        assert feature["properties"]["name"]
