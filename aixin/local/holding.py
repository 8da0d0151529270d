"""Locks between the processes that share the local services. The kernel drops them with the process."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the file alone, waiting for as long as another process does."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def try_exclusive(path: Path) -> TextIO | None:
    """Return the file, locked until it is closed, or None if another process has it."""
    file = path.open("a+")
    if _lock(file, fcntl.LOCK_EX):
        return file
    file.close()
    return None


class Hold:
    """A process's word that it uses the services: a shared lock."""

    def __init__(self, path: Path) -> None:
        """Take the lock; waits while the servers are just being stopped."""
        self._file = path.open("a")
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def is_last(self) -> bool:
        """Give the shared lock up; return whether nobody else holds one, and keep everybody out if so.

        When the keeper is already stopping the servers, wait until it has, and return False.
        """
        # One call, not two: a gap would let the keeper in.
        if _lock(self._file, fcntl.LOCK_EX):
            return True
        # Refused by another user of the services (this succeeds) or by the keeper at work (this waits).
        fcntl.flock(self._file, fcntl.LOCK_SH)
        return False

    def close(self) -> None:
        """Let go, in forked children too."""
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._file.close()


def _lock(file: TextIO, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
