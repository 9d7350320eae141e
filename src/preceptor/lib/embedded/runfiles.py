"""Small files that tell one process what another one runs: addresses, process ids, locks that die with their holder."""

import fcntl
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any


class LockHeldError(Exception):
    """Another process holds this lock."""


def write_run_file(path: Path, content: dict[str, Any]) -> None:
    """Write `content` as JSON, readable to its owner alone; readers see the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(content, stream, indent=1)
        Path(name).replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def read_run_file(path: Path) -> dict[str, Any] | None:
    """What stands in `path`; None where there is no such file, or not one of ours."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return content if isinstance(content, dict) else None


@contextmanager
def locked(
    path: Path, *, shared: bool = False, wait_seconds: float | None = 0, waiting: Callable[[], None] | None = None
) -> Iterator[None]:
    """Hold a lock for the block. The operating system frees it when this process dies, however it dies.

    Args:
        path: the lock's file; it stays behind, empty.
        shared: many may hold it at once, as long as nobody holds it alone.
        wait_seconds: how long to wait for it; None waits for ever.
        waiting: called once when the lock is not free at first.

    Raises:
        LockHeldError: it was not free in time.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        began = time.monotonic()
        while True:
            try:
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if wait_seconds is not None and time.monotonic() - began >= wait_seconds:
                    raise LockHeldError(str(path)) from None
            if waiting is not None:
                waiting()
                waiting = None
            time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)
