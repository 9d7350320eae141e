"""Where tests keep databases and whole installations: in memory, where the machine has room for them there.

Copying an empty database takes ten times as long on a disk, and nearly every test has one of its own.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

IN_MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30
"""Bytes that must be free there: containers often have only some megabytes."""

VARIABLE = "PRECEPTOR_TESTS_PLACE"
"""Names the folder of this run in all its processes."""


def _parent() -> Path:
    try:
        runs = not os.statvfs(IN_MEMORY).f_flag & os.ST_NOEXEC  # programs are copied there where root starts them
        roomy = shutil.disk_usage(IN_MEMORY).free >= ROOM
    except OSError:
        runs = roomy = False
    usable = runs and roomy and os.access(IN_MEMORY, os.W_OK | os.X_OK)
    return IN_MEMORY if usable else Path("/tmp")


def _open_to_passers_by(folder: Path) -> Path:
    """What PostgreSQL needs that root starts: it runs under another account, and must get to what lies inside."""
    if os.geteuid() == 0:
        folder.chmod(0o711)
    return folder


def make_place() -> Path:
    """The folder of this run, for its processes to share; whoever calls this calls `clear_place` at the end."""
    folder = _open_to_passers_by(Path(tempfile.mkdtemp(prefix="tests-", dir=_parent())))
    os.environ[VARIABLE] = str(folder)
    return folder


def clear_place() -> None:
    """Remove the folder of this run and all that is in it."""
    shutil.rmtree(os.environ.pop(VARIABLE), ignore_errors=True)


def place() -> Path:
    """The folder of this run."""
    return Path(os.environ[VARIABLE])


def new_folder(prefix: str) -> Path:
    """A new folder in it, whose inside the account that PostgreSQL runs under can reach."""
    return _open_to_passers_by(Path(tempfile.mkdtemp(prefix=prefix, dir=place())))


@contextmanager
def one_at_a_time(name: str) -> Iterator[Path]:
    """Among all processes of this run only one is in here; answers a path of this name that they share."""
    shared = place() / name
    with shared.with_name(f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield shared
