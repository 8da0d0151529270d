"""The suite runs on the real database as the app role, which owns nothing; the owner only makes the test database."""

import gc
from collections.abc import Iterator
from typing import Any

import environ
import pytest
from django.core.cache import cache
from django.db import connections
from django.db.backends.signals import connection_created
from django.dispatch import receiver
from django.test import Client
from hypothesis import settings as hypothesis_settings

from aixin.access.scope import EVERYTHING
from tests.cast import Cast, make_cast
from tests.database import drop_copy, flush_what_is_filled, make_copy

ADDRESS = "127.0.0.1"
BACKEND = "aixin.access.backends.NameOrPhoneBackend"
env = environ.Env()
# Python looks for circles of garbage after every 700 objects, a page makes tens of thousands: as in aixin/wsgi.py.
gc.set_threshold(50_000, 10, 10)
# The suite tries the same examples each time; `make explore` looks for others.
hypothesis_settings.register_profile("same", derandomize=True)
hypothesis_settings.register_profile("explore", print_blob=True)
hypothesis_settings.load_profile("same")


def connect_as(role_url: str) -> None:
    """Let the default connection use the role of DATABASE_URL or DATABASE_OWNER_URL from now on."""
    connection = connections["default"]
    connection.close()
    url = env.db_url(role_url)
    connection.settings_dict.update(USER=url["USER"], PASSWORD=url["PASSWORD"])


@receiver(connection_created)
def see_everything(connection: Any, **kwargs: Any) -> None:
    """Let the tests' own reads and factories see every row; each request still sets a scope of its own."""
    with connection.cursor() as cursor:
        for name, value in vars(EVERYTHING).items():
            cursor.execute("SELECT set_config(%s, %s, false)", [f"aixin.{name}", value])


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_blocker: Any,
) -> Iterator[None]:
    """Give this process a migrated database of its own; pytest-django's would migrate one for each."""
    connection = connections["default"]
    before, name = connection.settings_dict["NAME"], connection.creation._get_test_db_name()
    with django_db_blocker.unblock():
        connect_as("DATABASE_OWNER_URL")
        make_copy(connection, name)
        connect_as("DATABASE_URL")
        flush_what_is_filled(connection)
    yield
    with django_db_blocker.unblock():
        connect_as("DATABASE_OWNER_URL")
        drop_copy(connection, name, before)


@pytest.fixture(scope="session", autouse=True)
def orm_beside_playwright() -> Iterator[None]:
    """Playwright's event loop stays in this thread to the end of the session; Django is told not to mind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture(autouse=True)
def no_wrong_links_before() -> None:
    """Forget the wrong links that earlier tests have tried from the one address that all have: Redis keeps them."""
    cache.delete(f"wrong_links:{ADDRESS}")


@pytest.fixture
def cast(db: None) -> Cast:
    """A city, two counties, two townships, their people, and an outsider."""
    return make_cast()


class Session(Client):
    """A logged-in browser session without a browser."""

    def __init__(self, user: Any) -> None:
        super().__init__()
        self.force_login(user, backend=BACKEND)


@pytest.fixture
def as_user() -> type[Session]:
    """Return a way to open a session: `as_user(cast.wenshui)`."""
    return Session
