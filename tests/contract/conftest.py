"""What the contract's tests share: the cast with one of everything, and a session for anyone of it."""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.template import Template
from django.test import Client
from django.test.utils import _TestState

from tests.browser.support import browser_context_args, browser_type_launch_args
from tests.cast import Cast, make_cast
from tests.conftest import Session
from tests.contract.browsing import enter
from tests.contract.world import World, compared, make_world
from tests.theatre import Theatre, play_first

__all__ = ["browser_context_args", "browser_type_launch_args", "enter"]


@pytest.fixture
def plain_rendering() -> Iterator[None]:
    """Render as in production: nobody here reads the contexts, of which the test client copies every one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", _TestState.saved_data.template_render)
        yield


def plays(item: Any) -> bool:
    """Return whether a test takes the world and commits nothing."""
    names = getattr(item, "fixturenames", ())
    return "world" in names and "live_server" not in names


@pytest.fixture(scope="package")
def theatre(django_db_setup: None, django_db_blocker: Any) -> Iterator[Theatre[World]]:
    found = Theatre(django_db_blocker, lambda: make_world(make_cast()))
    yield found
    found.clear()


@pytest.fixture(autouse=True)
def scene(
    request: pytest.FixtureRequest, theatre: Theatre[World], monkeypatch: pytest.MonkeyPatch
) -> World | None:
    """Set up the world before a test that plays in it, with its own cache; clear it before any other."""
    if not plays(request.node):
        theatre.clear()
        return None
    found = theatre.set_up()
    monkeypatch.setattr(caches["default"], "key_prefix", uuid4().hex)
    compared(found.cast)
    return found


@pytest.fixture
def world(scene: World | None, db: None, plain_rendering: None) -> World:
    """The world for one test: its rows are rolled back, and its objects are a copy."""
    return copy.deepcopy(scene) if scene else make_world(make_cast())


@pytest.fixture
def cast(request: pytest.FixtureRequest, db: None) -> Cast:
    """The world's own people in a test that takes the world."""
    if "world" not in request.fixturenames:
        return make_cast()
    found: World = request.getfixturevalue("world")
    return found.cast


@pytest.fixture
def session_of(cast: Cast) -> Callable[[str], Client]:
    """Return a way to open a session by a name of the table, also `anonymous`; a crash is a status 500."""

    def open_session(who: str) -> Client:
        client = Client() if who == "anonymous" else Session(getattr(cast, who))
        client.raise_request_exception = False
        return client

    return open_session


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if item.path.is_relative_to(Path(__file__).parent)]
    play_first(items, here, plays)
