"""What Linux offers to keep processes together and Python does not name."""

import ctypes
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

_libc = ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), f"prctl {option} was refused")


def end_with_parent(parent: int) -> None:
    """Have this process told to end (SIGTERM) when its parent dies, even by `kill -9`, or has died."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def adopting() -> Iterator[None]:
    """Take daemons started meanwhile as children: they are reaped even where process 1 reaps nothing."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        yield
    finally:
        _prctl(PR_SET_CHILD_SUBREAPER, 0)


def processes_with(variable: str, value: str) -> list[int]:
    """Return the ids of the other processes that were started with this environment variable."""
    wanted = f"{variable}={value}".encode()
    found = []
    for process in _others():
        with suppress(OSError):
            if wanted in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return found


def is_worked_in(directory: Path) -> bool:
    """Return whether the directory is some other process's working directory."""
    for process in _others():
        with suppress(OSError):
            if (process / "cwd").readlink() == directory:
                return True
    return False


def _others() -> list[Path]:
    return [
        entry for entry in Path("/proc").iterdir() if entry.name.isdigit() and int(entry.name) != os.getpid()
    ]
