"""Processes that use local services of their own, far from those of the test run."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from aixin.local.layout import BASE_DIR, Layout
from aixin.local.shutdown import server_pid, stop_all

HOLD = """
import json, sys
from aixin.local import provide
env = json.loads(sys.argv[1])
provide(env)
print(json.dumps(env), flush=True)
sys.stdin.read()
"""


@dataclass
class Holder:
    """A process that has called `provide` and ends when told to."""

    process: subprocess.Popen[str]

    def env(self) -> dict[str, str]:
        """Return what `provide` has made of the environment, waiting for it."""
        assert self.process.stdout
        env: dict[str, str] = json.loads(self.process.stdout.readline())
        return env

    def end(self) -> None:
        """Let it exit as a program does."""
        self.process.communicate(timeout=20)
        assert self.process.returncode == 0

    def kill(self) -> None:
        """Let it die without a chance to tidy up."""
        self.process.kill()
        self.process.wait()


class Machine:
    """One $AIXIN_VAR and the processes that use it."""

    def __init__(self, var: Path) -> None:
        self.layout = Layout(var)
        self.holders: list[Holder] = []

    def hold(self, **env: str) -> Holder:
        """Start a process that calls `provide` with this environment."""
        given = json.dumps({"AIXIN_VAR": str(self.layout.var), **env})
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, given],
            cwd=BASE_DIR,
            env={"PATH": os.environ["PATH"]},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.holders.append(Holder(process))
        return self.holders[-1]

    def servers(self) -> tuple[int | None, int | None]:
        """Return the ids of PostgreSQL and Redis, None for one that does not run."""
        data = self.layout.postgres / "data"
        redis = self.layout.redis
        return server_pid(data / "postmaster.pid", data), server_pid(redis / "redis.pid", redis)

    def clear(self) -> None:
        """End what is left of a test."""
        for holder in self.holders:
            holder.kill()
            for stream in (holder.process.stdin, holder.process.stdout):
                if stream:
                    stream.close()
        self.holders.clear()
        stop_all(self.layout.var)


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    """Give a short directory; pytest's own are too deep for a socket and closed to PostgreSQL's account."""
    path = Path(tempfile.mkdtemp(prefix="aixin-test-")).resolve()
    yield path
    shutil.rmtree(path)


@pytest.fixture
def machine(directory: Path) -> Iterator[Machine]:
    """Give a machine whose database has been made once for the file's tests."""
    machine = Machine(directory)
    yield machine
    machine.clear()
