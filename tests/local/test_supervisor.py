"""`make run`: everything comes up together and goes down together, however it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aixin.local.layout import BASE_DIR, Layout
from aixin.local.linux import processes_with
from aixin.local.supervisor import MARK
from aixin.local.waiting import wait_for
from tests.local.conftest import Machine

ELSEWHERE = {"DATABASE_URL": "postgres://elsewhere/aixin", "REDIS_URL": "redis://elsewhere/0"}


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Site:
    """Runs supervisors on one directory."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.layout: Layout = machine.layout
        self.log = self.layout.var / "log"
        self.runs: list[subprocess.Popen[bytes]] = []

    def start(
        self, kind: str = "waits", *, port: int = 0, services: bool = False, under_sh: bool = False
    ) -> subprocess.Popen[bytes]:
        """Start a supervisor over stand-ins, with services of its own or not, under a shell or not."""
        (self.layout.var / "notes").unlink(missing_ok=True)
        env = {
            "PATH": os.environ["PATH"],
            "AIXIN_VAR": str(self.layout.var),
            "PORT": str(port or free_port()),
        }
        command = [sys.executable, "-m", "tests.local.stand_in", kind]
        if under_sh:
            command = ["sh", "-c", '"$@"; true', "sh", *command, "with-parent"]
        with self.log.open("wb") as log:
            run = subprocess.Popen(
                command,
                cwd=BASE_DIR,
                env=env if services else env | ELSEWHERE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.runs.append(run)
        return run

    def ready(
        self, kind: str = "waits", *, services: bool = False, under_sh: bool = False
    ) -> subprocess.Popen[bytes]:
        """Start a supervisor and return when it serves."""
        run = self.start(kind, services=services, under_sh=under_sh)
        assert wait_for(lambda: "Ready:" in self.said() or run.poll() is not None, 30)
        assert "Ready:" in self.said(), self.said()
        return run

    def said(self) -> str:
        """Return what the latest supervisor has printed."""
        return self.log.read_text()

    def notes(self) -> str:
        """Return what the stand-ins have noted."""
        return (self.layout.var / "notes").read_text()

    def left(self) -> list[int]:
        """Return the processes that are still there."""
        servers = [pid for pid in self.machine.servers() if pid]
        return [*processes_with(MARK, str(self.layout.var)), *servers]

    def clear(self) -> None:
        """End what is left of a test."""
        for pid in [run.pid for run in self.runs if run.poll() is None] + self.left():
            os.kill(pid, signal.SIGKILL)
        for run in self.runs:
            run.wait()


@pytest.fixture
def site(machine: Machine) -> Iterator[Site]:
    site = Site(machine)
    site.layout.demo_accounts.unlink(missing_ok=True)
    yield site
    site.clear()


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_stops_everything_when_told_to(site: Site, signum: signal.Signals) -> None:
    run = site.ready(services=True)
    assert len(site.left()) == 4
    run.send_signal(signum)
    assert run.wait(15) == 0
    assert site.left() == []
    assert "Stopped." in site.said()


def test_loads_the_demo_once_and_prints_its_accounts(site: Site) -> None:
    site.ready().terminate()
    assert "seed_demo --scale demo" in site.notes()
    site.runs[0].wait(15)
    site.layout.demo_accounts.write_text(json.dumps({"wenshui": "a password"}))
    site.ready()
    assert "migrate" in site.notes()
    assert "seed_demo" not in site.notes()
    assert wait_for(lambda: "wenshui  a password" in site.said(), 5), "said after it is ready"


def test_what_serves_is_not_given_the_owners_url(site: Site) -> None:
    site.ready("tells", services=True)
    assert wait_for(lambda: MARK in site.notes(), 5)
    assert "DATABASE_URL" in site.notes()
    assert "DATABASE_OWNER_URL" not in site.notes()


def test_killed_supervisor_takes_its_processes_with_it(site: Site) -> None:
    site.ready(services=True).kill()
    assert wait_for(lambda: site.left() == [], 15)


def test_what_a_killed_supervisor_has_left_is_ended_by_the_next(site: Site) -> None:
    site.ready("stays").kill()
    assert wait_for(lambda: len(site.left()) == 1, 15)
    (left,) = site.left()
    site.ready()
    assert "Ending what an earlier run has left" in site.said()
    assert left not in site.left()


def test_ends_with_the_process_that_has_started_it(site: Site) -> None:
    make = site.ready(under_sh=True)
    make.kill()
    assert wait_for(lambda: site.left() == [], 15)
    assert wait_for(lambda: "Stopped." in site.said(), 5)


def test_process_that_does_not_stop_is_killed(site: Site) -> None:
    run = site.ready("stays")
    run.terminate()
    assert run.wait(15) == 0
    assert site.left() == []


def test_process_that_ends_by_itself_ends_all(site: Site) -> None:
    run = site.start("ends")
    assert run.wait(30) == 1
    assert site.said().endswith("worker has ended by itself (status 3); its message is above.\n")
    assert site.left() == []


def test_second_run_on_the_same_directory_says_where_the_first_is(site: Site) -> None:
    first = site.ready()
    second = site.start()
    assert second.wait(15) == 1
    assert f"process {first.pid}" in site.said()
    assert site.said().startswith("Already running")
    assert first.poll() is None


def test_taken_port_is_named(site: Site) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert site.start(port=port).wait(15) == 1
    assert site.said().startswith(f"Port {port} cannot be used")
    assert site.said().count("\n") == 1


def test_shared_services_stay_for_the_others(site: Site) -> None:
    holder = site.machine.hold()
    holder.env()
    servers = site.machine.servers()
    run = site.ready(services=True)
    run.terminate()
    assert run.wait(15) == 0
    assert site.machine.servers() == servers
    assert Path(f"/proc/{holder.process.pid}").exists()
