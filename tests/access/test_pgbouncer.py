"""Behind a real PgBouncer in transaction mode, on one server connection for all, nobody sees what is not hers.

Two processes of the application share it, so that each request finds what the request of somebody else left.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
import requests
from django.conf import settings
from django.db import connections
from django.db.backends.signals import connection_created

from aixin.access.models import Region
from aixin.access.scope import EVERYTHING
from children.models import Need
from tests.access.pooler import Pooler, environment_of, running_app, running_pooler
from tests.cast import Cast
from tests.conftest import Session, see_everything

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = {"张小明", "孙待结", "李小红", "周远方", "钱外地"}
SEEN = {"wenshui": {"张小明", "孙待结", "李小红"}, "xingxian": {"周远方"}, "outsider": {"钱外地"}}
SECONDS = 60


@pytest.fixture(scope="module")
def pooler(django_db_setup: None) -> Iterator[Pooler]:
    with running_pooler() as found:
        yield found


@pytest.fixture(scope="module")
def apps(pooler: Pooler, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The addresses of two processes of the application."""
    logs = tmp_path_factory.mktemp("logs")
    with running_app(pooler, logs / "one") as one, running_app(pooler, logs / "two") as two:
        yield [one, two]


Visitor = Callable[[str], requests.Session]


@pytest.fixture
def visitor(cast: Cast) -> Visitor:
    """Return a way to get a browser in which somebody has logged in."""

    def logged_in(who: str) -> requests.Session:
        browser = requests.Session()
        browser.trust_env = False
        name = settings.SESSION_COOKIE_NAME
        browser.cookies.set(name, Session(cast.users[who]).cookies[name].value)
        return browser

    return logged_in


def names_on(browser: requests.Session, address: str) -> set[str]:
    """Return which of the children's names stand on the list."""
    page = browser.get(f"{address}/children/", timeout=SECONDS)
    assert page.status_code == 200, page.text
    return {name for name in NAMES if name in page.text}


def left_behind(pooler: Pooler) -> tuple[Any, ...]:
    """Return what a client without a scope finds on the server connection that all have used."""
    settings_ = ", ".join(f"coalesce(current_setting('aixin.{name}', true), '')" for name in vars(EVERYTHING))
    with closing(pooler.connect()) as client, client.cursor() as cursor:
        cursor.execute(f"SELECT {settings_}, (SELECT count(*) FROM children_child)")
        return tuple(cursor.fetchone())


NOTHING_LEFT = ("",) * len(vars(EVERYTHING)) + (0,)


def test_in_turn_each_sees_her_own(apps: list[str], pooler: Pooler, visitor: Visitor) -> None:
    browsers = {who: visitor(who) for who in SEEN}
    for turn in range(6):
        for place, who in enumerate(SEEN):
            assert names_on(browsers[who], apps[(turn + place) % 2]) == SEEN[who]
            assert left_behind(pooler) == NOTHING_LEFT


def test_at_once_each_sees_her_own(apps: list[str], pooler: Pooler, visitor: Visitor) -> None:
    browsers = {who: visitor(who) for who in ("wenshui", "xingxian")}

    def look(who: str, address: str) -> list[set[str]]:
        return [names_on(browsers[who], address) for _ in range(10)]

    with ThreadPoolExecutor() as threads:
        seen = {who: threads.submit(look, who, app) for who, app in zip(browsers, apps, strict=True)}
    assert {who: found.result() for who, found in seen.items()} == {who: [SEEN[who]] * 10 for who in browsers}
    assert left_behind(pooler) == NOTHING_LEFT
    assert len(pooler.server_connections()) == 1, "all of it went over one connection"


def test_who_has_no_scope_finds_nothing_of_the_one_before(
    apps: list[str], cast: Cast, visitor: Visitor
) -> None:
    staff, official = visitor("wenshui"), visitor("official")
    child = f"/children/{cast.child.pk}/"
    for address in apps:
        assert staff.get(address + child, timeout=SECONDS).status_code == 200
        assert official.get(address + child, timeout=SECONDS).status_code == 403
        assert requests.get(address + child, timeout=SECONDS, allow_redirects=False).status_code == 302


def test_what_is_written_through_it_stays_within_the_scope(
    apps: list[str], cast: Cast, visitor: Visitor
) -> None:
    def add_need(who: str, address: str) -> int:
        browser = visitor(who)
        form = browser.get(f"{address}/account/", timeout=SECONDS).text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
        assert token
        need = {"topic": "SAFETY", "detail": who, "csrfmiddlewaretoken": token[1]}
        target = f"{address}/children/{cast.child.pk}/needs/"
        return browser.post(target, need, timeout=SECONDS, allow_redirects=False).status_code

    assert add_need("wenshui", apps[0]) < 400
    assert add_need("xingxian", apps[1]) == 404
    assert [need.detail for need in Need.objects.all()] == ["wenshui"]


# Cursors


@pytest.fixture
def pooled(pooler: Pooler) -> Iterator[Any]:
    """Have Django's own connection go through the pooler until the test ends."""
    direct = connections["default"]
    connection_created.disconnect(see_everything)
    through = type(direct)({**direct.settings_dict, "HOST": str(pooler.directory)}, "default")
    connections["default"] = through
    yield through
    through.close()
    connections["default"] = direct
    connection_created.connect(see_everything)


@pytest.mark.parametrize(("disabled", "left"), [(True, 0), (False, 1)])
def test_no_cursor_outlives_its_transaction_when_they_are_switched_off(
    cast: Cast, pooler: Pooler, pooled: Any, disabled: bool, left: int
) -> None:
    """Left on, the next client finds somebody's open cursor."""
    pooled.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = disabled
    rows = Region.objects.iterator(chunk_size=1)
    assert next(rows)
    with closing(pooler.connect()) as client, client.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE is_holdable")
        assert cursor.fetchone() == (left,)
    rows.close()


def test_a_variable_switches_them_off(pooler: Pooler) -> None:
    asked = (
        "from django.conf import settings as s; print(s.DATABASES['default']['DISABLE_SERVER_SIDE_CURSORS'])"
    )
    environment = environment_of(pooler)
    assert said(asked, environment) == "True"
    del environment["DATABASE_POOLED"]
    assert said(asked, environment) == "False"


def said(statement: str, environment: dict[str, str]) -> str:
    """Return what a new process prints."""
    command = [sys.executable, "-c", statement]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()
