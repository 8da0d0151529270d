"""The garbage collector, held back over long loops.

Rows point at what belongs to them and that at the rows. In its own rhythm the collector would look for such cycles among
all that the process holds, again and again, which takes a third of the time; here it looks at what is new, now and then.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_back() -> Iterator[None]:
    """Let the collector work only when it is called, until the block ends; what was there before is left out."""
    was_on = gc.isenabled()
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_on:
            gc.enable()


def sweep() -> None:
    """Collect what has become garbage since the last time; what is still in use then is not looked at again."""
    gc.collect(0)


def sweep_all() -> None:
    """Collect whatever has become garbage since the collector was held back; for loops that keep little."""
    gc.collect()
