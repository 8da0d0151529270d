"""Keys of the tests' own, and the role that owns the tables."""

import base64
import hashlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from aixin.privacy import keys
from tests.cast import Cast
from tests.conftest import connect_as
from tests.contract.world import World, make_world

UseKeys = Callable[..., None]


_numbers = itertools.count(1)


def new_key(size: int = 32) -> str:
    """Return another key each time, but the same ones in every process: they stand in the names of tests."""
    return base64.b64encode(hashlib.sha256(f"key {next(_numbers)}".encode()).digest()[:size]).decode()


@pytest.fixture
def use_keys(settings: Any) -> Iterator[UseKeys]:
    """Return a way to run with other keys until the test ends: `use_keys(fields="2:sm4:…")`."""

    def use(*, fields: str | None = None, index: str | None = None) -> None:
        settings.AIXIN_FIELD_KEYS = settings.AIXIN_FIELD_KEYS if fields is None else fields
        settings.AIXIN_INDEX_KEY = settings.AIXIN_INDEX_KEY if index is None else index
        keys.forget_keys()

    yield use
    keys.forget_keys()


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast)


@pytest.fixture
def as_owner(world: World) -> Iterator[None]:
    """From here on the test connects as `manage.py rotate_keys` does; the world is there already."""
    connect_as("DATABASE_OWNER_URL")
    yield
    connect_as("DATABASE_URL")
