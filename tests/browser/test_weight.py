"""How much a phone loads, counted where it leaves the server: every request, the service worker's too, heads included.

No seconds are asserted: how fast a page comes and is drawn depends on the machine.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connections
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from tests.browser.conftest import PATIENCE_MS
from tests.browser.support import PHONE, Visitor, visitor
from tests.browser.test_offline import PAGES_KEPT, WAIT_FOR_PAGES
from tests.cast import Cast
from tests.conftest import Session

pytestmark = pytest.mark.browser
FIRST_BYTES, REPEAT_BYTES = 200 * 1024, 20 * 1024
YEAR_SECONDS = 365 * 24 * 3600


class Wire:
    """A WSGI application that counts what another one sends: addresses with their bytes, head and body."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.sent: list[tuple[str, int]] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        heads: list[int] = []

        def started(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            heads.append(len(status) + sum(len(name) + len(value) + 4 for name, value in headers))
            return start_response(status, headers, *rest)

        answer = self.application(environ, started)
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        self.sent.append((environ["PATH_INFO"], sum(heads) + len(body)))
        return [body]

    def total(self) -> int:
        return sum(size for _, size in self.sent)


@pytest.fixture(scope="module")
def compressed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a phone page, compressed as `collectstatic` leaves them."""
    root = tmp_path_factory.mktemp("static")
    built = Path(configured.BASE_DIR) / "static" / "dist"
    for found in [*built.glob("*.*"), *built.glob("img/*")]:
        kept = root / "dist" / found.relative_to(built)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(found, kept)
        list(Compressor(quiet=True).compress(str(kept)))
    return root


@pytest.fixture
def wire(transactional_db: None, compressed: Path, settings: Any) -> Iterator[tuple[Wire, str]]:
    """The application behind whitenoise, as in production, where names of static files change with what is in them."""
    settings.ALLOWED_HOSTS = ["localhost"]
    made: list[Wire] = []

    def behind(application: Any) -> Wire:
        files = WhiteNoise(application, root=str(compressed), prefix="/static/", max_age=YEAR_SECONDS)
        made.append(Wire(files))
        return made[0]

    server = LiveServerThread("localhost", behind)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield made[0], f"http://localhost:{server.port}"
    server.terminate()
    connections.close_all()


@pytest.fixture
def her(cast: Cast, browser: Browser, wire: tuple[Wire, str]) -> Iterator[Visitor]:
    """王爱心, logged in, on a phone that has loaded nothing yet."""
    context, found = visitor(browser, wire[1], PHONE, worker=True)
    context.set_default_timeout(PATIENCE_MS)
    cookie = Session(cast.mama).cookies[configured.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": configured.SESSION_COOKIE_NAME, "value": cookie, "url": wire[1]}])
    yield found
    context.close()


def test_what_goes_over_the_wire(her: Visitor, wire: tuple[Wire, str]) -> None:
    counted = wire[0]
    her.open("/")
    # With all that the worker keeps for the time without a network.
    her.page.evaluate(WAIT_FOR_PAGES, PAGES_KEPT)
    assert counted.total() <= FIRST_BYTES, counted.sent
    counted.sent.clear()
    her.open("/")
    her.page.wait_for_load_state("networkidle")
    assert counted.sent
    assert counted.total() <= REPEAT_BYTES, counted.sent
