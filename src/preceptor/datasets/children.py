"""Programs of their own for what takes long: reading files and writing them.

A minute of pure computing would keep the worker from everything else, and what Arrow and the like take of memory the
worker should not keep. The parent tells its child what to do as one line of JSON on its standard input; when that is
closed, the parent is gone, and so is the child.
"""

import asyncio
import os
import sys
import threading
from contextlib import suppress
from uuid import UUID

import msgspec

from preceptor.lib.settings import Settings

NICENESS = 5

TRY_AGAIN = 75
"""Exit code of a child where another attempt may help (`EX_TEMPFAIL` of sysexits.h)."""


class FileTask(msgspec.Struct, frozen=True):
    """What a child is told: where it works, and on which import or release."""

    database_url: str
    home: str
    log_level: str
    subject_id: UUID
    picture_sources: str = ""


def task_of(settings: Settings, subject_id: str) -> FileTask:
    """What a child is to be told by this installation."""
    return FileTask(
        settings.database_url, str(settings.home), settings.log_level, UUID(subject_id), settings.picture_sources
    )


async def run_child(module: str, task: FileTask) -> int:
    """Have the program `module` do a task; answers its exit code. It is killed where nobody waits for it any more."""
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", module, stdin=asyncio.subprocess.PIPE)
    assert child.stdin is not None
    try:
        child.stdin.write(msgspec.json.encode(task) + b"\n")
        with suppress(ConnectionError):
            await child.stdin.drain()
        return await child.wait()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
        child.stdin.close()


def begin_child() -> FileTask:
    """What the child calls first: read the task, step back behind the queue's programs, and end with the parent."""
    task = msgspec.json.decode(sys.stdin.buffer.readline(), type=FileTask)
    os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, args=(sys.stdin.fileno(),), daemon=True).start()
    return task


def _end_with_parent(handle: int) -> None:
    # Read past Python's own buffer, whose lock a thread may not hold when the program ends.
    while os.read(handle, 1024):
        pass
    os._exit(2)
