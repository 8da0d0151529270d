"""Stops the servers under one $AIXIN_VAR. Only the standard library: it also runs alone, as the keeper.

`python shutdown.py VAR` waits until no process uses the services any more, however the last one ended
(`kill -9` and `os._exit` run no exit handler), then stops them.
"""

import fcntl
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

STOP_SECONDS = 10.0
POLL_SECONDS = 0.01


def server_pid(pid_file: Path, directory: Path) -> int | None:
    """Return the process that the file names if it lives and works in the directory, else None.

    A file left by a crash may name a process that has nothing to do with it; both servers work in their
    data directory, which tells them from any other.
    """
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if _works_in(pid, directory) else None


def stop_server(pid_file: Path, directory: Path, gently: signal.Signals, firmly: signal.Signals) -> None:
    """Stop the server and return when it is gone; after ten seconds, less gently."""
    pid = server_pid(pid_file, directory)
    if pid is None:
        return
    for how in (gently, firmly):
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            return
        if _gone(pid, directory):
            break
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)  # where this process has started it


def stop_redis(home: Path) -> None:
    """Stop the Redis at home, which saves its data first."""
    stop_server(home / "redis.pid", home, signal.SIGTERM, signal.SIGKILL)


def stop_postgres(home: Path) -> None:
    """Stop the PostgreSQL at home: sessions are ended, a checkpoint is written."""
    data = home / "data"
    stop_server(data / "postmaster.pid", data, signal.SIGINT, signal.SIGQUIT)


def stop_all(var: Path) -> None:
    """Stop both servers of this directory; nothing happens to one that does not run."""
    stop_redis(var / "redis")
    stop_postgres(var / "postgres")


def _works_in(pid: int, directory: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == directory
    except OSError:
        return False


def _gone(pid: int, directory: Path) -> bool:
    deadline = time.monotonic() + STOP_SECONDS
    while _works_in(pid, directory):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _keep(var: Path) -> None:
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    with (var / "users.lock").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        stop_all(var)


if __name__ == "__main__":
    _keep(Path(sys.argv[1]))
