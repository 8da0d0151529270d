"""What the attack tests share: the contract's world, sessions, and a way to make and undo a request's changes."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from allauth.core import ratelimit
from django.test import RequestFactory

from tests.attacks.found_forms import Stage
from tests.attacks.snapshot import undone
from tests.cast import make_cast
from tests.contract.conftest import (
    browser_context_args,
    browser_type_launch_args,
    plain_rendering,
    session_of,
    world,
)
from tests.contract.world import make_world

__all__ = ["browser_context_args", "browser_type_launch_args", "plain_rendering", "session_of", "world"]


@pytest.fixture(autouse=True)
def quiet_refusals() -> Iterator[None]:
    """Hundreds of refusals are meant; their tracebacks would take longer than the requests."""
    loggers = [logging.getLogger(name) for name in ("django.request", "django.security")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def forgive(stage: Stage) -> None:
    """Wipe the failures that earlier attacks have left on the cast's accounts: Redis takes nothing back."""
    request = RequestFactory().get("/")
    for user in stage.world.cast.users.values():
        ratelimit.clear(request, action="login_failed", key=f"user:{user.pk}")
        for action in ("reauthenticate", "change_password"):
            ratelimit.clear(request, action=action, user=user)


class Theatre:
    """Keeps one stage set up as long as tests play on it one after another."""

    def __init__(self, blocker: Any) -> None:
        self.blocker = blocker
        self.stage: Stage | None = None
        self._open = ExitStack()

    def set_up(self) -> Stage:
        if self.stage is None:
            self._open.enter_context(self.blocker.unblock())
            self._open.enter_context(undone())
            self.stage = Stage(make_world(make_cast()))
        return self.stage

    def clear(self) -> None:
        self._open.close()
        self.stage = None


@pytest.fixture(scope="package")
def theatre(django_db_setup: None, django_db_blocker: Any) -> Iterator[Theatre]:
    found = Theatre(django_db_blocker)
    yield found
    found.clear()


@pytest.fixture(autouse=True)
def scene(request: pytest.FixtureRequest, theatre: Theatre) -> None:
    """Set up the stage before a test that plays on it, and clear it before one that makes rows of its own."""
    if "taken_back" in request.fixturenames:
        forgive(theatre.set_up())
    else:
        theatre.clear()


@pytest.fixture
def taken_back(scene: None, theatre: Theatre, db: None, plain_rendering: None) -> Stage:
    """The stage for one test; what it writes is rolled back to the stage as it was made."""
    assert theatre.stage is not None
    return theatre.stage


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests on the stage follow one another, so that it is made once."""
    here = [item for item in items if item.path.is_relative_to(Path(__file__).parent)]
    order = iter(sorted(here, key=lambda item: "taken_back" not in getattr(item, "fixturenames", ())))
    items[:] = [next(order) if item in here else item for item in items]
