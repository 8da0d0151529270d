"""A real PgBouncer in transaction mode in front of the test database: one server connection for everybody."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import connections

from aixin.local.account import Account, server_account
from aixin.local.layout import SHORT_DIR, Layout, private_dir
from aixin.local.waiting import wait_for

USUAL_PLACES = ("/usr/sbin", "/usr/local/sbin")
START_SECONDS = 20.0
CONFIGURATION = """
[databases]
{name} = {server} pool_size=1

[pgbouncer]
pool_mode = transaction
listen_addr =
unix_socket_dir = {directory}
listen_port = 5432
auth_type = any
logfile = {directory}/log
pidfile = {directory}/pid
server_login_retry = 1
"""


@dataclass(frozen=True)
class Pooler:
    """Where it listens, and for which database and role."""

    directory: Path
    database: str
    user: str

    def url(self) -> str:
        """Return it in the form of DATABASE_URL."""
        return f"postgres://{self.user}@/{self.directory}/{self.database}"

    def connect(self) -> Any:
        """Return a client of it without Django, on which every statement is a transaction."""
        client = psycopg2.connect(host=str(self.directory), dbname=self.database, user=self.user)
        client.autocommit = True
        return client

    def server_connections(self) -> list[Any]:
        """Return what its own console says of its connections to PostgreSQL."""
        console = psycopg2.connect(host=str(self.directory), dbname="pgbouncer", user=self.user)
        console.autocommit = True
        with closing(console), console.cursor() as cursor:
            cursor.execute("SHOW SERVERS")
            return list(cursor.fetchall())

    def answers(self) -> bool:
        """Return whether a query comes through."""
        try:
            client = self.connect()
        except psycopg2.OperationalError:
            return False
        client.close()
        return True


def program() -> str:
    """Return PgBouncer as `make test` or the machine names it; fail the test when there is none."""
    path = os.pathsep.join([os.environ["PATH"], *USUAL_PLACES])
    found = os.environ.get("AIXIN_PGBOUNCER") or shutil.which("pgbouncer", path=path)
    return found or pytest.fail("No PgBouncer: scripts/pgbouncer.sh installs it (or: apt install pgbouncer).")


@contextmanager
def running_pooler() -> Iterator[Pooler]:
    """Run one until the block ends, as whoever runs PostgreSQL: like that it refuses root."""
    database = connections["default"].settings_dict
    layout = Layout.of(os.environ)
    account = server_account(layout.postgres)
    directory = SHORT_DIR / f"aixin-pooler-{os.getpid()}"
    private_dir(directory, account.uid, account.gid)
    pooler = Pooler(directory, database["NAME"], database["USER"])
    (directory / "ini").write_text(
        CONFIGURATION.format(name=database["NAME"], server=_server(database), directory=directory)
    )
    try:
        with _known(account, database["USER"], layout), _running(account, directory):
            assert wait_for(pooler.answers, START_SECONDS), (directory / "log").read_text()
            yield pooler
    finally:
        shutil.rmtree(directory)


def _server(database: dict[str, Any]) -> str:
    known = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    return " ".join(f"{name}={database[key]}" for name, key in known.items() if database[key])


@contextmanager
def _running(account: Account, directory: Path) -> Iterator[None]:
    process = subprocess.Popen(
        [program(), "-q", directory / "ini"],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        **account.switch(),
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)


@contextmanager
def _known(account: Account, role: str, layout: Layout) -> Iterator[None]:
    """Let the account connect as the app role while the block runs.

    Run by root, the embedded server knows root only, and asks the operating system who is there.
    """
    names = layout.postgres / "data" / "pg_ident.conf"
    if os.geteuid() != 0 or not names.exists():
        yield
        return
    before = names.read_text()
    names.write_text(f'{before}local "{account.name}" {role}\n')
    _reload()
    try:
        yield
    finally:
        names.write_text(before)
        _reload()


def _reload() -> None:
    host = connections["default"].settings_dict["HOST"]
    superuser = psycopg2.connect(host=host, dbname="postgres", user="postgres")
    with superuser.cursor() as cursor:
        cursor.execute("SELECT pg_reload_conf()")
    superuser.close()


def environment_of(pooler: Pooler) -> dict[str, str]:
    """Return the environment of a process that works behind the pooler."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "aixin.settings.test",
        "DATABASE_URL": pooler.url(),
        "DATABASE_POOLED": "true",
    }


@contextmanager
def running_app(pooler: Pooler, log: Path) -> Iterator[str]:
    """Run the whole application behind the pooler, in a process of its own; yield its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    with log.open("wb") as said:
        process = subprocess.Popen(
            _gunicorn(listening.fileno()),
            env=environment_of(pooler),
            pass_fds=[listening.fileno()],
            stderr=said,
        )
        # Whoever asks before it is up waits in the socket's queue.
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            process.terminate()
            process.wait(timeout=20)
            listening.close()


def _gunicorn(descriptor: int) -> list[str]:
    return [sys.executable, "-m", "gunicorn", "aixin.wsgi", "--bind", f"fd://{descriptor}", "--workers", "1"]
