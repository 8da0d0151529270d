"""What the attack tests share: the contract's world, sessions, and a way to make and undo a request's changes."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from tests.attacks.found_forms import Stage
from tests.attacks.snapshot import undone
from tests.cast import make_cast
from tests.contract.conftest import (
    browser_context_args,
    browser_type_launch_args,
    session_of,
    world,
)
from tests.contract.world import make_world

__all__ = ["browser_context_args", "browser_type_launch_args", "session_of", "world"]


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


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    """The contract's world, made once for a file; every test takes back what it did."""
    with django_db_blocker.unblock(), undone():
        yield Stage(make_world(make_cast()))


@pytest.fixture
def taken_back(stage: Stage, db: None) -> Stage:
    """The stage for one test; what it writes is rolled back to the stage as it was made."""
    return stage
