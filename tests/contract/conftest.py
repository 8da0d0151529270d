"""What the contract's tests share: the cast with one of everything, and a session for anyone of it."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.browser.support import browser_context_args, browser_type_launch_args
from tests.cast import Cast
from tests.conftest import Session
from tests.contract.world import World, make_world

__all__ = ["browser_context_args", "browser_type_launch_args"]


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast)


@pytest.fixture
def session_of(cast: Cast) -> Callable[[str], Client]:
    """Return a way to open a session by a name of the table, also `anonymous`; a crash is a status 500."""

    def open_session(who: str) -> Client:
        client = Client() if who == "anonymous" else Session(getattr(cast, who))
        client.raise_request_exception = False
        return client

    return open_session
