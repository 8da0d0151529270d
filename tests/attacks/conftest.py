"""What the attack tests share: the contract's world, sessions, and a way to make and undo a request's changes."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from allauth.core import ratelimit
from django.test import RequestFactory

from aixin.access import navigation
from aixin.access.middleware import counts_key
from tests.attacks.found_forms import Stage
from tests.cast import Cast, make_cast
from tests.contract.conftest import (
    browser_context_args,
    browser_type_launch_args,
    plain_rendering,
    session_of,
)
from tests.contract.world import World, make_world
from tests.theatre import Theatre, play_first

__all__ = ["browser_context_args", "browser_type_launch_args", "plain_rendering", "session_of"]


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


@pytest.fixture
def world(cast: Cast, plain_rendering: None) -> World:
    return make_world(cast)


@pytest.fixture(scope="package")
def theatre(django_db_setup: None, django_db_blocker: Any) -> Iterator[Theatre[Stage]]:
    found = Theatre(django_db_blocker, lambda: Stage(make_world(make_cast())))
    yield found
    found.clear()


@pytest.fixture(autouse=True)
def scene(request: pytest.FixtureRequest, theatre: Theatre[Stage]) -> None:
    """Set up the stage before a test that plays on it, and clear it before one that makes rows of its own."""
    if "taken_back" in request.fixturenames:
        forgive(theatre.set_up())
    else:
        theatre.clear()


@pytest.fixture
def same_counts(settings: Any) -> Iterator[None]:
    """Count a navigation once in a test: what a POST does is taken back, so the counts of before it hold."""
    settings.NAVIGATION_COUNTS_SECONDS = 600
    this_test = uuid4().hex
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(navigation, "counts_key", lambda user: f"{this_test}:{counts_key(user)}")
        yield


@pytest.fixture
def taken_back(
    scene: None, theatre: Theatre[Stage], db: None, plain_rendering: None, same_counts: None
) -> Stage:
    """The stage for one test; what it writes is rolled back to the stage as it was made."""
    assert theatre.stage is not None
    theatre.stage.kept.clear()
    return theatre.stage


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if item.path.is_relative_to(Path(__file__).parent)]
    play_first(items, here, lambda item: "taken_back" in getattr(item, "fixturenames", ()))
