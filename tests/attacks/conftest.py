"""What the attack tests share: the contract's world, sessions, and a way to make and undo a request's changes."""

import logging
from collections.abc import Iterator

import pytest

from tests.contract.conftest import (
    browser_context_args,
    browser_type_launch_args,
    orm_beside_playwright,
    session_of,
    world,
)

__all__ = ["browser_context_args", "browser_type_launch_args", "orm_beside_playwright", "session_of", "world"]


@pytest.fixture(autouse=True)
def quiet_refusals() -> Iterator[None]:
    """Hundreds of refusals are meant; their tracebacks would take longer than the requests."""
    logger = logging.getLogger("django.request")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(level)
