"""Real Celery processes beside a test: on its database, over the real broker, on a queue of this process's own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from aixin.celery import app

DEADLINE = 60.0
ROOT = Path(__file__).parent.parent
WORKER = ("worker", "--pool", "solo", "--loglevel", "WARNING", "--without-mingle", "--without-gossip")


@dataclass
class Workers:
    """The processes that a test has started; all end with it."""

    said: Path
    environment: dict[str, str]
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `celery -A aixin …` and return it."""
        command = [sys.executable, "-m", "celery", "-A", "aixin", *arguments]
        with self.said.open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )
        self.started.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """End a process as a failing machine would: it learns nothing of it."""
        process.kill()
        process.wait()
        self.started.remove(process)

    def until(self, what: Callable[[], Any]) -> Any:
        """Return what the question answers as soon as it is something; fail at the deadline or when a process dies."""
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline:
            if answer := what():
                return answer
            for process in self.started:
                with suppress(subprocess.TimeoutExpired):
                    code = process.wait(timeout=0.2)
                    pytest.fail(f"{process.args} ended with {code}:\n{self.said.read_text()}")
        return pytest.fail(f"nothing within {DEADLINE:.0f} s:\n{self.said.read_text()}")

    def end(self) -> None:
        """End all of them, politely first."""
        for process in self.started:
            process.terminate()
        for process in self.started:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _clear(queue: str) -> None:
    with app.connection_for_write() as broker:
        # Deleting alone forgets only what this connection has bound, and leaves what others have sent.
        broker.default_channel.queue_purge(queue)
        broker.default_channel.queue_delete(queue)


@pytest.fixture
def queue() -> Iterator[str]:
    """This process's own queue in the broker, empty before and gone afterwards."""
    name: str = settings.CELERY_TASK_DEFAULT_QUEUE
    _clear(name)
    yield name
    _clear(name)


@pytest.fixture
def workers(queue: str, tmp_path: Path, transactional_db: None) -> Iterator[Workers]:
    """A way to start `celery -A aixin …` beside the test."""
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    environment = {
        **os.environ,
        "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": "aixin.settings.test",
        "AIXIN_TEST_QUEUE": queue,
        "AIXIN_TEST_CACHE": settings.CACHES["default"]["KEY_PREFIX"],
    }
    found = Workers(tmp_path / "said.txt", environment)
    yield found
    found.end()
