"""Chromium for tests against the live server. A folder's conftest.py imports the fixtures that it needs."""

import gzip
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
PASSWORD = "Right-pass-123"
AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
# What no page has axe need not look for: sound and films to load, frames to ask.
RUN_AXE = """
async tags => {
  const found = await axe.run(document, {
    runOnly: {type: "tag", values: tags}, resultTypes: ["violations"],
    preload: document.querySelector("audio, video") ? {assets: ["media"]} : false,
    iframes: Boolean(document.querySelector("iframe, frame")),
  });
  return found.violations.map(v => `${v.id}: ${v.nodes.map(n => n.target.join(" ") + " " + n.html).join(" | ")}`);
}
"""

# What a page's scripts are still fetching or drawing by themselves.
OUTSTANDING = "[data-chart]:not([data-drawn=finished]), .htmx-request"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, or Playwright's own where there is none; --no-sandbox because CI runs as root."""
    executable = os.environ.get("AIXIN_CHROMIUM") or shutil.which("chromium")
    found = {**browser_type_launch_args, "args": ["--no-sandbox", "--disable-gpu"]}
    return {**found, "executable_path": executable} if executable else found


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    args = {"viewport": DESK, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", "service_workers": "block"}
    return {**browser_context_args, **args}


@dataclass
class Visitor:
    """One logged-in browser page: opens addresses and keeps what the browser complains of and what it loaded."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    address: str = ""

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self._complain(str(error)))
        self.page.on("response", self._received)

    def _heard(self, message: Any) -> None:
        # A page that is meant to be 403 or 404 is reported as a failed load too; `open` has checked its status.
        # So is a form that comes back to be put right (422).
        meant = message.text.startswith("Failed to load resource") and (
            message.location["url"] == self.address or "status of 422" in message.text
        )
        # Most tests go without a service worker; the page says so, and works.
        meant = meant or message.text.startswith("Service Worker registration blocked")
        if message.type in {"error", "warning"} and not meant:
            self._complain(message.text)

    def _received(self, response: Response) -> None:
        self.responses.append(response)

    def _complain(self, text: str) -> None:
        self.complaints.append(f"{self.page.url}: {text}")

    def log_in(self, username: str, password: str = PASSWORD) -> None:
        """Log in through the form, as people do."""
        self.page.goto(f"{self.origin}/accounts/login/")
        self.page.fill("[name=login]", username)
        self.page.fill("[name=password]", password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/accounts/login/" not in url)

    def open(self, path: str, status: int = 200, *, still: bool = True) -> None:
        """Open an address; it must answer with the given status. `still` waits until charts and fragments are there."""
        self.address = self.origin + path
        found = self.page.goto(self.address)
        assert found is not None
        assert found.status == status, f"{path}: {found.status}"
        if still:
            expect(self.page.locator(OUTSTANDING)).to_have_count(0)

    def faults(self) -> list[str]:
        """Return what axe finds on the page as it stands, each with its address."""
        if not self.page.evaluate("'axe' in window"):
            # From now on each page that is opened brings it along: it is half a megabyte to send.
            source = AXE.read_text(encoding="utf-8")
            self.page.add_init_script(source)
            self.page.evaluate(source)
        return [f"{self.page.url}: {fault}" for fault in self.page.evaluate(RUN_AXE, WCAG)]

    def loaded_bytes(self) -> int:
        """Return the size of every body that came since the last `forget`, as production sends it, when no more comes.

        Static files go compressed there (whitenoise), pages do not: what they say of people is nobody's to guess by size.
        """
        self.page.wait_for_load_state("networkidle")
        return sum(sent_bytes(response) for response in self.responses if response.status == 200)

    def forget(self) -> None:
        self.responses.clear()

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than the screen."""
        return int(
            self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        )


def sent_bytes(response: Response) -> int:
    """Return how much production sends for a body: static files are compressed there."""
    body = response.body()
    return len(gzip.compress(body) if "/static/" in response.url else body)


def visitor(
    browser: Browser, origin: str, size: dict[str, int] = DESK, *, worker: bool = False
) -> tuple[BrowserContext, Visitor]:
    """Return a fresh context, empty cache, and its visitor; the caller closes the context.

    Without `worker` there is no service worker, as in WeChat's browser, and nothing is loaded behind the page's back.
    """
    context = browser.new_context(
        viewport=size,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
        service_workers="allow" if worker else "block",
    )
    return context, Visitor(context.new_page(), origin)
