"""Waiting for something to come true, with an end."""

import time
from collections.abc import Callable

POLL_SECONDS = 0.01


def wait_for(condition: Callable[[], bool], seconds: float, every: float = POLL_SECONDS) -> bool:
    """Ask until the condition holds; return False if it has not within that many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
