"""Starting programs quickly."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unhurried_collector() -> Iterator[None]:
    """Keep the garbage collector from looking through what is being loaded, and leave it out of account afterwards.

    Loading the house makes half a million objects that stay to the end. Looking for garbage among them, again and
    again, takes a fifth of the time that a program needs to start, and finds none.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
