"""Child processes that leave nothing behind: they end with their parent, and their own children end with them."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

PR_SET_PDEATHSIG = 1
"""Source: prctl(2), <linux/prctl.h>."""

# Looked up before any fork: after one, a child must not have to import or to allocate much.
_prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """An account of the operating system that a program runs under."""

    name: str
    uid: int
    gid: int


class EmbeddedError(Exception):
    """Something about this machine or this installation that its operator must see to; the message says what."""


class AccountMissingError(EmbeddedError):
    """This machine has no account to run the program under, and none can be made."""


def end_with_parent(*, number: signal.Signals = signal.SIGKILL) -> None:
    """On Linux, have the kernel send this process `number` when the thread that started it ends."""
    if _prctl is not None:
        _prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def before_exec(*, orphan_signal: signal.Signals, niceness: int = 0) -> Callable[[], None]:
    """A function for `preexec_fn`: the child ends with its parent and yields the processor to others by `niceness`.

    The child must be started from a thread that lives as long as it should: the main one.
    """

    def prepare() -> None:
        end_with_parent(number=orphan_signal)
        if niceness:
            os.nice(niceness)

    return prepare


def system_account(*, name: str) -> Account:
    """The account `name`, made where it is missing. Only root may ask.

    Raises:
        AccountMissingError: it cannot be made, and the machine has no other harmless account.
    """
    for candidate in (name, "", "postgres", "daemon", "nobody"):
        if not candidate:
            _make_system_account(name)
        try:
            return find_account(candidate or name)
        except KeyError:
            continue
    raise AccountMissingError(
        f"This program may not run as root, and the account “{name}” cannot be made. Make it: useradd --system {name}"
    )


def find_account(name: str) -> Account:
    """The account called `name`.

    Raises:
        KeyError: there is none.
    """
    entry = pwd.getpwnam(name)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _make_system_account(name: str) -> None:
    search = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    if useradd := shutil.which("useradd", path=search):
        command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        command += ["--shell", shutil.which("nologin", path=search) or "/bin/false", name]
    elif adduser := shutil.which("adduser", path=search):  # BusyBox
        command = [adduser, "-S", "-D", "-H", "-s", "/bin/false", name]
    else:
        return
    subprocess.run(command, check=False, capture_output=True)


def give_to(path: Path, account: Account | None) -> None:
    """Make `account` the owner of `path` itself; nothing where there is no other account."""
    if account is not None:
        os.chown(path, account.uid, account.gid)


def unreachable_parent(path: Path, account: Account) -> Path | None:
    """The first folder above `path` that `account` may not enter; None if it can get there."""
    for folder in reversed(path.resolve().parents):
        if folder.exists():
            status = folder.stat()
            shift = 6 if status.st_uid == account.uid else 3 if status.st_gid == account.gid else 0
            if not status.st_mode >> shift & 0o1:
                return folder
    return None


def start_time(pid: int) -> float | None:
    """When process `pid` started: with the number, its identity. None: it is not there, or no more than a zombie.

    On Linux in clock ticks since the machine started, which no change of the clock moves; elsewhere seconds.
    """
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        if not Path("/proc/self/stat").exists():
            return process.create_time()
        # Source: proc(5), /proc/pid/stat, field 22; the second field is in brackets and may hold blanks.
        return float(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
        return None


def started_with(variable: str, value: str) -> list[int]:
    """Processes whose environment at their start held `variable=value`, as far as we may look; never this one."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(variable) == value:
                found.append(process.pid)
        except (psutil.Error, OSError):
            continue
    return found


def kill_session(leader: int) -> list[int]:
    """Kill what is left of the session that process `leader` began; gives the ids."""
    killed = []
    for pid in psutil.pids():
        try:
            if os.getsid(pid) == leader and pid != os.getpid():
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
        except (ProcessLookupError, PermissionError):
            continue
    return killed


def stop_process(pid: int, *, steps: list[tuple[signal.Signals, float]]) -> bool:
    """Stop a process that need not be ours: each signal in turn, with the seconds it is given to obey.

    Returns:
        Whether it is gone.
    """
    began = start_time(pid)
    for number, seconds in steps:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return True
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if began is None or start_time(pid) != began:
                return True
            time.sleep(0.05)
    return start_time(pid) != began
