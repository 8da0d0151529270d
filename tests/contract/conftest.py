"""What the contract's tests share: the cast with one of everything, and a session for anyone of it."""

from collections.abc import Callable, Iterator

import pytest
from django.template import Template
from django.test import Client
from django.test.utils import _TestState

from tests.browser.support import browser_context_args, browser_type_launch_args
from tests.cast import Cast
from tests.conftest import Session
from tests.contract.world import World, make_world

__all__ = ["browser_context_args", "browser_type_launch_args"]


@pytest.fixture
def plain_rendering() -> Iterator[None]:
    """Render as in production: nobody here reads the contexts, of which the test client copies every one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", _TestState.saved_data.template_render)
        yield


@pytest.fixture
def world(cast: Cast, plain_rendering: None) -> World:
    return make_world(cast)


@pytest.fixture
def session_of(cast: Cast) -> Callable[[str], Client]:
    """Return a way to open a session by a name of the table, also `anonymous`; a crash is a status 500."""

    def open_session(who: str) -> Client:
        client = Client() if who == "anonymous" else Session(getattr(cast, who))
        client.raise_request_exception = False
        return client

    return open_session
