"""What `make run` runs: services, migration, demo, then web, worker and beat, until Ctrl-C."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from aixin.local.holding import try_exclusive
from aixin.local.layout import BASE_DIR, Layout, LocalServiceError
from aixin.local.linux import end_with_parent, processes_with
from aixin.local.services import provide, release
from aixin.local.waiting import wait_for

MARK = "AIXIN_SUPERVISED"
STOP_SECONDS = 5.0
HURRY_SECONDS = 1.0
POLL_SECONDS = 0.1
READY_SECONDS = 60.0
# The worker's advice for servers; on a local machine being root may be all there is.
CELERY_AS_ROOT = "ignore:You're running the worker with superuser privileges"
MANAGE = (sys.executable, "manage.py")


class StoppedError(Exception):
    """Somebody asked for the end: Ctrl-C, SIGTERM or a closed terminal."""


def say(line: str) -> None:
    """Print one line at once; a closed pipe is no reason to fail."""
    with suppress(OSError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


@dataclass
class Supervisor:
    """One `make run`: its environment, its port and the processes it looks after."""

    layout: Layout
    port: int
    dev: bool
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    stopping: float = 0.0
    hurry: bool = False

    @property
    def url(self) -> str:
        """Return where the site is."""
        return f"http://127.0.0.1:{self.port}"

    def run(self) -> None:
        """Serve until told to stop; raise LocalServiceError when something fails or ends by itself."""
        with self._alone():
            for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(signum, self._on_signal)
            try:
                self._work()
            except StoppedError:
                say("Stopping.")
            finally:
                self._end()
            say("Stopped.")

    def _work(self) -> None:
        try:
            _end_leftovers(self.layout.var)
            _check_port(self.port)
            self._prepare()
            self._serve()
        finally:
            self.stopping = self.stopping or time.monotonic()

    def _on_signal(self, _signum: int, _frame: FrameType | None) -> None:
        """Interrupt the work, once; one more, later than the same one sent twice, ends the patience."""
        if self.stopping:
            self.hurry = time.monotonic() > self.stopping + HURRY_SECONDS
            return
        self.stopping = time.monotonic()
        raise StoppedError

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the right to run on this directory; raise LocalServiceError if another has it."""
        file = try_exclusive(self.layout.run_lock)
        if file is None:
            there = self.layout.run_lock.read_text().strip()
            raise LocalServiceError(f"Already running with {self.layout.var}: {there}. Stop that one first.")
        with file:
            file.truncate(0)
            file.write(f"{self.url}, process {os.getpid()}\n")
            file.flush()
            yield

    def _prepare(self) -> None:
        say(f"Services: PostgreSQL and Redis, under {self.layout.var} where no URL names another")
        provide(os.environ)
        say("Database: migrating")
        self._command("migrate", "--no-input", "--verbosity", "0")
        if not self.layout.demo_accounts.exists():
            say("Demo: loading the demo city, once")
            self._command("seed_demo", "--scale", "demo")

    def _command(self, *arguments: str) -> None:
        """Run a manage.py command to its end; raise LocalServiceError if it fails."""
        command = self._spawn(arguments[0], [*MANAGE, *arguments], dict(os.environ))
        status = command.wait()
        del self.children[arguments[0]]
        if status:
            raise LocalServiceError(
                f"manage.py {arguments[0]} failed (status {status}); its message is above."
            )

    def _serve(self) -> None:
        env = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_OWNER_URL", "AIXIN_DB_ROLE"}
        }
        for name, command in _commands(self.port, dev=self.dev).items():
            say(f"Starting: {name}")
            self._spawn(name, command, env)
        if not wait_for(self._answers_or_ended, READY_SECONDS, POLL_SECONDS):
            raise LocalServiceError(f"The web server does not answer at {self.url}.")
        self._raise_if_ended()
        self._welcome()
        # Returns when any child has ended, and leaves its status for `poll`.
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        self._raise_if_ended()
        raise LocalServiceError(
            f"PostgreSQL or Redis has ended by itself; see the logs in {self.layout.var}."
        )

    def _spawn(self, name: str, command: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
        """Start a process in a session of its own: Ctrl-C in the terminal reaches this process alone."""
        parent = os.getpid()
        self.children[name] = subprocess.Popen(  # noqa: S603
            command,
            cwd=BASE_DIR,
            env={**env, MARK: str(self.layout.var), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            umask=0o077,
            preexec_fn=lambda: end_with_parent(parent),  # noqa: PLW1509 - this process has one thread
        )
        return self.children[name]

    def _raise_if_ended(self) -> None:
        for name, child in self.children.items():
            status = child.poll()
            if status is not None:
                raise LocalServiceError(
                    f"{name} has ended by itself (status {status}); its message is above."
                )

    def _answers_or_ended(self) -> bool:
        if any(child.poll() is not None for child in self.children.values()):
            return True
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/healthz/")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True

    def _welcome(self) -> None:
        say(f"\nReady: {self.url}")
        if self.layout.demo_accounts.exists():
            accounts: dict[str, str] = json.loads(self.layout.demo_accounts.read_text())
            width = max(map(len, accounts), default=0)
            say("Demo accounts (name, password):")
            for name, password in accounts.items():
                say(f"  {name:<{width}}  {password}")
        say("Ctrl-C stops everything.\n")

    def _end(self) -> None:
        """Stop the children, what they have left behind, and the services unless someone else uses them."""
        for child in self.children.values():
            child.terminate()
        wait_for(self._ended_or_hurried, STOP_SECONDS)
        for name, child in self.children.items():
            if child.poll() is None:
                say(f"Killing: {name}, which does not stop")
        _kill(processes_with(MARK, str(self.layout.var)))
        for child in self.children.values():
            child.wait()
        release(self.layout.var)

    def _ended_or_hurried(self) -> bool:
        return self.hurry or all(child.poll() is not None for child in self.children.values())


def _commands(port: int, *, dev: bool) -> dict[str, list[str]]:
    """Return the commands of the processes that serve, by name."""
    module = [sys.executable, "-m"]
    gunicorn = "gunicorn aixin.wsgi --worker-class gthread --workers 2 --threads 4 --graceful-timeout 3"
    quiet = "--no-control-socket --log-level warning"
    celery = [sys.executable, "-W", CELERY_AS_ROOT, "-m", "celery", "--quiet", "-A", "aixin"]
    alone = "--without-gossip --without-mingle"
    worker = [*celery, "worker", "--concurrency", "2", "--loglevel", "warning", *alone.split()]
    beat = [*celery, "beat", "--loglevel", "warning", "--pidfile="]
    if dev:
        web = [*MANAGE, "runserver", f"127.0.0.1:{port}"]
    else:
        web = [*module, *gunicorn.split(), *quiet.split(), "--bind", f"127.0.0.1:{port}"]
    return {"web": web, "worker": worker, "beat": beat}


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            free = f"choose another, as in `PORT={port + 1} make run`"
            raise LocalServiceError(f"Port {port} cannot be used ({error.strerror}): {free}.") from error


def _end_leftovers(var: Path) -> None:
    """End what a killed supervisor has left: its children know its directory from their environment."""
    left = processes_with(MARK, str(var))
    if not left:
        return
    say("Ending what an earlier run has left")
    _signal(left, signal.SIGTERM)
    wait_for(lambda: not processes_with(MARK, str(var)), STOP_SECONDS, POLL_SECONDS)
    _kill(processes_with(MARK, str(var)))


def _kill(pids: list[int]) -> None:
    _signal(pids, signal.SIGKILL)


def _signal(pids: list[int], signum: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signum)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise LocalServiceError(f"PORT is {text!r}, not a number from 1 to 65535.")
    return int(text)


def run(*, dev: bool, with_parent: bool) -> None:
    """Serve until told to stop. With with_parent the end of the parent (`make`) is the end of this, too.

    Raise LocalServiceError, one sentence, for whatever a person has to put right.
    """
    if with_parent:
        end_with_parent(os.getppid())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aixin.settings.local")
    layout = Layout.of(os.environ)
    layout.make()
    Supervisor(layout, _port(os.environ.get("PORT") or "8000"), dev).run()


def stop() -> None:
    """End what runs on $AIXIN_VAR: the supervisor if there is one, or what a killed one has left."""
    layout = Layout.of(os.environ)
    layout.make()
    if not _is_free(layout.run_lock):
        os.kill(int(layout.run_lock.read_text().split()[-1]), signal.SIGTERM)
        wait_for(lambda: _is_free(layout.run_lock), 2 * STOP_SECONDS, POLL_SECONDS)
    _end_leftovers(layout.var)


def _is_free(lock: Path) -> bool:
    file = try_exclusive(lock)
    if file is None:
        return False
    file.close()
    return True
