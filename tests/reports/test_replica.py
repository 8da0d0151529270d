"""Reports read from a real streaming replica: the same rows and limits, a known age, and the primary when it is down."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import InternalError, connection, connections

from aixin.access import replica
from aixin.access.scope import acting
from aixin.local.account import server_account
from aixin.local.postgres import ENVIRONMENT, binary
from aixin.local.waiting import wait_for
from children.models import Child
from tests.cast import Cast
from tests.factories import ChildFactory

SECONDS = 20.0


class Standby:
    """A copy of the tests' server that follows it."""

    def __init__(self, home: Path) -> None:
        self.home, self.data = home, home / "data"
        self.primary = Path(str(connection.settings_dict["HOST"]))
        self.account = server_account(self.primary)

    def start(self) -> None:
        self.account.let_in(self.data)
        copy = ("--no-sync", "--checkpoint=fast", "--wal-method=stream", "--write-recovery-conf")
        self._run("pg_basebackup", "-h", self.primary, "-U", "postgres", "-D", self.data, *copy)
        for path in (self.home, self.data, *self.data.rglob("*")):
            os.chown(path, self.account.uid, self.account.gid)
        options = f"-k {self.home} -c shared_buffers=16MB"
        log = self.data / "standby.log"
        self._run("pg_ctl", "start", "-w", "-s", "-D", self.data, "-l", log, "-o", options, as_server=True)

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-s", "-m", "immediate", "-D", self.data, as_server=True)

    def ask(self, statement: str) -> Any:
        name = connection.settings_dict["NAME"]
        with closing(psycopg2.connect(host=str(self.home), user="postgres", dbname=name)) as client:
            cursor = client.cursor()
            cursor.execute(statement)
            return cursor.fetchone()

    def _run(self, program: str, *arguments: str | Path, as_server: bool = False) -> None:
        who = self.account.switch() if as_server else {}
        done = subprocess.run(
            [binary(program), *arguments], env=ENVIRONMENT, cwd="/", stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, **who,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


@contextmanager
def letting_copies_in(standby: Standby) -> Iterator[None]:
    """Let the server's own account replicate, as an office's administrator would; put back afterwards."""
    files = {
        standby.primary / "data" / "pg_hba.conf": "local replication all peer map=local\n",
        standby.primary / "data" / "pg_ident.conf": f'local "{standby.account.name}" all\n',
    }
    before = {path: path.read_text() for path in files}
    for path, line in files.items():
        path.write_text(before[path] + line)
    _reload(standby)
    try:
        yield
    finally:
        for path, text in before.items():
            path.write_text(text)
        _reload(standby)


def _reload(standby: Standby) -> None:
    with closing(psycopg2.connect(host=str(standby.primary), user="postgres", dbname="postgres")) as client:
        client.cursor().execute("SELECT pg_reload_conf()")


@pytest.fixture
def standby() -> Iterator[Standby]:
    # Not under pytest's own directory: a socket's path is short.
    home = Path(f"/tmp/aixin-standby-{os.getpid()}")  # noqa: S108 - made and removed here
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(mode=0o700)
    made = Standby(home)
    with letting_copies_in(made):
        made.start()
        connections.settings["replica"] = {**connection.settings_dict, "HOST": str(home)}
        # Django's tests let connections through that stand under no known name.
        connections["replica"].alias = "standby"
        try:
            yield made
        finally:
            connections["replica"].close()
            del connections["replica"], connections.settings["replica"]
            if (made.data / "postmaster.pid").exists():
                made.stop()
            shutil.rmtree(home)


def caught_up() -> bool:
    return wait_for(lambda: replica.replica_age() == 0, SECONDS)


@pytest.mark.django_db(transaction=True)
def test_reports_are_read_there_within_the_scope_until_it_is_down(
    cast: Cast, standby: Standby, caplog: pytest.LogCaptureFixture
) -> None:
    def count(using: str) -> tuple[str, int]:
        return using, Child.objects.using(using).count()

    assert caught_up()
    with acting(cast.wenshui):
        here = Child.objects.count()
        assert replica.read_report(count) == ("replica", here)
        with pytest.raises(InternalError, match="read-only"), replica.reading_reports() as using:
            Child.objects.using(using).update(notes="x")
    with acting(cast.xingxian):
        assert replica.read_report(count) == ("replica", Child.objects.count())
        assert Child.objects.count() < here, "each sees her own"

    standby.ask("SELECT pg_wal_replay_pause()")
    ChildFactory.create(region_id="141121100")
    with acting(cast.wenshui):
        assert replica.read_report(count) == ("replica", here), "the new one is on its way"
        assert wait_for(lambda: (replica.replica_age() or 0) > 0.1, SECONDS)
    standby.ask("SELECT pg_wal_replay_resume()")
    assert caught_up()

    standby.stop()
    with acting(cast.wenshui):
        assert replica.read_report(count) == ("default", here + 1)
        assert replica.replica_age() is None
    assert "read from the primary" in caplog.text


@pytest.mark.django_db
def test_without_a_replica_they_are_read_where_all_is(cast: Cast) -> None:
    with acting(cast.wenshui), replica.reading_reports() as using:
        assert using == "default"
        assert Child.objects.using(using).count() == Child.objects.count() > 0
        assert replica.replica_age() is None
