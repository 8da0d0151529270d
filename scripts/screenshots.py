"""Takes the README's screenshots from a running demo: `make run` first, then `.venv/bin/python scripts/screenshots.py`.

Usage: screenshots.py [FOLDER] or screenshots.py --phone FOLDER, which takes every phone page at 360, 390 and 430 px and
says which is wider than the screen; PORT and AIXIN_VAR as for `make run`. The browser is AIXIN_CHROMIUM or `chromium`.
"""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

BASE = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
ROOT = Path(__file__).resolve().parent.parent
ACCOUNTS = Path(os.environ.get("AIXIN_VAR", ROOT / "var")) / "demo-accounts.json"
SAMPLE = ROOT / "tests" / "samples" / "02-文水县信息台账.xlsx"
TASK_MS = 180_000
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
STAFF_PAGES = {
    "workbench": "/",
    "children": "/children/",
    "volunteers": "/volunteers/",
    "pairings": "/pairings/?figure=overdue",
    "visits": "/visits/",
    "import": "/children/import/",
    "child-form": "/children/new/",
}
PHONE_PAGES = {
    "phone-home": "/",
    "phone-visit": "/visits/new/",
    "phone-children": "/visits/children/",
    "phone-inbox": "/inbox/",
    "phone-account": "/account/",
}
PHONE_WIDTHS = (360, 390, 430)
# Every page that a volunteer opens; CHILD is one of hers.
EVERY_PHONE_PAGE = {
    **PHONE_PAGES,
    "phone-child": "/children/CHILD/",
    "phone-visit-of-child": "/visits/new/?child=CHILD",
    "phone-visits": "/visits/",
    "phone-unsent": "/visits/unsent/",
    "phone-service": "/visits/service/",
    "phone-concern": "/concerns/new/CHILD/",
    "phone-alarm": "/concerns/alarm/CHILD/",
    "phone-raised": "/concerns/mine/",
    "phone-questions": "/questions/",
    "phone-channels": "/inbox/channels/",
    "phone-feedback": "/inbox/feedback/",
    "phone-team": "/teams/mine/",
    "phone-wishes": "/recruitment/mine/",
    "phone-sessions": "/account/sessions/",
    "phone-password": "/accounts/password/change/",
}


def log_in(browser: Browser, username: str, size: dict[str, int]) -> Page:
    """Return a page of a fresh session of a demo account."""
    passwords = json.loads(ACCOUNTS.read_text(encoding="utf-8"))
    page = browser.new_context(viewport=size, locale="zh-CN").new_page()
    page.goto(f"{BASE}/accounts/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", passwords[username])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    return page


def shoot(page: Page, pages: dict[str, str], folder: Path) -> None:
    """Save one picture a page."""
    for name, path in pages.items():
        page.goto(BASE + path)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / f"{name}.png")
        print(f"{name}.png  {path}")


def shoot_phones(browser: Browser, folder: Path) -> None:
    """Save every phone page in full length at each width, and say which is wider than the screen."""
    for width in PHONE_WIDTHS:
        page = log_in(browser, "mama1", {"width": width, "height": PHONE["height"]})
        child = first_link(page, "/visits/children/", "main a.row-card").strip("/").rpartition("/")[2]
        for name, path in EVERY_PHONE_PAGE.items():
            page.goto(BASE + path.replace("CHILD", child))
            page.wait_for_load_state("networkidle")
            page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
            wider = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            print(f"{name}-{width}.png  {path}" + (f"  {wider} px too wide" if wider else ""))


def first_link(page: Page, path: str, selector: str) -> str:
    """Return the address of the first matching link of a page."""
    page.goto(BASE + path)
    return str(page.locator(selector).first.get_attribute("href"))


def shoot_import(page: Page, folder: Path) -> None:
    """Save an import from preview to result, take it back, and a long one at work."""
    upload(page, str(SAMPLE))
    page.screenshot(path=folder / "import-preview.png")
    page.click("a:has-text('改正')")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / "import-row.png")
    page.go_back()
    page.click("button:has-text('确认导入')")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / "import-result.png")
    page.click("a:has-text('撤销导入')")
    page.click("button:has-text('撤销导入')")
    page.wait_for_load_state("networkidle")
    upload(page, {"name": "全县儿童.csv", "mimeType": "text/csv", "buffer": long_roster()})
    page.click("button:has-text('确认导入')", timeout=TASK_MS)
    page.wait_for_selector("progress:not([value='0'])", timeout=TASK_MS)
    page.screenshot(path=folder / "import-progress.png")
    page.click("a:has-text('撤销导入')", timeout=TASK_MS)
    page.click("button:has-text('撤销导入')")
    page.wait_for_selector("text=名册已恢复到导入之前", timeout=TASK_MS)
    print("import-preview.png import-row.png import-result.png import-progress.png")


def upload(page: Page, file: Any) -> None:
    """Send a roster and wait for what comes of it."""
    page.goto(f"{BASE}/children/import/")
    page.set_input_files("input[type=file]", file)
    page.click("button:has-text('上传并核对')")
    page.wait_for_url("**/imports/*/")


def long_roster(rows: int = 8000) -> bytes:
    """Return a roster of invented children without IDs, long enough for a task."""
    lines = ["姓名,性别,出生日期,乡镇,类别,监护人姓名"]
    names = [first + second for first in "云雨雪霜雾露晨夕春夏" for second in "山水石木花草竹叶星月"]
    for number in range(rows):
        day = f"20{10 + number % 8}-{1 + number % 12:02d}-{1 + number % 28:02d}"
        name = f"童{names[number % 100]}"
        lines.append(f"{name},{'男女'[number % 2]},{day},凤城镇,留守儿童,高{names[number // 100 % 100]}")
    return "\n".join(lines).encode()


def shoot_readme(browser: Browser, folder: Path) -> None:
    """Save the pictures of the README."""
    blank = browser.new_context(viewport=DESK, locale="zh-CN").new_page()
    shoot(blank, {"login": "/accounts/login/"}, folder)
    staff = log_in(browser, "wenshui", DESK)
    child = first_link(staff, "/children/", "td.cell-name a")
    shoot(
        staff,
        {**STAFF_PAGES, "child": child, "candidates": child.replace("/children/", "/pairings/new/")},
        folder,
    )
    shoot_import(staff, folder)
    shoot(log_in(browser, "lvliang", DESK), {"dashboard": "/reports/"}, folder)
    shoot(log_in(browser, "mama1", PHONE), PHONE_PAGES, folder)


def main() -> None:
    """Take them all."""
    typed = [word for word in sys.argv[1:] if word != "--phone"]
    folder = Path(typed[0]) if typed else ROOT / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    executable = os.environ.get("AIXIN_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        (shoot_phones if "--phone" in sys.argv else shoot_readme)(browser, folder)
        browser.close()


if __name__ == "__main__":
    main()
