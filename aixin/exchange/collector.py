"""The garbage collector, held back over long loops.

Rows point at what belongs to them and that at the rows. In its own rhythm the collector would look for such cycles among
all that the process holds, again and again, which takes a third of the time; here it looks at what is new, now and then.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_back() -> Iterator[None]:
    """Let the collector work only when `sweep` is called, until the block ends."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def sweep() -> None:
    """Collect what has become garbage since the last time."""
    gc.collect(0)
