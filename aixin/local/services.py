"""Starting the local services when they are needed, stopping them when nobody needs them any more."""

import atexit
import os
import subprocess
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path

from aixin.local import secret_keys, shutdown
from aixin.local.holding import Hold, exclusive
from aixin.local.layout import Layout, LocalServiceError
from aixin.local.linux import adopting
from aixin.local.postgres import Postgres
from aixin.local.redis_server import Redis

KEEPER_SECONDS = 5.0

_holds: dict[Path, Hold] = {}
_keepers: dict[Path, subprocess.Popen[bytes]] = {}


def provide(env: MutableMapping[str, str]) -> None:
    """Complete env so that settings find a database, a Redis and secrets; what it already names stays.

    Sets AIXIN_VAR to its absolute path; SECRET_KEY, AIXIN_FIELD_KEYS and AIXIN_INDEX_KEY from
    `$AIXIN_VAR/secrets.env`, which is made once; DATABASE_URL (role aixin_app) together with
    DATABASE_OWNER_URL (role aixin_owner), and REDIS_URL, of servers that are started when they do not run yet
    and stopped when the last process that called this has ended. With DATABASE_URL and REDIS_URL set it
    starts nothing. With AIXIN_THROWAWAY a new database is made for data that nobody misses after a crash.

    The forms are `postgres://ROLE@//DIRECTORY/aixin` and `unix:///PATH`; `broker_url` and `cache_url` make
    Celery's and Django's form from the latter.

    Raise LocalServiceError when a service cannot be had.
    """
    if env.get("DATABASE_OWNER_URL") and not env.get("DATABASE_URL"):
        raise LocalServiceError("DATABASE_OWNER_URL is set but DATABASE_URL is not: set both or neither.")
    layout = Layout.of(env)
    layout.make()
    env["AIXIN_VAR"] = str(layout.var)
    secret_keys.fill(env, layout)
    services: list[Postgres | Redis] = []
    if not env.get("DATABASE_URL"):
        services.append(Postgres(layout, throwaway=bool(env.get("AIXIN_THROWAWAY"))))
    if not env.get("REDIS_URL"):
        services.append(Redis(layout))
    if services:
        _start(layout, services)
    for service in services:
        env.update(service.urls())


def release(var: Path) -> None:
    """Say that this process no longer needs the services; the last to say so stops them and waits."""
    hold = _holds.pop(var, None)
    if hold is None:
        return
    last = hold.is_last()
    if last:
        shutdown.stop_all(var)
    hold.close()
    keeper = _keepers.pop(var, None)
    if last and keeper is not None:
        with suppress(subprocess.TimeoutExpired):
            keeper.wait(KEEPER_SECONDS)


def _start(layout: Layout, services: list[Postgres | Redis]) -> None:
    with exclusive(layout.start_lock):
        if layout.var not in _holds:
            _holds[layout.var] = Hold(layout.users_lock)
            atexit.register(_release_at_exit, layout.var, os.getpid())
        with adopting():
            started = [service.ensure() for service in services]
        if any(started):
            _keepers[layout.var] = _keeper(layout.var)


def _release_at_exit(var: Path, pid: int) -> None:
    """Release, but not in a child that was forked from the process that took the hold."""
    if os.getpid() == pid:
        release(var)


def _keeper(var: Path) -> subprocess.Popen[bytes]:
    """Start the process that stops the services should this one and all others be killed."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", shutdown.__file__, str(var)],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
