"""PostgreSQL for whoever needs it now: the one that runs already, or one for as long as the block lasts."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from preceptor.lib.embedded import processes
from preceptor.lib.embedded.cluster import STOPPING, UNSAFE_AND_QUICK, Cluster, ClusterError, make_home
from preceptor.lib.embedded.engine import Engine, find_engine
from preceptor.lib.embedded.runfiles import LockHeldError, locked, read_run_file

START_SECONDS = 60.0
"""How long a server may take to start: after a crash it replays its log first."""


@contextmanager
def running_postgres(home: Path) -> Iterator[str]:
    """The address (DSN) of the installation's database for the block.

    If it runs, that one is used; otherwise it is started and stopped again at the end, after any other command that
    began to use it meanwhile. Whoever starts it holds `run/postgres.lock`.

    Raises:
        ClusterError: it cannot be started, or the one that runs does not answer.
    """
    make_home(home)
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with postgres_owned(home) as cluster, _served(cluster) as process:
                yield cluster.dsn()
                _wait_for_guests(home, process)
                return
        except LockHeldError:
            pass
        with locked(guests_lock(home), shared=True, wait_seconds=None):
            if dsn := find_running_postgres(home):
                yield dsn
                return
        time.sleep(0.1)
    raise ClusterError(f"The database of {home} is being started by another command, but does not answer.")


@contextmanager
def postgres_owned(
    home: Path, *, wait_seconds: float | None = 0, waiting: Callable[[], None] | None = None
) -> Iterator[Cluster]:
    """The installation's cluster, prepared, with the right to run it: nobody else starts it during the block.

    Raises:
        LockHeldError: somebody else runs it, and went on for `wait_seconds`.
        ClusterError: it cannot be set up.
    """
    make_home(home)
    with locked(home / "run" / "postgres.lock", wait_seconds=wait_seconds, waiting=waiting):
        cluster = Cluster(home)
        cluster.prepare()
        cluster.clear_leftovers()
        try:
            yield cluster
        finally:
            cluster.withdraw()


def find_running_postgres(home: Path) -> str | None:
    """The address of the installation's database if it runs now, else None."""
    cluster = Cluster(home)
    found = read_run_file(cluster.run_file)
    return str(found["dsn"]) if found and cluster.is_ready() else None


def guests_lock(home: Path) -> Path:
    """The lock that commands share while they use a server somebody else started."""
    return home / "run" / "postgres.guests"


def _wait_for_guests(home: Path, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            with locked(guests_lock(home), wait_seconds=1):
                return
        except LockHeldError:
            continue


@contextmanager
def _served(cluster: Cluster) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the cluster's server for the block, as a child that ends with us."""
    log = cluster.home / "logs" / "postgres.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with log.open("ab") as stream:
        while True:
            process = _spawn(cluster, stream.fileno())
            if _became_ready(cluster, process):
                break
            # A server that was killed leaves children for a moment, and a new one refuses to start beside them.
            if time.monotonic() - began > 10:  # noqa: PLR2004 (seconds)
                raise ClusterError(f"PostgreSQL does not start on {cluster.data}:\n{_last_lines(log)}")
            time.sleep(0.3)
        cluster.publish()
        try:
            yield process
        finally:
            process.send_signal(STOPPING[0][0])
            for number, seconds in STOPPING:
                if process.poll() is None:
                    process.send_signal(number)
                try:
                    process.wait(seconds)
                    break
                except subprocess.TimeoutExpired:
                    continue


def _spawn(cluster: Cluster, log: int) -> "subprocess.Popen[bytes]":
    account = cluster.account
    return subprocess.Popen(
        cluster.command(),
        cwd="/",
        env=cluster.environment(),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        preexec_fn=processes.before_exec(orphan_signal=signal.SIGINT),  # noqa: PLW1509 (it only calls prctl)
    )


def _became_ready(cluster: Cluster, process: "subprocess.Popen[bytes]") -> bool:
    until = time.monotonic() + START_SECONDS
    while process.poll() is None:
        if cluster.server_pid() == process.pid and cluster.is_ready():
            return True
        if time.monotonic() > until:
            process.kill()
            process.wait()
            return False
        time.sleep(0.02)
    return False


def _last_lines(log: Path, *, count: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])


@dataclass(frozen=True)
class Throwaway:
    """A PostgreSQL server that lasts as long as a test run or a measurement."""

    dsn: str
    """Address of the database `postgres`, as its superuser."""
    pid: int
    engine: Engine
    folder: Path

    def database(self, name: str) -> str:
        """Address of another database of this server."""
        return self.dsn.replace("postgresql://postgres@/postgres?", f"postgresql://postgres@/{name}?")


@contextmanager
def throwaway_postgres(
    *, durable: bool = False, settings: Mapping[str, str] | None = None, parent: Path | None = None
) -> Iterator[Throwaway]:
    """A fresh server in a temporary folder, gone after the block. Takes about a second and a half.

    Args:
        durable: keep `fsync` and `synchronous_commit` on, as an installation does; needed where speed is measured.
        settings: PostgreSQL settings that differ.
        parent: the folder to make the temporary one in; every account must be able to enter it.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=parent or "/tmp"))  # noqa: S108 (mkdtemp: new, ours)
    if os.geteuid() == 0:
        folder.chmod(0o711)  # its own account must get to the data below
    try:
        cluster = Cluster(folder, settings={**({} if durable else UNSAFE_AND_QUICK), **(settings or {})})
        cluster.prepare()
        with _served(cluster) as process:
            yield Throwaway(dsn=cluster.dsn(), pid=process.pid, engine=find_engine(), folder=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
