"""One PostgreSQL cluster of an installation: its folder, its settings, the command that runs it."""

import errno
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psutil

from preceptor.lib.embedded import processes
from preceptor.lib.embedded.engine import MAJOR_VERSION, Engine, engine_for
from preceptor.lib.embedded.processes import Account
from preceptor.lib.embedded.runfiles import read_run_file, write_run_file

ACCOUNT_NAME = "embeddedpg"
"""The system account the server runs under when started by root, which PostgreSQL refuses to run as."""

SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 107
"""Bytes that fit into `sockaddr_un.sun_path`, its closing zero aside. Source: unix(7)."""

STOPPING: list[tuple[signal.Signals, float]] = [(signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)]
"""Fast shutdown, then immediate shutdown (recovers at the next start), then the end. Source: postgres(1)."""

SETTINGS: dict[str, str] = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "wal_buffers": "16MB",
    "min_wal_size": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "10min",
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",
    "jit": "off",
    # Containers often have 64 MB of shared memory, which parallel queries outgrow.
    "max_parallel_workers_per_gather": "0",
    # Queues are small, hot tables: dead rows are cleared while they are few.
    "autovacuum_naptime": "15s",
    "autovacuum_vacuum_cost_delay": "1ms",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %a ",
    "log_checkpoints": "off",
    "log_min_duration_statement": "5s",
}
"""What differs from PostgreSQL's own defaults. `postgresql.conf` in the data folder is the operator's and wins."""

UNSAFE_AND_QUICK: dict[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For throw-away clusters in tests: a crash of the machine loses everything."""


class ClusterError(processes.EmbeddedError):
    """The embedded PostgreSQL cannot be set up or started; the message says why and what to do."""


class Cluster:
    """The PostgreSQL cluster below one home folder.

    Args:
        home: the installation's folder. `postgres/`, `engine/` and `run/` below it are used.
        settings: settings that win over `SETTINGS`.
    """

    def __init__(self, home: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.home = home
        self.data = home / "postgres" / "data"
        self.run_file = home / "run" / "postgres.json"
        self._settings = {**SETTINGS, **(settings or {})}
        self.account: Account | None = None
        self.engine: Engine | None = None
        self._socket_folder: Path | None = None
        self._own_socket_folder = False

    def prepare(self) -> None:
        """Make the data folder where there is none yet and write the settings. Safe to repeat; keeps all data.

        Raises:
            ClusterError: the folder cannot be used, with the reason.
            AccountMissingError: started by root on a machine where no other account can be had.
        """
        make_home(self.home)
        if os.geteuid() == 0:
            self.account = self._owner() or processes.system_account(name=ACCOUNT_NAME)
        parent = self.data.parent
        parent.mkdir(mode=0o700, exist_ok=True)
        processes.give_to(parent, self.account)
        if self.account and (closed := processes.unreachable_parent(self.data, self.account)):
            raise ClusterError(
                f"PostgreSQL does not run as root but as “{self.account.name}”, and {closed} is closed to it. "
                "Choose another home folder, such as /var/lib/…"
            )
        self.engine = engine_for(self.account, copies=self.home / "engine")
        version = self.data / "PG_VERSION"
        if not version.exists():
            self._initialise()
        elif (found := version.read_text().strip()) != MAJOR_VERSION:
            raise ClusterError(
                f"{self.data} was made by PostgreSQL {found}, and this is PostgreSQL {MAJOR_VERSION}. "
                "Restore a backup into an empty folder, or use pg_upgrade."
            )
        self._write_settings()

    def _owner(self) -> Account | None:
        """Who owns the data there is: an account of this machine other than root, or None."""
        import pwd  # noqa: PLC0415 (not on every platform this module is read on)

        try:
            entry = pwd.getpwuid(self.data.stat().st_uid)
        except (FileNotFoundError, KeyError):
            return None
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid) if entry.pw_uid != 0 else None

    def _initialise(self) -> None:
        assert self.engine is not None
        fresh = self.data.with_name("fresh")
        shutil.rmtree(fresh, ignore_errors=True)  # what an interrupted start left
        command = [self.engine.program("initdb"), "-D", str(fresh), "--username=postgres", "--encoding=UTF8"]
        command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
        command += ["--auth-local=trust", "--auth-host=reject"]
        if self._settings["fsync"] == "off":
            command.append("--no-sync")
        identity = {"user": self.account.uid, "group": self.account.gid, "extra_groups": []} if self.account else {}
        done = subprocess.run(
            command,
            cwd="/",
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            **identity,  # type: ignore[call-overload]  # one dict for three parameters
        )
        if done.returncode:
            raise ClusterError(f"The database could not be set up in {self.data}:\n{done.stdout}{done.stderr}".rstrip())
        # Only who may enter the socket's folder can connect, and that is its owner (and root) alone.
        access = "# Sockets only; the socket's folder is open to its owner alone.\nlocal all all trust\n"
        (fresh / "pg_hba.conf").write_text(access)
        (fresh / "postgresql.conf").write_text(
            "# Written once; yours to change. The settings of this installation come first, yours win.\n"
            "include 'embedded.conf'\n"
        )
        fresh.rename(self.data)

    def _write_settings(self) -> None:
        path = self.data / "embedded.conf"
        lines = ["# Written at each start. Put your own settings into postgresql.conf."]
        lines += [f"{name} = '{value}'" for name, value in self._settings.items()]
        path.write_text("\n".join(lines) + "\n")
        processes.give_to(path, self.account)

    def socket_folder(self) -> Path:
        """The folder of the socket, open to the server's account alone; made on the first call.

        It is `postgres/socket` below home, or one with a short name in the system's temporary folder where that path is
        too long for a socket.
        """
        if self._socket_folder is None:
            folder = self.data.with_name("socket")
            if len(os.fsencode(folder / SOCKET_NAME)) > LONGEST_SOCKET_PATH:
                folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
                self._own_socket_folder = True
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(0o700)
            processes.give_to(folder, self.account)
            self._socket_folder = folder
        return self._socket_folder

    def dsn(self, *, database: str = "postgres") -> str:
        """The address of `database`, as libpq and SQLAlchemy read it."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.socket_folder()), safe='')}&port=5432"

    def command(self) -> list[str]:
        """What to run; see `environment` and `account` for how."""
        assert self.engine is not None
        folder = str(self.socket_folder())
        return [self.engine.program("postgres"), "-D", str(self.data), "-h", "", "-k", folder, "-p", "5432"]

    @staticmethod
    def environment() -> dict[str, str]:
        """The server's environment: nothing of ours, so that no stray PG… variable changes it."""
        return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}

    def server_pid(self) -> int | None:
        """The server's process id if it runs on this data; None if not."""
        lines = self._pid_lines()
        pid = int(lines[0]) if lines and lines[0].isdigit() else None
        return pid if pid is not None and self._serves_this(pid) else None

    def is_ready(self) -> bool:
        """True when the server runs and takes connections."""
        lines = self._pid_lines()
        # Source: the eighth line of postmaster.pid is the postmaster's state (miscadmin.h).
        return self.server_pid() is not None and len(lines) > 7 and lines[7].strip() == "ready"  # noqa: PLR2004

    def _pid_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return []

    def _serves_this(self, pid: int) -> bool:
        try:
            process = psutil.Process(pid)
            return process.status() != psutil.STATUS_ZOMBIE and str(self.data) in process.cmdline()
        except psutil.Error:
            return False

    def clear_leftovers(self) -> None:
        """Stop a server that outlived whoever started it, and remove its pid file where another process has that id.

        PostgreSQL itself sees to a pid file whose process is gone.

        Raises:
            ClusterError: the old server does not end.
        """
        pid = self.server_pid()
        if pid is not None:
            if not processes.stop_process(pid, steps=STOPPING):
                raise ClusterError(f"An earlier PostgreSQL (process {pid}) on {self.data} does not end.")
        elif self._pid_lines():
            with suppress(FileNotFoundError):
                (self.data / "postmaster.pid").unlink()
        old = (read_run_file(self.run_file) or {}).get("socket_folder")
        if old and Path(old) != self._socket_folder:
            _remove_short_folder(Path(old))

    def publish(self) -> None:
        """Write down where the server is, for other commands."""
        content = {"dsn": self.dsn(), "pid": self.server_pid(), "since": time.time()}
        write_run_file(self.run_file, {**content, "socket_folder": str(self.socket_folder())})

    def withdraw(self) -> None:
        """Take back what `publish` wrote, and the socket's folder if it was a temporary one."""
        self.run_file.unlink(missing_ok=True)
        if self._own_socket_folder and self._socket_folder is not None:
            _remove_short_folder(self._socket_folder)
        self._socket_folder = None
        self._own_socket_folder = False


def _remove_short_folder(folder: Path) -> None:
    if folder.parent == Path("/tmp") and folder.name.startswith("pg-"):  # noqa: S108 (only those made above)
        shutil.rmtree(folder, ignore_errors=True)


def make_home(home: Path) -> None:
    """Make an installation's folder: open to its owner alone, and for root passable to the database's account.

    Raises:
        ClusterError: it cannot be made.
    """
    try:
        is_root = os.geteuid() == 0
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if is_root and not home.stat().st_mode & 0o001 and _is_ours(home):
            home.chmod(0o711)
        (home / "run").mkdir(mode=0o700, exist_ok=True)
        if not os.access(home / "run", os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "it belongs to somebody else")
    except OSError as error:
        raise ClusterError(f"The home folder {home} cannot be used: {error.strerror}.") from error


def _is_ours(home: Path) -> bool:
    """True for a folder that nothing but an installation has written to."""
    return home.stat().st_uid == 0 and ((home / "run").is_dir() or not any(home.iterdir()))
